/// For each event the aggregates of its key's events in the span up to it, its peers of the same time included.
///
/// Events wait until the watermark has passed them and are then taken in the order of time. Each key has the states of its
/// events in two stacks (Tangwongsan, Hirzel and Schneider 2021): the older part holds, at each event, everything from there
/// on merged, the newer part single events and all of them merged, so that an event costs a constant number of merges and
/// nothing is ever subtracted.
final class OverWindows: WindowOperator {
    private let size: Microseconds
    private let layout: AggregateLayout
    /// Words of a row: as in a `GroupTable`, then the time and the place in the stream.
    private let stride: Int
    /// Events that wait, one row each.
    @exclusivity(unchecked) private var waiting: UnsafeMutablePointer<UInt64>
    private var capacity = 1024
    private var count = 0
    private var earliest = Int64.max
    private var histories: [UInt64: OverHistory] = [:]
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

    var byteCount: Int { capacity * stride * 8 + histories.values.reduce(0) { $0 + $1.byteCount } }

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
        let row = waiting + count * stride
        row.update(repeating: 0, count: stride)
        (row[0], row[1]) = (key, 1)
        row.set(stride - 2, time)
        row.set(stride - 1, offset)
        earliest = min(earliest, time)
        count += 1
    }

    // MARK: events that are complete

    func advance(to watermark: Int64, into results: inout [WindowResults]) {
        guard nextFiring <= watermark else { return }
        let ready = takeReady(watermark)
        var from = 0
        let answers = UnsafeMutablePointer<UInt64>.allocate(capacity: ready.count * stride)
        defer { answers.deallocate() }
        while from < ready.count {
            var end = from + 1
            while end < ready.count, ready[end].time == ready[from].time { end += 1 }
            answer(ready[from..<end], into: answers + from * stride)
            from = end
        }
        results.append(self.results(ready, answers))
        for index in ready.indices { layout.releaseObjects(answers + index * stride) }
        removeReady(ready, before: watermark)
        sweep(watermark)
    }

    private struct Ready {
        var time: Int64
        var offset: Int64
        var row: Int
    }

    private func takeReady(_ watermark: Int64) -> [Ready] {
        var ready: [Ready] = []
        ready.reserveCapacity(count)
        var isSorted = true
        for index in 0..<count {
            let row = waiting + index * stride
            let time = row.int(stride - 2)
            guard time < watermark else { continue }
            let next = Ready(time: time, offset: row.int(stride - 1), row: index)
            if let last = ready.last, last.time > time { isSorted = false }
            ready.append(next)
        }
        // Events come in the order of their places in the stream.
        if !isSorted { ready.sort { ($0.time, $0.offset) < ($1.time, $1.offset) } }
        return ready
    }

    /// Adds events of one time to their histories, then asks each for its window.
    private func answer(_ peers: ArraySlice<Ready>, into answers: UnsafeMutablePointer<UInt64>) {
        for peer in peers {
            let row = waiting + peer.row * stride
            history(row[0]).append(row, peer.time)
        }
        for (index, peer) in peers.enumerated() {
            let answer = answers + index * stride
            answer.update(repeating: 0, count: stride)
            let key = waiting[peer.row * stride]
            answer[0] = key
            history(key).collect(from: peer.time.addingClamped(-size), into: answer)
        }
    }

    private func history(_ key: UInt64) -> OverHistory {
        if let history = histories[key] { return history }
        let history = OverHistory(layout)
        histories[key] = history
        return history
    }

    private func results(_ ready: [Ready], _ answers: UnsafeMutablePointer<UInt64>) -> WindowResults {
        let rows = ready.indices.map { answers + $0 * stride }
        return rows.withUnsafeBufferPointer { rows in
            WindowResults(
                keys: rows.map { $0[0] }, starts: ready.map(\.time), ends: ready.map(\.time), change: .insertion,
                revisions: [UInt32](repeating: 0, count: ready.count), aggregates: layout.results(of: rows))
        }
    }

    private func removeReady(_ ready: [Ready], before watermark: Int64) {
        var kept = 0
        earliest = .max
        for index in 0..<count {
            let row = waiting + index * stride
            let time = row.int(stride - 2)
            if time < watermark { continue }
            if kept != index { (waiting + kept * stride).update(from: row, count: stride) }
            earliest = min(earliest, time)
            kept += 1
        }
        count = kept
    }

    /// Lets go of keys without events in the span, once in a while.
    private func sweep(_ watermark: Int64) {
        guard histories.count > sweepCount else { return }
        let from = watermark.addingClamped(-size)
        histories = histories.filter { $0.value.last >= from }
        sweepCount = max(1024, histories.count * 2)
    }
}

/// The events of one key in the span, as states that are merged from two sides.
final class OverHistory {
    private let layout: AggregateLayout
    /// Words of an event: its time, then a row as in a `GroupTable`.
    private let stride: Int
    private var capacity = 8
    private var memory: UnsafeMutablePointer<UInt64>
    /// Events from `first` to `middle` hold all from themselves to `middle` merged; those after it themselves alone.
    private var (first, middle, end) = (0, 0, 0)
    /// A row: all events from `middle` on, merged.
    private let newer: UnsafeMutablePointer<UInt64>
    private(set) var last = Int64.min

    init(_ layout: AggregateLayout) {
        self.layout = layout
        stride = 1 + GroupTable.header + layout.stateWords
        memory = .allocate(capacity: capacity * stride)
        newer = .allocate(capacity: stride - 1)
        newer.update(repeating: 0, count: stride - 1)
    }

    deinit {
        for index in first..<end { layout.releaseObjects(row(index)) }
        layout.releaseObjects(newer)
        memory.deallocate()
        newer.deallocate()
    }

    var byteCount: Int { 96 + (capacity + 1) * stride * 8 }

    private func row(_ index: Int) -> UnsafeMutablePointer<UInt64> { memory + index * stride + 1 }

    /// Takes an event's row over, the objects in it included.
    func append(_ event: UnsafeMutablePointer<UInt64>, _ time: Int64) {
        if end == capacity { makeRoom() }
        memory[end * stride] = UInt64(bitPattern: time)
        row(end).update(from: event, count: stride - 1)
        layout.merge(event, into: newer)
        end += 1
        last = time
    }

    private func makeRoom() {
        let live = end - first
        let old = memory
        if live * 2 > capacity {
            capacity *= 2
            memory = .allocate(capacity: capacity * stride)
        }
        memory.update(from: old + first * stride, count: live * stride)
        if memory != old { old.deallocate() }
        (first, middle, end) = (0, middle - first, live)
    }

    /// Merges the events since a time into a row; earlier ones are let go of.
    func collect(from time: Int64, into row: UnsafeMutablePointer<UInt64>) {
        while first < end, memory.int(first * stride) < time {
            if first == middle { turnOver() }
            layout.releaseObjects(self.row(first))
            first += 1
        }
        if first < middle { layout.merge(self.row(first), into: row) }
        if middle < end { layout.merge(newer, into: row) }
    }

    private func turnOver() {
        for index in (middle..<max(middle, end - 1)).reversed() { layout.merge(row(index + 1), into: row(index)) }
        middle = end
        layout.releaseObjects(newer)
        newer.update(repeating: 0, count: stride - 1)
    }
}
