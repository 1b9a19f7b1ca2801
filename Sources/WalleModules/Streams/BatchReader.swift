internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// Makes batches of events of what a script has: a list of dicts, one dict, or a dict of columns.
///
/// Events without time or name, or with a time that is none or too far ahead, are left out and counted, as readers of
/// files do.
struct BatchReader {
    private let schema: EventSchema
    private let texts: TextDictionary
    private let options: IngestOptions
    /// Events left out, by reason; and values that are null as they did not fit, by name.
    private(set) var bad: [BadLine.Reason: Int64] = [:]
    private(set) var unfit: [String: Int64] = [:]

    init(_ schema: EventSchema, _ texts: TextDictionary, _ options: IngestOptions) {
        self.schema = schema
        self.texts = texts
        self.options = options
    }

    /// - Throws: `StreamError` for columns that are not there, too short, or of another type; `TypeError` for what is none
    ///   of these.
    mutating func batch(_ events: PythonPointer, offset: Int64) throws -> EventBatch {
        if walle_IsDict(events) != 0 {
            let time = try Self.item(events, named: schema.time)
            let isColumns = time.map { walle_IsLong($0) == 0 && walle_IsFloat($0) == 0 && isSequence($0) } ?? false
            return isColumns ? try columns(events, offset) : try rows(count: 1, offset) { _ in events }
        }
        let isList = walle_IsList(events) != 0
        guard isList || walle_IsTuple(events) != 0 else {
            throw ConversionError(
                "must be a list of dicts, a dict, a dict of columns, bytes, a path or a Batch, not "
                    + PythonReference(events).typeName)
        }
        return try rows(count: walle_Size(events), offset) { row in
            guard row < walle_Size(events) else { return nil }
            return isList ? walle_ListItem(events, row) : walle_TupleItem(events, row)
        }
    }

    /// Whether an object is a column and no value.
    private func isSequence(_ object: PythonPointer) -> Bool {
        walle_IsString(object) == 0 && PySequence_Check(object) != 0
    }

    private static func item(_ dict: PythonPointer, named name: String) throws -> PythonPointer? {
        let key = try Owned(NewObject.text(name))
        return try item(dict, key.pointer)
    }

    private static func item(_ dict: PythonPointer, _ key: PythonPointer) throws -> PythonPointer? {
        if let found = PyDict_GetItemWithError(dict, key) { return found }
        if PyErr_Occurred() != nil { throw PendingException() }
        return nil
    }

    /// Makes the batch of columns that `column` gives by name and type.
    private mutating func batch(
        _ count: Int, _ offset: Int64, _ column: (inout BatchReader, String, ColumnType) throws -> Column
    ) throws -> EventBatch {
        guard count < UInt32.max else {
            throw StreamError(.limit, "\(count) events are too many for one batch", remedy: "Send them in parts.")
        }
        let times = try column(&self, schema.time, .time)
        let events = try column(&self, schema.event, .text)
        let pages = try schema.page.map { try column(&self, $0, .text) } ?? Self.nulls(.text, count)
        let attributes = try schema.attributes.map { try column(&self, $0.name, $0.type) }
        return EventBatch(
            schema: schema, times: times, events: events, pages: pages, attributes: attributes, texts: texts,
            offset: offset)
    }

    private static func nulls(_ type: ColumnType, _ count: Int) -> Column {
        var column = ColumnBuilder(type, capacity: count)
        for _ in 0..<count { column.appendNull() }
        return column.finish()
    }

    // MARK: rows

    private mutating func rows(
        count: Int, _ offset: Int64, _ row: (Int) -> PythonPointer?
    ) throws -> EventBatch {
        for index in 0..<count {
            guard let event = row(index), walle_IsDict(event) == 0 else { continue }
            throw ConversionError("[\(index)] must be a dict, not \(PythonReference(event).typeName)")
        }
        let whole = try batch(count, offset) { reader, name, type in
            try reader.column(name, type, count: count, row)
        }
        let (time, event) = (schema.time, schema.event)
        return try withoutBad(whole) { index in
            let dict = row(index)
            let hasTime = try dict.flatMap { try Self.item($0, named: time) }.map { walle_IsNone($0) == 0 } ?? false
            let hasEvent = try dict.flatMap { try Self.item($0, named: event) }.map { walle_IsNone($0) == 0 } ?? false
            return (hasTime, hasEvent)
        }
    }

