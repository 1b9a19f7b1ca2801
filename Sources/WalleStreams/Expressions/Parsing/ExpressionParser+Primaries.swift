internal import WalleText

/// Names, literals, functions, `CASE`, `CAST` and what stands in parentheses.
extension ExpressionParser {
    /// Words that are no names unless in double quotes.
    static let reserved: Set<String> = [
        "AND", "OR", "NOT", "IS", "NULL", "IN", "LIKE", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST", "AS",
        "TRUE", "FALSE",
    ]

    mutating func primary() throws(StreamError) -> Part {
        switch token.kind {
        case .integer, .float: return try number(sign: "")
        case .text(let text):
            advance()
            return Part(expression: .literal(.text(text)))
        case .quotedName(let name):
            advance()
            return Part(expression: .name(name))
        case .word(let word): return try self.word(word)
        case .symbol("("):
            advance()
            let part = try expression(Precedence.loosest)
            try expect(")", "Close every '(' with a ')'.")
            return part
        default:
            throw unexpected(
                "a value", remedy: "Write a name, a number, a 'text', a function or a part in parentheses.")
        }
    }

    mutating func number(sign: String) throws(StreamError) -> Part {
        let begin = token
        advance()
        switch begin.kind {
        case .integer(let digits):
            if let value = Int64(sign + digits) { return Part(expression: .literal(.int(value))) }
            throw error("\(sign)\(digits) does not fit 64 bits", at: begin, remedy: "Write \(digits).0 for a float.")
        case .float(let digits):
            let value = Double(sign + digits)
            if let value, value.isFinite { return Part(expression: .literal(.float(value))) }
            throw error("\(sign)\(digits) is too large for a float", at: begin, remedy: "Floats end near 1.8e308.")
        default: throw unexpected("a number", remedy: "Write 12, 0.5 or 1e-3.")
        }
    }

    private mutating func word(_ word: String) throws(StreamError) -> Part {
        let upper = word.uppercased()
        switch upper {
        case "TRUE", "FALSE":
            advance()
            return Part(expression: .literal(.bool(upper == "TRUE")))
        case "NULL":
            advance()
            return Part(expression: .literal(.null))
        case "CASE": return try cases()
        case "CAST": return try cast()
        case "TIMESTAMP":
            if case .text(let text) = following.kind { return try timestamp(text) }
        default: break
        }
        guard !Self.reserved.contains(upper) else {
            throw unexpected("a value", remedy: "A name that is a word of SQL goes in double quotes: \"\(word)\".")
        }
        if following.kind == .symbol("(") { return try call(word) }
        advance()
        return Part(expression: .name(word))
    }

    private mutating func timestamp(_ text: String) throws(StreamError) -> Part {
        advance()
        guard let time = TimeText.microseconds(text) else {
            throw error("'\(text)' is no time", remedy: "Write TIMESTAMP '2024-03-31 12:30:00', which is in UTC.")
        }
        advance()
        return Part(expression: .literal(.time(time)))
    }

    private mutating func call(_ name: String) throws(StreamError) -> Part {
        guard let function = ScalarFunction(written: name) else {
            throw error("there is no function '\(name)'", remedy: Self.remedy(function: name.lowercased()))
        }
        advance()
        advance()
        var arguments: [Part] = []
        if !accept(")") {
            repeat { arguments.append(try expression(Precedence.loosest)) } while accept(",")
            try expect(")", "Separate arguments by ',' and close with ')'.")
        }
        return try part(.call(function, arguments.map(\.expression)), of: arguments)
    }

    private static func remedy(function name: String) -> String {
        let names = ScalarFunction.allCases.map(\.rawValue)
        if let near = Suggestion.nearest(to: name, in: names) { return "Did you mean '\(near)'?" }
        return "There are \(names.joined(separator: ", "))."
    }

    private mutating func cast() throws(StreamError) -> Part {
        advance()
        try expect("(", "Write CAST(x AS int).")
        let value = try expression(Precedence.loosest)
        try expectKeyword("AS", "Write CAST(x AS int).")
        guard case .word(let name) = token.kind, let type = ColumnType(written: name) else {
            throw unexpected("a type", remedy: "The types are int, float, text, bool and time.")
        }
        advance()
        if name.uppercased() == "DOUBLE" { _ = acceptKeyword("PRECISION") }
        try expect(")", "Write CAST(x AS int).")
        return try part(.cast(value.expression, type), of: [value])
    }

    /// `CASE x WHEN a THEN b` is `CASE WHEN x = a THEN b`.
    private mutating func cases() throws(StreamError) -> Part {
        let remedy = "Write CASE WHEN condition THEN value ELSE value END."
        advance()
        let subject = token.isKeyword("WHEN") ? nil : try expression(Precedence.loosest)
        var parts: [Part] = []
        var branches: [Expression.Branch] = []
        while acceptKeyword("WHEN") {
            var condition = try expression(Precedence.loosest)
            if let subject {
                let equal = Expression.binary(.equal, subject.expression, condition.expression)
                condition = try part(equal, of: [subject, condition])
            }
            try expectKeyword("THEN", remedy)
            let result = try expression(Precedence.loosest)
            parts += [condition, result]
            branches.append(.init(condition: condition.expression, result: result.expression))
        }
        guard !branches.isEmpty else { throw unexpected("WHEN", remedy: remedy) }
        var otherwise: Part?
        if acceptKeyword("ELSE") { otherwise = try expression(Precedence.loosest) }
        try expectKeyword("END", remedy)
        return try part(.cases(branches, otherwise: otherwise?.expression), of: parts + (otherwise.map { [$0] } ?? []))
    }
}

extension ScalarFunction {
    /// Other names by which SQL knows some of them.
    private static let synonyms: [String: ScalarFunction] = [
        "ceiling": .ceiling, "pow": .power, "substr": .substring, "char_length": .length, "ifnull": .coalesce,
    ]

    /// Nil when there is no such function.
    init?(written name: String) {
        let lower = name.lowercased()
        guard let function = ScalarFunction(rawValue: lower) ?? Self.synonyms[lower] else { return nil }
        self = function
    }
}

extension ColumnType {
    private static let synonyms: [String: ColumnType] = [
        "integer": .int, "bigint": .int, "long": .int, "int64": .int, "double": .float, "real": .float,
        "float64": .float, "varchar": .text, "string": .text, "char": .text, "boolean": .bool, "timestamp": .time,
        "datetime": .time,
    ]

    /// By our name or one of SQL's; nil when there is no such type.
    init?(written name: String) {
        let lower = name.lowercased()
        guard let type = ColumnType(rawValue: lower) ?? Self.synonyms[lower] else { return nil }
        self = type
    }
}
