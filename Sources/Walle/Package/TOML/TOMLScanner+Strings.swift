extension TOMLScanner {
    /// Reads a text in quotes: basic or literal, of one line or of several.
    ///
    /// A line's end inside is U+000A, whatever the file has.
    mutating func string(isKey: Bool) throws(TOMLFailure) -> String {
        let place = here
        let isBasic = isNext("\"")
        let isLong = peek(1) == next && peek(2) == next
        if isLong && isKey { throw failure("a key cannot be a text of several lines") }
        advance(by: isLong ? 3 : 1)
        if isLong { _ = takeLineEnd() }
        var text: [UInt8] = []
        while let byte = next {
            if byte == UInt8(ascii: isBasic ? "\"" : "'") {
                if takeQuotes(isLong, into: &text) { return String(decoding: text, as: UTF8.self) }
            } else if isBasic, byte == UInt8(ascii: "\\") {
                try escape(isLong, into: &text)
            } else if isAtLineEnd {
                guard isLong, takeLineEnd() else { break }
                text.append(UInt8(ascii: "\n"))
            } else {
                try refuseControl(byte)
                text.append(byte)
                advance()
            }
        }
        throw TOMLFailure(place: place, message: "the text is not closed")
    }

    /// Takes one quote or several, and tells whether they close the text.
    ///
    /// Three close a long text; of five at most, the last three do and the others belong to it.
    private mutating func takeQuotes(_ isLong: Bool, into text: inout [UInt8]) -> Bool {
        let quote = next
        let quotes = take { scanner, count in scanner.next == quote && count < (isLong ? 5 : 1) }
        let isClosed = quotes.count >= (isLong ? 3 : 1)
        if isLong { text += quotes.dropLast(isClosed ? 3 : 0) }
        return isClosed
    }

    private mutating func escape(_ isLong: Bool, into text: inout [UInt8]) throws(TOMLFailure) {
        switch peek(1) {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "u"): return try escapedScalar(digits: 4, into: &text)
        case UInt8(ascii: "U"): return try escapedScalar(digits: 8, into: &text)
        default: return try joinedLines(isLong)
        }
        advance(by: 2)
    }

    private mutating func escapedScalar(digits count: Int, into text: inout [UInt8]) throws(TOMLFailure) {
        var code: UInt32 = 0
        for offset in 2..<(2 + count) {
            guard let digit = peek(offset).flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw failure("\\\(count == 4 ? "u" : "U") is followed by \(count) hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
        }
        // Names and paths that go on to C would end there.
        if code == 0 { throw failure("the character U+0000, which no text here may have") }
        guard let scalar = Unicode.Scalar(code) else {
            throw failure("U+\(String(code, radix: 16, uppercase: true)) is no character")
        }
        text += Array(String(Character(scalar)).utf8)
        advance(by: 2 + count)
    }

    /// A backslash at the end of a line of a long text, which takes all blanks up to the next character with it.
    private mutating func joinedLines(_ isLong: Bool) throws(TOMLFailure) {
        var rest = self
        rest.advance()
        rest.skipBlanks()
        guard isLong, rest.takeLineEnd() else {
            throw failure(
                "the backslash escapes nothing",
                remedy: "Write \\\\ for a backslash, or the text between single quotes.")
        }
        repeat { rest.skipBlanks() } while rest.takeLineEnd()
        self = rest
    }
}
