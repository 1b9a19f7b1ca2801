internal import Foundation

/// The machine's clocks.
package struct SystemTaskClock: TaskClock {
    private static let start = ContinuousClock.now

    package init() {}

    package var now: Double { Date().timeIntervalSince1970 }

    package var monotonic: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - Self.start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
