/// Expressions of several aggregates, of which equal ones are evaluated once: many aggregates count the same events.
struct SharedEvaluators {
    private let evaluators: [ExpressionEvaluator]
    /// Of each expression its evaluator; nil where there is none.
    private let places: [Int?]

    init(_ expressions: [CheckedExpression?]) {
        var known: [CheckedExpression: Int] = [:]
        var evaluators: [ExpressionEvaluator] = []
        places = expressions.map { expression in
            guard let expression else { return nil }
            if let place = known[expression] { return place }
            known[expression] = evaluators.count
            evaluators.append(ExpressionEvaluator(expression))
            return evaluators.count - 1
        }
        self.evaluators = evaluators
    }

    /// Of each expression its values.
    func evaluate(_ batch: EventBatch, derived: [Column]) -> [Column?] {
        let columns = evaluators.map { $0.evaluate(batch, derived: derived) }
        return places.map { $0.map { columns[$0] } }
    }
}
