internal import GRDB

/// The events of a source as they came, kept in the store for who reads them by name and time.
///
/// They gather in memory and are written as a part of a checkpoint, in segments: a row of the store is a span of the events
/// of one name, with its columns packed. Small segments of a name are merged to larger ones, eight and more at a time, so
/// that each event is written again a few times at most (a log-structured merge; O'Neil and others 1996). Names beyond a
/// number share segments. Belongs to one thread at a time.
package final class EventLog: StoredPart {
    package struct Options: Sendable {
        /// Events of a segment that is merged no more.
        package var segmentEvents = 4096
        /// The span that a merged segment has at most: old events are removed by segments.
        package var segmentMicroseconds: Microseconds = 86_400_000_000
        /// Names with segments of their own; the events of others share theirs.
        package var mostNames = 10_000
        /// Segments that one checkpoint merges at most, about, so that none takes long.
        package var mostMerged = 2048
        /// While the store cannot be written, events of so many bytes of memory are kept; then none are taken.
        package var mostPendingBytes = 256 << 20
        /// Segments whose last event was so long before the latest are removed; nil: never.
        package var retentionTime: Microseconds?
        /// When segments have more bytes, the oldest are removed; nil: never.
        package var retentionBytes: Int64?

        package init() {}
    }

    /// What the log has, and what it had.
    package struct Counters: Hashable, Sendable {
        package var events: Int64 = 0
        package var segments: Int64 = 0
        package var bytes: Int64 = 0
        /// That retention removed.
        package var droppedEvents: Int64 = 0
        package var droppedSegments: Int64 = 0
        package var droppedBytes: Int64 = 0
        /// Places in the source that were skipped.
        package var skippedEvents: Int64 = 0
    }

    let source: StreamSource
    let record: SourceRecord
    let store: StreamStore
    let options: Options
    /// The attributes of segments, by their numbers, and the number of those of today.
    var schemas: [Int64: [EventSchema.Attribute]] = [:]
    var schema: Int64 = 0
    /// Segments that may be merged, by the codes of the names, the oldest first.
    var open: [UInt32: [LogEntry]] = [:]
    /// What the transaction changes of that, and of the counters; nil when there is none.
    var staged: Staged?
    /// Batches that wait to be written.
    var pending: [EventBatch] = []
    /// What was counted for all that is committed.
    var committedCounters = Counters()
    var latest = Int64.min
    private var skippedCount: Int64 = 0
    private var isSkipped = false
    private(set) var pendingCount = 0
    package private(set) var pendingBytes = 0
    /// The place in the source of the first event that was not taken yet.
    package private(set) var position: Int64
    /// What comes before this place in the source need never come again.
    package private(set) var committed: Int64
    /// Makes columns of bytes: kept for its memory.
    var writer: LogColumnWriter

    struct Staged {
        var open: [UInt32: [LogEntry]] = [:]
        var counters: Counters
        var position: Int64
        var latest: Int64
        var mergedCount = 0
    }

    /// The key in `open` of segments of several names, or of none.
    static let mixed = UInt32.max

    /// Finds the log of a source in the store, or makes it.
    ///
    /// - Parameter position: Where a new one begins in the source.
    /// - Throws: `.definition` for an attribute whose type has changed to one that old values do not have; `.storage`.
    package init(
        _ source: StreamSource, _ record: SourceRecord, from position: Int64 = 0, in store: StreamStore,
        _ options: Options = Options()
    ) throws(StreamError) {
        (self.source, self.record, self.store, self.options) = (source, record, store, options)
        writer = LogColumnWriter(record.texts)
        let found = try store.read { try LogTables.find(record.id, $0) }
        (self.position, committed) = (found?.position ?? position, found?.position ?? position)
        (committedCounters, latest) = (found?.counters ?? Counters(), found?.latest ?? .min)
        schemas = try store.read { try LogTables.schemas(record.id, $0) }
        for case (let old?, let new) in source.schema.attributes.flatMap(older) where old != new.type {
            guard LogSegment.converts(old, to: new.type) else { throw LogSegment.changed(new, old) }
        }
        schema = try store.write { database in
            if found == nil { try LogTables.insert(record.id, position, database) }
            return try LogTables.number(of: source.schema.attributes, record.id, &self.schemas, database)
        }
        for (name, entry) in try store.read({ try LogTables.open(record.id, self.schema, $0) }) {
            open[name.map(record.texts.code) ?? Self.mixed, default: []].append(entry)
        }
    }

    /// The types that an attribute had.
    private func older(_ attribute: EventSchema.Attribute) -> [(ColumnType?, EventSchema.Attribute)] {
        schemas.values.map { old in (old.first { $0.name == attribute.name }?.type, attribute) }
    }

    /// What the log has, with what waits to be written not counted.
    package var counters: Counters { committedCounters }

    // MARK: events

    /// Takes events, those that it has already left out.
    ///
    /// - Throws: `.input` when events between the last and these are missing; `.storage` when so much waits to be written
    ///   that there is no more room in memory: write a checkpoint first. Nothing of the batch is taken then.
    package func append(_ batch: EventBatch) throws(StreamError) {
        precondition(batch.texts === record.texts && batch.schema == source.schema, "events of the source")
        guard pendingBytes < options.mostPendingBytes else {
            throw StreamError(
                .storage, "\(pendingCount) events wait to be written to the log, as much as memory may have",
                remedy: "See that the store can be written: \(store.path).")
        }
        guard let new = try batch.rest(from: position)?.compacted else { return }
        position += Int64(new.count)
        pending.append(new)
        pendingCount += new.count
        pendingBytes += new.byteCount
        gatherSmall()
    }

    /// Goes on at a later place in the source, without the events before it, which are counted.
    package func skip(to place: Int64) {
        guard place > position else { return }
        skippedCount += place - position
        (position, isSkipped) = (place, true)
    }

    /// Batches that wait with fewer events are joined, as each takes memory of its own.
    private static let smallEvents = 512

    /// So that events that come one at a time do not wait in a batch each.
    private func gatherSmall() {
        guard pending.count >= 64, pending.suffix(64).allSatisfy({ $0.count < Self.smallEvents }) else { return }
        let last = pending.suffix(64)
        let isOneSpan = zip(last, last.dropFirst()).allSatisfy { $0.offset + Int64($0.count) == $1.offset }
        guard isOneSpan, let joined = try? EventBatch.joined(Array(last)) else { return }
        pendingBytes += joined.byteCount - last.reduce(0) { $0 + $1.byteCount }
        pending.removeLast(64)
        pending.append(joined)
    }

    // MARK: checkpoints

    var hasChanges: Bool { !pending.isEmpty || isSkipped }

    func commit() {
        guard let staged else { return }
        for (name, entries) in staged.open { open[name] = entries }
        (committedCounters, committed, latest) = (staged.counters, staged.position, staged.latest)
        (pending, pendingCount, pendingBytes, skippedCount, isSkipped) = ([], 0, 0, 0, false)
        self.staged = nil
    }

    func rollBack() { staged = nil }

    func write(_ database: Database) throws {
        guard hasChanges else { return }
        var staged = Staged(counters: committedCounters, position: position, latest: latest)
        staged.counters.skippedEvents += skippedCount
        self.staged = staged
        try writePending(database)
        try mergeSegments(database)
        try dropOld(database)
        guard let staged = self.staged else { return }
        try LogTables.update(record, staged, from: committed, database)
    }
}

extension EventBatch {
    /// In memory of its own where what it is in is much larger than itself.
    fileprivate var compacted: EventBatch {
        let width = schema.attributes.reduce(16) { $0 + $1.type.width }
        guard byteCount > count * width * 4 + 1024 else { return self }
        return Array(0..<UInt32(count)).withUnsafeBufferPointer(taking)
    }
}
