internal import WalleText

/// Reads SQL-like text as an expression.
///
/// Operators from the loosest to the tightest: `OR`; `AND`; `NOT`; comparisons (`=` or `==`, `<>` or `!=`, `<`, `<=`,
/// `>`, `>=`, `IS [NOT] NULL`, `[NOT] IN`, `[NOT] LIKE`, `[NOT] BETWEEN`); `||`; `+ -`; `* / // %`; the sign. Keywords
/// and functions may be written in any case, names may not. Read by precedence climbing.
package struct ExpressionParser {
    private let tokens: [ExpressionToken]
    private var position = 0
    private var nesting = 0

    /// - Throws: `StreamError` with the column, what was found there and what to write.
    package static func parse(_ text: String) throws(StreamError) -> Expression {
        var parser = ExpressionParser(tokens: try ExpressionScanner.tokens(of: text))
        let part = try parser.expression(Precedence.loosest)
        guard parser.token.kind == .end else {
            throw parser.unexpected("an operator or the end", remedy: "Put an operator between two values.")
        }
        return part.expression
    }

    private init(tokens: [ExpressionToken]) { self.tokens = tokens }

    /// An expression with what the limits are about.
    struct Part {
        var expression: Expression
        var depth = 1
        var nodes = 1
    }

    var token: ExpressionToken { tokens[position] }
    var following: ExpressionToken { tokens[min(position + 1, tokens.count - 1)] }

    mutating func advance() { position = min(position + 1, tokens.count - 1) }

    mutating func accept(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func acceptKeyword(_ keyword: String) -> Bool {
        guard token.isKeyword(keyword) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String, _ remedy: String) throws(StreamError) {
        guard accept(symbol) else { throw unexpected("'\(symbol)'", remedy: remedy) }
    }

    mutating func expectKeyword(_ keyword: String, _ remedy: String) throws(StreamError) {
        guard acceptKeyword(keyword) else { throw unexpected(keyword, remedy: remedy) }
    }

    func unexpected(_ expected: String, remedy: String) -> StreamError {
        error("expected \(expected), found \(token.shown)", remedy: remedy)
    }

    func error(_ message: String, at token: ExpressionToken? = nil, remedy: String) -> StreamError {
        StreamError(.definition, "column \((token ?? self.token).column): \(message)", remedy: remedy)
    }

    /// The expression of several, with the limits kept.
    func part(_ expression: Expression, of parts: [Part]) throws(StreamError) -> Part {
        let depth = 1 + (parts.lazy.map(\.depth).max() ?? 0)
        let nodes = 1 + parts.reduce(0) { $0 + $1.nodes }
        guard depth <= ExpressionLimits.depth else { throw tooDeep() }
        guard nodes <= ExpressionLimits.nodes else {
            throw StreamError(
                .limit, "column \(token.column): the expression has more than \(ExpressionLimits.nodes) parts",
                remedy: "Give names to its parts as derived values.")
        }
        return Part(expression: expression, depth: depth, nodes: nodes)
    }

    private func tooDeep() -> StreamError {
        StreamError(
            .limit, "column \(token.column): more than \(ExpressionLimits.depth) parts stand one within the other",
            remedy: "Give names to its parts as derived values, or write IN for a long row of OR.")
    }

    enum Precedence {
        static let loosest = or
        static let or = 1
        static let and = 2
        static let not = 3
        static let predicate = 4
        static let concatenation = 5
        static let sum = 6
        static let product = 7
        static let sign = 8
    }

    /// What binds at least as tightly as `loosest`.
    mutating func expression(_ loosest: Int) throws(StreamError) -> Part {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= ExpressionLimits.depth else { throw tooDeep() }
        var left = try prefix()
        while let precedence = infixPrecedence, precedence >= loosest {
            left = try precedence == Precedence.predicate ? predicate(of: left) : binary(left, precedence)
        }
        return left
    }

    private mutating func prefix() throws(StreamError) -> Part {
        if acceptKeyword("NOT") {
            let operand = try expression(Precedence.not)
            return try part(.not(operand.expression), of: [operand])
        }
        if token.kind == .symbol("-") {
            if let number = try negativeNumber() { return number }
            advance()
            let operand = try expression(Precedence.sign)
            return try part(.negated(operand.expression), of: [operand])
        }
        if accept("+") { return try expression(Precedence.sign) }
        return try primary()
    }

    /// A sign before a number belongs to it: the least integer has no positive counterpart.
    mutating func negativeNumber() throws(StreamError) -> Part? {
        switch following.kind {
        case .integer, .float: advance()
        default: return nil
        }
        return try number(sign: "-")
    }

    static let operators: [String: (BinaryOperator, Int)] = [
        "||": (.concatenate, Precedence.concatenation), "+": (.add, Precedence.sum),
        "-": (.subtract, Precedence.sum), "*": (.multiply, Precedence.product),
        "/": (.divide, Precedence.product), "//": (.divideWhole, Precedence.product),
        "%": (.remainder, Precedence.product), "=": (.equal, Precedence.predicate),
        "==": (.equal, Precedence.predicate), "<>": (.unequal, Precedence.predicate),
        "!=": (.unequal, Precedence.predicate), "<": (.less, Precedence.predicate),
        "<=": (.lessOrEqual, Precedence.predicate), ">": (.greater, Precedence.predicate),
        ">=": (.greaterOrEqual, Precedence.predicate),
    ]

    /// Of the operator that comes next; nil when none does.
    private var infixPrecedence: Int? {
        switch token.kind {
        case .symbol(let symbol): Self.operators[symbol]?.1
        case .word(let word):
            switch word.uppercased() {
            case "OR": Precedence.or
            case "AND": Precedence.and
            case "IS", "IN", "LIKE", "BETWEEN": Precedence.predicate
            case "NOT": Precedence.predicate
            default: nil
            }
        default: nil
        }
    }

    private mutating func binary(_ left: Part, _ precedence: Int) throws(StreamError) -> Part {
        let operation: BinaryOperator
        switch token.kind {
        case .symbol(let symbol): operation = Self.operators[symbol].unsafelyUnwrapped.0
        default: operation = precedence == Precedence.and ? .and : .or
        }
        advance()
        let right = try expression(precedence + 1)
        return try part(.binary(operation, left.expression, right.expression), of: [left, right])
    }
}
