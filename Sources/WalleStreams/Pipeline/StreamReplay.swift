/// Runs a definition on a file of events from its beginning to its end.
package final class StreamReplay {
    private let processor: any EventProcessor
    private let inOrderOfTime: Bool
    /// Events read, rows given.
    package private(set) var eventCount = 0
    package private(set) var rowCount = 0

    /// - Parameter inOrderOfTime: Put the events in the order of their times, then of the file, which must fit in memory.
    package init(_ processor: any EventProcessor, inOrderOfTime: Bool) {
        self.processor = processor
        self.inOrderOfTime = inOrderOfTime
    }

    /// - Returns: The input, for what was wrong with it.
    /// - Throws: `.input` for a file that cannot be read.
    package func run(
        file: String, texts: TextDictionary, _ options: IngestOptions, _ body: (StreamRows) -> Void
    ) throws(StreamError) -> EventInput {
        var waiting: [EventBatch] = []
        let input = try EventInput.read(
            file: file, schema: processor.source.schema, texts: texts, options: options
        ) { batch throws(StreamError) in
            if inOrderOfTime { waiting.append(batch) } else { try process(batch, body) }
        }
        for batch in try TimeOrder.sorted(waiting) { try process(batch, body) }
        give(try processor.advance(to: .max), body)
        return input
    }

    private func process(_ batch: EventBatch, _ body: (StreamRows) -> Void) throws(StreamError) {
        eventCount += batch.count
        give(try processor.process(batch), body)
    }

    private func give(_ rows: [StreamRows], _ body: (StreamRows) -> Void) {
        for rows in rows {
            rowCount += rows.count
            body(rows)
        }
    }
}
