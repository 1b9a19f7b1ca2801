// Saving visits and the events that wait for the watermark.
extension VisitWindows {
    /// Events of a block.
    private static let blockEvents = 1024

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.windows)) { writer in
            writer.write(lateCount)
            writer.write(outsideCount)
            limit.write(to: &writer)
            writer.write(takenCount)
            writer.write(visits.used)
            writer.write(visits.free)
            writer.write(waiting?.count ?? 0)
        }
        visits.record(recorder)
        guard let waiting else { return }
        var rows: [UnsafeMutablePointer<UInt64>] = []
        waiting.forEach { rows.append($0) }
        for first in stride(from: 0, to: rows.count, by: Self.blockEvents) {
            let block = rows[first..<min(first + Self.blockEvents, rows.count)]
            recorder.write(StateItem(.waiting), capacity: block.count * waiting.stride * 8) { writer in
                for row in block { writer.write(words: row, count: waiting.stride) }
            }
        }
    }

    func restore(_ state: SavedState) throws(StreamError) {
        let (used, free, events) = try state.read(StateItem(.windows)) { reader throws(StreamError) in
            lateCount = try reader.read()
            outsideCount = try reader.read()
            try limit.read(from: &reader)
            takenCount = try reader.read()
            return (
                try reader.read(in: 0...Int(Int32.max), "visits"), try reader.read(Int32.self),
                try reader.read(in: 0...1 << 40, "events that wait")
            )
        }
        try visits.restore(used, free: free, state)
        let isOpen = visits.isOpen
        for visit in 0..<used where isOpen[visit] {
            // All rows of visits that ended were given before the state was saved.
            guard !visits[visit].hasFired, visits[visit].next < 0 else {
                throw StateFormat.damaged("a key with two visits")
            }
            openCount += 1
            pushTimer(visit)
        }
        try restoreWaiting(events, state)
    }

    private func restoreWaiting(_ events: Int, _ state: SavedState) throws(StreamError) {
        guard let waiting else {
            guard events == 0 else { throw StateFormat.damaged("events wait of a source without delay") }
            return
        }
        let row = UnsafeMutablePointer<UInt64>.allocate(capacity: waiting.stride)
        defer { row.deallocate() }
        row.initialize(repeating: 0, count: waiting.stride)
        try state.forEachBlock(StateItem(.waiting)) { reader throws(StreamError) in
            for _ in waiting.count..<max(waiting.count, min(events, waiting.count + Self.blockEvents)) {
                try reader.read(words: row, count: waiting.stride)
                try waiting.restore(row)
            }
        }
        guard waiting.count == events else { throw StateFormat.damaged("\(waiting.count) events of \(events)") }
    }
}
