/// Parses one line of JSON into the current row, in one pass. No scan goes past the line feed that ends the line, as no
/// token may hold one.
struct JSONLineParser: ~Copyable {
    var rows: RowWriter
    /// Why the line last read is bad.
    private(set) var fault: BadLine.Reason?
    /// Where in the line, in bytes.
    private(set) var faultColumn = 0
    /// Whether the line last read has an event, or is empty.
    private(set) var isEvent = false

    private var names = NameTable()
    /// A text whose escapes were decoded.
    private var decoded = DecodedText()
    /// What the name that was looked up means.
    private var found = NameTable.Entry()
    private var faultPlace: UnsafePointer<UInt8>?

    init(_ rows: consuming RowWriter) {
        self.rows = rows
        // However many others come, these have their entries. Names that a line writes with escapes get theirs later.
        for name in self.rows.schema.names where name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }) {
            let column = self.rows.column(of: name)
            let kind = column.map { NameTable.Kind(self.rows.type($0)) } ?? .skip
            let bytes = Array(name.utf8) + [UInt8](repeating: 0, count: ByteScan.padding)
            bytes.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return }
                _ = names.add(start, name.utf8.count, column: column, kind: kind)
            }
        }
    }

    /// Reads a line. What it has is in the current row unless `fault` says why it is bad.
    ///
    /// - Returns: The beginning of the next line.
    @inline(__always)
    mutating func read(_ line: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        fault = nil
        isEvent = true
        let start = ByteScan.afterSpaces(line)
        if start[0] == 0x7b, let end = object(start) {
            let end = ByteScan.afterSpaces(end)
            if end[0] == 0x0a { return end + 1 }
            fail(end)
        }
        return afterFault(line, start)
    }

    private mutating func afterFault(
        _ line: UnsafePointer<UInt8>, _ start: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        if start[0] == 0x0a {
            isEvent = false
            return start + 1
        }
        if fault == nil { fail(start) }
        let place = faultPlace ?? start
        faultColumn = place - line
        faultPlace = nil
        return ByteScan.lineFeed(place) + 1
    }

    @discardableResult
    private mutating func fail(
        _ place: UnsafePointer<UInt8>, _ reason: BadLine.Reason = .malformed
    ) -> UnsafePointer<UInt8>? {
        fault = reason
        faultPlace = place
        return nil
    }

    /// The members of the event's object, which begins here.
    @inline(__always) private mutating func object(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var bytes = ByteScan.afterSpaces(start + 1)
        if bytes[0] == 0x7d { return bytes + 1 }
        var entry = NameTable.none
        let keepsFree = rows.keepsFree
        while true {
            let expected = names.entries[entry].next
            let (kind, column): (NameTable.Kind, Int)
            let member = bytes
            if names.matches(expected, at: bytes) {
                bytes = ByteScan.afterSpaces(bytes + names.entries[expected].length)
                (entry, kind, column) = (expected, names.entries[expected].kind, names.entries[expected].column)
            } else {
                guard let value = name(bytes, after: &entry) else { return nil }
                (bytes, kind, column) = (value, found.kind, found.column)
            }
            guard let end = value(bytes, kind, column) else { return nil }
            if keepsFree, kind == .skip || rows.isUnfit(column) { keepFree(member, bytes, end) }
            bytes = ByteScan.afterSpaces(end)
            if bytes[0] == 0x2c {
                bytes = ByteScan.afterSpaces(bytes + 1)
            } else {
                return bytes[0] == 0x7d ? bytes + 1 : fail(bytes)
            }
        }
    }

    /// Looks a name up that was not expected, and expects it next time.
    ///
    /// - Returns: Where its value begins; what it means is in `found`.
    private mutating func name(_ start: UnsafePointer<UInt8>, after entry: inout Int) -> UnsafePointer<UInt8>? {
        guard let end = string(start) else { return nil }
        let length = end - start - 2
        let known = names.find(start + 1, length) ?? addName(start + 1, length)
        // `found` is set for a name that has no entry.
        if known != NameTable.none { found = names.entries[known] }
        names.entries[entry].next = known
        entry = known
        let colon = ByteScan.afterSpaces(end)
        return colon[0] == 0x3a ? ByteScan.afterSpaces(colon + 1) : fail(colon)
    }

    private mutating func addName(_ name: UnsafePointer<UInt8>, _ length: Int) -> Int {
        let text = UnsafeBufferPointer(start: decoded.start(or: name), count: decoded.length(or: length))
        let column = rows.column(of: String(decoding: text, as: UTF8.self))
        let kind = column.map { NameTable.Kind(rows.type($0)) } ?? .skip
        found = NameTable.Entry(column: column ?? -1, kind: kind)
        return names.add(name, length, column: column, kind: kind)
    }
}