    private mutating func column(
        _ name: String, _ type: ColumnType, count: Int, _ row: (Int) -> PythonPointer?
    ) throws -> Column {
        let key = try Owned(NewObject.text(name))
        var reader = ColumnReader(type, texts, options)
        let column = try reader.column(count: count) { index in
            // What a value's own code did to its dict.
            guard let dict = row(index), walle_IsDict(dict) != 0 else { return nil }
            return try Self.item(dict, key.pointer)
        }
        note(reader, name)
        return column
    }

    private mutating func note(_ reader: ColumnReader, _ name: String) {
        if reader.unfitCount > 0 { unfit[name, default: 0] += reader.unfitCount }
        if reader.crowdedCount > 0 { bad[.tooManyTexts, default: 0] += reader.crowdedCount }
    }

    // MARK: columns

    private mutating func columns(_ dict: PythonPointer, _ offset: Int64) throws -> EventBatch {
        guard let time = try Self.item(dict, named: schema.time) else {
            preconditionFailure("a dict of columns has times")
        }
        let count = try checked(PyObject_Size(time))
        let whole = try batch(count, offset) { reader, name, type in
            try reader.column(dict, name, type, count)
        }
        return try withoutBad(whole) { _ in (true, true) }
    }

    private func checked(_ size: Int) throws -> Int {
        guard size >= 0 else { throw PendingException() }
        return size
    }

    private mutating func column(
        _ dict: PythonPointer, _ name: String, _ type: ColumnType, _ count: Int
    ) throws -> Column {
        guard let object = try Self.item(dict, named: name), walle_IsNone(object) == 0 else {
            guard name != schema.event || !options.requiresEvent else {
                throw StreamError(
                    .input, field: "event", "the columns have no \"\(name)\"",
                    remedy: "Add a list of names, or one name for all events.")
            }
            return Self.nulls(type, count)
        }
        var reader = ColumnReader(type, texts, options)
        // One text stands for all events.
        let column =
            type == .text && walle_IsString(object) != 0
            ? try reader.column(count: count) { _ in object } : try reader.column(object)
        note(reader, name)
        guard let column else {
            throw StreamError(
                .input, field: name, "\(PythonReference(object).typeName) is no column of \(type.rawValue) values",
                remedy: "Give an array or a list of \(reader.expected).")
        }
        guard column.count == count else {
            throw StreamError(
                .input, field: name, "\(column.count) values beside \(count) times",
                remedy: "Give a value for each event; None where there is none.")
        }
        return column
    }

    // MARK: bad events

    /// The batch without events that are none.
    ///
    /// - Parameter has: Whether the script gave a time and a name that are not there.
    private mutating func withoutBad(
        _ batch: EventBatch, _ has: (Int) throws -> (time: Bool, event: Bool)
    ) throws -> EventBatch {
        let latest = options.futureBound.map { options.clock().addingReportingOverflow($0) }
        let bound = latest.map { $0.overflow ? Int64.max : $0.partialValue } ?? .max
        let times = batch.times.ints
        var kept: [UInt32] = []
        kept.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            let isWhole = !batch.times.isNull(row) && (!options.requiresEvent || !batch.events.isNull(row))
            if isWhole, times[row] >= 0, times[row] <= bound {
                kept.append(UInt32(truncatingIfNeeded: row))
            } else {
                bad[try fault(batch, row, bound, has), default: 0] += 1
            }
        }
        return kept.count == batch.count ? batch : kept.withUnsafeBufferPointer(batch.taking)
    }

    private func fault(
        _ batch: EventBatch, _ row: Int, _ bound: Int64, _ has: (Int) throws -> (time: Bool, event: Bool)
    ) throws -> BadLine.Reason {
        if batch.times.isNull(row) { return try has(row).time ? .unreadableTime : .missingTime }
        if batch.times.ints[row] < 0 { return .negativeTime }
        return batch.times.ints[row] > bound ? .futureTime : .missingEvent
    }
}
