/// Steps, their names and what is said of them.
extension PatternParser {
    mutating func step() throws(StreamError) -> PatternStep {
        skipSpace()
        var step: PatternStep
        if position < text.count, text[position] == UInt8(ascii: "@") {
            step = PatternStep(.any)
        } else {
            step = PatternStep(try name(of: "an event"))
        }
        if position < text.count, text[position] == UInt8(ascii: "@") {
            position += 1
            step.page = try name(of: "a page")
        }
        if peek == UInt8(ascii: "[") { step.predicate = try predicate() }
        return step
    }

    private mutating func name(of what: String) throws(StreamError) -> NameTest {
        guard position < text.count else { throw missing(what) }
        let byte = text[position]
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { return try quoted(byte, what) }
        if byte == UInt8(ascii: "*") {
            position += 1
            return .any
        }
        guard Self.beginsName(byte) else { throw missing(what) }
        let start = position
        while position < text.count, Self.continuesName(text[position]) { position += 1 }
        let name = String(decoding: text[start..<position], as: UTF8.self)
        return name == "any" ? .any : .exactly(name)
    }

    private func missing(_ what: String) -> StreamError {
        guard position < text.count else {
            return unexpected(wanted: "the name of \(what)", remedy: "Write a name, `any`, or remove what is before.")
        }
        if Self.isQuantifier(text[position]) {
            return unexpected(
                wanted: "the name of \(what)", remedy: "Write the quantifier directly behind what it repeats, once.")
        }
        return unexpected(
            wanted: "the name of \(what)",
            remedy: "Write a name, `any`, or a group; put a name that is not letters, digits and `_` in quotes.")
    }

    private mutating func quoted(_ quote: UInt8, _ what: String) throws(StreamError) -> NameTest {
        let start = position
        position += 1
        var parts: [[UInt8]] = [[]]
        while position < text.count, text[position] != quote {
            if text[position] == UInt8(ascii: "*") {
                parts.append([])
            } else {
                if text[position] == UInt8(ascii: "\\"), position + 1 < text.count { position += 1 }
                parts[parts.count - 1].append(text[position])
            }
            position += 1
        }
        guard position < text.count else {
            position = start
            throw failure("a quote is open", remedy: "Close it behind the name of \(what).")
        }
        position += 1
        guard parts != [[]] else {
            position = start
            throw failure("the name of \(what) is empty", remedy: "Write a name, or `any`.")
        }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        return texts.count == 1 ? .exactly(texts[0]) : .wildcard(texts)
    }

    /// The text up to the bracket that closes; those in quotes do not count.
    private mutating func predicate() throws(StreamError) -> PatternPredicate {
        skipSpace()
        let start = position
        var (open, quote) = (0, UInt8(0))
        while position < text.count {
            let byte = text[position]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "[") {
                open += 1
            } else if byte == UInt8(ascii: "]") {
                open -= 1
                if open == 0 { break }
            }
            position += 1
        }
        guard position < text.count else {
            position = start
            throw failure("a condition is open", remedy: "Close it with `]`, and every quote in it.")
        }
        let inner = trimmed(text[(start + 1)..<position])
        guard !inner.isEmpty else {
            position = start
            throw failure("a condition is empty", remedy: "Write one, such as `[price > 10]`, or remove the brackets.")
        }
        position += 1
        return PatternPredicate(String(decoding: inner, as: UTF8.self))
    }

    private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: Self.isSpace)
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        return bytes
    }

    /// A name and a colon.
    mutating func takeLabel() -> String? {
        skipSpace()
        let start = position
        guard position < text.count, Self.beginsName(text[position]) else { return nil }
        while position < text.count, Self.continuesName(text[position]) { position += 1 }
        let name = String(decoding: text[start..<position], as: UTF8.self)
        if !Self.words.contains(name), take(":") { return name }
        position = start
        return nil
    }

    // MARK: Quantifiers

    /// Only directly behind what it repeats: a `*` on its own is a step.
    mutating func takeQuantifier() throws(StreamError) -> PatternQuantifier? {
        guard position < text.count else { return nil }
        var quantifier: PatternQuantifier
        switch text[position] {
        case UInt8(ascii: "+"): quantifier = PatternQuantifier(1, nil)
        case UInt8(ascii: "*"): quantifier = PatternQuantifier(0, nil)
        case UInt8(ascii: "?"): quantifier = PatternQuantifier(0, 1)
        case UInt8(ascii: "{"): quantifier = try braces()
        default: return nil
        }
        position += 1
        if position < text.count, text[position] == UInt8(ascii: "?") {
            quantifier.isReluctant = true
            position += 1
        }
        if position < text.count, Self.isQuantifier(text[position]) {
            throw failure("there are two quantifiers", remedy: "Write one, or a group between, as `(a+){2}`.")
        }
        return quantifier
    }

    private mutating func braces() throws(StreamError) -> PatternQuantifier {
        let start = position
        position += 1
        let least = try count()
        var most = least
        if take(",") { most = try count() } else if least == nil { throw badBraces(start) }
        skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: "}") else { throw badBraces(start) }
        guard most != 0, most ?? .max >= least ?? 0 else { throw badBraces(start) }
        return PatternQuantifier(least ?? 0, most)
    }

    private mutating func badBraces(_ start: Int) -> StreamError {
        position = start
        return unexpected(
            wanted: "how often", remedy: "Write `{n}`, `{n,}` or `{n,m}`, where m is above zero and not below n.")
    }

    private mutating func count() throws(StreamError) -> Int? {
        skipSpace()
        var value: Int?
        while position < text.count, (0x30...0x39).contains(text[position]) {
            value = (value ?? 0) * 10 + Int(text[position] - 0x30)
            guard value! <= limits.repetitions else {
                throw StreamError(
                    .limit, "\(place) a quantifier is above \(limits.repetitions)",
                    remedy: "Count events with a window, or leave the upper bound out.")
            }
            position += 1
        }
        return value
    }

    // MARK: Bytes

    /// The next byte that is no space.
    var peek: UInt8? {
        var position = position
        while position < text.count, Self.isSpace(text[position]) { position += 1 }
        return position < text.count ? text[position] : nil
    }

    mutating func skipSpace() { while position < text.count, Self.isSpace(text[position]) { position += 1 } }

    mutating func take(_ sign: String) -> Bool {
        skipSpace()
        guard text[position...].starts(with: sign.utf8) else { return false }
        position += sign.utf8.count
        return true
    }

    mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        let end = position + word.utf8.count
        guard text[position...].starts(with: word.utf8), end == text.count || !Self.continuesName(text[end]) else {
            return false
        }
        position = end
        return true
    }

    static func beginsName(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_")
    }
    static func continuesName(_ byte: UInt8) -> Bool { beginsName(byte) || (0x30...0x39).contains(byte) }
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    static func isQuantifier(_ byte: UInt8) -> Bool { "+*?{".utf8.contains(byte) }
    static func beginsItem(_ byte: UInt8) -> Bool { beginsName(byte) || "('\"@*".utf8.contains(byte) }
}
