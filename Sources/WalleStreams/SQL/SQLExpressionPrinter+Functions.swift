/// Functions of numbers and of texts.
extension SQLExpressionPrinter {
    mutating func call(_ function: ScalarFunction, _ arguments: [CheckedExpression], _ type: ColumnType) -> String {
        switch function {
        case .round where dialect == .flink: return finiteRound(arguments[0])
        case .absolute, .ceiling, .floor, .round, .exponential:
            return "\(function.rawValue)(\(text(arguments[0])))"
        case .squareRoot: return defined(function, arguments[0], ">=")
        case .naturalLogarithm: return defined(function, arguments[0], ">")
        case .power: return "power(\(text(arguments[0])), \(text(arguments[1])))"
        case .least, .greatest: return extremes(function, arguments)
        case .coalesce:
            let parts = arguments.map { wide($0) }
            return parts.count == 1 ? parts[0] : "coalesce(\(parts.joined(separator: ", ")))"
        case .nullIf: return nullIf(arguments)
        case .lower, .upper: return changedCase(function, arguments[0])
        case .trim: return trimmed(arguments[0])
        case .length: return "\(dialect == .flink ? "char_length" : "length")(\(text(arguments[0])))"
        case .substring: return substring(arguments)
        case .replace: return "replace(\(list(arguments)))"
        case .splitPart: return split(arguments)
        case .startsWith: return startsWith(arguments)
        case .contains: return contains(arguments)
        case .extract: return extract(arguments)
        case .datePart, .dateTrunc, .formatTime: return time(function, arguments)
        case .epochMicroseconds: return microseconds(arguments[0])
        }
    }

    private mutating func list(_ arguments: [CheckedExpression]) -> String {
        arguments.map { text($0) }.joined(separator: ", ")
    }

    /// Null where the function has no value: elsewhere it is an error, NaN or minus infinity.
    private mutating func defined(_ function: ScalarFunction, _ argument: CheckedExpression, _ comparison: String)
        -> String
    {
        let value = text(argument)
        let call = "\(function.rawValue)(\(value))"
        if dialect == .sqlite && function == .squareRoot { return call }
        let zero = literal(.float(0), .float)
        // NaN has a value: NaN. It is above zero for DuckDB, and for Flink not below it.
        if dialect == .flink {
            let undefined = "\(operand(argument)) \(comparison == ">" ? "<=" : "<") \(zero)"
            return "CASE WHEN \(undefined) THEN CAST(NULL AS DOUBLE) ELSE \(call) END"
        }
        return "CASE WHEN \(operand(argument)) \(comparison) \(zero) THEN \(call) END"
    }

    /// Flink cannot round NaN and infinity. From 2^52 on all floats are whole.
    private mutating func finiteRound(_ argument: CheckedExpression) -> String {
        let value = text(argument)
        return "CASE WHEN abs(\(value)) < 4503599627370496e0 THEN round(\(value)) ELSE \(value) END"
    }

    /// Null when one is null. NaN is above all numbers, as DuckDB has it.
    private mutating func extremes(_ function: ScalarFunction, _ arguments: [CheckedExpression]) -> String {
        switch dialect {
        case .sqlite: return "\(function == .least ? "min" : "max")(\(list(arguments)))"
        case .duckdb:
            let given = arguments.filter { $0.literal == nil }.map { operand($0) + " IS NULL" }
            let call = "\(function.rawValue)(\(list(arguments)))"
            if given.isEmpty { return call }
            return "CASE WHEN \(given.joined(separator: " OR ")) THEN NULL ELSE \(call) END"
        case .flink:
            return "\(function.rawValue)(\(arguments.map { wide($0) }.joined(separator: ", ")))"
        }
    }

    private mutating func nullIf(_ arguments: [CheckedExpression]) -> String {
        // NaN is equal to itself for DuckDB.
        if dialect == .duckdb, arguments[0].mayBeNaN, arguments[1].mayBeNaN {
            let (value, other) = (operand(arguments[0]), operand(arguments[1]))
            return "CASE WHEN \(value) = \(other) AND NOT isnan(\(value)) THEN NULL ELSE \(value) END"
        }
        return "nullif(\(arguments.map { wide($0) }.joined(separator: ", ")))"
    }

    private mutating func changedCase(_ function: ScalarFunction, _ argument: CheckedExpression) -> String {
        if dialect == .sqlite {
            return refuse(
                function.rawValue, remedy: "SQLite changes the case of ASCII letters only: compare with all forms.")
        }
        return "\(function.rawValue)(\(text(argument)))"
    }

    private mutating func trimmed(_ argument: CheckedExpression) -> String {
        dialect == .duckdb ? "trim(\(text(argument)), ' ')" : "trim(\(text(argument)))"
    }

    private mutating func substring(_ arguments: [CheckedExpression]) -> String {
        "\(dialect == .sqlite ? "substr" : "substring")(\(list(arguments)))"
    }

    private mutating func split(_ arguments: [CheckedExpression]) -> String {
        let (value, separator) = (text(arguments[0]), text(arguments[1]))
        guard case .int(let index)? = arguments[2].literal else { return "NULL" }
        switch dialect {
        case .duckdb: return "string_split(\(value), \(separator))[\(index)]"
        case .flink:
            let part = "split_index(\(value), \(separator), \(index - 1))"
            // Flink finds no part in an empty text.
            return index == 1 ? "CASE WHEN \(operand(arguments[0])) = '' THEN '' ELSE \(part) END" : part
        case .sqlite:
            guard index == 1 else {
                return refuse("split_part from the second part on", remedy: "SQLite has no function for it.")
            }
            let found = "instr(\(value), \(separator))"
            return "CASE WHEN \(found) > 0 THEN substr(\(value), 1, \(found) - 1) ELSE \(value) END"
        }
    }

    private mutating func startsWith(_ arguments: [CheckedExpression]) -> String {
        guard case .text(let prefix)? = arguments[1].literal else { return "NULL" }
        if dialect == .duckdb { return "starts_with(\(list(arguments)))" }
        let function = dialect == .sqlite ? "substr" : "substring"
        return "(\(function)(\(text(arguments[0])), 1, \(prefix.unicodeScalars.count)) = \(dialect.text(prefix)))"
    }

    private mutating func contains(_ arguments: [CheckedExpression]) -> String {
        let (value, part) = (text(arguments[0]), text(arguments[1]))
        switch dialect {
        case .duckdb: return "contains(\(value), \(part))"
        case .flink: return "(POSITION(\(part) IN \(value)) > 0)"
        case .sqlite: return "(instr(\(value), \(part)) > 0)"
        }
    }

    /// Null without a match, and an empty text for a group that has no part in it.
    private mutating func extract(_ arguments: [CheckedExpression]) -> String {
        var group: Int64 = 0
        if arguments.count > 2, case .int(let number)? = arguments[2].literal { group = number }
        let (value, pattern) = (text(arguments[0]), text(arguments[1]))
        switch dialect {
        case .sqlite: return refuse("regexp_extract", remedy: "SQLite has no regular expressions.")
        case .duckdb:
            return
                "CASE WHEN regexp_matches(\(value), \(pattern)) THEN regexp_extract(\(value), \(pattern), \(group)) END"
        case .flink:
            return "CASE WHEN REGEXP(\(value), \(pattern)) THEN "
                + "coalesce(regexp_extract(\(value), \(pattern), \(group)), '') END"
        }
    }
}
