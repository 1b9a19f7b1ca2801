/// Runs a pipeline on a file of events from its beginning to its end.
package final class StreamReplay {
    private let pipeline: StreamPipeline
    private let inOrderOfTime: Bool
    /// Events read, rows given.
    package private(set) var eventCount = 0
    package private(set) var rowCount = 0

    /// - Parameter inOrderOfTime: Put the events in the order of their times, then of the file, which must fit in memory.
    package init(pipeline: StreamPipeline, inOrderOfTime: Bool) {
        self.pipeline = pipeline
        self.inOrderOfTime = inOrderOfTime
    }

    /// - Returns: The input, for what was wrong with it.
    /// - Throws: `.input` for a file that cannot be read.
    package func run(
        file: String, texts: TextDictionary, _ options: IngestOptions, _ body: (StreamRows) -> Void
    ) throws(StreamError) -> EventInput {
        var waiting: [EventBatch] = []
        let input = try EventInput.read(
            file: file, schema: pipeline.definition.source.schema, texts: texts, options: options
        ) { batch throws(StreamError) in
            if inOrderOfTime { waiting.append(batch) } else { process(batch, body) }
        }
        for batch in try TimeOrder.sorted(waiting) { process(batch, body) }
        give(pipeline.advance(to: .max), body)
        return input
    }

    private func process(_ batch: EventBatch, _ body: (StreamRows) -> Void) {
        eventCount += batch.count
        give(pipeline.process(batch), body)
    }

    private func give(_ rows: [StreamRows], _ body: (StreamRows) -> Void) {
        for rows in rows {
            rowCount += rows.count
            body(rows)
        }
    }
}
