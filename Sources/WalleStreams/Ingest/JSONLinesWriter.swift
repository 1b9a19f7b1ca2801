/// Writes events as JSON lines that a `JSONLinesReader` of the same schema reads: an object an event, with its time first.
///
/// Nulls are left out. Times are whole microseconds since 1970 in UTC. Floats are as short as they may be to be read as
/// the same; NaN and infinities, which JSON does not have, are null and counted.
package struct JSONLinesWriter: ~Copyable {
    /// Floats that were not finite.
    package private(set) var notFiniteCount: Int64 = 0
    private var output = ByteWriter()
    /// The names of the columns as they stand in a line, each with the comma before and the colon behind it.
    private let time: [UInt8]
    private let event: [UInt8]
    private let page: [UInt8]
    private let attributes: [[UInt8]]

    package init(schema: EventSchema) {
        time = Self.name(schema.time, after: "{")
        event = Self.name(schema.event, after: ",")
        page = Self.name(schema.page ?? "", after: ",")
        attributes = schema.attributes.map { Self.name($0.name, after: ",") }
    }

    private static func name(_ name: String, after separator: String) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(separator)
        var name = name
        name.withUTF8 { writer.append(jsonString: UnsafeRawBufferPointer($0)) }
        writer.append(":")
        return writer.withBytes { Array($0) }
    }

    /// Bytes written since the last `removeAll`.
    package var byteCount: Int { output.count }

    /// Gives what was written since the last `removeAll`, for as long as the body runs.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try output.withBytes(body)
    }

    /// Forgets what was written; the memory stays for what comes.
    package mutating func removeAll() { output.removeAll() }

    /// Writes the events of a batch, of the schema that the writer was made for.
    ///
    /// - Parameter rows: Of the batch; nil for all.
    package mutating func append(_ batch: EventBatch, rows: Range<Int>? = nil) {
        precondition(batch.attributes.count == attributes.count, "a batch of the writer's schema")
        let rows = rows ?? 0..<batch.count
        precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.count, "rows of the batch")
        for row in rows {
            append(time)
            output.append(int: batch.times.ints[row])
            append(event, batch.events, row, batch.texts)
            append(page, batch.pages, row, batch.texts)
            for index in attributes.indices { append(attributes[index], batch.attributes[index], row, batch.texts) }
            append([0x7d, 0x0a])
        }
    }

    @inline(__always) private mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { output.append($0) }
    }

    @inline(__always)
    private mutating func append(_ name: [UInt8], _ column: Column, _ row: Int, _ texts: TextDictionary) {
        if column.isNull(row) { return }
        append(name)
        switch column.type {
        case .int, .time: output.append(int: column.ints[row])
        case .float: append(column.floats[row])
        case .text: output.append(jsonString: texts.text(column.codes[row]))
        case .bool: output.append(column.bools[row] == 0 ? "false" : "true")
        }
    }

    private mutating func append(_ value: Double) {
        guard value.isFinite else {
            notFiniteCount += 1
            return output.append("null")
        }
        // The shortest text that is the same double; its forms are all JSON.
        output.append(value.description)
    }
}
