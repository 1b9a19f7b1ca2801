/// For each event the aggregates of its key's events in the span up to it, its peers of the same time included.
///
/// Events wait until the watermark has passed them, are put in the order of time, and then taken key by key, so that the
/// history of a key is in the cache while it is at work. When there are as many keys as may be, the one that has been quiet
/// longest is forgotten for a new one.
final class OverWindows: WindowOperator {
    let size: Microseconds
    let layout: AggregateLayout
    /// Words of a row: as in a `GroupTable`, then the time and the place in the stream.
    let stride: Int
    /// Events that wait, one row each.
    @exclusivity(unchecked) var waiting: UnsafeMutablePointer<UInt64>
    private var capacity = 1024
    @exclusivity(unchecked) var count = 0
    @exclusivity(unchecked) var earliest = Int64.max
    /// Of each key the index of its history.
    var indices = KeyTable()
    @exclusivity(unchecked) var histories: UnsafeMutablePointer<OverHistory>
    var historyCount = 0
    var historyCapacity = 64
    var sweepCount = 1024
    var lateCount = 0
    var limit: GroupLimit
    /// The histories by their last events, as soon as there are as many as may be; empty before.
    var quiet = TimerHeap()

    init(size: Microseconds, layout: AggregateLayout, limit: GroupLimit) {
        self.size = size
        self.layout = layout
        self.limit = limit
        stride = GroupTable.header + layout.stateWords + 2
        waiting = .allocate(capacity: capacity * stride)
        histories = .allocate(capacity: historyCapacity)
    }

    deinit {
        for index in 0..<historyCount { histories[index].free(layout) }
        histories.deallocate()
        for index in 0..<count { layout.releaseObjects(waiting + index * stride) }
        waiting.deallocate()
    }

    var byteCount: Int {
        (0..<historyCount).reduce(capacity * stride * 8 + indices.byteCount + quiet.byteCount) {
            $0 + histories[$1].byteCount(stateWords: layout.stateWords)
        }
    }

    /// An event is complete when no other of its time can come.
    var nextFiring: Int64 { count == 0 ? .max : earliest.addingClamped(1) }

    func openTime(at watermark: Int64) -> Int64 { watermark }

