/// Reads events from JSON lines: an object a line, whose names are those of a schema, in any order.
///
/// A line is what RFC 8259 calls an object, in UTF-8. Beyond it: of equal names the last counts; half of a surrogate pair
/// becomes U+FFFD; arrays and objects are within each other at most `mostDepth` times; empty lines are passed over; a
/// byte order mark may begin the input. Names that the schema does not have are checked and left out. A value of another
/// type is null and counted, unless `ColumnBuilder` converts it without loss. Times are numbers in the unit of the
/// options, or texts that `TimeText` reads.
package struct JSONLinesReader: EventReader, ~Copyable {
    /// Arrays and objects within each other, the event included: what a word of bits remembers.
    package static let mostDepth = 64

    private var parser: JSONLineParser
    private var buffer: InputBuffer
    private let options: IngestOptions
    /// Bytes in the buffer that are whole lines.
    private var lineBytes = 0
    /// A line was too long; it goes on until its line feed.
    private var isSkipping = false
    package private(set) var badLines: BadLines

    /// - Parameter texts: Gets the texts of the events; it belongs to the reader's thread.
    /// - Parameter offset: The place in the stream of the first event.
    /// - Parameter position: Of the first byte in the input, when reading goes on where it ended before.
    package init(
        schema: EventSchema, texts: TextDictionary, options: IngestOptions = IngestOptions(), offset: Int64 = 0,
        position: InputPosition = InputPosition()
    ) {
        self.options = options
        parser = JSONLineParser(RowWriter(schema: schema, texts: texts, options: options, offset: offset))
        buffer = InputBuffer(position: position)
        badLines = BadLines(mostKept: options.mostBadLines)
    }

    package var position: InputPosition { buffer.position }
    package var isFull: Bool { parser.rows.isFull }
    package var header: [String]? { nil }
    package mutating func takeBatch() -> EventBatch? { parser.rows.takeBatch() }
    package mutating func takeBadLines() -> [BadLine] { badLines.take() }
    package func unfitCount(_ name: String) -> Int64 { parser.rows.unfitCount(name) }

    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> Int {
        parser.rows.lookAtClock()
        var taken = 0
        while !isFull {
            if lineBytes > 0 {
                readLines()
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
        // The last line may lack its line feed.
        lineBytes = buffer.count
        parser.rows.lookAtClock()
        while lineBytes > 0, !isFull { readLines() }
        return lineBytes == 0
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
        let added = UnsafeBufferPointer(rebasing: buffer.bytes[before...])
        if let last = added.lastIndex(of: 0x0a) {
            lineBytes = before + last + 1
        } else if buffer.count > options.mostLineBytes {
            badLines.add(.tooLong, at: position, column: options.mostLineBytes, buffer.bytes)
            buffer.drop(buffer.count, lines: 0)
            isSkipping = true
        }
        return taken
    }

    /// Until there is no whole line or the batch is full.
    private mutating func readLines() {
        var line = buffer.start
        let end = line + lineBytes
        let start = buffer.start
        var lines = 0
        while line < end, !parser.rows.isFull {
            let isFirst = lines == 0 && position.offset == 0
            let next = parser.read(isFirst ? ByteScan.afterByteOrderMark(line) : line)
            let length = next - 1 - line
            if parser.fault != nil || length > options.mostLineBytes {
                reject(line, length, InputPosition(offset: Int64(line - start), line: Int64(lines)))
            } else if parser.isEvent, let reason = parser.rows.commit(&badLines) {
                note(reason, line, length, InputPosition(offset: Int64(line - start), line: Int64(lines)))
            }
            lines += 1
            line = next
        }
        // The line feed behind an unfinished last line is not of the input.
        let read = min(line - start, buffer.count)
        lineBytes -= min(read, lineBytes)
        buffer.drop(read, lines: lines)
    }

    private mutating func reject(_ line: UnsafePointer<UInt8>, _ length: Int, _ place: InputPosition) {
        let fault = length > options.mostLineBytes ? .tooLong : parser.fault ?? .malformed
        parser.rows.abandon()
        note(fault, line, length, place)
    }

    private mutating func note(
        _ reason: BadLine.Reason, _ line: UnsafePointer<UInt8>, _ length: Int, _ place: InputPosition
    ) {
        let column = reason == .tooLong ? options.mostLineBytes : parser.fault == nil ? 0 : parser.faultColumn
        let position = InputPosition(offset: position.offset + place.offset, line: position.line + place.line)
        badLines.add(reason, at: position, column: column, UnsafeBufferPointer(start: line, count: length))
    }
}
