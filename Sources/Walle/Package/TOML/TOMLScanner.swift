/// A place in a text file; line and column count from 1.
package struct TextPlace: Sendable, Hashable {
    package var line: Int
    package var column: Int
}

/// Checks how a TOML text is built, and finds where its keys stand, which TOMLKit does not tell.
///
/// What a number, a date or an escape means, and which tables exclude each other, is TOMLKit's to say. It must get no
/// text that is built wrongly: the parser inside TOMLKit 0.6 (toml++ 3.4) aborts at some of them, such as a header, a
/// value or a digit that is missing (<https://github.com/marzer/tomlplusplus/pull/301>), and walks keys of any number
/// of parts recursively (<https://github.com/marzer/tomlplusplus/pull/242>); TOMLKit cuts texts at the character U+0000.
struct TOMLScanner {
    /// Key path → where the key, or the header that names it, stands first.
    private(set) var places: [[String]: TextPlace] = [:]

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var depth = 0

    /// Nobody writes deeper keys, or values, by hand.
    private static let deepest = 32

    /// What is wrong with a text.
    struct Failure: Error {
        var place: TextPlace
        var message: String
    }

    init(_ text: String) throws(Failure) {
        bytes = Array(text.utf8)
        var header: [String] = []
        while true {
            try skipToToken()
            guard let next else { return }
            if next == UInt8(ascii: "[") {
                header = try tableHeader()
            } else {
                try keyAndValue(header)
            }
            try endLine()
        }
    }

    /// Where a key stands, or the nearest table around it that has a place.
    func place(of path: [String]) -> TextPlace? {
        var path = path
        while !path.isEmpty {
            if let place = places[path] { return place }
            path.removeLast()
        }
        return nil
    }

    // MARK: bytes

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func peek(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }

    private var here: TextPlace {
        let column = String(decoding: bytes[lineStart..<min(index, bytes.count)], as: UTF8.self).count + 1
        return TextPlace(line: line, column: column)
    }

    private func failure(_ message: String) -> Failure { Failure(place: here, message: message) }

