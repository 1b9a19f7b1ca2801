internal import GRDB

/// A processor whose rows, state and place in the source are in a store, beside those of others.
///
/// What it gives waits in memory until the store commits it, together with its source and whatever else belongs to the
/// same moment. Belongs to one thread at a time.
package final class StoredProcessor: StoredPart {
    package let processor: any EventProcessor
    private let record: StreamRecord
    private let recorder: StateRecorder
    private var pending: [StreamRows] = []
    private var deadLetters: [BadLine] = []
    private var counters: [String: Int64] = [:]
    /// What the store's counters have of those of the processor.
    private var counted: [String: Int64]
    /// Why the state in memory is that of no place in the source.
    private var broken: StreamError?
    /// Whether there is something to write.
    private(set) var hasChanges = false
    /// Rows that wait to be written.
    package private(set) var pendingRowCount = 0
    /// The place in the source of the first event that was not taken yet: from here on it must come again after `init`.
    package private(set) var position: Int64

    /// Goes on where the store has the processor, which has seen no event, or begins.
    ///
    /// - Parameter position: Where a new one begins in the source.
    /// - Throws: `.definition` for one that does not fit, or not what is stored; `.storage`.
    package init(
        _ processor: any EventProcessor, _ source: SourceRecord, from position: Int64 = 0, in store: StreamStore
    ) throws(StreamError) {
        self.processor = processor
        let table = try ResultTable(processor.name, processor.columns)
        record = try StreamRecord(
            processor.name, identity: processor.identity, table, source, from: position, in: store)
        recorder = try record.state().map(processor.restore) ?? StateRecorder()
        self.position = record.position
        counted = processor.lossCounters
    }

    /// What comes before this place in the source need never come again.
    package var committed: Int64 { record.position }

    // MARK: events

    /// Takes events, those that it has already left out.
    ///
    /// - Returns: The rows that end with them. After a crash the same are given again: only the store has each once.
    /// - Throws: `.input` when events between the last and these are missing: nothing is taken then. What the processor
    ///   throws, and from then on always: what is committed stays sound, and a new one goes on from there.
    @discardableResult
    package func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows] {
        precondition(batch.texts === record.source.texts, "events with the texts of the source")
        guard let new = try batch.rest(from: position) else { return [] }
        let rows = try keep { () throws(StreamError) in try processor.process(new) }
        counters["events", default: 0] += Int64(new.count)
        position += Int64(new.count)
        return rows
    }

    /// Says that no events before this time will come: of a source that rests or ended.
    @discardableResult
    package func advance(to time: Int64) throws(StreamError) -> [StreamRows] {
        try keep { () throws(StreamError) in try processor.advance(to: time) }
    }

    private func keep(_ run: () throws(StreamError) -> [StreamRows]) throws(StreamError) -> [StreamRows] {
        if let broken { throw broken }
        hasChanges = true
        do {
            let rows = try run()
            pending += rows
            pendingRowCount += rows.reduce(0) { $0 + $1.count }
            return rows
        } catch {
            broken = error
            throw error
        }
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
        deadLetters = (deadLetters + lines).suffix(record.store.options.mostDeadLetters)
        hasChanges = true
    }

    // MARK: checkpoints

    func write(_ database: Database) throws {
        if let broken { throw broken }
        guard hasChanges else { return }
        var counters = counters
        counters.merge(processor.lossCounters) { $0 + $1 }
        for (name, value) in counted { counters[name, default: 0] -= value }
        counters["rows", default: 0] += Int64(pendingRowCount)
        counters["checkpoints"] = 1
        let checkpoint = StreamRecord.Checkpoint(
            position: position, watermark: processor.watermark, rows: pending, changes: processor.changes(recorder),
            deadLetters: deadLetters, counters: counters)
        try record.write(checkpoint, database)
    }

    func commit() {
        guard hasChanges else { return }
        record.commit()
        recorder.commit()
        (pending, pendingRowCount, deadLetters, counters) = ([], 0, [], [:])
        (counted, hasChanges) = (processor.lossCounters, false)
    }

    func rollBack() {
        record.rollBack()
        recorder.rollBack()
    }
}
