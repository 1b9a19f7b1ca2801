import Synchronization
import Walle

/// What every part of the demo works with.
struct Stage: Sendable {
    let host: TaskHost
    let ledger = Ledger()
    let findings = Findings()
    let screen: Screen
    /// The folder with the task packages.
    let packages: String
    let begin = ContinuousClock.now
    let length: Duration
    let replay: Replay

    let curtain = Curtain()

    var end: ContinuousClock.Instant { begin + length }
    /// No new run begins.
    var isOver: Bool { curtain.isDown }
    var elapsed: Duration { begin.duration(to: .now) }

    /// Announces what the demo does next.
    func say(_ text: String) { screen.tell(screen.bold("▸ " + text)) }

    func package(_ name: String) -> String { packages + "/" + name }
}

/// Falls once, and everybody sees it.
final class Curtain: Sendable {
    private let state = Atomic(false)

    var isDown: Bool { state.load(ordering: .acquiring) }

    func fall() { state.store(true, ordering: .releasing) }
}