    func add(_ events: WindowRows, watermark: Int64, to results: inout [WindowResults]) {
        reserve(events.rows.count)
        let first = count
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: events.rows.count * 2) { scratch in
            guard let rows = scratch.baseAddress else { return }
            let places = rows + events.rows.count
            for row in events.rows {
                let time = events.input.times[Int(row)]
                guard time >= watermark else {
                    lateCount += 1
                    continue
                }
                rows[count - first] = row
                places[count - first] = UInt32((count - first) * stride)
                wait(events.keys[Int(row)], time, events.input.offset + Int64(row))
            }
            layout.add(
                events.input, RowPlaces(rows: rows, places: places, count: count - first), to: waiting + first * stride)
        }
    }

    func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = max(capacity * 2, count + more)
        let old = waiting
        waiting = .allocate(capacity: capacity * stride)
        waiting.update(from: old, count: count * stride)
        old.deallocate()
    }

    private func wait(_ key: UInt64, _ time: Int64, _ offset: Int64) {
        let row = waiting + count &* stride
        row.update(repeating: 0, count: stride)
        (row[0], row[1]) = (key, 1)
        row.set(stride - 2, time)
        row.set(stride - 1, offset)
        earliest = min(earliest, time)
        count &+= 1
    }

    // MARK: events that are complete

    func advance(to watermark: Int64, into results: inout [WindowResults]) {
        guard nextFiring <= watermark else { return }
        let ready = readyEvents(watermark)
        let answers = UnsafeMutablePointer<UInt64>.allocate(capacity: ready.count * stride)
        answers.initialize(repeating: 0, count: ready.count * stride)
        defer { answers.deallocate() }
        let answered = answerAll(ready, into: answers)
        if !answered.isEmpty { results.append(self.results(answered, answers)) }
        for index in answered.indices { layout.releaseObjects(answers + index * stride) }
        remove(before: watermark)
        sweep(watermark)
    }

    /// The rows of events before the watermark, in the order of time, then of the stream.
    private func readyEvents(_ watermark: Int64) -> [UnsafeMutablePointer<UInt64>] {
        var rows: [UnsafeMutablePointer<UInt64>] = []
        var times: [Int64] = []
        rows.reserveCapacity(count)
        times.reserveCapacity(count)
        var isSorted = true
        for index in 0..<count {
            let row = waiting + index &* stride
            let time = row.int(stride - 2)
            guard time < watermark else { continue }
            if let last = times.last, last > time { isSorted = false }
            rows.append(row)
            times.append(time)
        }
        // Events wait in the order of the stream.
        if isSorted { return rows }
        return times.withUnsafeBufferPointer { TimeOrder.rows(byTime: $0) }.map { rows[Int($0)] }
    }

    typealias Events = UnsafeBufferPointer<UnsafeMutablePointer<UInt64>>

    func moment(_ row: UnsafeMutablePointer<UInt64>) -> Moment {
        Moment(time: row.int(stride - 2), offset: row.int(stride - 1))
    }

    /// - Parameter found: Of each event the index of its key's history.
    func answer(_ ready: Events, _ found: [Int], into answers: UnsafeMutablePointer<UInt64>) {
        for place in ready.indices { answers[place &* stride] = ready[place][0] }
        var runs = runs(found)
        let places = order(found, runs)
        let rows = places.map { ready[Int($0)] }
        for run in runs { take(rows[run.events], histories + run.history) }
        rows.withUnsafeBufferPointer { rows in
            places.withUnsafeBufferPointer { places in
                runs.withUnsafeMutableBufferPointer { runs in
                    guard let rows = rows.baseAddress, let places = places.baseAddress else { return }
                    for slot in layout.slots {
                        let pass = OverPass(
                            rows: rows, places: places, answers: answers, stride: stride, word: slot.word,
                            stateWords: layout.stateWords, size: size)
                        layout.run(pass, slot, runs, histories)
                    }
                }
            }
        }
        for run in runs { histories[run.history].parts = run.after }
    }

    /// A run for each key that has events, by the histories' indices.
    private func runs(_ found: [Int]) -> [OverRun] {
        var counts = [Int](repeating: 0, count: historyCount)
        for index in found { counts[index] += 1 }
        var (runs, start): ([OverRun], Int) = ([], 0)
        for (index, count) in counts.enumerated() where count > 0 {
            runs.append(OverRun(history: index, events: start..<start + count))
            start += count
        }
        return runs
    }

    /// The events by their keys, those of a key by time.
    private func order(_ found: [Int], _ runs: [OverRun]) -> [UInt32] {
        var next = [Int](repeating: 0, count: historyCount)
        for run in runs { next[run.history] = run.events.lowerBound }
        var places = [UInt32](repeating: 0, count: found.count)
        for (place, index) in found.enumerated() {
            places[next[index]] = UInt32(place)
            next[index] += 1
        }
        return places
    }

    /// Notes the times of events that a pass will add.
    private func take(_ rows: ArraySlice<UnsafeMutablePointer<UInt64>>, _ history: UnsafeMutablePointer<OverHistory>) {
        // A pass looks one further than the last.
        history.pointee.makeRoom(rows.count + 1, layout)
        var time = history.pointee.times + history.pointee.parts.end
        for row in rows {
            time.pointee = row[stride - 2]
            time += 1
        }
        if let last = rows.last { history.pointee.latest = max(history.pointee.latest, moment(last)) }
    }

    private func results(
        _ ready: [UnsafeMutablePointer<UInt64>], _ answers: UnsafeMutablePointer<UInt64>
    ) -> WindowResults {
        let times = ready.map { $0.int(stride - 2) }
        return ready.indices.map { answers + $0 * stride }.withUnsafeBufferPointer { rows in
            WindowResults(
                keys: ready.map { $0[0] }, starts: times, ends: times, change: .insertion,
                revisions: [UInt32](repeating: 0, count: ready.count), aggregates: layout.results(of: rows))
        }
    }

    private func remove(before watermark: Int64) {
        var kept = 0
        earliest = .max
        for index in 0..<count {
            let row = waiting + index &* stride
            let time = row.int(stride - 2)
            if time < watermark { continue }
            if kept != index { (waiting + kept &* stride).update(from: row, count: stride) }
            earliest = min(earliest, time)
            kept += 1
        }
        count = kept
    }
}
