/// Finds the matches of very many patterns in the events of every key, as they come.
///
/// A condition that is a simple chain, steps or alternatives of steps one behind the other with relaxed gaps, lies in a trie
/// in which conditions that begin alike share their nodes. Its *static pending list* is the children of the root by the
/// name of the event, so only conditions that can begin with an event are looked at. The *dynamic pending list* of a key is
/// the log of the nodes that its events have reached; an event goes to those nodes of its name whose parent is in the log.
/// Every other condition is run by a `PatternMatcher` of its own that sees the events its steps name; where only events of one
/// step can begin a match, they lie in the trie, too, and the matcher sleeps for a key until another of its steps comes.
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
    @exclusivity(unchecked) var trie = TriggerTrie()
    /// By slot; nil is free.
    @exclusivity(unchecked) var conditions: [TriggerCondition?] = []
    @exclusivity(unchecked) private var slots: [Int: Int] = [:]
    @exclusivity(unchecked) private var freeSlots: [Int] = []
    @exclusivity(unchecked) var predicates: [TriggerPredicate] = []
    @exclusivity(unchecked) private var freePredicates: [Int] = []
    @exclusivity(unchecked) private var knownPredicates: [PatternPredicate: Int] = [:]
    @exclusivity(unchecked) var names = TriggerNames()
    @exclusivity(unchecked) var keys = KeyTable()
    /// Changes of `keys`.
    @exclusivity(unchecked) var keyChanges = 0
    @exclusivity(unchecked) var logs = Pool<KeyLog>()
    @exclusivity(unchecked) var memory = MatchMemory()
    /// Of the conditions with a matcher of their own.
    @exclusivity(unchecked) var automata: [TriggerCondition.Automaton] = []
    /// The longest time bound of a chain.
    @exclusivity(unchecked) var retention: Int64 = 0
    /// Events looked at.
    @exclusivity(unchecked) var sequence: Int64 = 0
    @exclusivity(unchecked) var now = Int64.min
    /// The log that is looked at next, whether it is out of date.
    @exclusivity(unchecked) var sweep: Int32 = 0
    /// Column of truths of each condition on attributes, of the batch at hand.
    @exclusivity(unchecked) var truths: [Int: Column] = [:]
    @exclusivity(unchecked) var candidates: UnsafeMutableBufferPointer<TriggerCandidates.Candidate>
    /// Nodes that the event at hand has reached.
    @exclusivity(unchecked) var reached: UnsafeMutableBufferPointer<Reached>
    @exclusivity(unchecked) var reachedCount = 0
    /// Logs of the next rows, looked up when `keyChanges` was `changesSeen`.
    let seen: UnsafeMutablePointer<Int32>
    @exclusivity(unchecked) var changesSeen = 0
    /// The blocks that logs, and what is remembered, are saved in.
    @exclusivity(unchecked) var logBlocks = KeyBlocks()
    @exclusivity(unchecked) var rememberedBlocks = KeyBlocks()
    /// Keeps reading ahead from being left out.
    @exclusivity(unchecked) var touched: UInt32 = 0

    struct Reached: BitwiseCopyable {
        var node: UInt32
        var alternative: Int
    }

    /// How much is kept.
    package struct Limits: Hashable, Sendable {
        package var conditions = 100_000
        /// Keys with partial matches; beyond, those that were quiet longest go first, as far as a look at a few tells.
        package var keys = 1_000_000
        /// Trie nodes that the events of one key have reached and that are not out of date; beyond, the oldest go. 32 bytes
        /// each; a power of two.
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
    }

    deinit {
        candidates.deallocate()
        reached.deallocate()
        seen.deallocate()
        forEachLog { logs[$0].deallocate() }
    }

    /// Conditions.
    package var count: Int { slots.count }
    /// Nodes that chains share, conditions that are no chains.
    package var nodeCount: Int { trie.count }
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
            if let steps = pattern.chain {
                conditions[slot] = chain(pattern, steps, id: id, slot)
            } else {
                conditions[slot] = try automaton(pattern, id: id, slot)
            }
        } catch {
            freeSlots.append(slot)
            throw error
        }
        slots[id] = slot
    }

    /// Removes a condition and its partial matches.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    package func remove(id: Int) -> Bool {
        guard let slot = slots.removeValue(forKey: id), let condition = conditions[slot] else { return false }
        switch condition.form {
        case .chain(let path, _): removeChain(path, slot)
        case .automaton(let automaton):
            automata.removeAll { $0 === automaton }
            if automaton.opening != 0 { removeChain([automaton.openingNode], slot) }
            names.remove(automaton)
            for case let predicate? in automaton.predicates { release(predicate) }
        }
        conditions[slot] = nil
        freeSlots.append(slot)
        return true
    }

    private func chain(_ pattern: EventPattern, _ steps: [[PatternStep]], id: Int, _ slot: Int) -> TriggerCondition {
        var variables: [String] = []
        for step in pattern.root.takingSteps where !variables.contains(step.variable) {
            variables.append(step.variable)
        }
        let numbers = steps.map { $0.map { step in UInt16(variables.firstIndex(of: step.variable) ?? 0) } }
        let path = addPath(steps, pattern, slot, opens: false)
        return TriggerCondition(
            id: id, within: pattern.within, added: sequence, signature: pattern.signature, variables: variables,
            form: .chain(path, variables: numbers))
    }

    private func addPath(
        _ steps: [[PatternStep]], _ pattern: EventPattern, _ slot: Int, opens: Bool
    ) -> [UInt32] {
        let chain = steps.map { step in
            step.map { TriggerTrie.Test(event: $0.event, page: $0.page, predicate: $0.predicate.map(predicate)) }
        }
        var added: [UInt32] = []
        let path = trie.add(chain, condition: slot, opens: opens, within: pattern.within, born: sequence) {
            added.append($0)
        }
        for node in added { names.add(node: node, trie.nodes[Int(node)].tests, texts) }
        // Conditions on attributes belong to the nodes: those that were there refer to them already.
        for (node, tests) in zip(path, chain) where !added.contains(node) { release(tests) }
        retention = max(retention, pattern.within)
        return path
    }

    private func removeChain(_ path: [UInt32], _ slot: Int) {
        var gone: [UInt32: [TriggerTrie.Test]] = [:]
        for node in path { gone[node] = trie.nodes[Int(node)].tests }
        var removed: [UInt32] = []
        trie.remove(path, condition: slot) { [conditions] in
            conditions[$0]?.within ?? 0
        } isGone: {
            removed.append($0)
        }
        for node in removed {
            names.remove(node: node, gone[node] ?? [], texts)
            release(gone[node] ?? [])
        }
        retention = trie.nodes[0].children.map { trie.hot[Int($0)].retention }.max() ?? 0
    }

    private func automaton(
        _ pattern: EventPattern, id: Int, _ slot: Int
    ) throws(StreamError) -> TriggerCondition {
        let program = try PatternProgram(pattern)
        let numbers = program.tests.map { test in test.predicate.map { predicate(program.predicates[$0]) } }
        let automaton = TriggerCondition.Automaton(
            program, limits: limits.automaton, predicates: numbers, id: id, slot: slot)
        open(automaton, pattern)
        names.add(automaton)
        automata.append(automaton)
        return TriggerCondition(
            id: id, within: pattern.within, added: sequence, signature: pattern.signature, variables: program.variables,
            form: .automaton(automaton))
    }

    /// Gives an automaton that sleeps at first the node of the step it begins with.
    private func open(_ automaton: TriggerCondition.Automaton, _ pattern: EventPattern) {
        guard let index = automaton.program.openingTest else { return }
        let test = automaton.program.tests[index]
        let step = PatternStep(
            test.event, page: test.page, predicate: test.predicate.map { automaton.program.predicates[$0] })
        automaton.opening = 1 << UInt64(index)
        automaton.openingNode = addPath([[step]], pattern, automaton.slot, opens: true)[0]
    }

    // MARK: Conditions on attributes

    private func predicate(_ predicate: PatternPredicate) -> Int {
        if let known = knownPredicates[predicate] {
            predicates[known].uses += 1
            return known
        }
        var new = TriggerPredicate(predicate, schema: schema, texts: texts)
        new.uses = 1
        let index = freePredicates.popLast() ?? predicates.count
        if index == predicates.count { predicates.append(new) } else { predicates[index] = new }
        knownPredicates[predicate] = index
        return index
    }

    private func release(_ tests: [TriggerTrie.Test]) {
        for case let predicate? in tests.map(\.predicate) { release(predicate) }
    }

    private func release(_ predicate: Int) {
        predicates[predicate].uses -= 1
        guard predicates[predicate].uses == 0 else { return }
        knownPredicates[predicates[predicate].predicate] = nil
        freePredicates.append(predicate)
    }
}
