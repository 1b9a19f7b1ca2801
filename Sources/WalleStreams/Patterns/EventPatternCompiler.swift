/// Lays a pattern out as pieces linked by empty moves, quantifiers with bounds as copies (Thompson), then closes over the
/// empty moves from behind every step.
struct EventPatternCompiler {
    let pattern: EventPattern
    let limits: PatternLimits
    private(set) var tests: [PatternTest] = []
    private(set) var predicates: [PatternPredicate] = []
    private(set) var variables: [String] = []
    private(set) var states: [PatternProgram.State] = [PatternProgram.State()]
    private(set) var moves: [PatternProgram.Move] = []
    private var pieces: [Piece] = []
    private var rounds = 0
    /// The piece behind each state.
    private var behind: [Int] = []

    private enum Piece {
        case end
        /// Takes an event that passes the test; the state is reached then.
        case step(test: Int, state: Int, next: Int)
        /// The first is preferred.
        case split([Int])
        case gap(Contiguity, next: Int)
        case not(UInt64, next: Int)
        case enter(round: Int, next: Int)
        /// The end of a round of a repetition. A round that took no event ends the repetition, as in regular expressions.
        case leave(round: Int, next: Int, exit: Int)
    }

    init(_ pattern: EventPattern, limits: PatternLimits) {
        self.pattern = pattern
        self.limits = limits
        for step in pattern.root.takingSteps where !variables.contains(step.variable) {
            variables.append(step.variable)
        }
    }

    mutating func compile() throws(StreamError) {
        let end = add(.end)
        behind = [end]
        behind[0] = try build(pattern.root, next: end)
        for state in states.indices { try close(state) }
    }

    // MARK: Pieces

    private mutating func add(_ piece: Piece) -> Int {
        pieces.append(piece)
        return pieces.count - 1
    }

    private mutating func build(_ element: PatternElement, next: Int) throws(StreamError) -> Int {
        switch element {
        case .step(let step): return try build(step, next: next)
        case .not(let steps):
            var mask: UInt64 = 0
            for step in steps { mask |= 1 << UInt64(try test(step)) }
            return add(.not(mask, next: next))
        case .sequence(let elements, let gaps):
            var entry = try build(elements[elements.count - 1], next: next)
            for index in gaps.indices.reversed() {
                entry = try build(elements[index], next: add(.gap(gaps[index] ?? pattern.contiguity, next: entry)))
            }
            return entry
        case .choice(let elements):
            var entries: [Int] = []
            for element in elements { entries.append(try build(element, next: next)) }
            return add(.split(entries))
        case .repeated(let element, let quantifier): return try build(element, quantifier, next: next)
        }
    }

    private mutating func build(_ step: PatternStep, next: Int) throws(StreamError) -> Int {
        let test = try test(step)
        guard states.count <= limits.positions else {
            throw StreamError(
                .limit, field: "pattern",
                "the pattern has more than \(limits.positions) steps, each repetition counted",
                remedy: "Lower the bounds of its quantifiers.")
        }
        var state = PatternProgram.State()
        state.variable = UInt16(variables.firstIndex(of: step.variable) ?? 0)
        states.append(state)
        behind.append(next)
        return add(.step(test: test, state: states.count - 1, next: next))
    }

    private mutating func test(_ step: PatternStep) throws(StreamError) -> Int {
        var test = PatternTest(event: step.event, page: step.page)
        if let predicate = step.predicate {
            test.predicate = predicates.firstIndex(of: predicate) ?? predicates.count
            if test.predicate == predicates.count { predicates.append(predicate) }
        }
        if let known = tests.firstIndex(of: test) { return known }
        guard tests.count < PatternLimits.bits else {
            throw StreamError(
                .limit, field: "pattern", "the pattern has more than \(PatternLimits.bits) different steps",
                remedy: "Split it, or stand for several names with a `*` in quotes.")
        }
        tests.append(test)
        return tests.count - 1
    }

