internal import CWalleKernels

/// Waits actively for a moment, since waking a thread takes longer. A wait that succeeds makes the next one longer, one
/// that does not makes it shorter.
struct Spin {
    /// About what two wake-ups of a thread take.
    static let longestMicroseconds = 50
    static let shortestMicroseconds = 2

    private var microseconds = Self.longestMicroseconds

    mutating func wait(until condition: () -> Bool) {
        if Self.wait(microseconds: microseconds, until: condition) {
            microseconds = min(microseconds * 2, Self.longestMicroseconds)
        } else {
            microseconds = max(microseconds / 2, Self.shortestMicroseconds)
        }
    }

    /// - Returns: false if the condition did not hold in that time.
    @inline(__always)
    static func wait(microseconds: Int, until condition: () -> Bool) -> Bool {
        if condition() { return true }
        let end = ContinuousClock.now + .microseconds(microseconds)
        repeat {
            for _ in 0..<16 {
                if condition() { return true }
                walle_thread_pause()
            }
        } while ContinuousClock.now < end
        return condition()
    }
}
