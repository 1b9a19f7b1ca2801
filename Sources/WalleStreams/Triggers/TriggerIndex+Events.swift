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
        countAnew()
        let (keys, rows) = (keys?.ints, rows?.ints)
        let (times, events, pages) = (batch.times.ints, batch.events.codes, batch.pages.codes)
        let (noEvents, noPages) = (batch.events.nulls, batch.pages.nulls)
        for first in stride(from: 0, to: batch.count, by: Self.ahead) {
            let last = min(first + Self.ahead, batch.count)
            if let keys { lookAhead(keys, events, first..<last) }
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

    /// Looks up the logs of some rows, and reads from each and from what their names reach: the processor waits for all of
    /// them at once, instead of for one after the other.
    @inline(__always)
    private func lookAhead(
        _ keys: UnsafeMutablePointer<Int64>, _ events: UnsafeMutablePointer<UInt32>, _ rows: Range<Int>
    ) {
        let (seen, hot, reach) = (seen, steps.hot, names.reach)
        for row in rows { seen[row - rows.lowerBound] = self.keys.value(of: keys[row]) }
        var sum: UInt64 = 0
        for row in rows {
            // The code of an event without a name is nothing.
            let index = Int(events[row]) + 1
            guard index < reach.count, let reach = reach[index] else { continue }
            let step = reach.pointee.firstStep
            guard step >= 0 else { continue }
            sum &+= reach.pointee.touch() &+ UInt64(hot[step].frequency)
            let log = seen[row - rows.lowerBound]
            if log >= 0 { sum &+= logs[log].touch(UInt32(step)) }
        }
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
        let reach = names.lay(
            code, steps: steps, conditions: conditions, predicates: predicates, texts: texts)
        if reach.pointee.steps.count > candidates.count {
            candidates.deallocate()
            candidates = .allocate(capacity: reach.pointee.steps.count * 2)
        }
        return reach
    }

    /// Lets the guards of conditions be chosen anew, when many more events have told which steps are rare.
    private func countAnew() {
        guard sequence >= nextCount else { return }
        names.forgetAll()
        while nextCount <= sequence { nextCount *= 8 }
    }

    @inline(__always)
    private func take(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        if reach.pointee.steps.count > 0 { try step(event, reach, values, batch, predicates, into: &matches) }
        if !reach.pointee.automata.isEmpty { try runMatchers(event, reach, values, batch, predicates, into: &matches) }
    }

    /// Looks at the steps that the event may take.
    private func step(
        _ event: TriggerEvent, _ reach: UnsafeMutablePointer<TriggerReach>, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource, into matches: inout TriggerMatches
    ) throws(StreamError) {
        let found = candidates.baseAddress.unsafelyUnwrapped
        let count = reach.pointee.steps.gather(values, row: event.row, page: event.page, into: found)
        for index in 0..<count {
            let candidate = found[index]
            let alternative = try alternative(candidate, event, values, batch, predicates)
            guard alternative >= 0 else { continue }
            let hot = steps.hot + Int(candidate.step)
            hot.pointee.frequency &+= hot.pointee.frequency == .max ? 0 : 1
            if hot.pointee.hasSingles { completeAtOnce(event, candidate.step, alternative, into: &matches) }
            if candidate.endings >= 0, event.log >= 0 {
                end(
                    event, reach.pointee.endings.baseAddress.unsafelyUnwrapped + Int(candidate.endings), alternative,
                    into: &matches)
            }
            if hot.pointee.keepsAll || isOfAccount(candidate.step, hot.pointee, event) {
                note(candidate.step, alternative)
            }
        }
        if reachedCount > 0 { append(event) }
    }

    /// Whether an event that takes a step can become part of a match: only behind an event of another step, and only the
    /// first one behind it, unless more than one are taken.
    @inline(__always)
    private func isOfAccount(_ step: UInt32, _ hot: TriggerSteps.Hot, _ event: TriggerEvent) -> Bool {
        guard event.log >= 0, let predecessors = hot.predecessors else { return false }
        let log = logs[event.log]
        let own = hot.isRepeated ? -1 : log.newest(of: step)
        let known = own < 0 ? Int64.min : log[own].sequence
        for index in 0..<Int(hot.predecessorCount) {
            let newest = log.newest(of: predecessors[index])
            guard newest >= 0, case let entry = log[newest], entry.sequence >= known else { continue }
            if now &- entry.time <= hot.retention { return true }
        }
        return false
    }

    /// Looks at the conditions that end with a step that the event takes: by their guards, or by the log, whichever are fewer.
    private func end(
        _ event: TriggerEvent, _ endings: UnsafeMutablePointer<TriggerEndings>, _ alternative: Int,
        into matches: inout TriggerMatches
    ) {
        let log = logs[event.log]
        let guards = endings.pointee.guards
        // To look a guard up in the log is cheaper: that has just been read.
        if guards.count <= log.count * 8 + 16 {
            for place in 0..<guards.count {
                let newest = log.newest(of: guards[place])
                if newest >= 0 { end(event, log, newest, endings, place, alternative, into: &matches) }
            }
        } else {
            for number in log.oldest..<log.next {
                let step = log[number].step
                let place = endings.pointee.place(of: step)
                if place < 0 || log.newest(of: step) != number { continue }
                end(event, log, number, endings, place, alternative, into: &matches)
            }
        }
    }

    /// Looks at the conditions of a guard that is in the log.
    private func end(
        _ event: TriggerEvent, _ log: KeyLog, _ newest: Int, _ endings: UnsafeMutablePointer<TriggerEndings>,
        _ place: Int, _ alternative: Int, into matches: inout TriggerMatches
    ) {
        let age = now &- log[newest].time
        for member in endings.pointee.members(of: place) where age <= member.within {
            let start = endings.pointee.lastStart(member, in: log, now: now)
            if start >= 0 { complete(event, Int(member.slot), start, alternative, log, into: &matches) }
        }
    }

    /// Keeps a step that the event has taken, until all have been looked at: an event takes one step of a partial match.
    @inline(__always) private func note(_ step: UInt32, _ alternative: Int) {
        if reachedCount == reached.count {
            let larger = UnsafeMutableBufferPointer<Reached>.allocate(capacity: reachedCount * 2)
            _ = larger.update(fromContentsOf: reached)
            reached.deallocate()
            reached = larger
        }
        reached[reachedCount] = Reached(step: step, alternative: alternative)
        reachedCount += 1
    }

    private func append(_ event: TriggerEvent) {
        if notesRows { noteRow(event) }
        let log = event.log < 0 ? makeLog(event.key) : event.log
        for index in 0..<reachedCount {
            let isLoss = logs[log].append(
                .init(
                    sequence: sequence, row: event.place, time: now, step: reached[index].step,
                    alternative: reached[index].alternative),
                retention: retention, limit: limits.entriesPerKey)
            if isLoss { counters.dropped += 1 }
        }
        reachedCount = 0
    }

    func noteRow(_ event: TriggerEvent) {
        if notedRows.last != UInt32(event.row) { notedRows.append(UInt32(event.row)) }
    }
}
