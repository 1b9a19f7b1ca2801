/// How matches of chains are read from the log of a key, and how logs come and go.
extension TriggerIndex {
    /// Conditions of one step.
    func completeAtOnce(
        _ event: TriggerEvent, _ node: UInt32, _ alternative: Int, into matches: inout TriggerMatches
    ) {
        for slot in trie.nodes[Int(node)].conditions {
            guard let condition = conditions[slot], case .chain(_, let variables) = condition.form else { continue }
            matches.append(condition: condition.id, key: event.key, time: now, count: 1)
            if notesRows { noteRow(event) }
            matches.set(fromEnd: 0, row: event.place, variable: variables[0][alternative], time: now)
        }
    }

    /// Conditions whose last step has taken the event.
    ///
    /// A partial match takes the first event that its next step accepts. So of two that began one after the other the earlier
    /// is never behind: if the earliest that is still in time has not got to the last step, none has.
    func complete(
        _ event: TriggerEvent, _ node: UInt32, _ alternative: Int, into matches: inout TriggerMatches
    ) {
        for slot in trie.nodes[Int(node)].conditions {
            guard let condition = conditions[slot], case .chain(let path, let variables) = condition.form else {
                continue
            }
            let pending = logs[event.log]
            let earliest = max(condition.added, memory.sequence(slot, event.log))
            let start = start(path[0], behind: earliest, within: condition.within, pending)
            guard start >= 0, let way = way(from: start, path, pending) else { continue }
            matches.append(condition: condition.id, key: event.key, time: now, count: path.count)
            if notesRows { noteRow(event) }
            matches.set(fromEnd: 0, row: event.place, variable: variables[path.count - 1][alternative], time: now)
            for (step, number) in way.enumerated() {
                let entry = pending[number]
                matches.set(
                    fromEnd: path.count - 1 - step, row: entry.row, variable: variables[step][entry.alternative],
                    time: entry.time)
            }
            let (end, isBeyond) = now.addingReportingOverflow(condition.within)
            memory.note(slot, event.log, sequence: sequence, end: isBeyond ? .max : end, now: now)
        }
    }

    /// The number of the earliest entry of a node that is in time; −1 for none.
    func start(_ node: UInt32, behind sequence: Int64, within: Int64, _ log: KeyLog) -> Int {
        let born = max(sequence, trie.hot[Int(node)].born)
        var (found, number) = (-1, log.newest(of: node))
        while number >= 0, case let entry = log[number], entry.sequence > born, now &- entry.time <= within {
            found = number
            number = log.older(than: number, node)
        }
        return found
    }

    /// The entries that took a partial match from its start to the last step but one; nil when it has not got there.
    private func way(from start: Int, _ path: [UInt32], _ log: KeyLog) -> [Int]? {
        var way = [start]
        for node in path.dropFirst().dropLast() {
            let behind = log[way[way.count - 1]].sequence
            var (found, number) = (-1, log.newest(of: node))
            while number >= 0, log[number].sequence > behind {
                found = number
                number = log.older(than: number, node)
            }
            guard found >= 0 else { return nil }
            way.append(found)
        }
        return way
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

    func forEachLog(_ each: (Int32) -> Void) {
        for index in 0..<Int32(logs.usedCount) where keys.value(of: logs[index].key) == index { each(index) }
    }
}
