/// Finds the matches of very many patterns in the events of every key, as they come.
///
/// Conditions that are chains (`TriggerChain`) are looked for from their end. They share their *steps*: an event is tested once
/// for a step, however many conditions have it. The *dynamic pending list* of a key is the log of the steps that its events
/// have taken, as far as they can be of account. The *static pending list* are the conditions by their last steps, and under
/// each by two *guards*, the rarest of their other steps: when an event takes a last step, only conditions whose guards are in
/// the log are looked at, and the way to their end is looked for in the log. So the many events that begin something cost
/// little, whatever could become of them. What remains is to wait for memory: so what an event needs of its name lies in one
/// piece, what it needs of its key in another, and both are read ahead for many events at a time. Every other condition is
/// run by a `PatternMatcher` of its own that sees the events its steps name; where only events of one step can begin a match,
/// they are in the log, too, and the matcher sleeps for a key until another of its steps comes.
///
/// ## What a condition means
///
/// What its pattern means alone, as `EventPattern` says. By default matches do not overlap: of all events that can begin a
/// match every one is tried (each begins a partial match of its own), the earliest whose match is complete wins, and the next
/// match begins behind the last event of this one. A condition sees the events that come after it was added.
///
/// One index serves conditions of one key: conditions with another key belong to another index.
///
/// ## Order
///
/// Events come in the order of their times; one that is earlier than the one before it is taken to be as late. The matches of
/// a condition are in the order in which they became certain. Matches that wait for the end of time (`not` at the end, a
/// greedy quantifier at the end) are told at the next event that the condition looks at, or by `advance`.
///
/// An index belongs to one thread at a time.
package final class TriggerIndex: @unchecked Sendable {
    // What guards the state: a stream hands its index on only together with itself.

    package let schema: EventSchema
    let texts: TextDictionary
    package let limits: Limits
    @exclusivity(unchecked) package internal(set) var counters = Counters()
    /// Whether `notedRows` are wanted.
    @exclusivity(unchecked) var notesRows = false
    /// The rows of batches that may become part of a match, ascending, until whoever wants them takes them away.
    @exclusivity(unchecked) var notedRows: [UInt32] = []
    @exclusivity(unchecked) var steps = TriggerSteps()
    /// By slot; nil is free.
    @exclusivity(unchecked) var conditions: [TriggerCondition?] = []
    @exclusivity(unchecked) private var slots: [Int: Int] = [:]
    @exclusivity(unchecked) private var freeSlots: [Int] = []
    @exclusivity(unchecked) var predicates: [TriggerPredicate] = []
    @exclusivity(unchecked) var freePredicates: [Int] = []
    @exclusivity(unchecked) var knownPredicates: [PatternPredicate: Int] = [:]
    @exclusivity(unchecked) var names = TriggerNames()
    @exclusivity(unchecked) var keys = KeyTable()
    /// Changes of `keys`.
    @exclusivity(unchecked) var keyChanges = 0
    @exclusivity(unchecked) var logs = Pool<KeyLog>()
    @exclusivity(unchecked) var memory = MatchMemory()
    /// Of the conditions with a matcher of their own.
    @exclusivity(unchecked) var automata: [TriggerCondition.Automaton] = []
    /// How many of the conditions that need logs have each time bound, and the longest.
    @exclusivity(unchecked) private var bounds: [Int64: Int] = [:]
    @exclusivity(unchecked) var retention: Int64 = 0
    /// Events looked at.
    @exclusivity(unchecked) var sequence: Int64 = 0
    @exclusivity(unchecked) var now = Int64.min
    /// When `sequence` is this, steps are counted well enough to choose anew which of them are rare.
    @exclusivity(unchecked) var nextCount: Int64 = 1 << 12
    /// The log that is looked at next, whether it is out of date.
    @exclusivity(unchecked) var sweep: Int32 = 0
    /// Column of truths of each condition on attributes, of the batch at hand.
    @exclusivity(unchecked) var truths: [Int: Column] = [:]
    @exclusivity(unchecked) var candidates: UnsafeMutableBufferPointer<Int32>
    /// Steps that the event at hand has taken.
    @exclusivity(unchecked) var reached: UnsafeMutableBufferPointer<Reached>
    @exclusivity(unchecked) var reachedCount = 0
    /// Logs of the next rows, looked up when `keyChanges` was `changesSeen`; −1 also where an event's name reaches nothing.
    let seen: UnsafeMutablePointer<Int32>
    /// First the rows that reach something, then the logs of those.
    let wanted: UnsafeMutablePointer<Int32>
    @exclusivity(unchecked) var changesSeen = 0
    /// The blocks that logs, and what is remembered, are saved in.
    @exclusivity(unchecked) var logBlocks = KeyBlocks()
    @exclusivity(unchecked) var rememberedBlocks = KeyBlocks()
    /// Keeps reading ahead from being left out.
    @exclusivity(unchecked) var touched: UInt64 = 0

    struct Reached: BitwiseCopyable {
        var step: UInt32
        var alternative: Int
    }

    /// How much is kept.
    package struct Limits: Hashable, Sendable {
        package var conditions = 100_000
        /// Keys with partial matches; beyond, those that were quiet longest go first, as far as a look at a few tells.
        package var keys = 1_000_000
        /// Steps that the events of one key have taken and that are not out of date; beyond, the oldest go. 29 bytes each,
        /// 35 with very many; a power of two.
        package var entriesPerKey = 4_096
        /// Of every condition that is no chain.
        package var automaton = PatternMatcher.Limits(perKey: 1_000, total: 1_000_000)

        package init() {}
    }

    package struct Counters: Hashable, Sendable {
        package var matches = 0
        /// Partial matches that a limit dropped: matches may be missing.
        package var dropped = 0
        /// Keys that a limit dropped with all their partial matches.
        package var droppedKeys = 0
        /// Events earlier than one before them, which were taken to be as late as that.
        package var disordered = 0
    }

    package init(schema: EventSchema, texts: TextDictionary, limits: Limits = Limits()) {
        self.schema = schema
        self.texts = texts
        self.limits = limits
        precondition(limits.entriesPerKey <= KeyLog.mostEntries, "a link reaches \(KeyLog.mostEntries) entries")
        candidates = .allocate(capacity: 64)
        reached = .allocate(capacity: 64)
        seen = .allocate(capacity: Self.ahead)
        wanted = .allocate(capacity: Self.ahead)
    }

    deinit {
        candidates.deallocate()
        reached.deallocate()
        seen.deallocate()
        wanted.deallocate()
        forEachLog { logs[$0].deallocate() }
    }

    /// Conditions.
    package var count: Int { slots.count }
    /// Steps that chains share, conditions that are no chains.
    package var stepCount: Int { steps.count }
    package var automatonCount: Int { automata.count }
    /// Keys with partial matches of chains.
    package var keyCount: Int { keys.count }

    /// What the matches of a condition call their events, by the indices in `PatternMatches.variables`.
    package func variables(of id: Int) -> [String] { slots[id].flatMap { conditions[$0]?.variables } ?? [] }

    func slot(of id: Int) -> Int? { slots[id] }

    // MARK: Changes

    /// Adds a condition, which sees the events from the next on.
    ///
    /// - Parameter id: A name for it that no other condition has.
    package func add(_ pattern: EventPattern, id: Int) throws(StreamError) {
        precondition(slots[id] == nil, "a condition's name is its own")
        guard slots.count < limits.conditions else {
            throw StreamError(
                .limit, field: "pattern", "there are \(slots.count) conditions, as many as may be",
                remedy: "Remove some, or raise the limit.")
        }
        try pattern.validate()
        let slot = freeSlots.popLast() ?? conditions.count
        if slot == conditions.count { conditions.append(nil) }
        do throws(StreamError) {
            if let chain = TriggerChain(pattern) {
                conditions[slot] = add(chain, pattern, id: id, slot)
            } else {
                conditions[slot] = try automaton(pattern, id: id, slot)
            }
        } catch {
            freeSlots.append(slot)
            throw error
        }
        slots[id] = slot
        if conditions[slot]?.needsLog ?? false {
            bounds[pattern.within, default: 0] += 1
            retention = max(retention, pattern.within)
        }
    }

    /// Removes a condition and its partial matches.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    package func remove(id: Int) -> Bool {
        guard let slot = slots.removeValue(forKey: id), let condition = conditions[slot] else { return false }
        switch condition.form {
        case .chain(let chain): remove(chain, slot)
        case .automaton(let automaton):
            automata.removeAll { $0 === automaton }
            if automaton.opening != 0 {
                steps.begin(automaton.openingStep, by: -1)
                release(automaton.openingStep)
            }
            names.remove(automaton, texts)
            for case let predicate? in automaton.predicates { release(predicate) }
        }
        conditions[slot] = nil
        freeSlots.append(slot)
        if condition.needsLog { removeBound(condition.within) }
        return true
    }

    private func removeBound(_ within: Int64) {
        let left = (bounds[within] ?? 1) - 1
        bounds[within] = left > 0 ? left : nil
        if left == 0, within == retention { retention = bounds.keys.max() ?? 0 }
    }

    private func add(_ chain: TriggerChain, _ pattern: EventPattern, id: Int, _ slot: Int) -> TriggerCondition {
        var variables: [String] = []
        for step in pattern.root.takingSteps where !variables.contains(step.variable) {
            variables.append(step.variable)
        }
        func numbers(_ steps: [PatternStep]) -> [UInt16] {
            steps.map { UInt16(variables.firstIndex(of: $0.variable) ?? 0) }
        }
        let known = TriggerCondition.Chain()
        for step in chain.steps {
            known.steps.append(use(step.alternatives, within: pattern.within))
            known.variables.append(numbers(step.alternatives))
            known.forbidden.append(step.forbidden.isEmpty ? nil : use(step.forbidden, within: pattern.within))
            known.optionals.append(
                step.optionals.map { optional in
                    TriggerCondition.Chain.Optional(
                        step: use(optional.alternatives, within: pattern.within),
                        variables: numbers(optional.alternatives), most: optional.most)
                })
        }
        connect(known, by: 1)
        let last = known.steps[known.steps.count - 1]
        steps.end(last, slot, isSingle: known.steps.count == 1)
        names.change(steps.steps[Int(last)].tests, texts)
        return TriggerCondition(
            id: id, within: pattern.within, added: sequence, signature: pattern.signature, variables: variables,
            form: .chain(known))
    }

    private func remove(_ chain: TriggerCondition.Chain, _ slot: Int) {
        let last = chain.steps[chain.steps.count - 1]
        connect(chain, by: -1)
        steps.removeEnd(last, slot)
        names.change(steps.steps[Int(last)].tests, texts)
        for step in chain.allSteps { release(step) }
    }

    /// Tells the steps of a chain, except the last, when their events are of account.
    private func connect(_ chain: TriggerCondition.Chain, by change: Int) {
        let before = chain.allSteps.map { ($0, steps.account(of: $0)) }
        defer {
            for (step, account) in before where steps.account(of: step) != account {
                names.change(steps.steps[Int(step)].tests, texts)
            }
        }
        if chain.steps.count > 1 { steps.begin(chain.steps[0], by: change) }
        for (index, step) in chain.steps.enumerated().dropLast() {
            if index > 0 { steps.follow(step, behind: chain.steps[index - 1], isRepeated: false, by: change) }
            if let forbidden = chain.forbidden[index] {
                steps.follow(forbidden, behind: step, isRepeated: false, by: change)
            }
            for optional in chain.optionals[index] {
                steps.follow(optional.step, behind: step, isRepeated: optional.most > 1, by: change)
            }
        }
    }

    func use(_ alternatives: [PatternStep], within: Int64) -> UInt32 {
        let tests = alternatives.map {
            TriggerSteps.Test(event: $0.event, page: $0.page, predicate: $0.predicate.map(predicate))
        }
        let known = steps.use(tests, within: within, born: sequence)
        if known.isNew {
            names.add(step: known.step, tests, texts)
        } else {
            // Conditions on attributes belong to the steps: those that were there refer to them already.
            release(tests)
            if known.isLonger { names.change(tests, texts) }
        }
        return known.step
    }

    func release(_ step: UInt32) {
        guard let tests = steps.release(step) else { return }
        names.remove(step: step, tests, texts)
        release(tests)
    }
}
