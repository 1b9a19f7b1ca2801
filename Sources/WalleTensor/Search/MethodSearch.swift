internal import CWalleKernels
internal import Synchronization

/// Semi-automatic search, after Walle (OSDI 2022, section 4.2): of the ways to execute an operator on given shapes, the one
/// that a cost model of this machine says is fastest.
///
/// The model's figures come from a short measurement of the machine, which is made once and kept on disk; until there are
/// any, typical ones decide. Whatever is chosen, the results are the same, but for the rounding of matrix products.
package enum MethodSearch {
    /// Choices made, by key: forgotten when another one takes their place.
    private static let memo = Memo()
    /// The figures in use: never freed, since another thread may be reading them.
    private static let figures = Atomic<Int>(0)
    /// How often the figures have changed.
    private static let generation = Atomic<UInt64>(1)

    /// The fastest candidate, as far as is known.
    @inline(__always)
    static func choice(_ problem: some SearchProblem) -> Candidate {
        let key = problem.key &+ generation.load(ordering: .relaxed) &* 0x9E37_79B9_7F4A_7C15
        if let known = memo[key] { return known }
        return decide(problem, key)
    }

    @inline(never)
    private static func decide(_ problem: some SearchProblem, _ key: UInt64) -> Candidate {
        let (best, nanoseconds) = best(of: problem, speeds)
        SpeedSource.shared.want(nanoseconds: nanoseconds)
        memo[key] = best
        return best
    }

    /// The candidate with the least predicted time.
    static func best(
        of problem: some SearchProblem, _ speeds: MachineSpeeds
    ) -> (candidate: Candidate, nanoseconds: Double) {
        var best = (candidate: problem.candidates[0], nanoseconds: Double.infinity)
        for candidate in problem.candidates {
            let nanoseconds = problem.nanoseconds(candidate, speeds)
            // Threads that gain little are left to others.
            if candidate.threads > 1 && (nanoseconds > 0.9 * best.nanoseconds || best.nanoseconds < leastShared) {
                continue
            }
            if nanoseconds < best.nanoseconds { best = (candidate, nanoseconds) }
        }
        return best
    }

    /// Nanoseconds of work on one thread below which others are not asked.
    private static var leastShared: Double { SharedLoop.leastSharedNanoseconds }

    /// The figures of this machine, or typical ones.
    static var speeds: MachineSpeeds {
        let bits = figures.load(ordering: .acquiring)
        guard let pointer = UnsafeRawPointer(bitPattern: bits) else { return .typical }
        return Unmanaged<MachineSpeeds>.fromOpaque(pointer).takeUnretainedValue()
    }

    static func use(_ speeds: MachineSpeeds) {
        let pointer = Unmanaged.passRetained(speeds).toOpaque()
        figures.store(Int(bitPattern: pointer), ordering: .releasing)
        generation.add(1, ordering: .relaxed)
    }
}

/// Remembers choices, without locks: an entry is one number.
private final class Memo: Sendable {
    private static let count = 1024
    nonisolated(unsafe) private let entries = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Memo.count)

    init() { for index in 0..<Self.count { (entries + index).initialize(to: Atomic(0)) } }

    subscript(key: UInt64) -> Candidate? {
        @inline(__always) get {
            let entry = entries[Int(key % UInt64(Self.count))].load(ordering: .relaxed)
            return entry >> 24 == key >> 24 ? Candidate(code: entry & 0xFF_FFFF) : nil
        }
        set {
            guard let newValue else { return }
            entries[Int(key % UInt64(Self.count))].store((key & ~0xFF_FFFF) | newValue.code, ordering: .relaxed)
        }
    }
}