// Values.
extension JSONLineParser {
    @inline(__always) private mutating func value(
        _ bytes: UnsafePointer<UInt8>, _ kind: NameTable.Kind, _ column: Int
    ) -> UnsafePointer<UInt8>? {
        let isNumber = bytes[0] &- 0x30 <= 9 || bytes[0] == 0x2d
        switch kind {
        case .text where bytes[0] == 0x22: return text(bytes, column)
        case .int where isNumber, .float where isNumber, .time where isNumber: return number(bytes, kind, column)
        case .time where bytes[0] == 0x22: return time(bytes, column)
        case .skip: return skipped(bytes)
        default: return otherValue(bytes, kind, column)
        }
    }

    @inline(__always)
    private mutating func text(_ start: UnsafePointer<UInt8>, _ column: Int) -> UnsafePointer<UInt8>? {
        let stop = ByteScan.stringStop(start + 1)
        if stop[0] == 0x22 {
            rows.set(column, text: start + 1, length: stop - start - 1)
            return stop + 1
        }
        guard let end = hardString(start + 1, stop) else { return nil }
        rows.set(column, text: decoded.start(or: start + 1), length: decoded.length(or: end - start - 2))
        return end
    }

    @inline(__always) private mutating func number(
        _ start: UnsafePointer<UInt8>, _ kind: NameTable.Kind, _ column: Int
    ) -> UnsafePointer<UInt8>? {
        var number = DecimalNumber()
        guard let end = number.read(start) else { return fail(start) }
        if kind == .float {
            let value = number.double(start, to: end)
            if value.isFinite { rows.set(column, float: value) } else { rows.setUnfit(column) }
        } else if let value = kind == .int ? number.int : rows.time(number) {
            rows.set(column, int: value)
        } else {
            rows.setUnfit(column)
        }
        return end
    }

    @inline(__always)
    private mutating func time(_ start: UnsafePointer<UInt8>, _ column: Int) -> UnsafePointer<UInt8>? {
        guard let end = string(start) else { return nil }
        let length = decoded.length(or: end - start - 2)
        if let value = TimeText.microseconds(decoded.start(or: start + 1), length: length) {
            rows.set(column, int: value)
        } else {
            rows.setUnfit(column)
        }
        return end
    }

    /// Bools, nulls, and what is of another type.
    private mutating func otherValue(
        _ bytes: UnsafePointer<UInt8>, _ kind: NameTable.Kind, _ column: Int
    ) -> UnsafePointer<UInt8>? {
        guard let end = skipped(bytes) else { return nil }
        switch (bytes[0], kind) {
        case (0x6e, _): rows.setNull(column)
        case (0x74, .bool), (0x66, .bool): rows.set(column, bool: bytes[0] == 0x74)
        case (0x74, .int), (0x66, .int): rows.set(column, int: bytes[0] == 0x74 ? 1 : 0)
        default: rows.setUnfit(column)
        }
        return end
    }
}

// Strings.
extension JSONLineParser {
    /// Checks a string. Its text is in `decoded` when it has escapes, between its quotes otherwise.
    @inline(__always) private mutating func string(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        guard start[0] == 0x22 else { return fail(start) }
        let stop = ByteScan.stringStop(start + 1)
        if stop[0] == 0x22 {
            decoded.isUsed = false
            return stop + 1
        }
        return hardString(start + 1, stop)
    }

    /// The rest of a string with escapes, or with bytes that are not ASCII.
    ///
    /// - Parameter text: Behind the quote.
    /// - Parameter stop: The first byte that is not plain.
    /// - Returns: Behind the closing quote.
    private mutating func hardString(
        _ text: UnsafePointer<UInt8>, _ stop: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        var (run, stop) = (text, stop)
        decoded.isUsed = false
        while true {
            switch stop[0] {
            case 0x22:
                if decoded.isUsed { decoded.append(run, stop - run) }
                return stop + 1
            case 0x5c:
                decoded.begin()
                decoded.append(run, stop - run)
                guard let end = decoded.appendEscape(stop) else { return fail(stop) }
                run = end
                stop = ByteScan.stringStop(end)
            case 0x80...:
                guard let end = UTF8Sequence.end(stop) else { return fail(stop, .notUTF8) }
                stop = ByteScan.stringStop(end)
            default: return fail(stop)
            }
        }
    }
}

