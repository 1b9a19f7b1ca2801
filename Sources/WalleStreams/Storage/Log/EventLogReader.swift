internal import GRDB

/// Reads the events of a log by name and time: those that are committed, or with the log's help all.
///
/// Belongs to one thread at a time, which need not be the log's.
package struct EventLogReader {
    private let store: StreamStore
    private let source: String
    private let sourceID: Int64
    private let schema: EventSchema
    private let texts: TextDictionary

    /// - Parameters:
    ///   - schema: The attributes to read; the others cost nothing. Those that a segment does not have are null.
    ///   - texts: Gets the texts of the events.
    /// - Throws: `.storage`, when there is no log of the source as well.
    package init(
        _ source: String, _ schema: EventSchema, _ texts: TextDictionary, in store: StreamStore
    ) throws(StreamError) {
        (self.store, self.source, self.schema, self.texts) = (store, source, schema, texts)
        let id = try store.read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT source FROM walle_logs WHERE source = (SELECT id FROM walle_sources WHERE name = ?)",
                arguments: [source])
        }
        guard let id else {
            throw StreamError(
                .storage, "the store has no event log of \"\(source)\"",
                remedy: "Keep one: the events from then on are in it.")
        }
        sourceID = id
    }

    /// What happens to a segment that is damaged: `throw` ends the reading, otherwise it goes on without its events.
    package typealias DamageHandler = (StreamError) throws(StreamError) -> Void

    /// Reads the events of each name in a span, one name after the other, in the order of their times, then of the stream.
    ///
    /// - Parameters:
    ///   - times: Without its end.
    ///   - body: Gets a few thousand events at a time.
    /// - Throws: `.storage` for what cannot be read; what the handler and the body throw.
    package func read(
        events: [String], in times: Range<Int64>,
        onDamage: DamageHandler = { error throws(StreamError) in throw error },
        _ body: (LoggedEvents) throws(StreamError) -> Void
    ) throws(StreamError) {
        for name in events { try read(name, in: times, waiting: nil, onDamage, body) }
    }

    // MARK: one name

    /// A segment to read, or what is in memory already.
    private struct Part {
        var entry: LogEntry
        var isMixed = false
        var events: LoggedEvents?
    }

    /// Events that are in order, of which some may have been given.
    private struct Held {
        var id: Int64
        var events: LoggedEvents
        var next = 0
    }

    /// - Parameter waiting: Events of the name that are not written yet, in the order of their times.
    func read(
        _ name: String, in times: Range<Int64>, waiting: LoggedEvents?, _ onDamage: DamageHandler,
        _ body: (LoggedEvents) throws(StreamError) -> Void
    ) throws(StreamError) {
        // Up to here everything was given.
        var cursor = times.lowerBound
        while cursor < times.upperBound {
            let parts = try parts(name, cursor..<times.upperBound, waiting)
            let schemas = try store.read { try LogTables.schemas(sourceID, $0) }
            var held: [Held] = []
            var isComplete = true
            for part in parts {
                cursor = max(cursor, part.entry.firstTime)
                try give(&held, before: cursor, body)
                do throws(StreamError) {
                    guard let events = try events(of: part, name, cursor..<times.upperBound, schemas) else {
                        // Somebody has merged or removed it meanwhile.
                        isComplete = false
                        break
                    }
                    if events.count > 0 { held.append(Held(id: part.entry.id, events: events)) }
                } catch {
                    guard error.code == .storage else { throw error }
                    try onDamage(damaged(part.entry, name, error))
                }
            }
            guard isComplete else { continue }
            return try give(&held, before: .max, body)
        }
    }

    private func parts(
        _ name: String, _ times: Range<Int64>, _ waiting: LoggedEvents?
    ) throws(StreamError) -> [Part] {
        let found = try store.read { try LogTables.entries(sourceID, name, times, $0) }
        var parts = found.map { Part(entry: $0.entry, isMixed: $0.isMixed) }
        if let waiting, waiting.count > 0 {
            let first = waiting.batch.times.ints[0]
            let entry = LogEntry(
                id: .max, schema: 0, firstTime: first, lastTime: first, firstPlace: 0, count: 0, byteCount: 0)
            parts.insert(
                Part(entry: entry, events: waiting), at: parts.firstIndex { $0.entry.firstTime > first } ?? parts.count)
        }
        return parts
    }

    /// The events of a part in a span; nil when it is there no more.
    private func events(
        of part: Part, _ name: String, _ times: Range<Int64>, _ schemas: [Int64: [EventSchema.Attribute]]
    ) throws(StreamError) -> LoggedEvents? {
        if let events = part.events { return events.selecting(times, name: nil) }
        guard let bytes = try store.read({ try LogTables.bytes(part.entry.id, $0) }) else { return nil }
        guard let attributes = schemas[part.entry.schema] else {
            throw StateFormat.damaged("nobody knows its attributes")
        }
        let events = try bytes.withUnsafeBufferPointer { bytes throws(StreamError) in
            try LogSegment.read(UnsafeRawBufferPointer(bytes), attributes, as: schema, texts)
        }
        guard part.isMixed else { return events.selecting(times, name: nil) }
        // No event of a segment that was read has a name without a code: that of nobody finds none.
        return events.selecting(times, name: texts.existing(name) ?? .max)
    }

    private func damaged(_ entry: LogEntry, _ name: String, _ error: StreamError) -> StreamError {
        StreamError(
            .storage,
            "segment \(entry.id) of the event log of \"\(source)\" (\(name), \(entry.count) events from "
                + "\(TimeText.text(entry.firstTime)) to \(TimeText.text(entry.lastTime))) cannot be read: \(error.message)",
            remedy: "Put back a copy of the store, or go on without these events.")
    }

    /// Gives the events before a time, and lets go of them.
    private func give(
        _ held: inout [Held], before bound: Int64, _ body: (LoggedEvents) throws(StreamError) -> Void
    ) throws(StreamError) {
        held.sort { $0.id < $1.id }
        var given: [LoggedEvents] = []
        for index in held.indices {
            let (events, next) = (held[index].events, held[index].next)
            let times = events.batch.times.ints
            var end = bound == .max ? events.count : next
            if bound != .max { while end < events.count, times[end] < bound { end += 1 } }
            if end > next { given.append(events.taking(next..<end)) }
            held[index].next = end
        }
        held.removeAll { $0.next == $0.events.count }
        guard !given.isEmpty else { return }
        try body(try LoggedEvents.merged(given))
    }
}

