internal import WalleText

/// Reads the events of one input in any of the formats, compressed or not. It belongs to one thread at a time.
package final class EventInput {
    /// Bytes inflated at once.
    private static let blockBytes = 256 << 10

    private let options: IngestOptions
    private let schema: EventSchema
    private let reader: any ErasedReader
    private let gzip: GzipReader?
    private var isHeaderChecked = false

    /// - Parameter texts: Gets the texts of the events; it belongs to the input's thread.
    /// - Parameter offset: The place in the stream of the first event.
    package init(
        _ format: InputFormat, schema: EventSchema, texts: TextDictionary, options: IngestOptions = IngestOptions(),
        offset: Int64 = 0
    ) throws(StreamError) {
        self.options = options
        self.schema = schema
        reader =
            switch format.records {
            case .jsonLines:
                Erased(JSONLinesReader(schema: schema, texts: texts, options: options, offset: offset))
            case .csv: Erased(try CSVReader(schema: schema, texts: texts, options: options, offset: offset))
            }
        gzip = format.isCompressed ? try GzipReader() : nil
    }

    package var badLines: BadLines { reader.badLines }
    package func takeBadLines() -> [BadLine] { reader.takeBadLines() }

    /// How many values of an attribute were null because they were of another type or texts without room.
    package func unfitCount(_ name: String) -> Int64 { reader.unfitCount(name) }

    /// The names of the schema that the header of a CSV does not have; empty before it was read.
    package var missingNames: [String] {
        guard let header = reader.header else { return [] }
        return schema.names.filter { !header.contains($0) }
    }

    /// The events read since the last batch, for when the input idles; nil when there are none.
    package func takeBatch() -> EventBatch? { reader.takeBatch() }

    /// Reads bytes of the input as they are in its file, and hands on each batch that becomes full.
    ///
    /// - Throws: What the body throws; `StreamError.Code.input` for damaged gzip, or a header without time or event.
    package func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (EventBatch) throws(StreamError) -> Void
    ) throws(StreamError) {
        guard let gzip else { return try readPlain(bytes, body) }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
        defer { room.deallocate() }
        var rest = bytes
        while true {
            let step = try gzip.inflate(rest, into: room)
            if step == (0, 0) { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[step.taken...])
            try readPlain(UnsafeRawBufferPointer(rebasing: room[..<step.made]), body)
        }
    }

    private func readPlain(
        _ bytes: UnsafeRawBufferPointer, _ body: (EventBatch) throws(StreamError) -> Void
    ) throws(StreamError) {
        try reader.read(bytes, body)
        if !isHeaderChecked { try checkHeader() }
    }

    /// Reads what is left when the input has ended, and hands on the last batches.
    ///
    /// - Throws: What the body throws; `StreamError.Code.input` when a gzip input ends too early, after its events.
    package func finish(_ body: (EventBatch) throws(StreamError) -> Void) throws(StreamError) {
        try reader.finish(body)
        try checkHeader()
        if gzip?.isComplete == false {
            throw StreamError(
                .input, "The gzip input ends too early", remedy: "What came before was read. Fetch the file again.")
        }
    }

    /// Without a column for them no record would give an event.
    private func checkHeader() throws(StreamError) {
        guard let header = reader.header else { return }
        isHeaderChecked = true
        for name in options.requiresEvent ? [schema.time, schema.event] : [schema.time] where !header.contains(name) {
            let likely = Suggestion.nearest(to: name, in: header).map { "Did you mean \"\($0)\"?" }
            throw StreamError(
                .input, field: name == schema.time ? "time" : "event", "The header has no field \"\(name)\"",
                remedy: likely ?? "It has: \(header.prefix(20).joined(separator: ", ")).")
        }
    }
}

extension EventInput {
    /// Reads a file whole, in the format that its name says.
    ///
    /// - Returns: The input, for what was bad in it.
    /// - Throws: What the body throws; `StreamError.Code.input` when the file cannot be read.
    package static func read(
        file path: String, schema: EventSchema, texts: TextDictionary, options: IngestOptions = IngestOptions(),
        _ body: (EventBatch) throws(StreamError) -> Void
    ) throws(StreamError) -> EventInput {
        let input = try EventInput(try InputFormat(fileName: path), schema: schema, texts: texts, options: options)
        let file = try FileBlocks(path)
        while let block = try file.next() { try input.read(block, body) }
        try input.finish(body)
        return input
    }
}

/// A reader of any format, called once a block.
private protocol ErasedReader: AnyObject {
    var badLines: BadLines { get }
    var header: [String]? { get }
    func takeBadLines() -> [BadLine]
    func takeBatch() -> EventBatch?
    func unfitCount(_ name: String) -> Int64
    func read(_ bytes: UnsafeRawBufferPointer, _ body: (EventBatch) throws(StreamError) -> Void) throws(StreamError)
    func finish(_ body: (EventBatch) throws(StreamError) -> Void) throws(StreamError)
}

/// Holds what may not be copied, so that it can be one of several types.
private final class Erased<Reader: EventReader & ~Copyable>: ErasedReader {
    private var reader: Reader

    init(_ reader: consuming Reader) { self.reader = reader }

    var badLines: BadLines { reader.badLines }
    var header: [String]? { reader.header }
    func takeBadLines() -> [BadLine] { reader.takeBadLines() }
    func takeBatch() -> EventBatch? { reader.takeBatch() }
    func unfitCount(_ name: String) -> Int64 { reader.unfitCount(name) }

    func read(_ bytes: UnsafeRawBufferPointer, _ body: (EventBatch) throws(StreamError) -> Void) throws(StreamError) {
        try reader.read(bytes, body)
    }

    func finish(_ body: (EventBatch) throws(StreamError) -> Void) throws(StreamError) { try reader.finish(body) }
}
