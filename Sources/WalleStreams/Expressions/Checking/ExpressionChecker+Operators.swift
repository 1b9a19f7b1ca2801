/// The types of operators between two values.
extension ExpressionChecker {
    func binary(
        _ operation: BinaryOperator, _ left: Expression, _ right: Expression, in whole: Expression
    ) throws(StreamError) -> CheckedExpression {
        switch operation {
        case .and, .or:
            return CheckedExpression(.binary(operation, try condition(left), try condition(right)), .bool)
        case .concatenate:
            let (left, right) = (try check(left, is: .text, in: whole), try check(right, is: .text, in: whole))
            return CheckedExpression(.binary(operation, left, right), .text)
        case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return try comparison(operation, left, right, in: whole)
        case .add, .subtract, .multiply, .divide, .divideWhole, .remainder:
            return try arithmetic(operation, left, right, in: whole)
        }
    }

    private func comparison(
        _ operation: BinaryOperator, _ left: Expression, _ right: Expression, in whole: Expression
    ) throws(StreamError) -> CheckedExpression {
        guard left != .literal(.null), right != .literal(.null) else {
            throw Self.error(
                "'\(shown(whole))' compares with NULL, which is always null", remedy: "Write IS NULL or IS NOT NULL.")
        }
        let sides = try unified([left, right], in: whole)
        guard sides[0].type != .bool || operation == .equal || operation == .unequal else {
            throw wrong(left, .bool, "numbers, texts or times", in: whole)
        }
        return CheckedExpression(.binary(operation, sides[0], sides[1]), .bool)
    }

    private func arithmetic(
        _ operation: BinaryOperator, _ left: Expression, _ right: Expression, in whole: Expression
    ) throws(StreamError) -> CheckedExpression {
        let (first, second) = (try check(left), try check(right))
        if let type = Self.timeArithmetic(operation, first.type, second.type) {
            return CheckedExpression(.binary(operation, first, second), type)
        }
        guard first.type.isNumber else { throw wrong(left, first.type, "int or float", in: whole) }
        guard second.type.isNumber else { throw wrong(right, second.type, "int or float", in: whole) }
        if operation == .divideWhole || operation == .remainder {
            guard first.type == .int else { throw wrong(left, .float, "int", in: whole) }
            guard second.type == .int else { throw wrong(right, .float, "int", in: whole) }
        }
        if operation != .divide, first.type == .int, second.type == .int {
            return CheckedExpression(.binary(operation, first, second), .int)
        }
        return CheckedExpression(.binary(operation, Self.float(first), Self.float(second)), .float)
    }

    /// Between two times are microseconds, which may be added to a time.
    private static func timeArithmetic(_ operation: BinaryOperator, _ left: ColumnType, _ right: ColumnType)
        -> ColumnType?
    {
        switch (operation, left, right) {
        case (.subtract, .time, .time): .int
        case (.subtract, .time, .int), (.add, .time, .int), (.add, .int, .time): .time
        default: nil
        }
    }
}
