/// The state of an index as bytes, for checkpoints.
///
/// Conditions are not state: their owner adds them again, under the same names, before it restores. What was kept of one that
/// is not there, or has another pattern now, is left out; one that is new sees the events that come after. Keys are kept by
/// their codes, which must mean the same again.
extension TriggerIndex {
    private static let version: UInt8 = 1

    package func encode(to writer: inout StateWriter) {
        writer.put(Self.version)
        writer.put(sequence)
        writer.put(now)
        for counter in [counters.matches, counters.dropped, counters.droppedKeys, counters.disordered] {
            writer.put(Int64(counter))
        }
        let living = conditions.indices.filter { conditions[$0] != nil }
        writer.put(UInt32(living.count))
        let remembered = memory.byCondition
        for slot in living { encodeCondition(slot, remembered[slot] ?? [], to: &writer) }
        let numbers = encodeNodes(to: &writer)
        writer.put(UInt32(keys.count))
        forEachLog { encodeLog($0, numbers, to: &writer) }
    }

    private func encodeCondition(_ slot: Int, _ remembered: [MatchMemory.Remembered], to writer: inout StateWriter) {
        guard let condition = conditions[slot] else { return }
        writer.put(Int64(condition.id))
        writer.put(condition.signature)
        writer.put(condition.added)
        writer.putPart { part in
            part.put(UInt32(remembered.count))
            for record in remembered {
                part.put(logs[record.key].key)
                part.put(record.sequence)
                part.put(record.end)
            }
            if case .automaton(let automaton) = condition.form { automaton.matcher.encode(to: &part) }
        }
    }

    /// Writes every node behind its parent, by what its step asks for.
    ///
    /// - Returns: Their numbers in this order.
    private func encodeNodes(to writer: inout StateWriter) -> [UInt32: Int32] {
        var numbers: [UInt32: Int32] = [0: -1]
        var order: [UInt32] = [0]
        var next = 0
        while next < order.count {
            for child in trie.nodes[Int(order[next])].children {
                numbers[child] = Int32(order.count - 1)
                order.append(child)
            }
            next += 1
        }
        writer.put(UInt32(order.count - 1))
        for node in order.dropFirst() {
            writer.put(numbers[trie.nodes[Int(node)].parent] ?? -1)
            writer.put(text(of: trie.nodes[Int(node)].tests))
        }
        return numbers
    }

    private func text(of tests: [TriggerTrie.Test]) -> String {
        PatternElement.choice(
            tests.map { test in
                .step(
                    PatternStep(test.event, page: test.page, predicate: test.predicate.map { predicates[$0].predicate })
                )
            }
        ).text
    }

    private func encodeLog(_ index: Int32, _ numbers: [UInt32: Int32], to writer: inout StateWriter) {
        let log = logs[index]
        let entries = (log.oldest..<log.next).map { log[$0] }.filter { entry in
            numbers[entry.node] != nil && entry.sequence > trie.hot[Int(entry.node)].born
        }
        writer.put(log.key)
        writer.put(UInt32(entries.count))
        for entry in entries {
            writer.put(entry.sequence)
            writer.put(entry.row)
            writer.put(entry.time)
            writer.put(numbers[entry.node] ?? -1)
            writer.put(UInt8(entry.alternative))
        }
    }

    // MARK: Reading

