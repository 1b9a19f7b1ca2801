/// Operators between two values.
extension SQLExpressionPrinter {
    mutating func binary(
        _ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression, _ whole: CheckedExpression
    ) -> String {
        switch operation {
        case .and, .or: return chain(operation, left, right)
        case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual: return comparison(operation, left, right)
        case .concatenate: return "\(operand(left)) || \(operand(right))"
        case .add, .subtract, .multiply, .divide, .divideWhole, .remainder: break
        }
        if left.type == .time || right.type == .time { return times(operation, left, right) }
        switch operation {
        case .divide: return "\(wideBesideLiteral(left, right)) / \(divisor(right))"
        case .divideWhole:
            return "\(wideBesideLiteral(left, right)) \(dialect == .duckdb ? "//" : "/") \(divisor(right))"
        case .remainder: return "\(wideBesideLiteral(left, right)) % \(divisor(right))"
        default: return checked(sum(operation, left, right), whole)
        }
    }

    /// Nothing else says that two literals have 64 bits.
    private mutating func wideBesideLiteral(_ left: CheckedExpression, _ right: CheckedExpression) -> String {
        left.type == .int && left.places.isEmpty && right.places.isEmpty ? wide(left) : operand(left)
    }

    /// Null where an integer does not fit 64 bits: an error in DuckDB and a float in SQLite, which both stay so through
    /// a whole row of sums and products.
    private func checked(_ text: String, _ whole: CheckedExpression) -> String {
        guard whole.type == .int, whole.greatestMagnitude >= 0x1p63 else { return text }
        switch dialect {
        case .duckdb: return "TRY(\(text))"
        case .sqlite: return "CASE WHEN typeof(\(text)) = 'integer' THEN \(text) END"
        case .flink: return text
        }
    }

    private mutating func sum(_ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression)
        -> String
    {
        let first = left.isSum ? summand(left) : wideBesideLiteral(left, right)
        return "\(first) \(operation.rawValue) \(summand(right))"
    }

    /// A sum or product within another, which the check of the outermost serves.
    private mutating func summand(_ expression: CheckedExpression) -> String {
        guard case .binary(let operation, let left, let right) = expression.node, expression.isSum else {
            return operand(expression)
        }
        return "(\(sum(operation, left, right)))"
    }

    /// A row of the same operator needs no parentheses.
    private mutating func chain(_ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression)
        -> String
    {
        var first = operand(left)
        if case .binary(operation, _, _) = left.node { first = text(left) }
        return "\(first) \(operation.rawValue) \(operand(right))"
    }

    /// Null in place of zero, unless it is a literal that is not.
    private mutating func divisor(_ expression: CheckedExpression) -> String {
        switch expression.literal {
        case .int(let value)? where value != 0: return operand(expression)
        case .float(let value)? where value != 0: return operand(expression)
        default:
            // In SQLite a division by zero gives null.
            if dialect == .sqlite { return operand(expression) }
            return "NULLIF(\(text(expression)), \(expression.type == .int ? "0" : "0.0e0"))"
        }
    }

    /// NaN compares as in IEEE 754: DuckDB says that it is equal to itself and above all numbers.
    private mutating func comparison(
        _ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression
    ) -> String {
        let (first, second) = (operand(left), operand(right))
        let plain = "\(first) \(operation.rawValue) \(second)"
        guard dialect == .duckdb, left.type == .float else { return plain }
        let isUpward = operation == .greater || operation == .greaterOrEqual
        // The side that may be NaN where this gives another truth.
        let (suspect, other) = isUpward ? (left, right) : (right, left)
        guard suspect.mayBeNaN else { return plain }
        let (suspectText, otherText) = isUpward ? (text(left), second) : (text(right), first)
        if other.literal != nil, operation != .unequal { return "\(plain) AND NOT isnan(\(suspectText))" }
        // False, or true for what is unequal; null where the other side is.
        let truth = "\(otherText) \(operation == .unequal ? "=" : "<>") \(otherText)"
        return "CASE WHEN isnan(\(suspectText)) THEN \(truth) ELSE \(plain) END"
    }

    private mutating func times(_ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression)
        -> String
    {
        if dialect == .sqlite { return "\(operand(left)) \(operation.rawValue) \(operand(right))" }
        if left.type == .time, right.type == .time {
            return "\(microseconds(left)) - \(microseconds(right))"
        }
        let (time, span) = left.type == .time ? (left, right) : (right, left)
        if dialect == .duckdb { return "\(operand(time)) \(operation.rawValue) to_microseconds(\(text(span)))" }
        guard case .int(let value)? = span.literal, value.isMultiple(of: 1000), value != .min else {
            return refuse(
                "a time plus or minus '\(span.literal == nil ? "a computed value" : text(span))'",
                remedy: "In Flink only whole milliseconds that are written as a number can be added to a time.")
        }
        return "\(operand(time)) \(operation.rawValue) \(dialect.interval(value))"
    }
}

extension CheckedExpression {
    /// Whether it is a sum, a difference or a product of ints.
    fileprivate var isSum: Bool {
        guard type == .int, case .binary(let operation, let left, _) = node, left.type == .int else { return false }
        return operation == .add || operation == .subtract || operation == .multiply
    }

    /// What no value of an int exceeds, as far as its form tells; from 2^63 on where it may not fit.
    fileprivate var greatestMagnitude: Double {
        switch node {
        case .literal(.int(let value)): Double(value.magnitude)
        case .binary(.add, let left, let right), .binary(.subtract, let left, let right):
            left.greatestMagnitude + right.greatestMagnitude
        case .binary(.multiply, let left, let right): max(1, left.greatestMagnitude) * max(1, right.greatestMagnitude)
        case .binary(.remainder, _, let right): right.greatestMagnitude
        case .call(.length, _), .call(.datePart, _): 0x1p31
        case .cast(let operand) where operand.type == .bool: 1
        case .cases(let branches, let otherwise):
            branches.reduce(otherwise.greatestMagnitude) { max($0, $1.result.greatestMagnitude) }
        // A bit more than it can be, so that a sum with anything is in doubt.
        default: 0x1p64
        }
    }

    /// Whether a float may be NaN.
    var mayBeNaN: Bool {
        switch node {
        case .literal: false
        case .cast(let operand): operand.type == .float
        case .negated(let operand): operand.mayBeNaN
        case .call(.absolute, let arguments), .call(.round, let arguments), .call(.coalesce, let arguments):
            arguments.contains(where: \.mayBeNaN)
        case .cases(let branches, let otherwise):
            otherwise.type == .float && (otherwise.mayBeNaN || branches.contains(where: \.result.mayBeNaN))
        default: type == .float
        }
    }
}
