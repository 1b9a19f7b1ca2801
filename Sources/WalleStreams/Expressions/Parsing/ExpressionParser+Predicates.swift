/// Comparisons: what gives a truth about a value on its left.
extension ExpressionParser {
    mutating func predicate(of left: Part) throws(StreamError) -> Part {
        if case .symbol(let symbol) = token.kind {
            advance()
            let right = try expression(Precedence.concatenation)
            let operation = Self.operators[symbol].unsafelyUnwrapped.0
            return try part(.binary(operation, left.expression, right.expression), of: [left, right])
        }
        if acceptKeyword("IS") {
            let not = acceptKeyword("NOT")
            try expectKeyword("NULL", "Write IS NULL or IS NOT NULL; a truth is compared as in 'gift = TRUE'.")
            return try negatedIf(not, part(.isNull(left.expression), of: [left]))
        }
        let not = acceptKeyword("NOT")
        if acceptKeyword("IN") { return try negatedIf(not, isOne(left)) }
        if acceptKeyword("LIKE") { return try negatedIf(not, like(left)) }
        if acceptKeyword("BETWEEN") { return try negatedIf(not, between(left)) }
        throw unexpected("IN, LIKE or BETWEEN", remedy: "Write NOT before a whole comparison, or x NOT IN (1, 2).")
    }

    private func negatedIf(_ not: Bool, _ part: Part) throws(StreamError) -> Part {
        not ? try self.part(.not(part.expression), of: [part]) : part
    }

    private mutating func isOne(_ left: Part) throws(StreamError) -> Part {
        let remedy = "Write values between parentheses: event IN ('view', 'buy')."
        try expect("(", remedy)
        var values: [EventValue] = []
        repeat {
            values.append(try listValue())
            guard values.count <= ExpressionLimits.listValues else {
                throw StreamError(
                    .limit, "column \(token.column): more than \(ExpressionLimits.listValues) values in a list",
                    remedy: "Compare with fewer values.")
            }
        } while accept(",")
        try expect(")", remedy)
        return try part(.isOne(left.expression, of: values), of: [left])
    }

    private mutating func listValue() throws(StreamError) -> EventValue {
        let begin = token
        let value = token.kind == .symbol("-") ? try negativeNumber() : try primary()
        guard case .literal(let literal)? = value?.expression else {
            throw error("the list of IN holds \(begin.shown)", at: begin, remedy: "A list holds values only, no names.")
        }
        guard literal != .null else {
            throw error("the list of IN holds NULL", at: begin, remedy: "Nothing equals NULL: write OR x IS NULL.")
        }
        return literal
    }

    private mutating func like(_ left: Part) throws(StreamError) -> Part {
        guard case .text(let pattern) = token.kind else {
            throw unexpected("a pattern", remedy: "Write LIKE '/shop/%': % is any text, _ any one character.")
        }
        advance()
        return try part(.like(left.expression, pattern: pattern), of: [left])
    }

    /// `x BETWEEN a AND b` is `x >= a AND x <= b`.
    private mutating func between(_ left: Part) throws(StreamError) -> Part {
        let low = try expression(Precedence.concatenation)
        try expectKeyword("AND", "Write x BETWEEN low AND high.")
        let high = try expression(Precedence.concatenation)
        let above = try part(.binary(.greaterOrEqual, left.expression, low.expression), of: [left, low])
        let below = try part(.binary(.lessOrEqual, left.expression, high.expression), of: [left, high])
        return try part(.binary(.and, above.expression, below.expression), of: [above, below])
    }
}
