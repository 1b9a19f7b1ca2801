/// How threads go on with an event.
extension PatternMatcher {
    /// The event that is looked at.
    struct Taken {
        var sequence: Int64
        var row: Int64
        var accepted: UInt64
        var time: Int64
    }

    /// The threads of a start, while they are laid out again.
    struct Line {
        var start: Int32
        var first: Int32 = -1
        var last: Int32 = -1
        /// Matches found before this event of this start, among which equal ones are looked for.
        var known: Int
        var interest: UInt64 = 0
    }

    func begin(_ slot: Int32, _ event: Taken, into matches: inout PatternMatches) {
        let start = insertStart(slot, event)
        var line = Line(start: start, known: matches.count)
        _ = takeMoves(of: 0, states[0].allMoves, behind: -1, event, &line, into: &matches)
        starts[start].thread = line.first
        slots[slot].interest |= line.interest
        if isFruitless(start) { remove(start) }
    }

    func advance(_ slot: Int32, _ event: Taken, into matches: inout PatternMatches) {
        var start = slots[slot].first
        var interest: UInt64 = 0
        while start >= 0 {
            let behind = starts[start].behind
            interest |= advance(start: start, event, into: &matches)
            if isFruitless(start) { remove(start) }
            start = behind
        }
        slots[slot].interest = interest
    }

    /// - Returns: What its threads are interested in now.
    private func advance(start: Int32, _ event: Taken, into matches: inout PatternMatches) -> UInt64 {
        var line = Line(start: start, known: matches.count)
        var index = starts[start].thread
        while index >= 0 {
            let thread = threads[index]
            let state = states[Int(thread.state)]
            var remaining = thread.moves & ~state.strict
            if event.accepted & state.interest != 0 {
                switch takeMoves(of: thread.state, thread.moves, behind: thread.taking, event, &line, into: &matches) {
                case .ended:
                    removeThreads(from: index, of: start)
                    index = -1
                    continue
                case .went(let kept): remaining &= kept
                }
            }
            append(index, remaining, &line)
            index = thread.next
        }
        starts[start].thread = line.first
        return line.interest
    }

    private enum Outcome {
        /// A match was found to which only threads already laid out are preferred.
        case ended
        /// The moves that may skip the event, if their gaps are not strict.
        case went(UInt64)
    }

    private func takeMoves(
        of state: UInt16, _ possible: UInt64, behind taking: Int32, _ event: Taken, _ line: inout Line,
        into matches: inout PatternMatches
    ) -> Outcome {
        let first = Int(states[Int(state)].firstMove)
        var (kept, bits) = (~UInt64(0), possible)
        while bits != 0 {
            let index = bits.trailingZeroBitCount
            bits &= bits - 1
            let move = moves[first + index]
            if move.accept & event.accepted != 0 {
                kept &= ~states[Int(state)].relaxed
                if enter(move.target, behind: taking, event, &line, into: &matches) { return .ended }
            }
            if move.forbidden & event.accepted != 0 { kept &= ~(1 << UInt64(index)) }
        }
        return .went(kept)
    }

    /// - Returns: Whether nothing less preferred is of interest any more.
    private func enter(
        _ target: UInt16, behind before: Int32, _ event: Taken, _ line: inout Line, into matches: inout PatternMatches
    ) -> Bool {
        let state = states[Int(target)]
        let taking = takings.insert(
            Taking(
                sequence: event.sequence, row: event.row, time: event.time, before: before, references: 1,
                variable: state.variable))
        if before >= 0 { takings[before].references += 1 }
        defer { release(taking) }
        if state.moveCount > 0 { appendNew(target, state.allMoves, taking, &line) }
        guard state.accepts else { return false }
        if takesAll {
            emit(taking, slot: starts[line.start].slot, at: event.time, since: line.known, into: &matches)
            return false
        }
        setCandidate(taking, of: line.start)
        return true
    }

    func setCandidate(_ taking: Int32, of start: Int32) {
        takings[taking].references += 1
        let known = starts[start].candidate
        if known >= 0 { release(known) }
        starts[start].candidate = taking
    }

    // MARK: The line of threads

    private func appendNew(_ state: UInt16, _ moves: UInt64, _ taking: Int32, _ line: inout Line) {
        guard !isInLine(state, moves, taking, line) else { return }
        takings[taking].references += 1
        let index = threads.insert(Thread(moves: moves, taking: taking, state: state))
        slots[starts[line.start].slot].held += 1
        link(index, &line)
    }

    private func append(_ index: Int32, _ moves: UInt64, _ line: inout Line) {
        let thread = threads[index]
        guard moves != 0, !isInLine(thread.state, moves, thread.taking, line) else {
            removeThread(index, of: line.start)
            return
        }
        threads[index].moves = moves
        link(index, &line)
    }

    private func link(_ index: Int32, _ line: inout Line) {
        threads[index].next = -1
        if line.last >= 0 { threads[line.last].next = index } else { line.first = index }
        line.last = index
        line.interest |= states[Int(threads[index].state)].interest
    }

    /// Whether a preferred thread can do the same; where every match is wanted, one that has taken the same events as well.
    private func isInLine(_ state: UInt16, _ moves: UInt64, _ taking: Int32, _ line: Line) -> Bool {
        var index = line.first
        while index >= 0 {
            let thread = threads[index]
            if thread.state == state, thread.moves == moves, !takesAll || areEqual(thread.taking, taking) {
                return true
            }
            index = thread.next
        }
        return false
    }

    private func areEqual(_ left: Int32, _ right: Int32) -> Bool {
        left == right
            || takings[left].before == takings[right].before && takings[left].sequence == takings[right].sequence
                && takings[left].variable == takings[right].variable
    }

    func removeThreads(from first: Int32, of start: Int32) {
        var index = first
        while index >= 0 {
            let next = threads[index].next
            removeThread(index, of: start)
            index = next
        }
    }

    private func removeThread(_ index: Int32, of start: Int32) {
        release(threads[index].taking)
        threads.remove(index)
        slots[starts[start].slot].held -= 1
    }

    func release(_ taking: Int32) {
        var index = taking
        while index >= 0 {
            takings[index].references -= 1
            guard takings[index].references == 0 else { return }
            let before = takings[index].before
            takings.remove(index)
            index = before
        }
    }
}
