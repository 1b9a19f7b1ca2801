/// How matches of chains are read from the log of a key, and how logs come and go.
extension TriggerIndex {
    /// Conditions of one step.
    func completeAtOnce(
        _ event: TriggerEvent, _ step: UInt32, _ alternative: Int, into matches: inout TriggerMatches
    ) {
        for slot in steps.steps[Int(step)].singles {
            guard let condition = conditions[slot], case .chain(let chain) = condition.form else { continue }
            matches.append(condition: condition.id, key: event.key, time: now, count: 1)
            if notesRows { noteRow(event) }
            matches.set(fromEnd: 0, row: event.place, variable: chain.variables[0][alternative], time: now)
        }
    }

    /// A condition whose last step has taken the event, and whose others have taken events that lead to it.
    ///
    /// A partial match takes the first event that its next step accepts. So of two that began one after the other the earlier
    /// is never behind: where one has got to the last step, the earliest that is in time, and that no event has ended, has.
    ///
    /// - Parameter lastStart: The last event that such a way begins with.
    func complete(
        _ event: TriggerEvent, _ slot: Int, _ lastStart: Int64, _ alternative: Int, _ log: KeyLog,
        into matches: inout TriggerMatches
    ) {
        let behind = memory.sequence(slot, event.log)
        guard lastStart > behind, let condition = conditions[slot], case .chain(let chain) = condition.form else {
            return
        }
        let earliest = max(condition.added, behind)
        let first = start(chain.steps[0], behind: earliest, within: condition.within, log)
        guard first >= 0, let way = way(from: first, chain, log) ?? laterWay(behind: first, chain, log) else { return }
        matches.append(condition: condition.id, key: event.key, time: now, count: way.count + 1)
        if notesRows { noteRow(event) }
        matches.set(
            fromEnd: 0, row: event.place, variable: chain.variables[chain.steps.count - 1][alternative], time: now)
        for (index, taken) in way.enumerated() {
            let entry = log[taken.number]
            matches.set(
                fromEnd: way.count - index, row: entry.row, variable: taken.variables[entry.alternative],
                time: entry.time)
        }
        let (end, isBeyond) = now.addingReportingOverflow(condition.within)
        memory.note(slot, event.log, sequence: sequence, end: isBeyond ? .max : end, now: now)
    }

    /// The number of the earliest entry of a step that is in time; −1 for none.
    func start(_ step: UInt32, behind sequence: Int64, within: Int64, _ log: KeyLog) -> Int {
        let born = max(sequence, steps.hot[Int(step)].born)
        var (found, number) = (-1, log.newest(of: step))
        while number >= 0, case let entry = log[number], entry.sequence > born, now &- entry.time <= within {
            found = number
            number = log.older(than: number, step)
        }
        return found
    }

    /// The entry of an event that is part of a match.
    private struct Taken {
        var number: Int
        /// Of the alternatives of the step.
        var variables: [UInt16]
    }

    /// The entries that took a partial match from its start to the last step but one, and those between that need not be;
    /// nil when it has not got there.
    private func way(from start: Int, _ chain: TriggerCondition.Chain, _ log: KeyLog) -> [Taken]? {
        var (way, last) = ([Taken(number: start, variables: chain.variables[0])], start)
        for index in 1..<chain.steps.count {
            var next = log.next
            if index < chain.steps.count - 1 {
                next = first(chain.steps[index], behind: last, log)
                guard next >= 0 else { return nil }
            }
            if let forbidden = chain.forbidden[index - 1], case let ended = first(forbidden, behind: last, log),
                ended >= 0, next == log.next || log[ended].sequence < log[next].sequence
            {
                return nil
            }
            if !chain.optionals[index - 1].isEmpty { take(chain.optionals[index - 1], between: last, next, log, &way) }
            if next < log.next { way.append(Taken(number: next, variables: chain.variables[index])) }
            last = next
        }
        return way
    }

    /// The way from the earliest of the later starts that nothing has ended.
    private func laterWay(behind start: Int, _ chain: TriggerCondition.Chain, _ log: KeyLog) -> [Taken]? {
        guard chain.forbidden.contains(where: { $0 != nil }) else { return nil }
        for number in (start + 1)..<log.next where log[number].step == chain.steps[0] {
            if let way = way(from: number, chain, log) { return way }
        }
        return nil
    }

    /// The number of the first entry of a step that is of a later event than another entry; −1 for none.
    private func first(_ step: UInt32, behind last: Int, _ log: KeyLog) -> Int {
        let behind = log[last].sequence
        var (found, number) = (-1, log.newest(of: step))
        while number >= 0, log[number].sequence > behind {
            found = number
            number = log.older(than: number, step)
        }
        return found
    }

    /// Takes what need not come where it has come.
    private func take(
        _ optionals: [TriggerCondition.Chain.Optional], between last: Int, _ next: Int, _ log: KeyLog,
        _ way: inout [Taken]
    ) {
        let behind = log[last].sequence
        let before = next < log.next ? log[next].sequence : .max
        var (place, count) = (0, 0)
        for number in (last + 1)..<next {
            let entry = log[number]
            guard entry.sequence > behind, entry.sequence < before else { continue }
            let found = optionals[place...].firstIndex { $0.step == entry.step }
            guard let found, found > place || count < optionals[place].most else { continue }
            count = found > place ? 1 : count + 1
            place = found
            way.append(Taken(number: number, variables: optionals[found].variables))
        }
    }

    // MARK: Logs

    func makeLog(_ key: Int64) -> Int32 {
        for _ in 0..<2 { sweepOne(evenIfNeeded: false) }
        while keys.count >= limits.keys { sweepOne(evenIfNeeded: true) }
        keyChanges += 1
        let log = logs.insert(KeyLog(key: key, time: now))
        keys.insert(key, log)
        return log
    }

    /// Looks at the next log, and forgets it when it is out of date: two for each new one keep as many as are needed, about.
    private func sweepOne(evenIfNeeded: Bool) {
        let all = logs.usedCount
        guard all > 0 else { return }
        sweep = sweep + 1 < all ? sweep + 1 : 0
        guard keys.value(of: logs[sweep].key) == sweep else { return }
        let isOld = now &- logs[sweep].latest > retention
        guard isOld || evenIfNeeded else { return }
        if !isOld { counters.droppedKeys += 1 }
        keys.remove(logs[sweep].key)
        logs[sweep].deallocate()
        logs.remove(sweep)
    }

    /// The keys that events of the next batches may still complete something for.
    func forEachKey(_ body: (Int64) -> Void) {
        forEachLog { body(logs[$0].key) }
        for automaton in automata { automaton.matcher.forEachKey(body) }
    }

    /// Bytes of memory that the logs of all keys have.
    package var logByteCount: Int {
        var sum = 0
        forEachLog { sum += KeyLog.byteCount(logs[$0].capacity) }
        return sum
    }

    func forEachLog(_ each: (Int32) -> Void) {
        for index in 0..<Int32(logs.usedCount) where keys.value(of: logs[index].key) == index { each(index) }
    }
}