extension LoggedEvents {
    fileprivate func taking(_ rows: Range<Int>) -> LoggedEvents {
        rows.count == count ? self : taking(rows.map { UInt32($0) })
    }

    fileprivate func taking(_ rows: [UInt32]) -> LoggedEvents {
        var taken = LoggedEvents(
            batch: rows.withUnsafeBufferPointer(batch.taking), places: rows.map { places[Int($0)] })
        taken.batch.offset = taken.places.first ?? 0
        return taken
    }

    /// Those in a span of time and, where it is given, of a name.
    fileprivate func selecting(_ times: Range<Int64>, name: UInt32?) -> LoggedEvents {
        let (all, events) = (batch.times.ints, batch.events)
        let isInside = count == 0 || (all[0] >= times.lowerBound && all[count - 1] < times.upperBound)
        if isInside, name == nil { return self }
        let rows = (0..<UInt32(count)).filter { row in
            guard times.contains(all[Int(row)]) else { return false }
            return name.map { !events.isNull(Int(row)) && events.codes[Int(row)] == $0 } ?? true
        }
        return taking(rows)
    }

    /// Events of several segments in one order.
    fileprivate static func merged(_ parts: [LoggedEvents]) throws(StreamError) -> LoggedEvents {
        guard parts.count > 1 else { return parts[0] }
        let all = LoggedEvents(batch: try EventBatch.joined(parts.map(\.batch)), places: parts.flatMap(\.places))
        let times = all.batch.times.ints
        // Those of names that share segments are not one behind the other in the stream.
        let byPlace = all.places.withUnsafeBufferPointer { TimeOrder.rows(byTime: $0) }
        let order = byPlace.map { times[Int($0)] }.withUnsafeBufferPointer { TimeOrder.rows(byTime: $0) }
        return all.taking(order.map { byPlace[Int($0)] })
    }
}

// MARK: - What is not written yet

extension EventLog {
    /// As `EventLogReader.read`, with the events that wait to be written.
    ///
    /// - Parameter schema: The attributes to read; nil: all.
    package func read(
        events: [String], in times: Range<Int64>, schema: EventSchema? = nil,
        onDamage: EventLogReader.DamageHandler = { error throws(StreamError) in throw error },
        _ body: (LoggedEvents) throws(StreamError) -> Void
    ) throws(StreamError) {
        let schema = schema ?? source.schema
        let reader = try EventLogReader(source.name, schema, record.texts, in: store)
        for name in events {
            try reader.read(name, in: times, waiting: try waiting(name, times, schema), onDamage, body)
        }
    }

    private func waiting(
        _ name: String, _ times: Range<Int64>, _ schema: EventSchema
    ) throws(StreamError) -> LoggedEvents? {
        guard let code = record.texts.existing(name) else { return nil }
        var parts: [LoggedEvents] = []
        for batch in pending {
            let found = LoggedEvents(
                batch: batch, places: (0..<Int64(batch.count)).map { batch.offset + $0 })
            let rows = (0..<batch.count).filter {
                !batch.events.isNull($0) && batch.events.codes[$0] == code && times.contains(batch.times.ints[$0])
            }
            if !rows.isEmpty { parts.append(found.taking(rows.map { UInt32($0) })) }
        }
        guard !parts.isEmpty else { return nil }
        var all = LoggedEvents(batch: try EventBatch.joined(parts.map(\.batch)), places: parts.flatMap(\.places))
        all = all.taking(Self.order(byTime: all.batch.times.ints, all.count))
        all.batch = all.batch.telling(schema)
        return all
    }
}

extension EventBatch {
    /// The same events with the attributes of another schema; what it has more is null.
    fileprivate func telling(_ wanted: EventSchema) -> EventBatch {
        guard wanted != schema else { return self }
        let columns = wanted.attributes.map { attribute in
            schema.attributes.firstIndex(of: attribute).map { attributes[$0] }
                ?? Column(nulls: attribute.type, count: count)
        }
        return EventBatch(
            schema: wanted, times: times, events: events, pages: pages, attributes: columns, free: free, texts: texts,
            offset: offset)
    }
}
