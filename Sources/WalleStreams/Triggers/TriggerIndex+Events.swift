/// How an event is looked at.
extension TriggerIndex {
    /// Looks at the events of a batch, which are in the order of their times.
    ///
    /// - Parameters:
    ///   - keys: The code of each row's key, `int`; nil for one key.
    ///   - rows: The place in the stream of each row, `int`; nil when they follow each other from the batch's offset on.
    ///   - predicates: Tells the truth of conditions that the index cannot tell by itself, and only when one is needed.
    package func take(
        _ batch: EventBatch, keys: Column?, rows: Column? = nil, predicates: some PredicateSource,
        into matches: inout TriggerMatches
    ) throws(StreamError) {
        assert(batch.schema == schema && batch.texts === texts, "a batch of the index's stream")
        let values = RowValues(batch)
        truths.removeAll(keepingCapacity: true)
        defer { values.deallocate() }
        let before = matches.count
        defer { counters.matches += matches.count - before }
        let (keys, rows) = (keys?.ints, rows?.ints)
        let (times, events, pages) = (batch.times.ints, batch.events.codes, batch.pages.codes)
        let (noEvents, noPages) = (batch.events.nulls, batch.pages.nulls)
        for row in 0..<batch.count {
            let time = times[row]
            if time < now { counters.disordered += 1 } else { now = time }
            sequence += 1
            let code: UInt32? = noEvents?[row] ?? false ? nil : events[row]
            let index = code.map { Int($0) + 1 } ?? 0
            let reach =
                index < names.reach.count
                ? names.reach[index] ?? lay(code) : lay(code)
            let event = TriggerEvent(
                row: row, place: rows?[row] ?? batch.offset + Int64(row), key: keys?[row] ?? 0, code: code ?? .max,
                page: noPages?[row] ?? false ? -1 : Int64(pages[row]))
            try take(event, reach, values, batch, predicates, into: &matches)
        }
    }

    /// The same for conditions that wait for the end of time as if an event came at `watermark`.
    package func advance(watermark: Int64, into matches: inout TriggerMatches) {
        let before = matches.count
        now = max(now, watermark)
        for slot in automata {
            guard let condition = conditions[slot], case .automaton(let automaton) = condition.form else { continue }
            matches.collect(condition: condition.id) { automaton.matcher.advance(watermark: watermark, into: &$0) }
        }
        counters.matches += matches.count - before
    }

    struct TriggerEvent {
        /// In the batch.
        var row: Int
        /// In the stream.
        var place: Int64
        var key: Int64
        /// Of its name; the largest number for none.
        var code: UInt32
        /// The code of its page; −1 for none.
        var page: Int64
    }

    private func lay(_ code: UInt32?) -> TriggerNames.Reach {
        let reach = names.lay(code, nodes: trie.nodes, predicates: predicates, texts: texts)
        let most = max(reach.beginning.count, reach.waiting.count)
        if most > candidates.count {
            candidates.deallocate()
            candidates = .allocate(capacity: most * 2)
        }
        return reach
    }

    @inline(__always)
    private func take(
        _ event: TriggerEvent, _ reach: TriggerNames.Reach, _ values: borrowing RowValues, _ batch: EventBatch,
        _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        if reach.beginning.count + reach.waiting.count > 0 {
            var log = keys.value(of: event.key)
            if log >= 0, reach.waiting.count > 0, logs[log].awaits(event.code) {
                try goOn(event, log, reach, values, batch, predicates, into: &matches)
            }
            if reach.beginning.count > 0 { try begin(event, reach, values, batch, predicates, into: &matches) }
            if !reached.isEmpty {
                if log < 0 { log = makeLog(event.key) }
                append(event, to: log)
            }
        }
        if !reach.automata.isEmpty { try run(event, reach, values, batch, predicates, into: &matches) }
    }

    private func goOn(
        _ event: TriggerEvent, _ log: Int32, _ reach: TriggerNames.Reach, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        let found = candidates.baseAddress.unsafelyUnwrapped
        let count = reach.waiting.gather(values, row: event.row, page: event.page, into: found)
        let hot = trie.hot
        let pending = logs[log]
        for index in 0..<count {
            let candidate = found[index]
            let node = hot[Int(candidate.node)]
            let newest = pending.newest(of: node.parent)
            guard newest >= 0 else { continue }
            let entry = pending[newest]
            guard now &- entry.time <= node.retention, entry.sequence > hot[Int(node.parent)].born else { continue }
            let alternative = try alternative(candidate, event, values, batch, predicates)
            guard alternative >= 0 else { continue }
            if node.hasConditions { complete(event, candidate.node, alternative, log, into: &matches) }
            if node.hasChildren, isNew(entry, for: candidate.node, pending) {
                reached.append(Reached(node: candidate.node, alternative: alternative))
            }
        }
    }

    /// Whether the parent's entry has come since the node was reached last: the ones before went on then.
    @inline(__always) private func isNew(_ parent: KeyLog.Entry, for node: UInt32, _ log: KeyLog) -> Bool {
        let own = log.newest(of: node)
        return own < 0 || log[own].sequence <= parent.sequence
    }

    private func begin(
        _ event: TriggerEvent, _ reach: TriggerNames.Reach, _ values: borrowing RowValues, _ batch: EventBatch,
        _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        let found = candidates.baseAddress.unsafelyUnwrapped
        let count = reach.beginning.gather(values, row: event.row, page: event.page, into: found)
        for index in 0..<count {
            let candidate = found[index]
            let alternative = try alternative(candidate, event, values, batch, predicates)
            guard alternative >= 0 else { continue }
            let node = trie.hot[Int(candidate.node)]
            if node.hasConditions { completeAtOnce(event, candidate.node, alternative, into: &matches) }
            if node.hasChildren { reached.append(Reached(node: candidate.node, alternative: alternative)) }
        }
    }

    private func append(_ event: TriggerEvent, to log: Int32) {
        for reached in reached {
            logs[log].await(trie.awaitedEvents(behind: reached.node), at: now, retention: retention)
            let isLoss = logs[log].append(
                .init(
                    sequence: sequence, row: event.place, time: now, node: reached.node,
                    alternative: reached.alternative),
                retention: retention, limit: limits.entriesPerKey)
            if isLoss { counters.dropped += 1 }
        }
        reached.removeAll(keepingCapacity: true)
    }

    private func run(
        _ event: TriggerEvent, _ reach: TriggerNames.Reach, _ values: borrowing RowValues, _ batch: EventBatch,
        _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        for (slot, accepting) in reach.automata {
            guard let condition = conditions[slot], case .automaton(let automaton) = condition.form else { continue }
            var accepted: UInt64 = 0
            var bits = accepting
            while bits != 0 {
                let index = bits.trailingZeroBitCount
                bits &= bits - 1
                let test = automaton.program.tests[index]
                guard fits(test.page, event.page) else { continue }
                if let predicate = automaton.predicates[index],
                    try !isTrue(predicate, event, values, batch, predicates)
                {
                    continue
                }
                accepted |= 1 << UInt64(index)
            }
            matches.collect(condition: condition.id) {
                automaton.matcher.take(key: event.key, time: now, row: event.place, accepted: accepted, into: &$0)
            }
        }
    }
}
