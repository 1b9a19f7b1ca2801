/// A pattern as a matcher runs it: a nondeterministic automaton without empty moves (Glushkov), whose states are the steps
/// that can have taken the last event, and whose moves are in the order of preference.
package struct PatternProgram: Sendable {
    package let pattern: EventPattern
    /// What events are tested for: bit n of an event's accepted tests is the nth.
    package let tests: [PatternTest]
    /// The distinct conditions on attributes that tests refer to.
    package let predicates: [PatternPredicate]
    /// What matches call the events they took.
    package let variables: [String]
    /// State 0 is before the first event; state n + 1 has just taken an event at position n.
    let states: [State]
    /// Of all states, one behind the other.
    let moves: [Move]
    /// Whether an event that no test accepts can end a partial match.
    let hasStrictGaps: Bool

    struct State {
        /// The index of its first move.
        var firstMove: Int32 = 0
        var moveCount: Int32 = 0
        /// The variable of the event just taken.
        var variable: UInt16 = 0
        /// The pattern can end here, at once. Where one match is preferred, the moves are those preferred to the end.
        var accepts = false
        /// Moves, a bit each, by what they can skip.
        var strict: UInt64 = 0
        var relaxed: UInt64 = 0
        /// Moves to the end that wait for `within` to pass.
        var pending: UInt64 = 0
        /// Tests that take an event or forbid to skip it.
        var interest: UInt64 = 0

        var allMoves: UInt64 { moveCount == 0 ? 0 : ~0 >> UInt64(64 - moveCount) }
    }

    struct Move: Hashable {
        /// The test that an event passes to be taken: one bit, none where the move waits for the end.
        var accept: UInt64
        /// Tests of events that it must not skip.
        var forbidden: UInt64
        var gap: Contiguity
        /// The state it leads to; 0 is the end of the pattern, to which only time leads.
        var target: UInt16
    }

    /// - Throws: `StreamError` when the pattern asks for more than the limits.
    package init(_ pattern: EventPattern, limits: PatternLimits = PatternLimits()) throws(StreamError) {
        try pattern.validate()
        var compiler = EventPatternCompiler(pattern, limits: limits)
        try compiler.compile()
        self.pattern = pattern
        (tests, predicates, variables) = (compiler.tests, compiler.predicates, compiler.variables)
        (states, moves) = (compiler.states, compiler.moves)
        hasStrictGaps = compiler.states.dropFirst().contains { $0.strict != 0 }
    }
}

extension PatternProgram {
    /// The test that begins every match, when its events can be looked at late, together with the next event that passes
    /// another test: they pass no other test, no match consists of them alone, and behind another event they are of no
    /// account.
    var openingTest: Int? {
        let opening = states[0].interest
        guard opening.nonzeroBitCount == 1, !hasStrictGaps else { return nil }
        let index = opening.trailingZeroBitCount
        guard case .exactly(let name) = tests[index].event else { return nil }
        for (other, test) in tests.enumerated() where other != index {
            guard case .exactly(let another) = test.event, another != name else { return nil }
        }
        let early = states(reachedBy: opening)
        for (state, known) in states.enumerated() {
            let isFinal = known.accepts || known.pending != 0
            if early.contains(state) ? isFinal : known.interest & opening != 0 { return nil }
        }
        return index
    }

    /// The states in which events that pass these tests alone can be.
    private func states(reachedBy accepted: UInt64) -> Set<Int> {
        var seen: Set<Int> = [0]
        var next = [0]
        while let state = next.popLast() {
            let first = Int(states[state].firstMove)
            for move in moves[first..<(first + Int(states[state].moveCount))] where move.accept & accepted != 0 {
                if seen.insert(Int(move.target)).inserted { next.append(Int(move.target)) }
            }
        }
        return seen
    }
}

/// What an event is tested for. Steps that differ only in their names share a test.
package struct PatternTest: Hashable, Sendable {
    package var event: NameTest
    package var page: NameTest?
    /// The index of the condition.
    package var predicate: Int?
}
