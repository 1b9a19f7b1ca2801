/// Prints checked expressions in a dialect, so that they mean the same there, and collects what the dialect cannot
/// express.
///
/// What is not carried over, as no text that people want to read would tell it: Flink wraps sums, differences and
/// products of integers beyond 64 bits, which are null here; the least integer has a negative there and is an error or
/// a float elsewhere; `lower` and `upper` differ for the few letters whose other case is several letters; SQLite has no
/// NaN; Flink takes NaN for equal to itself and reads times before 1970 wrongly.
struct SQLExpressionPrinter {
    let dialect: SQLDialect
    let scope: ExpressionScope
    /// The part of a definition that is being printed.
    var field = "expression"
    /// What stands before the name of a column, with a dot: a table, or a variable of a pattern.
    var qualifier = ""
    private(set) var refusals: [StreamError] = []
    private var known: [CheckedExpression: String] = [:]
    /// UTF-8 bytes.
    private static let longest = 100_000

    init(_ dialect: SQLDialect, _ scope: ExpressionScope) {
        self.dialect = dialect
        self.scope = scope
    }

    /// - Throws: `SQLRefusal`.
    static func print(_ expression: CheckedExpression, _ dialect: SQLDialect, in scope: ExpressionScope)
        throws(SQLRefusal) -> String
    {
        var printer = SQLExpressionPrinter(dialect, scope)
        let text = printer.text(expression)
        guard printer.refusals.isEmpty else { throw SQLRefusal(dialect: dialect, parts: printer.refusals) }
        return text
    }

    /// Notes what the dialect lacks; what it gives is never used.
    mutating func refuse(_ message: String, remedy: String) -> String {
        let refusal = StreamError(.definition, field: field, message, remedy: remedy)
        if !refusals.contains(refusal) { refusals.append(refusal) }
        return "NULL"
    }

    /// An expression that stands alone. Some parts are printed more than once: each is computed once, and has a limit.
    mutating func text(_ expression: CheckedExpression) -> String {
        if let text = known[expression] { return text }
        var text = newText(expression)
        if text.utf8.count > Self.longest {
            text = refuse("an expression that is too long there", remedy: "Give names to its parts as derived values.")
        }
        known[expression] = text
        return text
    }

    private mutating func newText(_ expression: CheckedExpression) -> String {
        switch expression.node {
        case .column(let place): qualifier + dialect.name(scope.name(at: place))
        case .literal(let value): literal(value, expression.type)
        case .negated(let operand): "-" + self.operand(operand)
        case .not(let operand): "NOT " + self.operand(operand)
        case .binary(let operation, let left, let right): binary(operation, left, right, expression)
        case .isNull(let operand): self.operand(operand) + " IS NULL"
        case .isOne(let operand, let values): isOne(operand, values)
        case .like(let operand, let pattern): like(operand, pattern)
        case .cases(let branches, let otherwise): cases(branches, otherwise)
        case .cast(let operand): cast(operand, to: expression.type)
        case .call(let function, let arguments): call(function, arguments, expression.type)
        }
    }

    /// An expression as a part of another, in parentheses where it has an operator.
    mutating func operand(_ expression: CheckedExpression) -> String {
        let text = text(expression)
        switch expression.node {
        case .negated, .not, .binary, .isNull, .isOne, .like: return "(\(text))"
        case .literal(.int(let value)) where value < 0: return "(\(text))"
        case .literal(.float(let value)) where value < 0: return "(\(text))"
        case .column, .literal, .cases, .cast, .call: return text
        }
    }

    mutating func literal(_ value: EventValue, _ type: ColumnType) -> String {
        if dialect == .flink, case .time(let time) = value, !time.isMultiple(of: 1000) {
            return refuse(
                "the time \(TimeText.text(time))", remedy: "Flink's event times know milliseconds: write a whole one.")
        }
        return switch value {
        case .null: "CAST(NULL AS \(dialect.type(type)))"
        case .bool(let value): value ? "TRUE" : "FALSE"
        // Its digits alone do not fit 64 bits.
        case .int(.min): dialect == .sqlite ? "(-9223372036854775807 - 1)" : "CAST('-9223372036854775808' AS BIGINT)"
        case .int(let value): String(value)
        case .float(let value): float(value)
        case .text(let value): dialect.text(value)
        case .time(let value): dialect == .sqlite ? String(value) : "TIMESTAMP '\(TimeText.text(value))'"
        }
    }

    /// Without an exponent it would be a decimal number in Flink and DuckDB, which computes differently.
    private func float(_ value: Double) -> String {
        let text = String(value)
        return dialect == .sqlite || text.contains("e") ? text : text + "e0"
    }

    /// A literal int as a part of which nothing else says that it has 64 bits.
    mutating func wide(_ expression: CheckedExpression) -> String {
        if dialect != .sqlite, case .int(let value)? = expression.literal, value != .min {
            return "CAST(\(value) AS BIGINT)"
        }
        return operand(expression)
    }

    private mutating func isOne(_ operand: CheckedExpression, _ values: [EventValue]) -> String {
        self.operand(operand) + " IN (" + values.map { literal($0, operand.type) }.joined(separator: ", ") + ")"
    }

    private mutating func like(_ operand: CheckedExpression, _ pattern: String) -> String {
        let subject = self.operand(operand)
        switch dialect {
        case .duckdb: return "\(subject) LIKE \(dialect.text(pattern))"
        // The LIKE of SQLite does not mind the case of ASCII letters.
        case .sqlite: return "\(subject) GLOB \(dialect.text(Self.glob(pattern)))"
        case .flink:
            // A backslash escapes there unless something else does.
            let escapes = ["!", "^", "~", "|", "\u{1}"]
            let free = escapes.first { !pattern.contains($0) } ?? "\u{2}"
            let escape = pattern.contains("\\") ? " ESCAPE '\(free)'" : ""
            return "\(subject) LIKE \(dialect.text(pattern))\(escape)"
        }
    }

    private static func glob(_ pattern: String) -> String {
        pattern.unicodeScalars.reduce(into: "") { glob, scalar in
            switch scalar {
            case "%": glob += "*"
            case "_": glob += "?"
            case "*", "?", "[": glob += "[\(scalar)]"
            default: glob.unicodeScalars.append(scalar)
            }
        }
    }

    private mutating func cases(_ branches: [CheckedExpression.Branch], _ otherwise: CheckedExpression) -> String {
        var text = "CASE"
        for branch in branches { text += " WHEN \(self.text(branch.condition)) THEN \(wide(branch.result))" }
        return text + (otherwise.literal == .null ? "" : " ELSE " + wide(otherwise)) + " END"
    }
}
