/// Windows that last as long as the events of a key are at most a gap apart.
///
/// A key has as many sessions as are open at once, most often one; an event extends one, begins one, or joins two. What a
/// watermark says of a session's end is looked up in a heap, which has one entry a session that is put right when it comes up.
///
/// When there are as many sessions as may be, the one that would end next is closed for a new one: it has been quiet
/// longest, and if nothing more comes of it, its row is what it would have been.
final class SessionWindows: WindowOperator {
    private let gap: Microseconds
    let layout: AggregateLayout
    private let lateness: Microseconds
    private let emission: StreamDefinition.Emission
    let sessions: SessionTable
    var timers = TimerHeap()
    var lateCount = 0
    var limit: GroupLimit
    /// The last event of any session that was closed early. None begins at or before it any more: a key could have two
    /// rows of the same time.
    var closedTime = Int64.min

    init(
        gap: Microseconds, layout: AggregateLayout, lateness: Microseconds, emission: StreamDefinition.Emission,
        limit: GroupLimit
    ) {
        self.gap = gap
        self.layout = layout
        self.lateness = lateness
        self.emission = emission
        self.limit = limit
        sessions = SessionTable(layout)
    }

    var byteCount: Int { sessions.byteCount + timers.byteCount }

    var nextFiring: Int64 { timers.first?.deadline ?? .max }

    var room: Int { limit.most - sessions.count }

    func openTime(at watermark: Int64) -> Int64 { watermark }

    // MARK: adding

