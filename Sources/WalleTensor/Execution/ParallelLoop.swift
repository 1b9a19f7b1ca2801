internal import CWalleKernels
internal import Synchronization

/// Asks loops to stop, from any thread and for good.
package final class Cancellation: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package func cancel() { flag.store(true, ordering: .relaxed) }

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// One loop while it runs: hands its ranges to whoever asks.
///
/// Unchecked: `body` is called by several threads at once, which the pool's documentation demands of it, and changes when
/// no helper is left; what else changes is atomic.
final class ParallelLoop: @unchecked Sendable {
    private let count: Int
    private let grain: Int
    private let cancellation: Cancellation?
    /// Until the caller, whose it is, lets it go.
    private var body: ((Range<Int>) -> Void)?
    private let next = Atomic(0)
    private let leftOut = Atomic(false)
    /// Floating-point exceptions of the helpers.
    private let raised = Atomic<UInt32>(0)
    /// Workers that hold or may take a range. Changes under the queue's lock only.
    let helpers = Atomic(0)

    init(count: Int, grain: Int, cancellation: Cancellation?, body: @escaping (Range<Int>) -> Void) {
        self.count = count
        self.grain = grain
        self.cancellation = cancellation
        self.body = body
    }

    var rangeCount: Int { (count - 1) / grain + 1 }

    var hasRanges: Bool { next.load(ordering: .relaxed) < count }

    var isComplete: Bool { !leftOut.load(ordering: .relaxed) }

    /// Takes ranges until none is left, or the loop is no longer wanted.
    func run() {
        while hasRanges {
            if cancellation?.isCancelled == true || Interruption.isAsked {
                if next.exchange(count, ordering: .relaxed) < count { leftOut.store(true, ordering: .relaxed) }
                return
            }
            let start = next.add(grain, ordering: .relaxed).oldValue
            if start >= count { return }
            body?(start..<min(start + grain, count))
        }
    }

    /// The same on a thread of the pool, whose work ends early when the caller's does.
    func help() {
        walle_float_status_clear()
        var interruption = walle_interruption(
            is_asked: { Unmanaged<ParallelLoop>.fromOpaque($0.unsafelyUnwrapped).takeUnretainedValue().isLeft },
            context: Unmanaged.passUnretained(self).toOpaque(), happened: false)
        withUnsafeMutablePointer(to: &interruption) {
            walle_interruption_set($0)
            run()
            walle_interruption_set(nil)
        }
        let flags = walle_float_status()
        if flags != 0 { raised.bitwiseOr(flags, ordering: .relaxed) }
    }

    /// Whether ranges were left out.
    private var isLeft: Bool { leftOut.load(ordering: .relaxed) }

    /// Lets go of the body, which does not outlive the call it was given to, while a worker may still hold the loop; and
    /// raises what helpers found on the caller's thread.
    func end() {
        body = nil
        walle_float_status_raise(raised.load(ordering: .relaxed))
    }
}
