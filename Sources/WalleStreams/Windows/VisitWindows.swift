/// Windows from the event that enters a page to the one that leaves it, both included: page-level sequences.
///
/// The events of a key are taken in the order of time, then of arrival, as soon as the watermark reaches them: what a visit
/// holds depends on the events that came in time alone. Of a source without delay every event in time is the latest, so it
/// is taken at once; otherwise it waits. A visit ends with its `exit`; without one after the timeout, an event at exactly
/// the timeout after the last still belonging to it, or at its last event when the key enters again. What belongs to no
/// visit is counted and dropped. Rows never change: late events are dropped. When there are as many visits as may be, the
/// one that would time out next is ended for a new one, and its row given as it is.
final class VisitWindows: WindowOperator {
    private let timeout: Microseconds
    private let delay: Microseconds
    let layout: AggregateLayout
    /// A key has at most one that is open, the first of its list. The others ended within the call that is at work.
    let visits: SessionTable
    var timers = TimerHeap()
    /// Nil of a source without delay.
    let waiting: WaitingEvents?
    /// Visits that ended within the call, and when.
    @exclusivity(unchecked) private var ended: [(visit: Int, end: Int64)] = []
    @exclusivity(unchecked) var openCount = 0
    var lateCount = 0
    var outsideCount = 0
    var limit: GroupLimit
    /// Events that waited and were taken: of two values of one time the later taken is the last.
    var takenCount: Int64 = 0

    /// - Throws: `.definition` for a timeout that is no span of time, for names that are empty or the same, and for a
    ///   lateness above zero.
    init(
        timeout: Microseconds, enter: String, exit: String, layout: AggregateLayout, delay: Microseconds,
        lateness: Microseconds, limit: GroupLimit
    ) throws(StreamError) {
        self.limit = limit
        self.timeout = try PaneShape.positive(timeout, "visit")
        try Self.check(enter, exit, lateness)
        self.delay = delay
        self.layout = layout
        visits = SessionTable(layout)
        waiting = delay > 0 ? WaitingEvents(layout, delay: delay) : nil
    }

    private static func check(_ enter: String, _ exit: String, _ lateness: Microseconds) throws(StreamError) {
        if enter.isEmpty || exit.isEmpty || enter == exit {
            throw StreamError(
                .definition, field: "window.exit", "visits from \"\(enter)\" to \"\(exit)\"",
                remedy: "Name two events, such as enter = \"page_enter\" and exit = \"page_exit\".")
        }
        if lateness > 0 {
            throw StreamError(
                .definition, field: "lateness", "rows of visits that late events change",
                remedy: "A late event could cut a visit in two: use lateness 0 and a larger delay of the source.")
        }
    }

    var byteCount: Int { visits.byteCount + timers.byteCount + (waiting?.byteCount ?? 0) }

    var nextFiring: Int64 { min(timers.first?.deadline ?? .max, waiting?.earliest ?? .max) }

    func openTime(at watermark: Int64) -> Int64 { watermark }

    // MARK: events that come

    func add(_ events: WindowRows, watermark: Int64, to results: inout [WindowResults]) {
        guard let marks = events.marks else { preconditionFailure("events of visits are marked") }
        marks.withUnsafeBufferPointer { marks in
            guard let marks = marks.baseAddress else { return }
            if let waiting {
                hold(events, marks, watermark, in: waiting)
            } else {
                take(events, marks, watermark)
            }
        }
        emit(&results)
    }

    private func hold(
        _ events: WindowRows, _ marks: UnsafePointer<UInt8>, _ watermark: Int64, in waiting: WaitingEvents
    ) {
        let late = waiting.append(events, marks, from: watermark) { time in
            // The events so far have brought the watermark there, though the windows were not told yet.
            takeWaiting(waiting, upTo: time.addingClamped(-delay))
        }
        lateCount += late
    }

    private func takeWaiting(_ waiting: WaitingEvents, upTo watermark: Int64) {
        waiting.take(upTo: watermark) { block in
            block.withRows(offset: takenCount) { rows, marks in take(rows, marks, .min) }
            takenCount += Int64(block.count)
        }
    }

    // MARK: events in the order of time

    /// Events whose visits are known and whose values are still to be added.
    private struct Pending {
        var rows: UnsafeMutablePointer<UInt32>
        var places: UnsafeMutablePointer<UInt32>
        var count = 0
    }

