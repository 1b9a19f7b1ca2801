import Synchronization
import Walle

/// Counts what the host says of itself, and shows it as it happens.
final class EventLog: Sendable {
    struct Counts: Sendable {
        var swaps: [(task: String, from: String, to: String)] = []
        var failedSwaps = 0
        var stops = 0
        var condemned = 0
        var released = 0
        var replaced = 0
        var hasEnded = false
    }
    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    /// Follows the events until the host ends.
    func follow(_ events: HostEvents, on screen: Screen) async {
        for await event in events {
            state.withLock { $0.add(event) }
            if !event.isOfTrigger { screen.tell("\(event)", at: event.time) }
        }
    }
}

extension HostEvent {
    /// Too many to be shown one by one.
    fileprivate var isOfTrigger: Bool {
        switch kind {
        case .triggered, .answered: true
        default: false
        }
    }
}

extension EventLog.Counts {
    fileprivate mutating func add(_ event: HostEvent) {
        switch event.kind {
        case .swapped(let from): swaps.append((event.task, from, event.version))
        case .swapFailed: failedSwaps += 1
        case .stopped: stops += 1
        case .condemned: condemned += 1
        case .released: released += 1
        case .replaced: replaced += 1
        case .ended: hasEnded = true
        default: break
        }
    }
}
