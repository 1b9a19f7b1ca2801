/// Parses one record of CSV into the current row, in one pass. The bytes end with a line feed and then a quote, at which
/// every scan stops.
struct CSVParser: ~Copyable {
    enum Outcome {
        case row
        case emptyLine
        /// The bytes end before the record does.
        case incomplete
        case bad(BadLine.Reason, UnsafePointer<UInt8>)
    }

    /// What to do with a field.
    struct Field {
        var kind: NameTable.Kind
        var column: Int
        /// In UTF-8.
        var name: [UInt8]
    }

    var rows: RowWriter
    /// By their place in a record; empty until there is a header.
    private var fields: [Field] = []
    /// Those of the header that is being read.
    private var header: [String]?
    /// Line feeds in the record last read, its own included.
    private(set) var lines = 0

    private let delimiter: UInt64
    private let mostBytes: Int
    private var decoded = DecodedText()
    /// The field last read.
    private var start: UnsafePointer<UInt8>
    private var length = 0
    private var isQuoted = false
    /// All bytes of the record, one laid upon the other.
    private var seen: UInt64 = 0
    /// The line feed behind the last byte, and whether the input ends there as well.
    private var end: UnsafePointer<UInt8>
    private var isLast = false

    init(_ rows: consuming RowWriter, delimiter: UInt8, mostBytes: Int) {
        self.rows = rows
        self.delimiter = UInt64(delimiter) * ByteScan.ones
        self.mostBytes = mostBytes
        start = UnsafePointer(bitPattern: 8).unsafelyUnwrapped
        end = start
    }

    /// Says what the fields of a record are.
    mutating func use(header names: [String]) {
        fields = []
        for name in names {
            let column = rows.column(of: name)
            let kind = column.map { NameTable.Kind(rows.type($0)) } ?? .skip
            fields.append(Field(kind: kind, column: column ?? -1, name: Array(name.utf8)))
        }
    }

    /// Reads a record. What it has is in the current row.
    ///
    /// - Parameter record: Moves behind it; stays if it is bad in a way that leaves its end in doubt, or incomplete.
    /// - Parameter end: The line feed behind the last byte.
    /// - Parameter isLast: Whether it ends the last record.
    @inline(__always) mutating func read(
        _ record: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, isLast: Bool
    ) -> Outcome {
        (self.end, self.isLast) = (end, isLast)
        (lines, seen) = (1, 0)
        let first = record
        var (bytes, index) = (first, 0)
        let (delimiterByte, count) = (UInt8(truncatingIfNeeded: delimiter), fields.count)
        while true {
            if bytes[0] == 0x22 {
                guard let stop = quoted(bytes, first) else { return unclosed(first) }
                bytes = stop
            } else {
                bytes = plain(bytes)
            }
            if bytes[0] == 0x0a, bytes == end, !isLast { return .incomplete }
            if index < count {
                setField(fields[index])
                if rows.keepsFree { keepFree(fields[index]) }
            } else if header != nil {
                header?.append(String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self))
            }
            index += 1
            if bytes[0] != delimiterByte { break }
            bytes += 1
        }
        guard bytes[0] == 0x0a else { return .bad(.malformed, bytes) }
        if bytes - first > mostBytes { return .bad(.tooLong, first + mostBytes) }
        record = bytes + 1
        if index == 1, !isQuoted, length == 0 { return .emptyLine }
        if seen & ByteScan.highs != 0, !UTF8Sequence.isValid(first, to: bytes) { return .bad(.notUTF8, first) }
        return index == count ? .row : .bad(.ragged, bytes)
    }

    /// Reads a field without quotes.
    ///
    /// - Returns: The delimiter or the line feed behind it.
    @inline(__always) private mutating func plain(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let stop = ByteScan.lineFeed(or: delimiter, bytes, seen: &seen)
        start = bytes
        length = stop - bytes
        isQuoted = false
        if length > 0, stop[0] == 0x0a, stop[-1] == 0x0d { length -= 1 }
        return stop
    }

    /// Reads a field in quotes.
    ///
    /// - Returns: The byte behind it, a carriage return before a line feed left out; nil when the quotes do not close.
    private mutating func quoted(
        _ bytes: UnsafePointer<UInt8>, _ first: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var run = bytes + 1
        decoded.isUsed = false
        while true {
            let stop = ByteScan.quote(run, seen: &seen)
            if stop >= end || stop - first > mostBytes { return nil }
            if stop[1] == 0x22, stop + 1 < end {
                decoded.begin()
                decoded.append(run, stop + 1 - run)
                run = stop + 2
                continue
            }
            if decoded.isUsed {
                decoded.append(run, stop - run)
                decoded.end()
            }
            (start, length, isQuoted) = (decoded.start(or: run), decoded.length(or: stop - run), true)
            lines += Self.lineFeeds(bytes, to: stop)
            return stop[1] == 0x0d && stop[2] == 0x0a ? stop + 2 : stop + 1
        }
    }

    private static func lineFeeds(_ bytes: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Int {
        UnsafeBufferPointer(start: bytes, count: end - bytes).reduce(0) { $0 + ($1 == 0x0a ? 1 : 0) }
    }

    private func unclosed(_ first: UnsafePointer<UInt8>) -> Outcome {
        if end - first > mostBytes { return .bad(.tooLong, first + mostBytes) }
        return isLast ? .bad(.malformed, end) : .incomplete
    }

    /// Reads the record that names the fields.
    mutating func readHeader(
        _ record: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, isLast: Bool
    ) -> (outcome: Outcome, names: [String]) {
        (header, fields) = ([], [])
        defer { header = nil }
        var outcome = read(&record, end: end, isLast: isLast)
        if case .bad(.ragged, _) = outcome { outcome = .row }
        return (outcome, header ?? [])
    }
}

