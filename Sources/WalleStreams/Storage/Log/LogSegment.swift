internal import WalleMemory

/// What the store tells of a segment beside its bytes: events of one name, in the order of their times.
struct LogEntry {
    var id: Int64
    /// The columns of its attributes.
    var schema: Int64
    var firstTime: Int64
    var lastTime: Int64
    /// The least place in the stream.
    var firstPlace: Int64
    var count: Int
    var byteCount: Int
}

/// Events of the log and their places in the stream, in the order of their times, then of the stream.
package struct LoggedEvents: Sendable {
    package var batch: EventBatch
    package var places: [Int64]

    package var count: Int { batch.count }
}

/// The bytes of a segment: a header with a checksum, and its columns, each with its length before it. A segment has its own
/// texts, so that it is read without any other.
enum LogSegment {
    private static let magic: UInt32 = 0x5753_4c47
    /// Another when the segments of one release cannot be read by the next.
    private static let version: UInt32 = 1
    private static let headerBytes = 16
    /// Events of a segment at most: what is read is bounded by it.
    static let mostEvents = 1 << 20

    /// Writes rows of a batch, which are in the order of their times, to a writer that is empty.
    static func write(
        _ batch: EventBatch, places: UnsafePointer<Int64>, _ rows: UnsafeBufferPointer<UInt32>,
        to writer: inout LogColumnWriter
    ) {
        _ = writer.bytes.room(headerBytes)
        writer.bytes.advance(headerBytes)
        writer.bytes.append(varint: UInt64(rows.count))
        writer.append(batch.times.ints, rows)
        writer.append(places, rows)
        for column in [batch.events, batch.pages] + batch.attributes {
            let start = writer.bytes.count
            _ = writer.bytes.room(4)
            writer.bytes.advance(4)
            writer.append(column, rows)
            writer.bytes.store(UInt32(writer.bytes.count - start - 4), at: start)
        }
        writer.append(batch.free, rows)
        let checksum = writer.bytes.withBytes {
            StateFormat.checksum(UnsafeRawBufferPointer(rebasing: $0[headerBytes...]))
        }
        writer.bytes.store(magic, at: 0)
        writer.bytes.store(version, at: 4)
        writer.bytes.store(checksum, at: 8)
    }

    /// Reads a segment as events of a schema, which may lack some of its attributes, and have others: these are what the
    /// free attributes say, or null.
    ///
    /// - Parameters:
    ///   - bytes: With padding behind.
    ///   - attributes: Those of the segment.
    ///   - texts: Gets the texts.
    /// - Throws: `.storage` for damaged bytes; `.definition` for an attribute whose type has changed.
    static func read(
        _ bytes: UnsafeRawBufferPointer, _ attributes: [EventSchema.Attribute], as schema: EventSchema,
        _ texts: TextDictionary
    ) throws(StreamError) -> LoggedEvents {
        try check(bytes)
        var reader = PackedReader(UnsafeRawBufferPointer(rebasing: bytes[headerBytes...]))
        let count = try reader.readCount(mostEvents)
        let times = Column(uninitialized: .time, count: count)
        try reader.readPacked(count, into: times.ints)
        var places = [Int64](repeating: 0, count: count)
        try reader.readNumbers(into: &places)
        let events = try column(.text, count, texts, &reader)
        let pages = try column(.text, count, texts, &reader)
        var read: [String: Column] = [:]
        for attribute in attributes {
            if let wanted = schema.attributes.first(where: { $0.name == attribute.name }) {
                read[attribute.name] = try converted(try column(attribute.type, count, texts, &reader), to: wanted)
            } else {
                _ = try reader.take(try length(&reader))
            }
        }
        let free = try reader.readFreeAttributes(count)
        try StateFormat.check(reader.isAtEnd, "it is too long")
        var told: [[String: EventValue]]?
        for attribute in schema.attributes where read[attribute.name] == nil {
            // It may have been free when the events came.
            if let free { told = told ?? (0..<count).map(free.attributes) }
            read[attribute.name] = Column(attribute, told, count, texts)
        }
        let batch = EventBatch(
            schema: schema, times: times, events: events, pages: pages,
            attributes: schema.attributes.compactMap { read[$0.name] }, free: free,
            texts: texts, offset: places.first ?? 0)
        return LoggedEvents(batch: batch, places: places)
    }

    private static func check(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        let end = bytes.count - PackedReader.padding
        try StateFormat.check(end >= headerBytes, "it has \(max(end, 0)) bytes")
        let body = UnsafeRawBufferPointer(rebasing: bytes[headerBytes..<end])
        try StateFormat.check(bytes.loadUnaligned(as: UInt32.self) == magic, "it is no segment")
        let version = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        try StateFormat.check(
            version == Self.version, "it is of version \(version), this release reads \(Self.version)")
        let checksum = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        try StateFormat.check(checksum == StateFormat.checksum(body), "its checksum does not fit")
    }

    private static func length(_ reader: inout PackedReader) throws(StreamError) -> Int {
        Int(try reader.take(4).loadUnaligned(as: UInt32.self))
    }

    private static func column(
        _ type: ColumnType, _ count: Int, _ texts: TextDictionary, _ reader: inout PackedReader
    ) throws(StreamError) -> Column {
        _ = try length(&reader)
        return try reader.readColumn(type, count, texts)
    }

    /// Whether values of one type are told as another without a loss.
    static func converts(_ type: ColumnType, to wanted: ColumnType) -> Bool {
        switch (type, wanted) {
        case (.bool, .int), (.bool, .float), (.int, .float): true
        default: type == wanted
        }
    }

    private static func converted(
        _ column: Column, to wanted: EventSchema.Attribute
    ) throws(StreamError) -> Column {
        guard column.type != wanted.type else { return column }
        guard converts(column.type, to: wanted.type) else { throw changed(wanted, column.type) }
        let result = Column(uninitialized: wanted.type, count: column.count, nulls: column.nulls)
        for row in 0..<column.count {
            let value = column.type == .bool ? Int64(column.bools[row]) : column.ints[row]
            if wanted.type == .int { result.ints[row] = value } else { result.floats[row] = Double(value) }
        }
        return result
    }

    /// Of an attribute whose old values cannot be told as the new type.
    static func changed(_ attribute: EventSchema.Attribute, _ old: ColumnType) -> StreamError {
        StreamError(
            .definition, field: "columns.\(attribute.name)",
            "the event log has it as \(old.rawValue), which is no \(attribute.type.rawValue)",
            remedy: "Give the attribute its old type or another name, or remove the log of the source.")
    }
}

extension ByteWriter {
    /// Replaces bytes that were written.
    fileprivate mutating func store(_ value: some FixedWidthInteger & BitwiseCopyable, at place: Int) {
        UnsafeMutableRawPointer(room(0) - count + place).storeBytes(of: value, as: type(of: value))
    }
}

extension Column {
    /// What the free attributes of rows tell of one; nil: no row has any.
    fileprivate init(
        _ attribute: EventSchema.Attribute, _ told: [[String: EventValue]]?, _ count: Int, _ texts: TextDictionary
    ) {
        guard let told else {
            self.init(nulls: attribute.type, count: count)
            return
        }
        var builder = ColumnBuilder(attribute.type, capacity: count)
        for values in told { builder.append(values[attribute.name] ?? .null, texts: texts) }
        self = builder.finish()
    }

    /// All null.
    init(nulls type: ColumnType, count: Int) {
        let mask = NullMask(none: count)
        for row in 0..<count { mask[row] = true }
        self.init(type, count: count, values: .init(zeroed: count * type.width), nulls: mask)
    }
}
