/// Writing an expression so that reading it gives the same again.
extension Expression: CustomStringConvertible {
    package var description: String { text }

    /// As the parser reads it, with no more parentheses than it takes.
    package var text: String {
        switch self {
        case .name(let name): Self.quotedIfNeeded(name)
        case .literal(let value): Self.text(value)
        case .negated(let operand): "-" + operand.negatedText
        case .not(let operand): operand.complementText
        case .binary(let operation, let left, let right): Self.text(operation, left, right)
        case .isNull(let operand): operand.predicateSubject + " IS NULL"
        case .isOne(let operand, let values): operand.predicateSubject + " IN " + Self.text(values)
        case .like(let operand, let pattern): operand.predicateSubject + " LIKE " + Self.quoted(pattern, "'")
        case .cases(let branches, let otherwise): Self.text(branches, otherwise)
        case .cast(let operand, let type): "CAST(\(operand.text) AS \(type.rawValue))"
        case .call(let function, let arguments):
            function.rawValue + "(" + arguments.map(\.text).joined(separator: ", ") + ")"
        }
    }

    private typealias Precedence = ExpressionParser.Precedence

    /// How tightly its outermost operator binds.
    private var precedence: Int {
        switch self {
        case .not(.isNull), .not(.isOne), .not(.like), .isNull, .isOne, .like: Precedence.predicate
        case .not: Precedence.not
        case .negated: Precedence.sign
        case .binary(.or, _, _): Precedence.or
        case .binary(.and, _, _): Precedence.and
        case .binary(let operation, _, _):
            ExpressionParser.operators[operation.rawValue].unsafelyUnwrapped.1
        case .name, .literal, .cases, .cast, .call: Precedence.sign + 1
        }
    }

    private func text(atLeast precedence: Int) -> String {
        self.precedence >= precedence ? text : "(\(text))"
    }

    private var predicateSubject: String { text(atLeast: Precedence.concatenation) }

    /// Without two signs in a row, which begin a comment in SQL, and so that no number takes the sign.
    private var negatedText: String {
        switch self {
        case .literal, .negated: "(\(text))"
        default: text(atLeast: Precedence.sign)
        }
    }

    private var complementText: String {
        switch self {
        case .isNull(let operand): operand.predicateSubject + " IS NOT NULL"
        case .isOne(let operand, let values): operand.predicateSubject + " NOT IN " + Self.text(values)
        case .like(let operand, let pattern): operand.predicateSubject + " NOT LIKE " + Self.quoted(pattern, "'")
        default: "NOT " + text(atLeast: Precedence.not)
        }
    }

    private static func text(_ operation: BinaryOperator, _ left: Expression, _ right: Expression) -> String {
        let own = Expression.binary(operation, left, right).precedence
        // Comparisons in a row are legal but nobody can read them.
        let leftText = left.text(atLeast: own == Precedence.predicate ? own + 1 : own)
        return "\(leftText) \(operation.rawValue) \(right.text(atLeast: own + 1))"
    }

    private static func text(_ branches: [Branch], _ otherwise: Expression?) -> String {
        let whens = branches.map { " WHEN \($0.condition.text) THEN \($0.result.text)" }
        return "CASE" + whens.joined() + (otherwise.map { " ELSE " + $0.text } ?? "") + " END"
    }

    private static func text(_ values: [EventValue]) -> String {
        "(" + values.map(text).joined(separator: ", ") + ")"
    }

    private static func text(_ value: EventValue) -> String {
        switch value {
        case .null: "NULL"
        case .bool(let value): value ? "TRUE" : "FALSE"
        case .int(let value): String(value)
        case .float(let value): String(value)
        case .text(let value): quoted(value, "'")
        case .time(let value): "TIMESTAMP '\(TimeText.text(value))'"
        }
    }

    private static func quotedIfNeeded(_ name: String) -> String {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, ExpressionScanner.beginsName(first),
            scalars.allSatisfy(ExpressionScanner.continuesName), !ExpressionParser.reserved.contains(name.uppercased())
        else { return quoted(name, "\"") }
        return name
    }

    static func quoted(_ text: String, _ quote: Character) -> String {
        var quoted = String(quote)
        for scalar in text.unicodeScalars {
            quoted.unicodeScalars.append(scalar)
            if Character(scalar) == quote { quoted.append(quote) }
        }
        return quoted + String(quote)
    }
}