    /// Goes on where `encode` was called. For an index that has seen no event and has its conditions.
    ///
    /// - Throws: `StreamError` when the bytes are damaged: then the index is to be thrown away.
    package func restore(from reader: inout StateReader) throws(StreamError) {
        precondition(sequence == 0 && keys.count == 0, "an index goes on before its first event")
        try StateReader.check(try reader.take() == Self.version)
        sequence = try reader.takeCounter()
        now = try reader.take()
        counters.matches = Int(try reader.takeCounter())
        counters.dropped = Int(try reader.takeCounter())
        counters.droppedKeys = Int(try reader.takeCounter())
        counters.disordered = Int(try reader.takeCounter())
        for slot in conditions.indices { conditions[slot]?.added = sequence }
        // What is remembered of a condition is by key, and keys come last.
        var parts: [(slot: Int, part: StateReader)] = []
        for _ in 0..<(try reader.takeCount(width: 24)) {
            let (id, signature): (Int64, String) = (try reader.take(), try reader.takeText())
            let (added, part): (Int64, StateReader) = (try reader.take(), try reader.takePart())
            guard let slot = slot(of: Int(id)), conditions[slot]?.signature == signature else { continue }
            try StateReader.check(added <= sequence)
            conditions[slot]?.added = added
            parts.append((slot, part))
        }
        let nodes = try decodeNodes(&reader)
        for _ in 0..<(try reader.takeCount(width: 12)) { try decodeLog(&reader, nodes) }
        for (slot, part) in parts { try decodeCondition(slot, part) }
    }

    private func decodeCondition(_ slot: Int, _ part: StateReader) throws(StreamError) {
        var part = part
        for _ in 0..<(try part.takeCount(width: 24)) {
            let (key, sequence, end): (Int64, Int64, Int64) = (try part.take(), try part.take(), try part.take())
            try StateReader.check(sequence <= self.sequence)
            let log = keys.value(of: key)
            if log >= 0 { memory.note(slot, log, sequence: sequence, end: end, now: now) }
        }
        if case .automaton(let automaton)? = conditions[slot]?.form { try automaton.restore(from: &part) }
    }

    /// - Returns: The nodes by their numbers, each with its alternatives; nil where no condition needs it any more.
    private func decodeNodes(_ reader: inout StateReader) throws(StreamError) -> [UInt32?] {
        var found: [UInt32?] = []
        for _ in 0..<(try reader.takeCount(width: 8)) {
            let (parent, name): (Int32, String) = (try reader.take(), try reader.takeText())
            try StateReader.check(parent >= -1 && parent < found.count)
            let above = parent < 0 ? 0 : found[Int(parent)]
            found.append(above.flatMap { childrenByText($0)[name] })
        }
        childTexts = [:]
        return found
    }

    private func childrenByText(_ node: UInt32) -> [String: UInt32] {
        if let known = childTexts[node] { return known }
        let children = trie.nodes[Int(node)].children
        let texts = [String: UInt32](
            children.map { (text(of: trie.nodes[Int($0)].tests), $0) }, uniquingKeysWith: { first, _ in first })
        childTexts[node] = texts
        return texts
    }

    private func decodeLog(_ reader: inout StateReader, _ nodes: [UInt32?]) throws(StreamError) {
        let key: Int64 = try reader.take()
        try StateReader.check(keys.value(of: key) < 0 && keys.count < limits.keys)
        let log = logs.insert(KeyLog(key: key, time: now))
        keys.insert(key, log)
        keyChanges += 1
        var last: (sequence: Int64, time: Int64) = (.min, .min)
        for _ in 0..<(try reader.takeCount(width: 29)) {
            let (sequence, row, time): (Int64, Int64, Int64) = (try reader.take(), try reader.take(), try reader.take())
            let (number, alternative): (Int32, UInt8) = (try reader.take(), try reader.take())
            try StateReader.check(sequence >= last.sequence && time >= last.time && time <= now)
            try StateReader.check((0..<nodes.count).contains(Int(number)) && sequence <= self.sequence)
            last = (sequence, time)
            guard let node = nodes[Int(number)] else { continue }
            try StateReader.check(Int(alternative) < trie.nodes[Int(node)].tests.count)
            let entry = KeyLog.Entry(
                sequence: sequence, row: row, time: time, node: node, alternative: Int(alternative))
            if logs[log].append(entry, retention: retention, limit: limits.entriesPerKey) { counters.dropped += 1 }
        }
    }
}