    private mutating func advance() {
        guard index < bytes.count else { return }
        if bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: scalar) else { return false }
        advance()
        return true
    }

    private mutating func skipBlanks() {
        while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { advance() }
    }

    private mutating func skipComment() throws(Failure) {
        guard next == UInt8(ascii: "#") else { return }
        while let byte = next, byte != UInt8(ascii: "\n") {
            if byte == 0 { throw failure("the file has a NUL byte") }
            advance()
        }
    }

    private var isAtLineEnd: Bool {
        next == UInt8(ascii: "\n") || (next == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n"))
    }

    /// Over spaces, comments and ends of lines.
    private mutating func skipToToken() throws(Failure) {
        while true {
            skipBlanks()
            try skipComment()
            guard isAtLineEnd else { return }
            advance()
        }
    }

    private mutating func endLine() throws(Failure) {
        skipBlanks()
        try skipComment()
        if next != nil, !isAtLineEnd { throw failure("something follows on the line") }
    }

    // MARK: keys

    private mutating func tableHeader() throws(Failure) -> [String] {
        let place = here
        advance()
        let isArray = take("[")
        let path = try keyPath("the table's name is missing")
        guard take("]"), !isArray || take("]") else { throw failure("`]` is missing") }
        note(path, from: 1, at: place)
        return path
    }

    private mutating func keyAndValue(_ header: [String]) throws(Failure) {
        let place = here
        let path = header + (try keyPath("a key is missing"))
        note(path, from: header.count + 1, at: place)
        guard take("=") else { throw failure("`=` is missing") }
        try value()
    }

    private mutating func note(_ path: [String], from shortest: Int, at place: TextPlace) {
        for count in shortest...path.count where places[Array(path.prefix(count))] == nil {
            places[Array(path.prefix(count))] = place
        }
    }

    private mutating func keyPath(_ missing: String) throws(Failure) -> [String] {
        var path: [String] = []
        repeat {
            skipBlanks()
            path.append(try keyPart(missing))
            skipBlanks()
            if path.count > Self.deepest { throw failure("a key of more than \(Self.deepest) parts") }
        } while take(".")
        return path
    }

    private mutating func keyPart(_ missing: String) throws(Failure) -> String {
        if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return try string(isKey: true) }
        let start = index
        while let byte = next, Self.isBare(byte) { advance() }
        guard index > start else { throw failure(missing) }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || isDigit(byte)
            || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    // MARK: values

    private mutating func value() throws(Failure) {
        skipBlanks()
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw failure("values are nested deeper than \(Self.deepest)") }
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try string(isKey: false)
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "{"): try inlineTable()
        default: try scalar()
        }
    }

    private mutating func array() throws(Failure) {
        advance()
        while true {
            try skipToToken()
            if take("]") { return }
            try value()
            try skipToToken()
            if take("]") { return }
            guard take(",") else { throw failure("`,` or `]` is missing") }
        }
    }

    private mutating func inlineTable() throws(Failure) {
        advance()
        skipBlanks()
        if take("}") { return }
        while true {
            _ = try keyPath("a key is missing")
            guard take("=") else { throw failure("`=` is missing") }
            try value()
            skipBlanks()
            if take("}") { return }
            guard take(",") else { throw failure("`,` or `}` is missing") }
        }
    }

    /// A number, a date or a word. A date and its time may have a space between.
    private mutating func scalar() throws(Failure) {
        let place = here
        let start = index
        while let byte = next {
            let isDateEnd = byte == UInt8(ascii: " ") && index == start + 10 && peek(1).map(Self.isDigit) == true
            guard Self.isBare(byte) || "+.:".utf8.contains(byte) || isDateEnd else { break }
            advance()
        }
        guard index > start else { throw failure("a value is missing") }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if !Self.isScalar(text) {
            throw Failure(place: place, message: "\(text.prefix(40)) is no value; a text stands in quotes")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The grammar of <https://toml.io/en/v1.0.0>; the ranges of months, hours and numbers aside.
    private static func isScalar(_ text: String) -> Bool {
        let number = /[+-]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?/
        let word = /true|false|[+-]?(inf|nan)/
        let prefixed = /0x[0-9A-Fa-f](_?[0-9A-Fa-f])*|0o[0-7](_?[0-7])*|0b[01](_?[01])*/
        let time = /[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?/
        let date =
            /[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?/
        return text.wholeMatch(of: number) != nil || text.wholeMatch(of: word) != nil
            || text.wholeMatch(of: prefixed) != nil || text.wholeMatch(of: time) != nil
            || text.wholeMatch(of: date) != nil
    }

    // MARK: strings

    /// Reads over a string, and gives its text; keys have no need of escapes other than the simple ones.
    private mutating func string(isKey: Bool) throws(Failure) -> String {
        let place = here
        let quote = next
        let isLong = peek(1) == quote && peek(2) == quote
        if isLong && isKey { throw failure("a key cannot be a text of several lines") }
        for _ in 0..<(isLong ? 3 : 1) { advance() }
        var text: [UInt8] = []
        while let byte = next, byte != 0, isLong || byte != UInt8(ascii: "\n") {
            if byte == quote, !isLong || closesLong(quote) {
                for _ in 0..<(isLong ? 3 : 1) { advance() }
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { try escape() }
            if let byte = next { text.append(byte) }
            advance()
        }
        if next == 0 { throw failure("the file has a NUL byte") }
        throw Failure(place: place, message: "the text is not closed")
    }

    /// Three quotes close a long text, unless more follow: the last three of them do, of five at most.
    private func closesLong(_ quote: UInt8?) -> Bool {
        peek(1) == quote && peek(2) == quote && peek(3) != quote
    }

    /// Over the backslash, onto the character that it escapes.
    private mutating func escape() throws(Failure) {
        let digits = peek(1) == UInt8(ascii: "u") ? 4 : peek(1) == UInt8(ascii: "U") ? 8 : 0
        let hex = bytes.dropFirst(index + 2).prefix(digits)
        if digits > 0, hex.allSatisfy({ $0 == UInt8(ascii: "0") }) {
            throw failure("the character U+0000, which no text here may have")
        }
        advance()
    }
}