// What the schema does not have, or as another type.
extension JSONLineParser {
    /// Writes a member, which was checked, as a free attribute. Arrays and objects are texts of JSON.
    @inline(never) private mutating func keepFree(
        _ name: UnsafePointer<UInt8>, _ value: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) {
        guard let nameEnd = string(name) else { return }
        // The value may have escapes too, which are decoded into the same memory.
        let length = decoded.length(or: nameEnd - name - 2)
        let bytes = [UInt8](UnsafeBufferPointer(start: decoded.start(or: name + 1), count: length))
        bytes.withUnsafeBytes { keepFree($0, value, end) }
    }

    private mutating func keepFree(
        _ name: UnsafeRawBufferPointer, _ value: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) {
        switch value[0] {
        case 0x6e: break  // null
        case 0x74, 0x66: rows.free.append(name, bool: value[0] == 0x74)
        case 0x7b, 0x5b: rows.free.append(name, text: UnsafeRawBufferPointer(start: value, count: end - value))
        case 0x22:
            guard let stop = string(value) else { return }
            let length = decoded.length(or: stop - value - 2)
            let text = UnsafeRawBufferPointer(start: decoded.start(or: value + 1), count: length)
            rows.free.append(name, text: text)
        default:
            var number = DecimalNumber()
            _ = number.read(value)
            if number.isWhole, let whole = number.int { return rows.free.append(name, int: whole) }
            let float = number.double(value, to: end)
            if float.isFinite { rows.free.append(name, float: float) }
        }
    }
}

// What nobody wants.
extension JSONLineParser {
    /// Checks a value.
    @inline(__always) private mutating func skipped(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        bytes[0] == 0x22 ? string(bytes) : bytes[0] | 0x20 == 0x7b ? skippedNest(bytes) : skippedWord(bytes)
    }

    private mutating func skippedWord(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        switch ByteScan.half(bytes) {
        case 0x6575_7274, 0x6c6c_756e: return bytes + 4  // true, null
        case 0x736c_6166 where bytes[4] == 0x65: return bytes + 5  // false
        default:
            var number = DecimalNumber()
            return number.read(bytes) ?? fail(bytes)
        }
    }

    /// Checks an array or an object with all that is in it. A bit a level says which of the two it is.
    private mutating func skippedNest(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var bytes = start
        // The event's own object is the first level.
        var (depth, isObject) = (1, UInt64(0))
        while true {
            if bytes[0] | 0x20 == 0x7b {
                depth += 1
                if depth > JSONLinesReader.mostDepth { return fail(bytes, .tooDeep) }
                isObject = isObject << 1 | (bytes[0] == 0x7b ? 1 : 0)
                bytes = ByteScan.afterSpaces(bytes + 1)
                let isEmpty = bytes[0] == (isObject & 1 == 1 ? 0x7d : 0x5d)
                if !isEmpty {
                    guard let value = member(bytes, isObject & 1 == 1) else { return nil }
                    bytes = value
                    continue
                }
            } else {
                guard let end = bytes[0] == 0x22 ? string(bytes) : skippedWord(bytes) else { return nil }
                bytes = ByteScan.afterSpaces(end)
            }
            while bytes[0] == (isObject & 1 == 1 ? 0x7d : 0x5d) {
                (depth, isObject) = (depth - 1, isObject >> 1)
                if depth == 1 { return bytes + 1 }
                bytes = ByteScan.afterSpaces(bytes + 1)
            }
            guard bytes[0] == 0x2c else { return fail(bytes) }
            guard let value = member(ByteScan.afterSpaces(bytes + 1), isObject & 1 == 1) else { return nil }
            bytes = value
        }
    }

    /// Where the value of the next member begins: behind its name in an object.
    private mutating func member(_ bytes: UnsafePointer<UInt8>, _ isNamed: Bool) -> UnsafePointer<UInt8>? {
        guard isNamed else { return bytes }
        guard let end = string(bytes) else { return nil }
        let colon = ByteScan.afterSpaces(end)
        return colon[0] == 0x3a ? ByteScan.afterSpaces(colon + 1) : fail(colon)
    }
}
