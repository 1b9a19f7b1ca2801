/// A place in a text file; line and column count from 1.
package struct TextPlace: Sendable, Hashable {
    package var line: Int
    package var column: Int
}

/// What is wrong with a TOML text, and where.
struct TOMLFailure: Error {
    var place: TextPlace
    var message: String
    var remedy = "TOML is explained at https://toml.io/en/v1.0.0."
}

/// What a TOML text may have.
enum TOMLBounds {
    /// Keys, tables and arrays within one another. Nobody writes deeper ones by hand, and each takes a frame of the stack.
    static let depth = 32
    /// Forty times the largest file that Walle itself reads.
    static let bytes = 4_000_000
}

/// Walks over the bytes of a TOML text, and reads what is smaller than a value: blanks, comments, keys.
struct TOMLScanner {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    /// Up to here the columns of the line are counted, so that each byte is counted once however many keys a line has.
    private var counted = 0
    private var column = 1

    init(_ text: String) throws(TOMLFailure) {
        bytes = Array(text.utf8)
        guard bytes.count <= TOMLBounds.bytes else {
            throw failure("the text has more than \(TOMLBounds.bytes) bytes", remedy: "Move tables into other files.")
        }
        // Editors on Windows write a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (index, counted) = (3, 3) }
    }

    // MARK: bytes

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    func peek(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }

    func isNext(_ scalar: Unicode.Scalar) -> Bool { next == UInt8(ascii: scalar) }

    /// Where the next byte stands.
    var here: TextPlace {
        mutating get {
            column += String(decoding: bytes[counted..<index], as: UTF8.self).count
            counted = index
            return TextPlace(line: line, column: column)
        }
    }

    mutating func failure(_ message: String, remedy: String? = nil) -> TOMLFailure {
        var failure = TOMLFailure(place: here, message: message)
        if let remedy { failure.remedy = remedy }
        return failure
    }

    mutating func advance(by count: Int = 1) {
        for _ in 0..<count where index < bytes.count {
            index += 1
            if bytes[index - 1] == UInt8(ascii: "\n") { (line, counted, column) = (line + 1, index, 1) }
        }
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard isNext(scalar) else { return false }
        advance()
        return true
    }

    /// Takes bytes as long as a condition, which gets their number so far, is true of them.
    mutating func take(while condition: (TOMLScanner, Int) -> Bool) -> ArraySlice<UInt8> {
        let start = index
        while next != nil, condition(self, index - start) { advance() }
        return bytes[start..<index]
    }

    // MARK: blanks

    /// A carriage return counts only before a line feed.
    var isAtLineEnd: Bool { isNext("\n") || (isNext("\r") && peek(1) == UInt8(ascii: "\n")) }

    mutating func takeLineEnd() -> Bool {
        guard isAtLineEnd else { return false }
        advance(by: isNext("\r") ? 2 : 1)
        return true
    }

    mutating func skipBlanks() {
        while isNext(" ") || isNext("\t") { advance() }
    }

    /// Over spaces, comments and ends of lines.
    mutating func skipToToken() throws(TOMLFailure) {
        repeat {
            skipBlanks()
            try skipComment()
        } while takeLineEnd()
    }

    /// Over spaces and a comment; nothing else may follow a header or a value.
    mutating func endLine() throws(TOMLFailure) {
        skipBlanks()
        try skipComment()
        if next != nil, !isAtLineEnd { throw failure("something follows on the line") }
    }

    private mutating func skipComment() throws(TOMLFailure) {
        guard isNext("#") else { return }
        while let byte = next, !isAtLineEnd {
            try refuseControl(byte)
            advance()
        }
    }

    mutating func refuseControl(_ byte: UInt8) throws(TOMLFailure) {
        guard byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F else { return }
        let digits = String(byte, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: 4 - digits.count) + digits
        throw failure(
            "the control character U+\(code)", remedy: "Remove it, or write \\u\(code) between double quotes.")
    }

    // MARK: keys

    /// A key with points between its parts, and the blanks around them.
    mutating func keyPath(missing: String) throws(TOMLFailure) -> [String] {
        var path: [String] = []
        repeat {
            skipBlanks()
            path.append(try keyPart(missing))
            skipBlanks()
            if path.count > TOMLBounds.depth { throw failure("a key of more than \(TOMLBounds.depth) parts") }
        } while take(".")
        return path
    }

    private mutating func keyPart(_ missing: String) throws(TOMLFailure) -> String {
        if isNext("\"") || isNext("'") { return try string(isKey: true) }
        let part = take { scanner, _ in scanner.next.map(Self.isBare) ?? false }
        guard !part.isEmpty else { throw failure(missing) }
        return String(decoding: part, as: UTF8.self)
    }

    static func isBare(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || isDigit(byte)
            || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
