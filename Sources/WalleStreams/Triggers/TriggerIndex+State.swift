// Saving an index.
//
// Conditions are not state: their owner adds them again, under the same names, before it restores. What was kept of one that
// is not there, or has another pattern now, is left out; one that is new sees the events that come after. Keys are kept by
// their codes, which must mean the same again.
extension TriggerIndex {
    /// Conditions and steps of a block.
    private static let blockConditions = 64
    private static let blockSteps = 256

    /// What changed in the state since the last time that the recorder committed. The texts of the dictionary, and what
    /// the codes of keys mean, are saved by who owns them, together with this.
    package func changes(_ recorder: StateRecorder) -> StateChanges { recorder.record { record($0) } }

    /// Goes on where another index was saved. For one that has seen no event and has its conditions.
    ///
    /// - Returns: What to record the next changes with.
    /// - Throws: `.storage` for a damaged state, after which the index is of no use.
    package func restore(_ state: SavedState) throws(StreamError) -> StateRecorder {
        precondition(sequence == 0 && keys.count == 0, "an index goes on before its first event")
        try readRunner(state)
        let found = try readConditions(state)
        let steps = try readSteps(state)
        try readLogs(steps, state)
        try readRemembered(found, state)
        // When a condition was added is laid out with its names.
        names.forgetAll()
        for slot in found.values {
            guard case .automaton(let automaton)? = conditions[slot]?.form else { continue }
            try automaton.matcher.restore(state, id: Int64(automaton.id))
        }
        return StateRecorder(state)
    }

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.runner)) { writer in
            writer.write(sequence)
            writer.write(now)
            for counter in [counters.matches, counters.dropped, counters.droppedKeys, counters.disordered] {
                writer.write(counter)
            }
        }
        recordConditions(recorder)
        recordRemembered(recorder)
        let numbers = recordSteps(recorder)
        recordLogs(numbers, recorder)
        for automaton in automata { automaton.matcher.record(recorder, id: Int64(automaton.id)) }
    }

    private func readRunner(_ state: SavedState) throws(StreamError) {
        try state.read(StateItem(.runner)) { reader throws(StreamError) in
            sequence = Int64(try reader.readCounter())
            now = try reader.read()
            counters.matches = try reader.readCounter()
            counters.dropped = try reader.readCounter()
            counters.droppedKeys = try reader.readCounter()
            counters.disordered = try reader.readCounter()
        }
    }

    // MARK: conditions

    private func recordConditions(_ recorder: StateRecorder) {
        let living = conditions.compactMap { $0 }.sorted { $0.id < $1.id }
        for first in stride(from: 0, to: living.count, by: Self.blockConditions) {
            let block = living[first..<min(first + Self.blockConditions, living.count)]
            recorder.write(StateItem(.conditions)) { writer in
                writer.write(block.count)
                for condition in block {
                    writer.write(Int64(condition.id))
                    writer.write(condition.added)
                    writer.write(text: condition.signature)
                }
            }
        }
    }

    /// - Returns: The slots of the conditions that are there as they were, by their names.
    private func readConditions(_ state: SavedState) throws(StreamError) -> [Int64: Int] {
        var found: [Int64: Int] = [:]
        for slot in conditions.indices { conditions[slot]?.added = sequence }
        try state.forEachBlock(StateItem(.conditions)) { reader throws(StreamError) in
            for _ in 0..<(try reader.readCount(each: 24)) {
                let (id, added): (Int64, Int64) = (try reader.read(), try reader.read())
                let signature = try reader.readText()
                try StateFormat.check(added <= sequence, "a condition was added later than the last event")
                guard let slot = slot(of: Int(id)), conditions[slot]?.signature == signature else { continue }
                conditions[slot]?.added = added
                found[id] = slot
            }
        }
        return found
    }

    private func recordRemembered(_ recorder: StateRecorder) {
        let remembered = memory.byCondition.flatMap { slot, records in
            conditions[slot].map { condition in
                records.map { (condition: Int64(condition.id), key: logs[$0.key].key, record: $0) }
            } ?? []
        }.sorted { ($0.key, $0.condition) < ($1.key, $1.condition) }
        rememberedBlocks.fit(remembered.count)
        for block in rememberedBlocks.spread(remembered, by: \.key) {
            recorder.write(StateItem(.remembered), capacity: block.count * 32) { writer in
                writer.write(block.count)
                for (condition, key, record) in block {
                    for word in [condition, key, record.sequence, record.end] { writer.write(word) }
                }
            }
        }
    }

    private func readRemembered(_ found: [Int64: Int], _ state: SavedState) throws(StreamError) {
        try rememberedBlocks.fit(saved: state.blockCount(StateItem(.remembered)))
        try state.forEachBlock(StateItem(.remembered)) { reader throws(StreamError) in
            for _ in 0..<(try reader.readCount(each: 32)) {
                let (condition, key): (Int64, Int64) = (try reader.read(), try reader.read())
                let (sequence, end): (Int64, Int64) = (try reader.read(), try reader.read())
                try StateFormat.check(sequence <= self.sequence, "a match of an event that never came")
                let log = keys.value(of: key)
                if let slot = found[condition], log >= 0 {
                    memory.note(slot, log, sequence: sequence, end: end, now: now)
                }
            }
        }
    }

    // MARK: steps

    /// Records every step by what it asks for.
    ///
    /// - Returns: Their numbers in this order.
    private func recordSteps(_ recorder: StateRecorder) -> [UInt32: Int32] {
        let order = steps.living
        for first in stride(from: 0, to: order.count, by: Self.blockSteps) {
            let block = order[first..<min(first + Self.blockSteps, order.count)]
            recorder.write(StateItem(.nodes)) { writer in
                writer.write(block.count)
                for step in block { writer.write(text: text(of: steps.steps[Int(step)].tests)) }
            }
        }
        return [UInt32: Int32](uniqueKeysWithValues: order.enumerated().map { ($1, Int32($0)) })
    }

    private func text(of tests: [TriggerSteps.Test]) -> String {
        PatternElement.choice(
            tests.map { test in
                .step(
                    PatternStep(test.event, page: test.page, predicate: test.predicate.map { predicates[$0].predicate })
                )
            }
        ).text
    }

    /// - Returns: The steps by their numbers; nil where no condition needs it any more.
    private func readSteps(_ state: SavedState) throws(StreamError) -> [UInt32?] {
        let known = [String: UInt32](
            steps.living.map { (text(of: steps.steps[Int($0)].tests), $0) }, uniquingKeysWith: { first, _ in first })
        var found: [UInt32?] = []
        try state.forEachBlock(StateItem(.nodes)) { reader throws(StreamError) in
            for _ in 0..<(try reader.readCount(each: 8)) { found.append(known[try reader.readText()]) }
        }
        return found
    }

    // MARK: logs

    private func recordLogs(_ numbers: [UInt32: Int32], _ recorder: StateRecorder) {
        var living: [Int32] = []
        forEachLog { living.append($0) }
        living.sort { logs[$0].key < logs[$1].key }
        logBlocks.fit(living.count)
        for block in logBlocks.spread(living, by: { logs[$0].key }) {
            recorder.write(StateItem(.logs), capacity: 1024) { writer in
                writer.write(block.count)
                for log in block { write(logs[log], numbers, to: &writer) }
            }
        }
    }

    private func write(_ log: KeyLog, _ numbers: [UInt32: Int32], to writer: inout BlockWriter) {
        let entries = (log.oldest..<log.next).map { log[$0] }.filter { entry in
            numbers[entry.step] != nil && entry.sequence > steps.hot[Int(entry.step)].born
        }
        writer.write(log.key)
        writer.write(entries.count)
        for entry in entries {
            for word in [entry.sequence, entry.row, entry.time] { writer.write(word) }
            writer.write(numbers[entry.step] ?? -1)
            writer.write(UInt8(entry.alternative))
        }
    }

    private func readLogs(_ known: [UInt32?], _ state: SavedState) throws(StreamError) {
        try logBlocks.fit(saved: state.blockCount(StateItem(.logs)))
        try state.forEachBlock(StateItem(.logs)) { reader throws(StreamError) in
            for _ in 0..<(try reader.readCount(each: 16)) { try readLog(known, &reader) }
        }
    }

    private func readLog(_ known: [UInt32?], _ reader: inout BlockReader) throws(StreamError) {
        let key: Int64 = try reader.read()
        let hasRoom = keys.value(of: key) < 0 && keys.count < limits.keys
        try StateFormat.check(hasRoom, "a key is there twice, or there are more than may be")
        let log = logs.insert(KeyLog(key: key, time: now))
        keys.insert(key, log)
        keyChanges += 1
        var last: (sequence: Int64, time: Int64) = (.min, .min)
        for _ in 0..<(try reader.readCount(each: 29)) {
            let (sequence, row, time): (Int64, Int64, Int64) = (try reader.read(), try reader.read(), try reader.read())
            let (number, alternative): (Int32, UInt8) = (try reader.read(), try reader.read())
            let isInOrder = sequence >= last.sequence && time >= last.time && time <= now && sequence <= self.sequence
            try StateFormat.check(isInOrder, "the events of a key are out of order")
            try StateFormat.check((0..<known.count).contains(Int(number)), "an event has taken no step")
            last = (sequence, time)
            guard let step = known[Int(number)] else { continue }
            let isThere = Int(alternative) < steps.steps[Int(step)].tests.count
            try StateFormat.check(isThere, "an event has taken no alternative of its step")
            let entry = KeyLog.Entry(
                sequence: sequence, row: row, time: time, step: step, alternative: Int(alternative))
            if logs[log].append(entry, retention: retention, limit: limits.entriesPerKey) { counters.dropped += 1 }
        }
    }
}
