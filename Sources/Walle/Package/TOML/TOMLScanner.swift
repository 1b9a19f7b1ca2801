/// A place in a text file; line and column count from 1.
package struct TextPlace: Sendable, Hashable {
    package var line: Int
    package var column: Int
}

/// Finds where the keys of a TOML text stand, which TOMLKit does not tell.
///
/// It knows strings, comments and brackets, no more: what is wrong with a text is TOMLKit's to say. It also finds the two
/// things that TOMLKit does not bear: dotted keys of any depth, which its parser walks recursively, and the character
/// U+0000, at which it cuts.
struct TOMLScanner {
    /// Key path → where the key, or the header that names it, stands first.
    private(set) var places: [[String]: TextPlace] = [:]
    /// What TOMLKit must not be given.
    private(set) var hazard: (place: TextPlace, message: String)?

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var header: [String] = []

    /// Nobody writes deeper keys by hand.
    private static let deepestKey = 32

    init(_ text: String) {
        bytes = Array(text.utf8)
        while index < bytes.count {
            statement()
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

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var here: TextPlace {
        let column = String(decoding: bytes[lineStart..<min(index, bytes.count)], as: UTF8.self).count + 1
        return TextPlace(line: line, column: column)
    }

    private mutating func advance() {
        guard index < bytes.count else { return }
        if bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = next, condition(byte) { advance() }
    }

    private mutating func skipBlanks() { skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    private mutating func skipLine() {
        skip { $0 != UInt8(ascii: "\n") }
        advance()
    }

    private mutating func endanger(_ place: TextPlace, _ message: String) {
        if hazard == nil { hazard = (place, message) }
    }

    // MARK: statements

    private mutating func statement() {
        skip { $0 == UInt8(ascii: " ") || (0x09...0x0D).contains($0) }
        switch next {
        case UInt8(ascii: "["): tableHeader()
        case UInt8(ascii: "#"): skipLine()
        case nil: break
        default: keyAndValue()
        }
    }

    private mutating func tableHeader() {
        let place = here
        skip { $0 == UInt8(ascii: "[") }
        header = keyPath()
        note(header, from: 1, at: place)
        skipLine()
    }

    private mutating func keyAndValue() {
        let place = here
        let path = keyPath()
        note(header + path, from: header.count + 1, at: place)
        guard !path.isEmpty, next == UInt8(ascii: "=") else { return skipLine() }
        advance()
        skipValue()
    }

    private mutating func note(_ path: [String], from shortest: Int, at place: TextPlace) {
        guard path.count >= shortest, path.count <= 2 * Self.deepestKey else { return }
        for count in shortest...path.count where places[Array(path.prefix(count))] == nil {
            places[Array(path.prefix(count))] = place
        }
    }

    private mutating func keyPath() -> [String] {
        let place = here
        var path: [String] = []
        while true {
            skipBlanks()
            guard let part = keyPart() else { break }
            path.append(part)
            skipBlanks()
            guard next == UInt8(ascii: ".") else { break }
            advance()
        }
        if path.count > Self.deepestKey {
            endanger(place, "a key of \(path.count) parts; at most \(Self.deepestKey) are allowed")
        }
        return path
    }

    private mutating func keyPart() -> String? {
        if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return string() }
        let start = index
        skip(while: Self.isBare)
        return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte >= 0x80
            || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    // MARK: values

    /// To the end of the line on which the value's last bracket closes.
    private mutating func skipValue() {
        var brackets = 0
        var dots = 0
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                _ = string()
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets -= 1
            case UInt8(ascii: "#"):
                skip { $0 != UInt8(ascii: "\n") }
                continue
            case UInt8(ascii: "\n") where brackets <= 0: return advance()
            default: break
            }
            dots = keyDots(dots, byte)
            advance()
        }
    }

    /// Counts the dots of a key in an inline table.
    private mutating func keyDots(_ dots: Int, _ byte: UInt8) -> Int {
        if byte == UInt8(ascii: ".") {
            if dots == Self.deepestKey, hazard == nil {
                endanger(here, "a key of more than \(dots) parts; no more are allowed")
            }
            return dots + 1
        }
        return Self.isBare(byte) || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") ? dots : 0
    }

    /// Reads over a string of any of the four kinds, and gives its text as far as a key needs it.
    private mutating func string() -> String {
        guard let quote = next else { return "" }
        let isLong = index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
        for _ in 0..<(isLong ? 3 : 1) { advance() }
        var text: [UInt8] = []
        while let byte = next {
            if byte == quote, !isLong || closes(quote) {
                for _ in 0..<(isLong ? 3 : 1) { advance() }
                break
            }
            if byte == UInt8(ascii: "\n"), !isLong { break }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                escape()
            }
            if let byte = next { text.append(byte) }
            advance()
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Three quotes close a long string, unless more follow: the last three of them do.
    private func closes(_ quote: UInt8) -> Bool {
        guard index + 2 < bytes.count, bytes[index + 1] == quote, bytes[index + 2] == quote else { return false }
        return index + 3 >= bytes.count || bytes[index + 3] != quote
    }

    /// Over the backslash, onto the character that it escapes.
    private mutating func escape() {
        let digits: Int
        switch index + 1 < bytes.count ? bytes[index + 1] : 0 {
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        default: digits = 0
        }
        let hex = bytes.dropFirst(index + 2).prefix(digits)
        if hazard == nil, digits > 0, hex.allSatisfy({ $0 == UInt8(ascii: "0") }) {
            endanger(here, "the character U+0000, which no text here may have")
        }
        advance()
    }
}