    /// The rounds that must be and those that may be, one behind the other; the last goes back to itself where there is
    /// no bound.
    private mutating func build(
        _ element: PatternElement, _ quantifier: PatternQuantifier, next exit: Int
    ) throws(StreamError) -> Int {
        let count = quantifier.most ?? max(quantifier.least, 1)
        var entry = exit
        for index in (1...count).reversed() {
            var behind: Int
            if index < count {
                behind = add(.gap(pattern.contiguity, next: entry))
                if index >= quantifier.least { behind = choice(behind, exit, quantifier) }
            } else {
                behind = quantifier.most == nil ? add(.end) : exit
            }
            rounds += 1
            let round = rounds
            let body = try build(element, next: add(.leave(round: round, next: behind, exit: exit)))
            entry = add(.enter(round: round, next: body))
            if index == count, quantifier.most == nil {
                let again = add(.gap(pattern.contiguity, next: entry))
                pieces[behind] = .split(quantifier.isReluctant ? [exit, again] : [again, exit])
            }
        }
        return quantifier.least == 0 ? choice(entry, exit, quantifier) : entry
    }

    private mutating func choice(_ more: Int, _ exit: Int, _ quantifier: PatternQuantifier) -> Int {
        add(.split(quantifier.isReluctant ? [exit, more] : [more, exit]))
    }

    // MARK: Moves

    /// What has been passed since the last event.
    private struct Way {
        var gap = Contiguity.strict
        var forbidden: UInt64 = 0
        var entered: [Int] = []
    }

    private mutating func close(_ state: Int) throws(StreamError) {
        var found: [PatternProgram.Move] = []
        /// Ways tried, not to be caught by nested repetitions that all may be empty.
        var tried = 0
        try follow(behind[state], Way(), &found, &tried)
        let immediate = PatternProgram.Move(accept: 0, forbidden: 0, gap: .strict, target: 0)
        if let end = found.firstIndex(of: immediate) {
            states[state].accepts = true
            if pattern.skip == .none { found.remove(at: end) } else { found.removeSubrange(end...) }
        }
        states[state].firstMove = Int32(moves.count)
        states[state].moveCount = Int32(found.count)
        for (index, move) in found.enumerated() {
            let bit = UInt64(1) << UInt64(index)
            if move.gap == .strict { states[state].strict |= bit }
            if move.gap == .relaxed { states[state].relaxed |= bit }
            if move.target == 0 { states[state].pending |= bit }
            states[state].interest |= move.accept | move.forbidden
        }
        moves += found
    }

    private func follow(
        _ piece: Int, _ way: Way, _ found: inout [PatternProgram.Move], _ tried: inout Int
    ) throws(StreamError) {
        var way = way
        tried += 1
        guard found.count < PatternLimits.bits, tried < 100_000 else { throw tooManyMoves }
        switch pieces[piece] {
        case .end:
            // Without `not` nothing is waited for: which gap was passed is of no account.
            if way.forbidden == 0 { way.gap = .strict }
            insert(.init(accept: 0, forbidden: way.forbidden, gap: way.gap, target: 0), &found)
        case .step(let test, let state, _):
            insert(
                .init(accept: 1 << UInt64(test), forbidden: way.forbidden, gap: way.gap, target: UInt16(state)), &found)
        case .split(let entries):
            for entry in entries { try follow(entry, way, &found, &tried) }
        case .gap(let gap, let next):
            way.gap = max(way.gap, gap)
            try follow(next, way, &found, &tried)
        case .not(let tests, let next):
            way.gap = max(way.gap, .relaxed)
            way.forbidden |= tests
            try follow(next, way, &found, &tried)
        case .enter(let round, let next):
            way.entered.append(round)
            try follow(next, way, &found, &tried)
        case .leave(let round, let next, let exit):
            try follow(way.entered.contains(round) ? exit : next, way, &found, &tried)
        }
    }

    private func insert(_ move: PatternProgram.Move, _ found: inout [PatternProgram.Move]) {
        if !found.contains(move) { found.append(move) }
    }

    private var tooManyMoves: StreamError {
        StreamError(
            .limit, field: "pattern", "more than \(PatternLimits.bits) steps may come next after one",
            remedy: "Split the pattern, or use fewer alternatives and optional steps in a row.")
    }
}