    /// Takes events in the order of time, but for those before the watermark.
    private func take(_ events: WindowRows, _ marks: UnsafePointer<UInt8>, _ watermark: Int64) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: AggregateLayout.blockRows * 2) { scratch in
            guard let start = scratch.baseAddress else { return }
            var pending = Pending(rows: start, places: start + AggregateLayout.blockRows)
            var (late, outside) = (0, 0)
            for row in events.rows {
                let (time, mark) = (events.input.times[Int(row)], marks[Int(row)])
                guard time >= watermark else {
                    late += 1
                    continue
                }
                let visit = visit(
                    of: events.keys[Int(row)], Moment(time: time, offset: events.input.offset + Int64(row)), mark)
                guard visit >= 0 else {
                    outside += 1
                    continue
                }
                pending.rows[pending.count] = row
                pending.places[pending.count] = UInt32(truncatingIfNeeded: visits.word(visit))
                pending.count += 1
                if pending.count == AggregateLayout.blockRows { flush(&pending, events) }
            }
            flush(&pending, events)
            lateCount += late
            outsideCount += outside
        }
    }

    private func flush(_ pending: inout Pending, _ events: WindowRows) {
        guard pending.count > 0 else { return }
        let places = RowPlaces(rows: pending.rows, places: pending.places, count: pending.count)
        layout.add(events.input, places, to: visits.base)
        pending.count = 0
    }

    /// The visit that an event belongs to, −1 for none; begins and ends visits.
    @inline(__always) private func visit(of key: UInt64, _ moment: Moment, _ mark: UInt8) -> Int {
        let time = moment.time
        var visit = Int(visits.heads[key])
        if visit >= 0 {
            let (last, hasEnded) = (visits[visit].last, visits[visit].hasFired)
            if hasEnded {
                visit = -1
            } else if last.addingClamped(timeout) < time {
                end(visit, at: last + timeout)
                visit = -1
            } else if mark == VisitMark.enter {
                end(visit, at: last)
            } else {
                visits[visit].last = time
            }
        }
        if mark == VisitMark.enter { return begin(key, moment) }
        if mark == VisitMark.exit, visit >= 0 { end(visit, at: time) }
        return visit
    }

    private func begin(_ key: UInt64, _ moment: Moment) -> Int {
        if openCount >= limit.most { endNext(at: moment.time) }
        let visit = visits.insert(key, time: moment.time, opened: moment.offset)
        openCount += 1
        setAlarm(visit)
        return visit
    }

    private func setAlarm(_ visit: Int) {
        let deadline = deadline(visit)
        visits[visit].alarm = deadline
        pushTimer(visit)
    }

    func pushTimer(_ visit: Int) {
        timers.push(
            Timer(
                deadline: visits[visit].alarm, session: visit, generation: visits[visit].generation,
                offset: visits[visit].opened))
    }

    /// Ends the visit that would time out next. One that has timed out already was only not told yet.
    private func endNext(at time: Int64) {
        while let timer = timers.first {
            timers.removeFirst()
            let visit = visits[timer.session]
            guard visit.generation == timer.generation, !visit.hasFired, visit.alarm == timer.deadline else { continue }
            guard deadline(timer.session) == timer.deadline else {
                setAlarm(timer.session)
                continue
            }
            if timer.deadline > time { limit.evictedCount += 1 }
            return end(timer.session, at: visit.last.addingClamped(timeout))
        }
    }

    private func deadline(_ visit: Int) -> Int64 { visits[visit].last.addingClamped(timeout).addingClamped(1) }

    /// Its row is given at the end of the call: until then events of it may wait to be added.
    private func end(_ visit: Int, at time: Int64) {
        visits[visit].hasFired = true
        ended.append((visit, time))
        openCount -= 1
    }

    // MARK: visits that end

    func advance(to watermark: Int64, into results: inout [WindowResults]) {
        if let waiting { takeWaiting(waiting, upTo: watermark) }
        while let timer = timers.first, timer.deadline <= watermark {
            timers.removeFirst()
            let visit = visits[timer.session]
            guard visit.generation == timer.generation, !visit.hasFired, visit.alarm == timer.deadline else { continue }
            if deadline(timer.session) > watermark {
                setAlarm(timer.session)
            } else {
                end(timer.session, at: visit.last.addingClamped(timeout))
            }
        }
        emit(&results)
    }

    private func emit(_ results: inout [WindowResults]) {
        guard !ended.isEmpty else { return }
        results.append(
            ended.map { visits.row($0.visit) }.withUnsafeBufferPointer { rows in
                WindowResults(
                    keys: rows.map { $0[0] }, starts: ended.map { visits[$0.visit].start }, ends: ended.map(\.end),
                    change: .insertion, revisions: [UInt32](repeating: 0, count: ended.count),
                    aggregates: layout.results(of: rows))
            })
        for (visit, _) in ended { visits.remove(visit) }
        ended.removeAll(keepingCapacity: true)
        forgetTimers()
    }

    /// Lets go of the timers of visits that ended before their timeout, once in a while.
    private func forgetTimers() {
        guard timers.count > 1024, timers.count > openCount * 4 else { return }
        timers = TimerHeap()
        let isOpen = visits.isOpen
        for visit in 0..<visits.used where isOpen[visit] {
            pushTimer(visit)
        }
    }

    func forEachKey(_ body: (UInt64) -> Void) -> Bool {
        for (visit, isOpen) in visits.isOpen.enumerated() where isOpen { body(visits.row(visit)[0]) }
        waiting?.forEach { body($0[1]) }
        return true
    }
}