    func add(_ events: WindowRows, watermark: Int64, to results: inout [WindowResults]) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: AggregateLayout.blockRows * 2) { scratch in
            guard let start = scratch.baseAddress else { return }
            var pending = Pending(rows: start, places: start + AggregateLayout.blockRows)
            for row in events.rows { add(row, events, watermark, &pending, &results) }
            flush(&pending, events)
        }
    }

    /// Events whose sessions are known and whose values are still to be added.
    private struct Pending {
        var rows: UnsafeMutablePointer<UInt32>
        var places: UnsafeMutablePointer<UInt32>
        var count = 0
    }

    private func flush(_ pending: inout Pending, _ events: WindowRows) {
        guard pending.count > 0 else { return }
        let places = RowPlaces(rows: pending.rows, places: pending.places, count: pending.count)
        layout.add(events.input, places, to: sessions.base)
        pending.count = 0
    }

    private func add(
        _ row: UInt32, _ events: WindowRows, _ watermark: Int64, _ pending: inout Pending,
        _ results: inout [WindowResults]
    ) {
        let (key, time) = (events.keys[Int(row)], events.input.times[Int(row)])
        let (found, other) = sessions.near(key, from: time - gap, to: time + gap)
        if let found, sessions[found].hasFired || other.map({ sessions[$0].hasFired }) ?? false {
            flush(&pending, events)
            retract(found, other, &results)
        }
        guard let session = found ?? begin(row, events, watermark, &results) else { return }
        if let other {
            flush(&pending, events)
            join(other, to: session)
        }
        sessions[session].extend(to: time)
        append(row, session, &pending, events)
        if sessions[session].hasFired {
            flush(&pending, events)
            emitAgain(session, watermark, &results)
        }
    }

    private func append(_ row: UInt32, _ session: Int, _ pending: inout Pending, _ events: WindowRows) {
        pending.rows[pending.count] = row
        pending.places[pending.count] = UInt32(truncatingIfNeeded: sessions.word(session))
        pending.count += 1
        if pending.count == AggregateLayout.blockRows { flush(&pending, events) }
    }

    /// Nil when a session of this event alone would have ended, or may be part of one that was closed.
    private func begin(
        _ row: UInt32, _ events: WindowRows, _ watermark: Int64, _ results: inout [WindowResults]
    ) -> Int? {
        let time = events.input.times[Int(row)]
        guard time.addingClamped(gap).addingClamped(lateness) >= watermark else {
            lateCount += 1
            return nil
        }
        guard time > closedTime else {
            limit.droppedCount += 1
            return nil
        }
        // Events then come one by one, so that none waits to be added.
        if sessions.count >= limit.most { closeNext(&results) }
        let session = sessions.insert(events.keys[Int(row)], time: time, opened: events.input.offset + Int64(row))
        setAlarm(session, at: deadline(session))
        return session
    }

    private func setAlarm(_ session: Int, at deadline: Int64) {
        sessions[session].alarm = deadline
        timers.push(
            Timer(
                deadline: deadline, session: session, generation: sessions[session].generation,
                offset: sessions[session].opened))
    }

    /// An event at exactly the gap after the last still belongs to a session.
    private func deadline(_ session: Int) -> Int64 { sessions[session].last + gap + 1 }

    private func join(_ other: Int, to session: Int) {
        layout.merge(sessions.row(other), into: sessions.row(session))
        sessions[session].join(sessions[other])
        sessions.remove(other)
    }

    // MARK: sessions that change after they gave a row

    /// Takes back the rows of sessions that are about to change.
    private func retract(_ session: Int, _ other: Int?, _ results: inout [WindowResults]) {
        guard emission == .retractions else { return }
        for session in [session, other].compactMap({ $0 }) where sessions[session].hasFired {
            results.append(row(of: session, .retraction))
        }
    }

    private func emitAgain(_ session: Int, _ watermark: Int64, _ results: inout [WindowResults]) {
        sessions[session].revision += 1
        // An event may have brought the end of a session behind the watermark again.
        if deadline(session) > watermark {
            sessions[session].hasFired = false
            setAlarm(session, at: deadline(session))
        } else {
            results.append(row(of: session, emission == .retractions ? .insertion : .update))
        }
    }

    private func row(of session: Int, _ change: WindowResults.Change) -> WindowResults {
        let (start, end) = (sessions[session].start, sessions[session].last + gap)
        return withUnsafePointer(to: sessions.row(session)) { row in
            WindowResults(
                keys: [row.pointee[0]], starts: [start], ends: [end], change: change,
                revisions: [sessions[session].revision],
                aggregates: layout.results(of: UnsafeBufferPointer(start: row, count: 1)))
        }
    }

    // MARK: sessions that end

    /// Closes the session that would be next to go, and gives its row if it has not.
    private func closeNext(_ results: inout [WindowResults]) {
        while let timer = timers.first {
            timers.removeFirst()
            let session = sessions[timer.session]
            guard session.generation == timer.generation, session.alarm == timer.deadline else { continue }
            let end = end(timer.session)
            guard end == timer.deadline else {
                setAlarm(timer.session, at: end)
                continue
            }
            if !session.hasFired {
                results.append(
                    row(of: timer.session, session.revision > 0 && emission == .final ? .update : .insertion))
            }
            closedTime = max(closedTime, session.last)
            sessions.remove(timer.session)
            limit.evictedCount += 1
            return
        }
    }

    func advance(to watermark: Int64, into results: inout [WindowResults]) {
        var ended: [Int] = []
        while let timer = timers.first, timer.deadline <= watermark {
            timers.removeFirst()
            let session = sessions[timer.session]
            guard session.generation == timer.generation, session.alarm == timer.deadline else { continue }
            // A second timer of the same time is void.
            sessions[timer.session].alarm = .max
            if session.hasFired || deadline(timer.session) > watermark {
                retire(timer.session, watermark)
            } else {
                ended.append(timer.session)
            }
        }
        emit(ended, &results)
        for session in ended {
            sessions[session].hasFired = true
            retire(session, watermark)
        }
    }

    private func emit(_ ended: [Int], _ results: inout [WindowResults]) {
        for change in [WindowResults.Change.insertion, .update] {
            let given = ended.filter { (sessions[$0].revision > 0 && emission == .final) == (change == .update) }
            guard !given.isEmpty else { continue }
            results.append(
                given.map(sessions.row).withUnsafeBufferPointer { rows in
                    WindowResults(
                        keys: rows.map { $0[0] }, starts: given.map { sessions[$0].start },
                        ends: given.map { sessions[$0].last + gap }, change: change,
                        revisions: given.map { sessions[$0].revision }, aggregates: layout.results(of: rows))
                })
        }
    }

    /// A session stays as long as an event may extend it, and, when it has given its row, as a late one may change it.
    private func retire(_ session: Int, _ watermark: Int64) {
        let end = end(session)
        if end > watermark { setAlarm(session, at: end) } else { sessions.remove(session) }
    }

    private func end(_ session: Int) -> Int64 {
        deadline(session).addingClamped(sessions[session].hasFired ? lateness : 0)
    }

    func forEachKey(_ body: (UInt64) -> Void) -> Bool {
        for (session, isOpen) in sessions.isOpen.enumerated() where isOpen { body(sessions.row(session)[0]) }
        return true
    }
}
