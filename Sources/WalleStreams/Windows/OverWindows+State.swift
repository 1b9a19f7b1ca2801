// Saving events that wait, and the histories of keys.
extension OverWindows {
    /// Events and histories of a block.
    private static let blockEvents = 1024
    private static let blockHistories = 16

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.windows)) { writer in
            writer.write(lateCount)
            limit.write(to: &writer)
            writer.write(count)
            writer.write(historyCount)
        }
        for first in Swift.stride(from: 0, to: count, by: Self.blockEvents) {
            let events = first..<min(first + Self.blockEvents, count)
            recorder.write(StateItem(.waiting), capacity: events.count * stride * 8) { writer in
                for event in events { write(waiting + event * stride, to: &writer) }
            }
        }
        for first in Swift.stride(from: 0, to: historyCount, by: Self.blockHistories) {
            recorder.write(StateItem(.histories)) { writer in
                for index in first..<min(first + Self.blockHistories, historyCount) {
                    histories[index].write(layout, to: &writer)
                }
            }
        }
    }

    private func write(_ row: UnsafeMutablePointer<UInt64>, to writer: inout BlockWriter) {
        layout.write(row, to: &writer)
        writer.write(words: row + stride - 2, count: 2)
    }

    func restore(_ state: SavedState) throws(StreamError) {
        let (events, keys) = try state.read(StateItem(.windows)) { reader throws(StreamError) in
            lateCount = try reader.read()
            try limit.read(from: &reader)
            return (try reader.read(in: 0...1 << 40, "events"), try reader.read(in: 0...Int(Int32.max), "keys"))
        }
        try state.forEachBlock(StateItem(.waiting)) { reader throws(StreamError) in
            for _ in count..<min(events, count + Self.blockEvents) { try readEvent(&reader) }
        }
        try state.forEachBlock(StateItem(.histories)) { reader throws(StreamError) in
            for _ in historyCount..<min(keys, historyCount + Self.blockHistories) { try readHistory(&reader) }
        }
        guard count == events, historyCount == keys else { throw StateFormat.damaged("\(count) events of \(events)") }
        sweepCount = max(sweepCount, historyCount * 2)
    }

    private func readEvent(_ reader: inout BlockReader) throws(StreamError) {
        reserve(1)
        let row = waiting + count * stride
        row.update(repeating: 0, count: stride)
        count += 1
        try layout.read(row, from: &reader)
        try reader.read(words: row + stride - 2, count: 2)
        earliest = min(earliest, row.int(stride - 2))
    }

    private func readHistory(_ reader: inout BlockReader) throws(StreamError) {
        let key: UInt64 = try reader.read()
        guard indices[key] < 0 else { throw StateFormat.damaged("a key with two histories") }
        if historyCount == historyCapacity { growHistories() }
        let room = try reader.readCount(each: 8)
        let latest = Moment(time: try reader.read(), offset: try reader.read())
        (histories + historyCount).initialize(to: OverHistory(key, room: room + 1, layout.stateWords))
        (histories + historyCount).pointee.clear(layout.stateWords)
        (histories + historyCount).pointee.latest = latest
        indices[key] = Int32(historyCount)
        historyCount += 1
        try (histories + historyCount - 1).pointee.read(layout, room, from: &reader)
    }
}

extension OverHistory {
    /// The key, how many events there are, when the last was, then these.
    fileprivate func write(_ layout: AggregateLayout, to writer: inout BlockWriter) {
        writer.write(key)
        writer.write(parts.end - parts.first)
        writer.write(latest.time)
        writer.write(latest.offset)
        writer.write(parts.middle - parts.first)
        writer.write(words: times + parts.first, count: parts.end - parts.first)
        for slot in layout.slots {
            let word = slot.word - GroupTable.header
            for event in parts.first..<parts.end {
                layout.write(states(word) + event * slot.kind.words, slot, to: &writer)
            }
            layout.write(newer(word, layout.stateWords), slot, to: &writer)
        }
    }

    /// All zero, so that it holds no objects.
    fileprivate func clear(_ stateWords: Int) {
        times.update(repeating: 0, count: capacity * (1 + stateWords) + stateWords)
    }

    fileprivate mutating func read(
        _ layout: AggregateLayout, _ count: Int, from reader: inout BlockReader
    ) throws(StreamError) {
        parts = Parts(first: 0, middle: try reader.read(in: 0...count, "a part of a history"), end: count)
        try reader.read(words: times, count: count)
        for slot in layout.slots {
            let word = slot.word - GroupTable.header
            for event in 0..<count { try layout.read(states(word) + event * slot.kind.words, slot, from: &reader) }
            try layout.read(newer(word, layout.stateWords), slot, from: &reader)
        }
    }
}
