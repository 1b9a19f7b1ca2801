internal import Synchronization

/// Runs of one task that wait for an instance: first by priority, then in order.
///
/// A run with a route hash waits in the slot of its instance, any other in the one that all instances take from.
struct RunQueue {
    /// One an instance, and behind them the one for all.
    private var slots: [[FIFO]]
    private(set) var count = 0
    var limit: Int

    /// - Parameter instances: Those that runs are routed to.
    init(limit: Int, instances: Int) {
        self.limit = limit
        slots = Self.empty(instances)
    }

    private static func empty(_ instances: Int) -> [[FIFO]] {
        Array(repeating: Array(repeating: FIFO(), count: RunOptions.Priority.allCases.count), count: instances + 1)
    }

    private var instances: Int { slots.count - 1 }

    var isFull: Bool { count >= limit }

    mutating func add(_ run: PendingRun) {
        slots[run.slot(among: instances) ?? instances][run.options.priority.rawValue].add(run)
        count += 1
    }

    /// The next run for an instance; runs that were answered while they waited are dropped.
    mutating func take(for instance: Int) -> PendingRun? {
        guard instance < instances else { return nil }
        for priority in RunOptions.Priority.allCases.indices.reversed() {
            while let run = takeOlder(instance, priority) {
                count -= 1
                if !run.isAnswered { return run }
            }
        }
        return nil
    }

    /// Of the runs for this instance and those for any, the one that came first.
    private mutating func takeOlder(_ instance: Int, _ priority: Int) -> PendingRun? {
        let own = slots[instance][priority].first?.id ?? .max
        let shared = slots[instances][priority].first?.id ?? .max
        return slots[own < shared ? instance : instances][priority].take()
    }

    /// Forgets runs that were answered while they waited, so that they take no place.
    mutating func dropAnswered() {
        let waiting = removeAll().filter { !$0.isAnswered }
        waiting.forEach { add($0) }
    }

    /// Everything that waits, in the order it came.
    mutating func removeAll() -> [PendingRun] {
        let all = slots.flatMap { priorities in priorities.flatMap { $0.all } }.sorted { $0.id < $1.id }
        slots = Self.empty(instances)
        count = 0
        return all
    }

    /// What waits for one instance and no other.
    mutating func removeAll(for instance: Int) -> [PendingRun] {
        guard instance < instances else { return [] }
        let all = slots[instance].flatMap { $0.all }
        slots[instance] = Self.empty(0)[0]
        count -= all.count
        return all
    }

    /// Another number of instances: what waits is routed anew.
    mutating func route(to instances: Int) {
        guard instances != self.instances else { return }
        let waiting = removeAll()
        slots = Self.empty(instances)
        waiting.forEach { add($0) }
    }
}

extension PendingRun {
    /// The instance, of `instances`, that the run is for; nil when any will do.
    func slot(among instances: Int) -> Int? { routeHash.map { Int($0 % UInt64(max(1, instances))) } }
}

/// A first-in, first-out list that moves nothing on removal.
private struct FIFO {
    private var elements: [PendingRun?] = []
    private var head = 0

    var all: [PendingRun] { elements[head...].compactMap { $0 } }
    var first: PendingRun? { head < elements.count ? elements[head] : nil }

    mutating func add(_ run: PendingRun) { elements.append(run) }

    mutating func take() -> PendingRun? {
        guard head < elements.count else { return nil }
        defer {
            elements[head] = nil
            head += 1
            if head > 64, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }
}
