internal import Synchronization

/// Runs of one task that wait for an instance: first by priority, then in order, each slot for itself.
struct RunQueue {
    private var slots: [[FIFO]]
    private(set) var count = 0
    var limit: Int

    /// - Parameter slots: instances that runs are routed to; 1 when any instance may take any run.
    init(limit: Int, slots: Int) {
        self.limit = limit
        self.slots = Self.empty(slots)
    }

    private static func empty(_ slots: Int) -> [[FIFO]] {
        Array(repeating: Array(repeating: FIFO(), count: RunOptions.Priority.allCases.count), count: max(1, slots))
    }

    var isFull: Bool { count >= limit }

    mutating func add(_ run: PendingRun) {
        slots[slot(of: run)][run.options.priority.rawValue].add(run)
        count += 1
    }

    /// The next run for an instance; runs that were answered while they waited are dropped.
    mutating func take(for instance: Int) -> PendingRun? {
        let slot = slots.count == 1 ? 0 : instance
        guard slot < slots.count else { return nil }
        for priority in (0..<slots[slot].count).reversed() {
            while let run = slots[slot][priority].take() {
                count -= 1
                if !run.isAnswered { return run }
            }
        }
        return nil
    }

    /// Forgets runs that were answered while they waited, so that they take no place.
    mutating func dropAnswered() {
        let waiting = removeAll().filter { !$0.isAnswered }
        waiting.forEach { add($0) }
    }

    /// Everything that waits, in order.
    mutating func removeAll() -> [PendingRun] {
        let all = slots.flatMap { priorities in priorities.reversed().flatMap { $0.all } }
        slots = Self.empty(slots.count)
        count = 0
        return all
    }

    /// Another number of slots: what waits is routed anew.
    mutating func route(to count: Int) {
        guard max(1, count) != slots.count else { return }
        let waiting = removeAll()
        slots = Self.empty(count)
        waiting.forEach { add($0) }
    }

    private func slot(of run: PendingRun) -> Int {
        guard slots.count > 1, let hash = run.routeHash else { return 0 }
        return Int(hash % UInt64(slots.count))
    }

    /// The slot of a route hash among `count` instances.
    static func slot(of hash: UInt64, among count: Int) -> Int { Int(hash % UInt64(max(1, count))) }
}

/// A first-in, first-out list that moves nothing on removal.
private struct FIFO {
    private var elements: [PendingRun?] = []
    private var head = 0

    var all: [PendingRun] { elements[head...].compactMap { $0 } }

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