// The values of fields, which are all texts.
extension CSVParser {
    @inline(__always) private mutating func setField(_ field: Field) {
        if field.kind == .skip { return }
        if length == 0 {
            // A text may be empty, but then it says so.
            if isQuoted, field.kind == .text { rows.set(field.column, text: start, length: 0) }
            return
        }
        switch field.kind {
        case .text: rows.set(field.column, text: start, length: length)
        case .int, .float: setNumber(field)
        default: setOther(field)
        }
    }

    /// What the schema does not have, or as another type, is a free attribute: a text, as no type says otherwise.
    private mutating func keepFree(_ field: Field) {
        guard length > 0, field.kind == .skip || rows.isUnfit(field.column) else { return }
        field.name.withUnsafeBytes { rows.free.append($0, text: UnsafeRawBufferPointer(start: start, count: length)) }
    }

    @inline(__always) private mutating func setNumber(_ field: Field) {
        var number = DecimalNumber()
        if let stop = number.read(start), stop == start + length {
            set(number, field)
        } else {
            setLooseNumber(field)
        }
    }

    @inline(__always) private mutating func set(_ number: DecimalNumber, _ field: Field) {
        if field.kind == .float {
            let value = number.double(start, to: start + length)
            if value.isFinite { rows.set(field.column, float: value) } else { rows.setUnfit(field.column) }
        } else if let value = field.kind == .int ? number.int : rows.time(number) {
            rows.set(field.column, int: value)
        } else {
            rows.setUnfit(field.column)
        }
    }

    private mutating func setLooseNumber(_ field: Field) {
        trim()
        var number = DecimalNumber()
        if let stop = number.readLoosely(start), stop == start + length {
            set(number, field)
        } else if field.kind == .float, let value = notFinite() {
            rows.set(field.column, float: value)
        } else if length > 0 {
            rows.setUnfit(field.column)
        }
    }

    private mutating func setOther(_ field: Field) {
        trim()
        if length == 0 { return }
        if field.kind == .bool {
            guard let value = bool() else { return rows.setUnfit(field.column) }
            rows.set(field.column, bool: value)
        } else if let value = TimeText.microseconds(start, length: length) {
            rows.set(field.column, int: value)
        } else {
            setNumber(field)
        }
    }

    /// Leaves the spaces around a value that is no text out.
    private mutating func trim() {
        while length > 0, start[0] == 0x20 || start[0] == 0x09 { (start, length) = (start + 1, length - 1) }
        while length > 0, start[length - 1] == 0x20 || start[length - 1] == 0x09 { length -= 1 }
    }

    private func bool() -> Bool? {
        if length == 1, start[0] & 0xfe == 0x30 { return start[0] == 0x31 }
        return equals("true") ? true : equals("false") ? false : nil
    }

    /// NaN and infinities, as programs write them.
    private func notFinite() -> Double? {
        if equals("nan") { return .nan }
        let isPositive = ["inf", "+inf", "infinity", "+infinity"].contains { equals($0) }
        return isPositive ? .infinity : equals("-inf") || equals("-infinity") ? -.infinity : nil
    }

    /// Whether the field is that word, in letters of either case.
    private func equals(_ word: StaticString) -> Bool {
        guard word.utf8CodeUnitCount == length else { return false }
        return (0..<length).allSatisfy { index in
            let byte = start[index]
            return (0x41...0x5a).contains(byte) ? byte | 0x20 == word.utf8Start[index] : byte == word.utf8Start[index]
        }
    }
}
