/// The steps of all conditions that are chains, each there once however many conditions have it, and what an event that takes
/// a step can mean.
struct TriggerSteps: ~Copyable {
    /// What one alternative of a step asks for.
    struct Test: Hashable {
        var event: NameTest
        var page: NameTest?
        /// The index of the condition on attributes.
        var predicate: Int?
    }

    struct Step {
        /// The alternatives, the first preferred.
        var tests: [Test]
        /// How often conditions have it.
        var uses = 0
        /// Conditions that begin with it, and those with a matcher of their own that do: all its events are kept.
        var beginnings = 0
        /// Steps behind which conditions have it, and how often.
        var predecessors: [UInt32: Predecessor] = [:]
        /// Conditions of this step alone.
        var singles: [Int] = []
        /// Conditions that end with it.
        var endings: [Int] = []

    }

    /// When an event that takes a step can become part of a match.
    struct Account: Equatable {
        /// Always.
        var keepsAll: Bool
        /// Only behind one of these; none when there is none, or when every event is kept.
        var predecessors: [UInt32]
        /// Some use takes more than one event behind one of a predecessor.
        var isRepeated: Bool
    }

    struct Predecessor {
        var uses = 0
        /// Uses that take more than one event behind one of the predecessor.
        var repeatedUses = 0
    }

    /// What is needed of a step while events come. The rest is laid out with the names: see `TriggerReach`.
    struct Hot: BitwiseCopyable {
        /// Entries of events up to this one are of another step, which had the same number before.
        var born: Int64 = 0
        /// The longest time bound of conditions that had it at the same time.
        var retention: Int64 = 0
        /// Events that took it, a sample of them and as far as they can be counted: what is rare is looked for first.
        var frequency: UInt32 = 0
    }

    /// With more predecessors than this one of them is likely to be there, and every event is kept.
    private static let mostPredecessors = 16

    private(set) var steps: [Step] = []
    private(set) var hot: UnsafeMutablePointer<Hot>
    private var capacity = 64
    private var known: [[Test]: UInt32] = [:]
    private var free: [UInt32] = []

    init() {
        hot = .allocate(capacity: capacity)
        hot.initialize(repeating: Hot(), count: capacity)
    }

    deinit { hot.deallocate() }

    var count: Int { steps.count - free.count }

    /// The steps in use.
    var living: [UInt32] { steps.indices.filter { steps[$0].uses > 0 }.map(UInt32.init) }

    func account(of step: UInt32) -> Account {
        let step = steps[Int(step)]
        let keepsAll = step.beginnings > 0 || step.predecessors.count > Self.mostPredecessors
        return Account(
            keepsAll: keepsAll, predecessors: keepsAll ? [] : step.predecessors.keys.sorted(),
            isRepeated: step.predecessors.values.contains { $0.repeatedUses > 0 })
    }

    // MARK: Changes

    /// A step for one more use.
    ///
    /// - Returns: Its number, whether it was not there, and whether the longest time bound has changed.
    mutating func use(
        _ tests: [Test], within: Int64, born: Int64
    ) -> (step: UInt32, isNew: Bool, isLonger: Bool) {
        let found = known[tests]
        let step = found ?? insert(tests, born: born)
        steps[Int(step)].uses += 1
        let isLonger = within > hot[Int(step)].retention
        if isLonger { hot[Int(step)].retention = within }
        return (step, found == nil, isLonger)
    }

    private mutating func insert(_ tests: [Test], born: Int64) -> UInt32 {
        let step = free.popLast() ?? UInt32(steps.count)
        if Int(step) == steps.count { steps.append(Step(tests: tests)) } else { steps[Int(step)] = Step(tests: tests) }
        if steps.count > capacity { grow() }
        hot[Int(step)] = Hot(born: born)
        known[tests] = step
        return step
    }

    private mutating func grow() {
        let (oldHot, old) = (hot, capacity)
        capacity *= 2
        hot = .allocate(capacity: capacity)
        hot.initialize(repeating: Hot(), count: capacity)
        hot.update(from: oldHot, count: old)
        oldHot.deallocate()
    }

    /// - Returns: What the step asked for, when nothing uses it any more.
    mutating func release(_ step: UInt32) -> [Test]? {
        steps[Int(step)].uses -= 1
        guard steps[Int(step)].uses == 0 else { return nil }
        let tests = steps[Int(step)].tests
        known[tests] = nil
        hot[Int(step)] = Hot()
        steps[Int(step)] = Step(tests: [])
        free.append(step)
        return tests
    }

    /// A condition ends with the step, or is nothing but the step.
    mutating func end(_ step: UInt32, _ condition: Int, isSingle: Bool) {
        if isSingle { steps[Int(step)].singles.append(condition) } else { steps[Int(step)].endings.append(condition) }
    }

    mutating func removeEnd(_ step: UInt32, _ condition: Int) {
        steps[Int(step)].singles.removeAll { $0 == condition }
        steps[Int(step)].endings.removeAll { $0 == condition }
    }

    /// - Parameter change: 1 for a condition that begins with the step, −1 when it goes.
    mutating func begin(_ step: UInt32, by change: Int) {
        steps[Int(step)].beginnings += change
    }

    /// - Parameter change: 1 for a condition that has the step behind the other, −1 when it goes.
    mutating func follow(_ step: UInt32, behind other: UInt32, isRepeated: Bool, by change: Int) {
        var predecessor = steps[Int(step)].predecessors[other] ?? Predecessor()
        predecessor.uses += change
        if isRepeated { predecessor.repeatedUses += change }
        steps[Int(step)].predecessors[other] = predecessor.uses > 0 ? predecessor : nil
    }
}
