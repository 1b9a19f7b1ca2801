/// Reads events from CSV: RFC 4180, with the names of a schema in the first record, in any order.
///
/// A record ends with a line feed, or a carriage return and a line feed. Fields in quotes may hold delimiters, line ends
/// and doubled quotes; a quote within a field that does not begin with one is a quote. Fields are null when they are
/// empty; a text in quotes is then an empty text. A record with more or fewer fields than the header is bad. Quotes that
/// do not close, or close before the end of a field, spoil no more than their line: reading goes on behind it.
/// Empty lines are passed over; a byte order mark may begin the input.
package struct CSVReader: EventReader, ~Copyable {
    private var parser: CSVParser
    private var buffer: InputBuffer
    private let options: IngestOptions
    /// Something came since the last record was found incomplete that may complete it.
    private var isWorthReading = false
    private var isSkipping = false
    private var hasEnded = false
    /// What the header calls the fields; nil until it was read.
    package private(set) var header: [String]?
    package private(set) var badLines: BadLines

    /// - Parameter texts: Gets the texts of the events; it belongs to the reader's thread.
    /// - Parameter header: The names of the fields when the input does not begin with them.
    /// - Parameter delimiter: A character of ASCII that is in no number and no time: a comma, a semicolon, a tab, a bar.
    /// - Parameter offset: The place in the stream of the first event.
    /// - Parameter position: Of the first byte in the input, when reading goes on where it ended before.
    package init(
        schema: EventSchema, texts: TextDictionary, options: IngestOptions = IngestOptions(), header: [String]? = nil,
        delimiter: Character = ",", offset: Int64 = 0, position: InputPosition = InputPosition()
    ) throws(StreamError) {
        guard let byte = delimiter.asciiValue, [",", ";", "\t", "|"].contains(delimiter) else {
            throw StreamError(
                .input, field: "delimiter", "\"\(delimiter)\" cannot separate fields",
                remedy: "Use a comma, a semicolon, a tab or a bar.")
        }
        self.options = options
        let rows = RowWriter(schema: schema, texts: texts, options: options, offset: offset)
        parser = CSVParser(rows, delimiter: byte, mostBytes: options.mostLineBytes)
        buffer = InputBuffer(position: position)
        badLines = BadLines(mostKept: options.mostBadLines)
        self.header = header
        if let header { parser.use(header: header) }
    }

    package var position: InputPosition { buffer.position }
    package var isFull: Bool { parser.rows.isFull }
    package mutating func takeBatch() -> EventBatch? { parser.rows.takeBatch() }
    package mutating func takeBadLines() -> [BadLine] { badLines.take() }
    package func unfitCount(_ name: String) -> Int64 { parser.rows.unfitCount(name) }

    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> Int {
        parser.rows.lookAtClock()
        hasEnded = false
        var taken = 0
        while !isFull {
            if isWorthReading {
                readRecords()
            } else if taken == bytes.count {
                break
            } else {
                taken += take(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            }
        }
        return taken
    }

    package mutating func finish() -> Bool {
        endSkipping()
        parser.rows.lookAtClock()
        hasEnded = true
        while buffer.count > 0, !isFull { readRecords() }
        return buffer.count == 0
    }

    /// The line that was too long was the last.
    private mutating func endSkipping() {
        if isSkipping { buffer.skip(0, lines: 1) }
        isSkipping = false
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isSkipping { return buffer.skipLine(bytes, isInside: &isSkipping) }
        let before = buffer.count
        let taken = buffer.fill(bytes)
        let hasLine = UnsafeRawBufferPointer(rebasing: bytes[..<taken]).lengthOfLine() != nil
        isWorthReading = hasLine || before + taken > options.mostLineBytes
        return taken
    }

    /// Until there is no whole record or the batch is full.
    private mutating func readRecords() {
        let start = buffer.start
        let end = start + buffer.count
        var (record, lines) = (start, 0)
        while record < end, !parser.rows.isFull {
            let place = InputPosition(
                offset: position.offset + Int64(record - start), line: position.line + Int64(lines))
            guard let gone = readRecord(&record, end, place) else { break }
            lines += gone
        }
        if !parser.rows.isFull { isWorthReading = false }
        // The line feed behind an unfinished last record is not of the input.
        buffer.drop(min(record, end) - start, lines: lines)
    }

    /// - Returns: How many line feeds it went over; nil when the record is not whole yet.
    @inline(__always) private mutating func readRecord(
        _ record: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ place: InputPosition
    ) -> Int? {
        let line = record
        if place.offset == 0 { record = ByteScan.afterByteOrderMark(record) }
        let first = record
        let outcome =
            header == nil ? readHeader(&record, end) : parser.read(&record, end: end, isLast: hasEnded)
        switch outcome {
        case .row:
            if header != nil, let reason = parser.rows.commit(&badLines) { note(reason, line, line, record - 1, place) }
        case .emptyLine: parser.rows.abandon()
        case .bad(let reason, let fault) where record != first:
            parser.rows.abandon()
            note(reason, line, fault, record - 1, place)
        case .bad(let reason, let fault): return reject(reason, line, fault, &record, end, place)
        case .incomplete: return reject(nil, line, line, &record, end, place)
        }
        return parser.lines
    }

    private mutating func readHeader(
        _ record: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> CSVParser.Outcome {
        let (outcome, names) = parser.readHeader(&record, end: end, isLast: hasEnded)
        guard case .row = outcome else { return outcome }
        header = names
        parser.use(header: names)
        // It is no event.
        return .emptyLine
    }

    /// Gives up the line that a record begins with, whose end is in doubt; what follows may be whole.
    ///
    /// - Parameter reason: Nil when the record is not whole yet.
    private mutating func reject(
        _ reason: BadLine.Reason?, _ line: UnsafePointer<UInt8>, _ fault: UnsafePointer<UInt8>,
        _ record: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ place: InputPosition
    ) -> Int? {
        parser.rows.abandon()
        let feed = ByteScan.lineFeed(line)
        let isTooLong = end - line > options.mostLineBytes
        if !hasEnded, !isTooLong, reason == nil || feed == end {
            record = line
            return nil
        }
        let reason = feed - line > options.mostLineBytes ? .tooLong : reason ?? .tooLong
        note(reason, line, reason == .tooLong ? line + options.mostLineBytes : fault, feed, place)
        isSkipping = feed == end && !hasEnded
        record = isSkipping ? end : feed + 1
        return isSkipping ? 0 : 1
    }

    private mutating func note(
        _ reason: BadLine.Reason, _ line: UnsafePointer<UInt8>, _ fault: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>, _ place: InputPosition
    ) {
        let bytes = UnsafeBufferPointer(start: line, count: end - line)
        badLines.add(reason, at: place, column: fault - line, bytes)
    }
}
