/// For each event the aggregates of its key's events in the span up to it, its peers of the same time included.
///
/// Events wait until the watermark has passed them, are put in the order of time, and then taken key by key, so that the
/// history of a key is in the cache while it is at work.
final class OverWindows: WindowOperator {
    private let size: Microseconds
    private let layout: AggregateLayout
    /// Words of a row: as in a `GroupTable`, then the time and the place in the stream.
    private let stride: Int
    /// Events that wait, one row each.
    @exclusivity(unchecked) private var waiting: UnsafeMutablePointer<UInt64>
    private var capacity = 1024
    @exclusivity(unchecked) private var count = 0
    @exclusivity(unchecked) private var earliest = Int64.max
    /// Of each key the index of its history.
    private var indices = KeyMap()
    private var histories: [OverHistory] = []
    private var sweepCount = 1024
    private(set) var lateCount = 0

    init(size: Microseconds, layout: AggregateLayout) {
        self.size = size
        self.layout = layout
        stride = GroupTable.header + layout.stateWords + 2
        waiting = .allocate(capacity: capacity * stride)
    }

    deinit {
        for index in 0..<count { layout.releaseObjects(waiting + index * stride) }
        waiting.deallocate()
    }

    var byteCount: Int { capacity * stride * 8 + indices.byteCount + histories.reduce(0) { $0 + $1.byteCount } }

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

    private func reserve(_ more: Int) {
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
        for run in runs(ready) {
            histories[run.history].answer(run.events, back: size, stride: stride, into: answers)
        }
        results.append(self.results(ready, answers))
        for index in ready.indices { layout.releaseObjects(answers + index * stride) }
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

    /// Events of one key, by time.
    private struct Run {
        var history: Int
        var events: [OverHistory.Event]
    }

    private func runs(_ ready: [UnsafeMutablePointer<UInt64>]) -> [Run] {
        let found = ready.map { index(of: $0[0]) }
        var counts = [Int32](repeating: 0, count: histories.count)
        for index in found { counts[index] += 1 }
        var runs: [Run] = []
        var places = [Int32](repeating: -1, count: histories.count)
        for (place, index) in found.enumerated() {
            if places[index] < 0 {
                places[index] = Int32(runs.count)
                runs.append(Run(history: index, events: []))
                runs[runs.count - 1].events.reserveCapacity(Int(counts[index]))
            }
            let row = ready[place]
            runs[Int(places[index])].events.append(
                OverHistory.Event(row: row, time: row.int(stride - 2), answer: place))
        }
        return runs
    }

    private func index(of key: UInt64) -> Int {
        let index = indices[key]
        if index >= 0 { return Int(index) }
        indices[key] = Int32(histories.count)
        histories.append(OverHistory(key, layout))
        return histories.count - 1
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

    /// Lets go of keys without events in the span, once in a while.
    private func sweep(_ watermark: Int64) {
        guard histories.count > sweepCount else { return }
        let from = watermark.addingClamped(-size)
        histories = histories.filter { $0.last >= from }
        indices = KeyMap()
        for (index, history) in histories.enumerated() { indices[history.key] = Int32(index) }
        sweepCount = max(1024, histories.count * 2)
    }
}
