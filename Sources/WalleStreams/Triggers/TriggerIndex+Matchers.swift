/// Conditions that are no chains.
extension TriggerIndex {
    func automaton(
        _ pattern: EventPattern, id: Int, _ slot: Int
    ) throws(StreamError) -> TriggerCondition {
        let program = try PatternProgram(pattern)
        let numbers = program.tests.map { test in test.predicate.map { predicate(program.predicates[$0]) } }
        let automaton = TriggerCondition.Automaton(
            program, limits: limits.automaton, predicates: numbers, id: id, slot: slot)
        open(automaton, pattern)
        names.add(automaton, texts)
        automata.append(automaton)
        return TriggerCondition(
            id: id, within: pattern.within, added: sequence, signature: pattern.signature, variables: program.variables,
            form: .automaton(automaton))
    }

    /// Gives an automaton that sleeps at first the step it begins with.
    private func open(_ automaton: TriggerCondition.Automaton, _ pattern: EventPattern) {
        guard let index = automaton.program.openingTest else { return }
        let test = automaton.program.tests[index]
        let step = PatternStep(
            test.event, page: test.page, predicate: test.predicate.map { automaton.program.predicates[$0] })
        automaton.opening = 1 << UInt64(index)
        automaton.openingStep = use([step], within: pattern.within)
        steps.begin(automaton.openingStep, by: 1)
    }

    // MARK: Events

    /// Tells the event to the matchers that are awake.
    func runMatchers(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch,
        _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        for seeing in reach.pointee.automata {
            if let opening = seeing.opening, !isOpen(event, opening, seeing.within) { continue }
            let automaton = seeing.automaton.takeUnretainedValue()
            var accepted = seeing.accepting
            if accepted & automaton.further != 0 {
                accepted = try tested(accepted, automaton, event, values, batch, predicates)
            }
            if seeing.opening != nil {
                if accepted != 0 { takeBehindOpening(event, accepted, automaton, into: &matches) }
                if notesRows, accepted != 0 { noteRow(event) }
                continue
            }
            if notesRows, accepted != 0 { noteRow(event) }
            matches.collect(condition: automaton.id) {
                automaton.matcher.take(key: event.key, time: now, row: event.place, accepted: accepted, into: &$0)
            }
        }
    }

    /// Whether the key has an event in time that can begin a match: without one there is no partial match either.
    @inline(__always) private func isOpen(_ event: TriggerEvent, _ opening: UInt32, _ within: Int64) -> Bool {
        guard event.log >= 0 else { return false }
        let log = logs[event.log]
        let newest = log.newest(of: opening)
        return newest >= 0 && now &- log[newest].time <= within
    }

    /// The events that can begin a match of such an automaton are in the log of their key, and looked at when an event of
    /// another step comes.
    private func takeBehindOpening(
        _ event: TriggerEvent, _ accepted: UInt64, _ automaton: TriggerCondition.Automaton,
        into matches: inout TriggerMatches
    ) {
        var isAwake = false
        matches.collect(condition: automaton.id) {
            // Ends what is out of date before older events are looked at.
            automaton.matcher.advance(watermark: now, into: &$0)
            isAwake = openLate(event, automaton, into: &$0)
            isAwake = isAwake || automaton.matcher.isAwake(event.key)
            guard isAwake else { return }
            automaton.matcher.take(key: event.key, time: now, row: event.place, accepted: accepted, into: &$0)
        }
        guard isAwake else { return }
        let (end, isBeyond) = now.addingReportingOverflow(automaton.program.pattern.within)
        memory.note(automaton.slot, event.log, sequence: sequence, end: isBeyond ? .max : end, now: now)
    }

    /// - Returns: Whether there was an event to begin with.
    private func openLate(
        _ event: TriggerEvent, _ automaton: TriggerCondition.Automaton, into matches: inout PatternMatches
    ) -> Bool {
        let (log, step) = (logs[event.log], automaton.openingStep)
        let added = conditions[automaton.slot]?.added ?? 0
        let first = start(
            step, behind: max(added, memory.sequence(automaton.slot, event.log)),
            within: automaton.program.pattern.within, log)
        guard first >= 0 else { return false }
        for number in first..<log.next where log[number].step == step {
            let entry = log[number]
            automaton.matcher.takeLate(
                key: event.key, time: entry.time, row: entry.row, accepted: automaton.opening, into: &matches)
        }
        return true
    }

    /// Those of some tests of an automaton that the event passes in full.
    private func tested(
        _ accepting: UInt64, _ automaton: TriggerCondition.Automaton, _ event: TriggerEvent,
        _ values: borrowing RowValues, _ batch: EventBatch, _ predicates: some PredicateSource
    ) throws(StreamError) -> UInt64 {
        var (accepted, bits) = (accepting, accepting & automaton.further)
        while bits != 0 {
            let index = bits.trailingZeroBitCount
            bits &= bits - 1
            var passes = fits(automaton.program.tests[index].page, event.page)
            if passes, let predicate = automaton.predicates[index] {
                passes = try isTrue(predicate, event, values, batch, predicates)
            }
            if !passes { accepted &= ~(1 << UInt64(index)) }
        }
        return accepted
    }
}
