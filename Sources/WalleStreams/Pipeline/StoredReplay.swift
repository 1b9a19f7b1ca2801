/// Takes the events of a log into a stream with a store, from where the stream stopped.
package final class StoredReplay {
    private let stream: DurableStream
    private let clock: @Sendable () -> Microseconds
    /// Events that were new, rows that they gave.
    package private(set) var eventCount = 0
    package private(set) var rowCount = 0

    /// - Parameter clock: Microseconds, never going back: it says when a checkpoint is due.
    package init(_ stream: DurableStream, clock: @escaping @Sendable () -> Microseconds) {
        self.stream = stream
        self.clock = clock
    }

    /// Reads the log from its beginning, in its own order, and leaves out what the stream had. Windows that are still open at
    /// its end stay open: the log may grow.
    ///
    /// - Returns: The input, for what was wrong with it.
    /// - Throws: `.input` for a file that cannot be read, `.storage` for a store that cannot be written.
    package func run(
        file: String, _ options: IngestOptions, _ body: (StreamRows) -> Void
    ) throws(StreamError) -> EventInput {
        let before = stream.position
        let input = try EventInput.read(
            file: file, schema: stream.source.schema, texts: stream.texts, options: options
        ) { batch throws(StreamError) in
            for rows in try stream.process(batch, now: clock()) {
                rowCount += rows.count
                body(rows)
            }
        }
        eventCount = Int(stream.position - before)
        if eventCount > 0 { stream.add(deadLetters: input.takeBadLines()) }
        try stream.checkpoint(now: clock())
        return input
    }
}
