/// One stream or pattern with a source of its own whose rows, state and place in the source are in a store: after a crash
/// it goes on where the last checkpoint was, and the rows are those of a run without one.
///
/// Rows gather in memory and are written with the state in one transaction: after a span of time, when there are many,
/// or when somebody reads. Belongs to one thread at a time; other threads and processes read what is committed.
package final class DurableStream {
    package struct Options: Sendable {
        /// Between two checkpoints.
        package var checkpointMicroseconds: Microseconds = 1_000_000
        /// So many rows are written without waiting for the time.
        package var batchRows = 200_000
        /// While the store cannot be written, at most so many rows are kept; then no events are taken.
        package var mostPendingRows = 2_000_000

        package init() {}
    }

    private let store: StreamStore
    private let options: Options
    private let sourceRecord: SourceRecord
    private let stored: StoredProcessor
    private var lastAttempt: Microseconds?
    /// Why the last checkpoint failed; nil when it did not.
    package private(set) var failure: StreamError?
    /// Checkpoints that failed since the stream was opened.
    package private(set) var failureCount = 0

    /// Opens a stream: a new one, or as it was at its last checkpoint.
    ///
    /// - Throws: `.definition` for one that does not fit, or not what is stored; `.storage`.
    package convenience init(
        _ definition: StreamDefinition, in store: StreamStore, _ options: Options = Options()
    ) throws(StreamError) {
        let source = try SourceRecord(definition.source.name, in: store)
        try self.init(try StreamPipeline(definition, texts: source.texts), source, in: store, options)
    }

    /// As with a stream's definition.
    package convenience init(
        _ definition: PatternDefinition, in store: StreamStore, _ options: Options = Options()
    ) throws(StreamError) {
        let source = try SourceRecord(definition.source.name, in: store)
        try self.init(try PatternPipeline(definition, texts: source.texts), source, in: store, options)
    }

    /// - Parameter processor: One with the texts of the source that has seen no event.
    package init(
        _ processor: any EventProcessor, _ source: SourceRecord, in store: StreamStore, _ options: Options = Options()
    ) throws(StreamError) {
        (self.store, self.options, sourceRecord) = (store, options, source)
        stored = try StoredProcessor(processor, source, in: store)
    }

    /// Of the events' texts: batches must be made with it.
    package var texts: TextDictionary { sourceRecord.texts }
    package var name: String { stored.processor.name }
    package var source: StreamSource { stored.processor.source }
    package var columns: StreamColumns { stored.processor.columns }
    /// The place in the source of the first event that was not taken yet: from here on it must come again after `init`.
    package var position: Int64 { stored.position }
    /// What comes before this place in the source need never come again.
    package var committed: Int64 { stored.committed }
    /// Rows that wait to be written.
    package var pendingRowCount: Int { stored.pendingRowCount }
    package var lateCount: Int { stored.processor.lateCount }
    /// As `EventProcessor`.
    package var droppedCount: Int { stored.processor.droppedCount }
    package var evictedCount: Int { stored.processor.evictedCount }
    /// Bytes of state.
    package var byteCount: Int { stored.processor.byteCount }

    // MARK: events

    /// Takes events, those that it has already left out, and makes a checkpoint when it is time.
    ///
    /// - Parameter now: By a clock that never goes back, in microseconds.
    /// - Returns: The rows of windows that ended. After a crash the same are given again: only the store has each once.
    /// - Throws: `.input` when events between the last and these are missing; `.storage` when rows cannot be written
    ///   and there is no more room for them in memory. Nothing of the batch is taken then.
    @discardableResult
    package func process(_ batch: EventBatch, now: Microseconds) throws(StreamError) -> [StreamRows] {
        try makeRoom(now)
        let rows = try stored.process(batch)
        checkpointIfDue(now)
        return rows
    }

    /// Says that no events before this time will come: of a source that rests or ended.
    @discardableResult
    package func advance(to time: Int64, now: Microseconds) throws(StreamError) -> [StreamRows] {
        try makeRoom(now)
        let rows = try stored.advance(to: time)
        checkpointIfDue(now)
        return rows
    }

    /// Goes on at a later place in the source, without the events before it, which are counted.
    package func skip(to place: Int64) { stored.skip(to: place) }

    /// Keeps lines that gave no events, for the table of dead letters.
    package func add(deadLetters lines: [BadLine]) { stored.add(deadLetters: lines) }

    private func makeRoom(_ now: Microseconds) throws(StreamError) {
        if pendingRowCount >= options.mostPendingRows { try checkpoint(now: now) }
    }

    // MARK: checkpoints

    private func checkpointIfDue(_ now: Microseconds) {
        let last = lastAttempt ?? now
        lastAttempt = last
        let isDue = now - last >= options.checkpointMicroseconds
        // After a failure only time makes another attempt: each may wait for the store.
        if isDue || (failure == nil && pendingRowCount >= options.batchRows) { try? checkpoint(now: now) }
    }

    /// Writes everything that is new, in one transaction.
    ///
    /// - Throws: `.storage`. Everything is kept in memory then, and the next call writes it.
    package func checkpoint(now: Microseconds) throws(StreamError) {
        lastAttempt = now
        guard stored.hasChanges else { return }
        do {
            try store.commit([sourceRecord, stored])
            failure = nil
        } catch {
            failureCount += 1
            failure = error
            throw error
        }
    }

    /// The rows of a query, which sees everything that the stream gave.
    ///
    /// - Throws: `.storage` when what is new cannot be written, or for a wrong statement.
    package func query(_ sql: String, now: Microseconds) throws(StreamError) -> StoredRows {
        try checkpoint(now: now)
        return try store.query(sql)
    }
}
