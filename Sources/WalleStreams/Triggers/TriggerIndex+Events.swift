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
        for first in stride(from: 0, to: batch.count, by: Self.ahead) {
            let last = min(first + Self.ahead, batch.count)
            if let keys { lookAhead(keys, first..<last) }
            for row in first..<last {
                let time = times[row]
                if time < now { counters.disordered += 1 } else { now = time }
                sequence += 1
                let code: UInt32? = noEvents?[row] ?? false ? nil : events[row]
                let key = keys?[row] ?? 0
                let isKnown = keys != nil && keyChanges == changesSeen
                let event = TriggerEvent(
                    row: row, place: rows?[row] ?? batch.offset + Int64(row), key: key,
                    log: isKnown ? seen[row - first] : self.keys.value(of: key),
                    page: noPages?[row] ?? false ? -1 : Int64(pages[row]))
                try take(event, reach(code), values, batch, predicates, into: &matches)
            }
        }
    }

    /// Rows whose logs are looked up together.
    static let ahead = 32

    /// Looks up the logs of some rows, and reads from each: the processor waits for all of them at once, instead of for one
    /// after the other.
    @inline(__always) private func lookAhead(_ keys: UnsafeMutablePointer<Int64>, _ rows: Range<Int>) {
        let seen = seen
        for row in rows { seen[row - rows.lowerBound] = self.keys.value(of: keys[row]) }
        var sum: UInt32 = 0
        for index in 0..<rows.count where seen[index] >= 0 { sum &+= logs[seen[index]].touch() }
        touched = sum
        changesSeen = keyChanges
    }

    @inline(__always) private func reach(_ code: UInt32?) -> UnsafeMutablePointer<TriggerReach> {
        let index = code.map { Int($0) + 1 } ?? 0
        if index < names.reach.count, let known = names.reach[index] { return known }
        return lay(code)
    }

    /// The same for conditions that wait for the end of time as if an event came at `watermark`.
    package func advance(watermark: Int64, into matches: inout TriggerMatches) {
        let before = matches.count
        now = max(now, watermark)
        for automaton in automata {
            matches.collect(condition: automaton.id) { automaton.matcher.advance(watermark: watermark, into: &$0) }
        }
        counters.matches += matches.count - before
    }

    struct TriggerEvent {
        /// In the batch.
        var row: Int
        /// In the stream.
        var place: Int64
        var key: Int64
        /// The log of its key; −1 for none.
        var log: Int32
        /// The code of its page; −1 for none.
        var page: Int64
    }

    private func lay(_ code: UInt32?) -> UnsafeMutablePointer<TriggerReach> {
        let reach = names.lay(code, nodes: trie.nodes, predicates: predicates, texts: texts)
        if reach.pointee.mostCandidates > candidates.count {
            candidates.deallocate()
            candidates = .allocate(capacity: reach.pointee.mostCandidates * 2)
        }
        return reach
    }

    @inline(__always)
    private func take(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        if event.log >= 0, reach.pointee.parents.count > 0 {
            try goOn(event, reach, values, batch, predicates, into: &matches)
        }
        if reach.pointee.beginning.count > 0 { try begin(event, reach, values, batch, predicates, into: &matches) }
        if reachedCount > 0 { append(event) }
        if !reach.pointee.automata.isEmpty { try run(event, reach, values, batch, predicates, into: &matches) }
    }

    /// Looks at the nodes that wait for the event: at those of its name whose parent is in the log, or at those in the log
    /// that have a child of its name, whichever are fewer.
    private func goOn(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        let log = logs[event.log]
        let parents = reach.pointee.parents
        // To look a node up in the log is cheaper: that has just been read.
        if parents.count <= log.count * 8 + 16 {
            for index in 0..<parents.count {
                let newest = log.newest(of: parents[index])
                if newest >= 0 { try goOn(event, log, newest, reach, index, values, batch, predicates, into: &matches) }
            }
        } else {
            for number in log.oldest..<log.next {
                let node = log[number].node
                let place = reach.pointee.place(of: node)
                if place < 0 || log.newest(of: node) != number { continue }
                try goOn(event, log, number, reach, place, values, batch, predicates, into: &matches)
            }
        }
    }

    /// Looks at the children of a node that is in the log.
    private func goOn(
        _ event: TriggerEvent, _ log: KeyLog, _ newest: Int, _ reach: UnsafeMutablePointer<TriggerReach>, _ place: Int,
        _ values: borrowing RowValues, _ batch: EventBatch, _ predicates: some PredicateSource,
        into matches: inout TriggerMatches
    ) throws(StreamError) {
        let (entry, hot) = (log[newest], trie.hot)
        let parent = hot[Int(entry.node)]
        guard entry.sequence > parent.born, now &- entry.time <= parent.retention else { return }
        let found = candidates.baseAddress.unsafelyUnwrapped
        let count = reach.pointee.children[place].gather(values, row: event.row, page: event.page, into: found)
        for index in 0..<count {
            let candidate = found[index]
            let node = hot[Int(candidate.node)]
            guard now &- entry.time <= node.retention else { continue }
            let alternative = try alternative(candidate, event, values, batch, predicates)
            guard alternative >= 0 else { continue }
            if node.hasConditions { complete(event, candidate.node, alternative, into: &matches) }
            if node.isKept, isNew(entry, for: candidate.node, log) { note(candidate.node, alternative) }
        }
    }

    /// Whether the parent's entry has come since the node was reached last: the ones before went on then.
    @inline(__always) private func isNew(_ parent: KeyLog.Entry, for node: UInt32, _ log: KeyLog) -> Bool {
        let own = log.newest(of: node)
        return own < 0 || log[own].sequence <= parent.sequence
    }

    private func begin(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch,
        _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        let found = candidates.baseAddress.unsafelyUnwrapped
        let count = reach.pointee.beginning.gather(values, row: event.row, page: event.page, into: found)
        for index in 0..<count {
            let candidate = found[index]
            let alternative = try alternative(candidate, event, values, batch, predicates)
            guard alternative >= 0 else { continue }
            let node = trie.hot[Int(candidate.node)]
            if node.hasConditions { completeAtOnce(event, candidate.node, alternative, into: &matches) }
            if node.isKept { note(candidate.node, alternative) }
        }
    }

    /// Keeps a node that the event has reached, until all have been looked at: an event takes one step of a partial match.
    @inline(__always) private func note(_ node: UInt32, _ alternative: Int) {
        if reachedCount == reached.count {
            let larger = UnsafeMutableBufferPointer<Reached>.allocate(capacity: reachedCount * 2)
            _ = larger.update(fromContentsOf: reached)
            reached.deallocate()
            reached = larger
        }
        reached[reachedCount] = Reached(node: node, alternative: alternative)
        reachedCount += 1
    }

    private func append(_ event: TriggerEvent) {
        if notesRows { noteRow(event) }
        let log = event.log < 0 ? makeLog(event.key) : event.log
        for index in 0..<reachedCount {
            let isLoss = logs[log].append(
                .init(
                    sequence: sequence, row: event.place, time: now, node: reached[index].node,
                    alternative: reached[index].alternative),
                retention: retention, limit: limits.entriesPerKey)
            if isLoss { counters.dropped += 1 }
        }
        reachedCount = 0
    }

    func noteRow(_ event: TriggerEvent) {
        if notedRows.last != UInt32(event.row) { notedRows.append(UInt32(event.row)) }
    }

    private func run(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch,
        _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        for seeing in reach.pointee.automata {
            if seeing.openingNode != 0, !isOpen(event, seeing) { continue }
            let automaton = seeing.automaton.takeUnretainedValue()
            var accepted = seeing.accepting
            if accepted & automaton.further != 0 {
                accepted = try tested(accepted, automaton, event, values, batch, predicates)
            }
            if seeing.openingNode != 0 {
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
    @inline(__always) private func isOpen(_ event: TriggerEvent, _ seeing: TriggerReach.Seeing) -> Bool {
        guard event.log >= 0 else { return false }
        let log = logs[event.log]
        let newest = log.newest(of: seeing.openingNode)
        return newest >= 0 && now &- log[newest].time <= seeing.within
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
        let (log, node) = (logs[event.log], automaton.openingNode)
        let added = conditions[automaton.slot]?.added ?? 0
        let first = start(
            node, behind: max(added, memory.sequence(automaton.slot, event.log)),
            within: automaton.program.pattern.within, log)
        guard first >= 0 else { return false }
        for number in first..<log.next where log[number].node == node {
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
