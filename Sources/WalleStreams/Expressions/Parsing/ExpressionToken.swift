/// A word of an expression's text and where it stands.
struct ExpressionToken: Hashable {
    enum Kind: Hashable {
        /// Not in quotes: perhaps a keyword.
        case word(String)
        case quotedName(String)
        case integer(String)
        case float(String)
        case text(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// Code points before it, plus one.
    let column: Int

    /// For messages: what was found.
    var shown: String {
        switch kind {
        case .word(let word): "'\(word)'"
        case .quotedName(let name): "the name \"\(name)\""
        case .integer(let digits), .float(let digits): "the number \(digits)"
        case .text(let text): "the text '\(text.prefix(40))'"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }

    func isKeyword(_ keyword: String) -> Bool {
        guard case .word(let word) = kind else { return false }
        return word.utf8.count == keyword.utf8.count && word.uppercased() == keyword
    }
}

/// Cuts an expression's text into tokens.
struct ExpressionScanner {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    static func tokens(of text: String) throws(StreamError) -> [ExpressionToken] {
        guard text.utf8.count <= ExpressionLimits.textBytes else {
            throw StreamError(
                .limit, "an expression of \(text.utf8.count) bytes is too long",
                remedy: "Write at most \(ExpressionLimits.textBytes) bytes; derived values can hold its parts.")
        }
        var scanner = ExpressionScanner(text)
        var tokens: [ExpressionToken] = []
        repeat { tokens.append(try scanner.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    private mutating func next() throws(StreamError) -> ExpressionToken {
        while let scalar = peek(), scalar.properties.isWhitespace { position += 1 }
        let column = position + 1
        guard let scalar = peek() else { return ExpressionToken(kind: .end, column: column) }
        let kind: ExpressionToken.Kind
        if Self.beginsName(scalar) {
            kind = .word(take(while: Self.continuesName))
        } else if Self.isDigit(scalar) || (scalar == "." && peek(1).map(Self.isDigit) == true) {
            kind = try number(column: column)
        } else if scalar == "'" {
            kind = .text(try quoted("'", column: column))
        } else if scalar == "\"" {
            kind = .quotedName(try quoted("\"", column: column))
        } else {
            kind = .symbol(try symbol(column: column))
        }
        return ExpressionToken(kind: kind, column: column)
    }

    static func beginsName(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }

    static func continuesName(_ scalar: Unicode.Scalar) -> Bool { beginsName(scalar) || isDigit(scalar) }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), condition(scalar) {
            text.append(scalar)
            position += 1
        }
        return String(text)
    }

    private mutating func number(column: Int) throws(StreamError) -> ExpressionToken.Kind {
        var text = take(while: Self.isDigit)
        var isFloat = false
        if peek() == "." {
            isFloat = true
            position += 1
            text += "." + take(while: Self.isDigit)
        }
        if peek() == "e" || peek() == "E" {
            let sign = peek(1) == "+" || peek(1) == "-" ? 1 : 0
            guard peek(1 + sign).map(Self.isDigit) == true else { throw badNumber(text, column) }
            isFloat = true
            text += "e" + (sign == 1 ? String(scalars[position + 1]) : "")
            position += 1 + sign
            text += take(while: Self.isDigit)
        }
        if let scalar = peek(), Self.beginsName(scalar) { throw badNumber(text, column) }
        return isFloat ? .float(text) : .integer(text)
    }

    private func badNumber(_ text: String, _ column: Int) -> StreamError {
        StreamError(
            .definition, "column \(column): a number begins with '\(text)' and goes on with '\(scalars[position])'",
            remedy: "Write numbers as 12, 0.5 or 1e-3; put names that begin with a digit in double quotes.")
    }

    /// Between quotes, which stand for themselves when doubled.
    private mutating func quoted(_ quote: Unicode.Scalar, column: Int) throws(StreamError) -> String {
        var text = String.UnicodeScalarView()
        position += 1
        while let scalar = peek() {
            position += 1
            if scalar != quote {
                text.append(scalar)
            } else if peek() == quote {
                text.append(quote)
                position += 1
            } else {
                return String(text)
            }
        }
        throw StreamError(
            .definition, "column \(column): the \(quote == "'" ? "text" : "name") that begins here does not end",
            remedy: "Close it with \(quote), and write \(quote)\(quote) for a \(quote) within.")
    }

    private static let pairs: Set<String> = ["<=", ">=", "<>", "!=", "==", "||", "//"]
    private static let singles = Set("()+-*/%<>=,")

    private mutating func symbol(column: Int) throws(StreamError) -> String {
        let first = scalars[position]
        if let second = peek(1) {
            let pair = String(first) + String(second)
            if Self.pairs.contains(pair) {
                position += 2
                return pair
            }
        }
        guard Self.singles.contains(Character(first)) else {
            throw StreamError(
                .definition, "column \(column): '\(first)' has no meaning in an expression",
                remedy: "Put texts in 'single' and unusual names in \"double\" quotes.")
        }
        position += 1
        return String(first)
    }
}
