/// How starts come, wait, report and go.
extension PatternMatcher {
    func insertStart(_ slot: Int32, _ event: Taken) -> Int32 {
        let (deadline, isBeyond) = event.time.addingReportingOverflow(program.pattern.within)
        return insertStart(slot, sequence: event.sequence, deadline: isBeyond ? .max : deadline)
    }

    func insertStart(_ slot: Int32, sequence: Int64, deadline: Int64) -> Int32 {
        let last = slots[slot].last
        // Behind all, but for what is looked at late.
        var older = youngest
        while older >= 0, starts[older].deadline > deadline { older = starts[older].older }
        let start = starts.insert(
            Start(sequence: sequence, deadline: deadline, slot: slot, before: last, older: older))
        if last >= 0 { starts[last].behind = start } else { slots[slot].first = start }
        slots[slot].last = start
        slots[slot].held += 1
        let younger = older >= 0 ? starts[older].younger : oldest
        starts[start].younger = younger
        if older >= 0 { starts[older].younger = start } else { oldest = start }
        if younger >= 0 { starts[younger].older = start } else { youngest = start }
        updateDeadline()
        return start
    }

    private func updateDeadline() { nextDeadline = oldest >= 0 ? starts[oldest].deadline : .max }

    /// No match has been found and none can be.
    func isFruitless(_ start: Int32) -> Bool { starts[start].thread < 0 && starts[start].candidate < 0 }

    func remove(_ index: Int32) {
        removeThreads(from: starts[index].thread, of: index)
        let start = starts[index]
        if start.candidate >= 0 { release(start.candidate) }
        if start.before >= 0 {
            starts[start.before].behind = start.behind
        } else {
            slots[start.slot].first = start.behind
        }
        if start.behind >= 0 {
            starts[start.behind].before = start.before
        } else {
            slots[start.slot].last = start.before
        }
        if start.older >= 0 { starts[start.older].younger = start.younger } else { oldest = start.younger }
        if start.younger >= 0 { starts[start.younger].older = start.older } else { youngest = start.older }
        slots[start.slot].held -= 1
        starts.remove(index)
        updateDeadline()
    }

    /// Reports what is certain of a key, and forgets the key when nothing is left of it.
    ///
    /// Where a match makes the search go on behind it, a later start has to wait for what becomes of the earlier ones.
    func settle(_ slot: Int32, at time: Int64, into matches: inout PatternMatches) {
        while case let start = slots[slot].first, start >= 0, starts[start].thread < 0 {
            let candidate = starts[start].candidate
            guard candidate >= 0 else {
                remove(start)
                continue
            }
            emit(candidate, slot: slot, at: time, since: matches.count, into: &matches)
            let next = max(resumption(behind: candidate), starts[start].sequence + 1)
            while case let start = slots[slot].first, start >= 0, starts[start].sequence < next { remove(start) }
        }
        if slots[slot].first < 0 {
            keys.remove(slots[slot].key)
            slots.remove(slot)
        }
    }

    /// The sequence number of the event at which the search goes on.
    private func resumption(behind last: Int32) -> Int64 {
        switch skip {
        case .nothing, .toNextRow: return .min
        case .pastLastRow: return takings[last].sequence + 1
        case .toFirst(let variable): return sequences(of: variable, last).first
        case .toLast(let variable): return sequences(of: variable, last).last
        }
    }

    private func sequences(of variable: UInt16, _ last: Int32) -> (first: Int64, last: Int64) {
        var found = (first: Int64.min, last: Int64.min)
        var index = last
        while index >= 0 {
            let taking = takings[index]
            if taking.variable == variable {
                found.first = taking.sequence
                found.last = max(found.last, taking.sequence)
            }
            index = taking.before
        }
        return found
    }

    func emit(
        _ last: Int32, slot: Int32, at time: Int64, since known: Int, into matches: inout PatternMatches
    ) {
        var count = 0
        var index = last
        while index >= 0 {
            count += 1
            index = takings[index].before
        }
        matches.append(key: slots[slot].key, time: time, count: count)
        index = last
        for place in 0..<count {
            let taking = takings[index]
            matches.set(fromEnd: place, row: taking.row, variable: taking.variable, time: taking.time)
            index = taking.before
        }
        let before = matches.count
        if takesAll { matches.removeLastIfKnown(since: known) }
        if matches.count == before { counters.matches += 1 }
    }

    // MARK: Ends

    /// Ends the starts whose time has passed.
    func expire(into matches: inout PatternMatches) {
        while oldest >= 0, starts[oldest].deadline < now {
            isChanged = true
            let (start, slot, deadline) = (oldest, starts[oldest].slot, starts[oldest].deadline)
            conclude(start, into: &matches)
            if isFruitless(start) { remove(start) }
            settle(slot, at: deadline, into: &matches)
        }
    }

    /// A thread that waited for the end of the time has got there; the preferred one tells the match.
    private func conclude(_ start: Int32, into matches: inout PatternMatches) {
        let known = matches.count
        var index = starts[start].thread
        while index >= 0 {
            let thread = threads[index]
            index = thread.next
            guard thread.moves & states[Int(thread.state)].pending != 0 else { continue }
            if takesAll {
                emit(
                    thread.taking, slot: starts[start].slot, at: starts[start].deadline, since: known, into: &matches)
            } else {
                setCandidate(thread.taking, of: start)
                break
            }
        }
        removeThreads(from: starts[start].thread, of: start)
        starts[start].thread = -1
    }

    /// Drops the oldest starts where there are too many. What waited for them is reported.
    func enforceLimits(_ slot: Int32, into matches: inout PatternMatches) {
        while slots[slot].held > limits.perKey { drop(slots[slot].first, into: &matches) }
        while partialCount > limits.total || keys.count > limits.keys { drop(oldest, into: &matches) }
    }

    private func drop(_ start: Int32, into matches: inout PatternMatches) {
        let slot = starts[start].slot
        counters.dropped += 1
        remove(start)
        settle(slot, at: now, into: &matches)
    }
}
