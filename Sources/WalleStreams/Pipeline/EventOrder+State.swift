// Saving events that wait for the watermark, by their places in the stream: those that stay are not saved again.
extension EventOrder {
    /// Places of a block, as a power of two.
    private static let blockBits: Int64 = 10

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.runner)) { writer in
            writer.write(latest)
            writer.write(watermark)
            writer.write(lateCount)
        }
        guard let waiting else { return }
        var first = 0
        while first < places.count {
            let block = places[first] >> Self.blockBits
            let end = places[first...].firstIndex { $0 >> Self.blockBits != block } ?? places.count
            recorder.write(StateItem(.waiting, block), capacity: (end - first) * 64) { writer in
                writer.write(counted: places[first..<end].map { UInt64(bitPattern: $0) })
                for column in waiting.columns { writer.write(column, first..<end) }
            }
            first = end
        }
    }

    mutating func restore(_ state: SavedState, _ schema: EventSchema, _ texts: TextDictionary) throws(StreamError) {
        try state.read(StateItem(.runner)) { reader throws(StreamError) in
            (latest, watermark) = (try reader.read(), try reader.read())
            lateCount = try reader.readCounter()
        }
        var batches: [EventBatch] = []
        for id in state.ids(.waiting) {
            try state.forEachBlock(StateItem(.waiting, id)) { reader throws(StreamError) in
                let block = try reader.readWords().map { Int64(bitPattern: $0) }
                let all = places.suffix(1) + block
                let isInOrder = zip(all, all.dropFirst()).allSatisfy { $0 < $1 }
                try StateFormat.check(isInOrder, "events that wait are out of order")
                batches.append(try EventBatch(schema, texts, count: block.count, from: &reader))
                places += block
            }
        }
        waiting = batches.isEmpty ? nil : try EventBatch.joined(batches)
    }
}

extension EventBatch {
    fileprivate var columns: [Column] { [times, events, pages] + attributes }

    fileprivate init(
        _ schema: EventSchema, _ texts: TextDictionary, count: Int, from reader: inout BlockReader
    ) throws(StreamError) {
        let known = texts.count
        let times = try reader.readColumn(.time, count: count, texts: known)
        let events = try reader.readColumn(.text, count: count, texts: known)
        let pages = try reader.readColumn(.text, count: count, texts: known)
        var attributes: [Column] = []
        for attribute in schema.attributes {
            attributes.append(try reader.readColumn(attribute.type, count: count, texts: known))
        }
        self.init(schema: schema, times: times, events: events, pages: pages, attributes: attributes, texts: texts)
    }
}
