/// An expression whose names are found and whose types fit: what the evaluator and the printers of SQL read.
package struct CheckedExpression: Hashable, Sendable {
    package indirect enum Node: Hashable, Sendable {
        case column(ExpressionScope.Place)
        /// Of the expression's type, or null.
        case literal(EventValue)
        case negated(CheckedExpression)
        case not(CheckedExpression)
        /// Both sides are of one type, but where a time and an int are added or subtracted.
        case binary(BinaryOperator, CheckedExpression, CheckedExpression)
        case isNull(CheckedExpression)
        /// The values are of the operand's type.
        case isOne(CheckedExpression, of: [EventValue])
        case like(CheckedExpression, pattern: String)
        case cases([Branch], otherwise: CheckedExpression)
        /// To another type than the operand's; where a float is needed an int becomes one without being told.
        case cast(CheckedExpression)
        /// The arguments that a function wants as constants are literals that it takes.
        case call(ScalarFunction, [CheckedExpression])
    }

    package struct Branch: Hashable, Sendable {
        package let condition: CheckedExpression
        package let result: CheckedExpression
    }

    package let node: Node
    package let type: ColumnType

    init(_ node: Node, _ type: ColumnType) {
        self.node = node
        self.type = type
    }

    /// - Throws: `StreamError` that names the part, its type and the type it should have.
    package init(_ expression: Expression, in scope: ExpressionScope) throws(StreamError) {
        self = try ExpressionChecker(scope: scope).check(expression)
    }

    /// A condition, which is true, false or null.
    package init(condition: Expression, in scope: ExpressionScope) throws(StreamError) {
        self = try ExpressionChecker(scope: scope).condition(condition)
    }

    /// The value, when it is a literal.
    package var literal: EventValue? {
        guard case .literal(let value) = node else { return nil }
        return value
    }

    /// What it is computed from directly.
    package var children: [CheckedExpression] {
        switch node {
        case .column, .literal: []
        case .negated(let operand), .not(let operand), .isNull(let operand), .cast(let operand): [operand]
        case .isOne(let operand, _), .like(let operand, _): [operand]
        case .binary(_, let left, let right): [left, right]
        case .cases(let branches, let otherwise): branches.flatMap { [$0.condition, $0.result] } + [otherwise]
        case .call(_, let arguments): arguments
        }
    }

    /// The places whose values it needs.
    package var places: Set<ExpressionScope.Place> {
        if case .column(let place) = node { return [place] }
        return children.reduce(into: []) { $0.formUnion($1.places) }
    }
}
