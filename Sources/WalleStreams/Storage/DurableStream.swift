/// A pipeline whose rows, state and place in the source are in a store: after a crash it goes on where the last
/// checkpoint was, and the rows are those of a run without one.
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

    package let definition: StreamDefinition
    /// Of the events' texts: batches must be made with it.
    package let texts = TextDictionary()
    private let store: StreamStore
    private let options: Options
    private let pipeline: StreamPipeline
    private let record: StreamRecord
    private let recorder: StateRecorder
    private var pending: [StreamRows] = []
    private var deadLetters: [BadLine] = []
    private var counters: [String: Int64] = [:]
    private var lastAttempt: Microseconds?
    private var countedLate: Int
    private var hasChanges = false
    /// Rows that wait to be written.
    package private(set) var pendingRowCount = 0
    /// The place in the source of the first event that was not taken yet: from here on it must come again after `init`.
    package private(set) var position: Int64
    /// Why the last checkpoint failed; nil when it did not.
    package private(set) var failure: StreamError?
    /// Checkpoints that failed since the stream was opened.
    package private(set) var failureCount = 0

    /// Opens a stream: a new one, or as it was at its last checkpoint.
    ///
    /// - Throws: `.definition` for one that does not fit, or not what is stored; `.storage`.
    package init(
        _ definition: StreamDefinition, in store: StreamStore, _ options: Options = Options()
    ) throws(StreamError) {
        self.definition = definition
        self.store = store
        self.options = options
        pipeline = try StreamPipeline(definition, texts: texts)
        record = try StreamRecord(definition, in: store)
        if let state = try record.restore(texts) {
            recorder = try pipeline.restore(state)
        } else {
            guard record.position == 0 else { throw StateFormat.damaged("there is none") }
            recorder = StateRecorder()
        }
        position = record.position
        countedLate = pipeline.lateCount
    }

    /// What comes before this place in the source need never come again.
    package var committed: Int64 { record.position }
    package var lateCount: Int { pipeline.lateCount }
    /// Bytes of state.
    package var byteCount: Int { pipeline.byteCount }

    // MARK: events

    /// Takes events, those that it has already left out, and makes a checkpoint when it is time.
    ///
    /// - Parameter now: By a clock that never goes back, in microseconds.
    /// - Returns: The rows of windows that ended. After a crash the same are given again: only the store has each once.
    /// - Throws: `.input` when events between the last and these are missing; `.storage` when rows cannot be written
    ///   and there is no more room for them in memory. Nothing of the batch is taken then.
    @discardableResult
    package func process(_ batch: EventBatch, now: Microseconds) throws(StreamError) -> [StreamRows] {
        precondition(batch.texts === texts, "events with the texts of the stream")
        guard batch.offset <= position else {
            throw StreamError(
                .input, "the events from \(position) to \(batch.offset) are missing",
                remedy: "Replay the source from \(position) on, or call skip(to:) if they are lost.")
        }
        try makeRoom(now)
        guard let new = batch.dropping(Int(min(position - batch.offset, Int64(batch.count)))) else { return [] }
        let rows = try pipeline.process(new)
        counters["events", default: 0] += Int64(new.count)
        position += Int64(new.count)
        keep(rows, now)
        return rows
    }

    /// Says that no events before this time will come: of a source that rests or ended.
    @discardableResult
    package func advance(to time: Int64, now: Microseconds) throws(StreamError) -> [StreamRows] {
        try makeRoom(now)
        let rows = pipeline.advance(to: time)
        keep(rows, now)
        return rows
    }

    /// Goes on at a later place in the source, without the events before it, which are counted.
    package func skip(to place: Int64) {
        guard place > position else { return }
        counters["skipped", default: 0] += place - position
        position = place
        hasChanges = true
    }

    /// Keeps lines that gave no events, for the table of dead letters.
    package func add(deadLetters lines: [BadLine]) {
        counters["bad_lines", default: 0] += Int64(lines.count)
        deadLetters = (deadLetters + lines).suffix(store.options.mostDeadLetters)
        hasChanges = true
    }

    private func keep(_ rows: [StreamRows], _ now: Microseconds) {
        hasChanges = true
        pending += rows
        pendingRowCount += rows.reduce(0) { $0 + $1.count }
        let last = lastAttempt ?? now
        lastAttempt = last
        let isDue = now - last >= options.checkpointMicroseconds
        // After a failure only time makes another attempt: each may wait for the store.
        if isDue || (failure == nil && pendingRowCount >= options.batchRows) { try? checkpoint(now: now) }
    }

    private func makeRoom(_ now: Microseconds) throws(StreamError) {
        if pendingRowCount >= options.mostPendingRows { try checkpoint(now: now) }
    }

    // MARK: checkpoints

    /// Writes everything that is new, in one transaction.
    ///
    /// - Throws: `.storage`. Everything is kept in memory then, and the next call writes it.
    package func checkpoint(now: Microseconds) throws(StreamError) {
        lastAttempt = now
        guard hasChanges else { return }
        let late = pipeline.lateCount
        var counters = counters
        counters["late", default: 0] += Int64(late - countedLate)
        counters["rows", default: 0] += Int64(pendingRowCount)
        counters["checkpoints"] = 1
        let checkpoint = StreamRecord.Checkpoint(
            position: position, watermark: pipeline.watermark, rows: pending, changes: pipeline.changes(recorder),
            deadLetters: deadLetters, counters: counters)
        do throws(StreamError) {
            try record.commit(checkpoint, texts)
        } catch {
            recorder.rollBack()
            failureCount += 1
            failure = error
            throw error
        }
        recorder.commit()
        (pending, pendingRowCount, deadLetters, self.counters, countedLate) = ([], 0, [], [:], late)
        (failure, hasChanges) = (nil, false)
    }

    /// The rows of a query, which sees everything that the stream gave.
    ///
    /// - Throws: `.storage` when what is new cannot be written, or for a wrong statement.
    package func query(_ sql: String, now: Microseconds) throws(StreamError) -> StoredRows {
        try checkpoint(now: now)
        return try store.query(sql)
    }
}

extension EventBatch {
    /// Without its first rows; nil when none are left.
    fileprivate func dropping(_ rows: Int) -> EventBatch? {
        guard rows > 0 else { return count > 0 ? self : nil }
        guard rows < count else { return nil }
        var rest = Array(UInt32(rows)..<UInt32(count)).withUnsafeBufferPointer(taking)
        rest.offset = offset + Int64(rows)
        return rest
    }
}
