/// Tells the truth of conditions by evaluating their expressions, each once a batch.
///
/// Belongs to one thread at a time.
package final class PredicateColumns: PredicateSource {
    private let scope: ExpressionScope
    private var evaluators: [PatternPredicate: ExpressionEvaluator] = [:]

    package init(_ schema: EventSchema) { scope = ExpressionScope(schema) }

    package func truth(of predicate: PatternPredicate, in batch: EventBatch) throws(StreamError) -> Column {
        if let known = evaluators[predicate] { return known.evaluate(batch) }
        let evaluator = ExpressionEvaluator(try predicate.checked(in: scope))
        evaluators[predicate] = evaluator
        return evaluator.evaluate(batch)
    }

    /// Forgets conditions that nobody asks for any more.
    package func removeAll() { evaluators.removeAll() }
}

extension PatternPredicate {
    func checked(in scope: ExpressionScope) throws(StreamError) -> CheckedExpression {
        if let expression { return try CheckedExpression(condition: expression, in: scope) }
        return try CheckedExpression(condition: try ExpressionParser.parse(text), in: scope)
    }
}

extension EventPattern {
    /// Reads a pattern whose conditions are expressions over the attributes of a stream.
    ///
    /// - Parameter schema: Nil where it is not known yet which attributes events have.
    /// - Throws: `StreamError` that names the position, what was found and the remedy.
    package static func parse(
        _ text: String, contiguity: Contiguity = .relaxed, skip: MatchSkip = .pastLastRow, within: Microseconds,
        limits: PatternLimits = PatternLimits(), schema: EventSchema?
    ) throws(StreamError) -> EventPattern {
        let scope = schema.map { ExpressionScope($0) }
        return try parse(text, contiguity: contiguity, skip: skip, within: within, limits: limits) {
            text throws(StreamError) in
            do throws(StreamError) {
                let expression = try ExpressionParser.parse(text)
                if let scope { _ = try CheckedExpression(condition: expression, in: scope) }
                return expression
            } catch {
                throw error.at("[\(text)]")
            }
        }
    }
}
