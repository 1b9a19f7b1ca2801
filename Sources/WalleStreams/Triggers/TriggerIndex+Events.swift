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
            // For one event that would be a detour.
            let isAhead = last - first > 1
            if isAhead, let keys { lookAhead(keys, events, noEvents, first..<last) }
            for row in first..<last {
                let time = times[row]
                if time < now { counters.disordered += 1 } else { now = time }
                sequence += 1
                let code: UInt32? = noEvents?[row] ?? false ? nil : events[row]
                let key = keys?[row] ?? 0
                let isKnown = isAhead && keys != nil && keyChanges == changesSeen
                let event = TriggerEvent(
                    row: row, place: rows?[row] ?? batch.offset + Int64(row), key: key,
                    log: isKnown ? seen[row - first] : self.keys.value(of: key),
                    page: noPages?[row] ?? false ? -1 : Int64(pages[row]))
                try take(event, reach(code), values, batch, predicates, into: &matches)
            }
        }
    }

    /// Rows whose logs are looked up together.
    static let ahead = 64

    /// Looks up the logs of rows whose names reach something, and reads from each and from what is reached: the processor
    /// waits for all of them at once, instead of for one after the other. The less it does between two reads, the more of
    /// them those are: so there is a loop for each.
    @inline(__always)
    private func lookAhead(
        _ keys: UnsafeMutablePointer<Int64>, _ events: UnsafeMutablePointer<UInt32>, _ noEvents: NullMask?,
        _ rows: Range<Int>
    ) {
        let (seen, wanted, reach, first) = (seen, wanted, names.reach, rows.lowerBound)
        var (sum, wantedCount) = (UInt64(0), 0)
        for row in rows {
            let index = noEvents?[row] ?? false ? 0 : Int(events[row]) &+ 1
            let known = index < reach.count ? reach[index] : nil
            seen[row &- first] = -1
            if let known {
                if known.pointee.isIdle { continue }
                sum &+= TriggerReach.touch(known)
            }
            wanted[wantedCount] = Int32(truncatingIfNeeded: row &- first)
            wantedCount &+= 1
        }
        var logCount = 0
        for index in 0..<wantedCount {
            let place = Int(wanted[index])
            let log = self.keys.value(of: keys[first &+ place])
            seen[place] = log
            wanted[logCount] = log
            logCount &+= log >= 0 ? 1 : 0
        }
        let logs = logs.base
        for index in 0..<logCount { sum &+= logs[Int(wanted[index])].touch() }
        for index in 0..<logCount { sum &+= logs[Int(wanted[index])].touchNext() }
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
        // One more, which the last comparison that is not true leaves.
        if reach.pointee.steps.count >= candidates.count {
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
        let isSampled = isSampled
        for index in 0..<count {
            let candidate = reach.pointee.steps[found[index]]
            let alternative = try alternative(candidate, event, values, batch, predicates)
            guard alternative >= 0 else { continue }
            if isSampled { sample(candidate.pointee.step) }
            if candidate.pointee.account.hasSingles {
                completeAtOnce(event, candidate.pointee.step, alternative, into: &matches)
            }
            if candidate.pointee.endings >= 0, event.log >= 0 {
                end(
                    event, reach.pointee.endings.baseAddress.unsafelyUnwrapped + Int(candidate.pointee.endings),
                    candidate, alternative, into: &matches)
            }
            if candidate.pointee.account.keepsAll || isOfAccount(candidate, event) {
                note(candidate.pointee.step, alternative)
            }
        }
        if reachedCount > 0 { append(event) }
    }

    /// Of one event in eight, and in no regular order, it is counted what steps it takes.
    @inline(__always) private var isSampled: Bool {
        UInt64(bitPattern: sequence) &* 0x9e37_79b9_7f4a_7c15 >> 61 == 0
    }

    private func sample(_ step: UInt32) {
        let hot = steps.hot + Int(step)
        hot.pointee.frequency &+= hot.pointee.frequency == .max ? 0 : 1
    }

    /// Whether an event that takes a step can become part of a match: only behind an event of another step, and only the
    /// first one behind it, unless more than one are taken.
    @inline(__always)
    private func isOfAccount(_ candidate: UnsafePointer<TriggerCandidates.Candidate>, _ event: TriggerEvent) -> Bool {
        let account = candidate.pointee.account
        guard event.log >= 0, account.predecessorCount > 0, let predecessors = candidate.pointee.predecessors else {
            return false
        }
        let log = logs[event.log]
        let own = account.isRepeated ? -1 : log.newest(of: candidate.pointee.step)
        let known = own < 0 ? Int64.min : log[own].sequence
        for index in 0..<Int(account.predecessorCount) {
            let newest = log.newest(of: predecessors[index])
            guard newest >= 0, case let entry = log[newest], entry.sequence >= known else { continue }
            if now &- entry.time <= candidate.pointee.retention { return true }
        }
        return false
    }

    /// Looks at the conditions that end with a step that the event takes: at each, or by what is in the log, whichever is
    /// less.
    @inline(__always)
    private func end(
        _ event: TriggerEvent, _ endings: UnsafeMutablePointer<TriggerEndings>,
        _ candidate: UnsafePointer<TriggerCandidates.Candidate>, _ alternative: Int, into matches: inout TriggerMatches
    ) {
        let (log, count) = (logs[event.log], Int(candidate.pointee.guardCount))
        guard let guards = candidate.pointee.guards else { return }
        if count > log.count * 8 + 16 { return endByLog(event, endings, log, alternative, into: &matches) }
        for first in stride(from: 0, to: count, by: 64) {
            let found = Self.bits(guards + first, min(count - first, 64), log)
            if found != 0 { end(event, endings, found, first, log, alternative, into: &matches) }
        }
    }

    /// The processor guesses badly which of the guards are in the log: a bit each, without a branch.
    @inline(__always)
    private static func bits(_ guards: UnsafePointer<TriggerEndings.Guards>, _ count: Int, _ log: KeyLog) -> UInt64 {
        var found: UInt64 = 0
        for index in 0..<count {
            let isThere = log.mayHave(hash: guards[index].first) & log.mayHave(hash: guards[index].second)
            found |= isThere &<< UInt64(truncatingIfNeeded: index)
        }
        return found
    }

    /// Looks at the conditions whose guards are in the log: those of the bits, from a number on.
    private func end(
        _ event: TriggerEvent, _ endings: UnsafeMutablePointer<TriggerEndings>, _ bits: UInt64, _ first: Int,
        _ log: KeyLog, _ alternative: Int, into matches: inout TriggerMatches
    ) {
        var bits = bits
        while bits != 0 {
            let member = first + bits.trailingZeroBitCount
            bits &= bits &- 1
            let start = endings.pointee.lastStart(member, in: log, now: now)
            if start >= 0 { complete(event, endings.pointee.slot(member), start, alternative, log, into: &matches) }
        }
    }

    /// Looks at the conditions whose rarest guard is a step in the log.
    private func endByLog(
        _ event: TriggerEvent, _ endings: UnsafeMutablePointer<TriggerEndings>, _ log: KeyLog, _ alternative: Int,
        into matches: inout TriggerMatches
    ) {
        let guards = endings.pointee.guards
        for number in log.oldest..<log.next {
            let step = log.step(number)
            let members = endings.pointee.members(guardedBy: step)
            for first in stride(from: members.lowerBound, to: members.upperBound, by: 64) {
                let found = Self.bits(guards + first, min(members.upperBound - first, 64), log)
                // An older entry of the same step tells nothing new; mostly that need not be found out.
                if found == 0 || log.newest(of: step) != number { continue }
                end(event, endings, found, first, log, alternative, into: &matches)
            }
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
