internal import WalleText

/// Finds names, gives every part its type and makes ints floats where the other side is one.
struct ExpressionChecker {
    let scope: ExpressionScope
    /// Parts above this one: an expression from a program has passed no parser.
    private var depth = 0

    init(scope: ExpressionScope) { self.scope = scope }

    func check(_ expression: Expression) throws(StreamError) -> CheckedExpression {
        guard depth < ExpressionLimits.depth else {
            throw StreamError(
                .limit, "more than \(ExpressionLimits.depth) parts of an expression stand one within the other",
                remedy: "Give names to its parts as derived values.")
        }
        var inner = self
        inner.depth += 1
        return try inner.checkParts(expression)
    }

    private func checkParts(_ expression: Expression) throws(StreamError) -> CheckedExpression {
        switch expression {
        case .name(let name): try column(name)
        case .literal(let value): try literal(value)
        case .negated(let operand): try negated(operand, in: expression)
        case .not(let operand): CheckedExpression(.not(try condition(operand)), .bool)
        case .binary(let operation, let left, let right): try binary(operation, left, right, in: expression)
        case .isNull(let operand): CheckedExpression(.isNull(try check(operand)), .bool)
        case .isOne(let operand, let values): try isOne(operand, values, in: expression)
        case .like(let operand, let pattern):
            CheckedExpression(.like(try check(operand, is: .text, in: expression), pattern: pattern), .bool)
        case .cases(let branches, let otherwise): try cases(branches, otherwise, in: expression)
        case .cast(let operand, let type): try cast(operand, to: type)
        case .call(let function, let arguments): try call(function, arguments, in: expression)
        }
    }

    func condition(_ expression: Expression) throws(StreamError) -> CheckedExpression {
        if expression == .literal(.null) { return CheckedExpression(.literal(.null), .bool) }
        let checked = try check(expression)
        guard checked.type == .bool else {
            throw Self.error(
                "'\(shown(expression))' is \(checked.type.rawValue), and a condition must be bool",
                remedy: "Compare it with something.")
        }
        return checked
    }

    /// Of one type; ints become floats.
    func check(_ expression: Expression, is type: ColumnType, in whole: Expression) throws(StreamError)
        -> CheckedExpression
    {
        let checked = try check(expression)
        if checked.type == type { return checked }
        if checked.type == .int, type == .float { return Self.float(checked) }
        throw Self.error(
            "'\(shown(expression))' is \(checked.type.rawValue), and '\(shown(whole))' needs \(type.rawValue) there",
            remedy: "Convert it with CAST(… AS \(type.rawValue)), or use another value.")
    }

    private func column(_ name: String) throws(StreamError) -> CheckedExpression {
        if let place = scope.place(of: name) { return CheckedExpression(.column(place), scope.type(at: place)) }
        let near = Suggestion.nearest(to: name, in: scope.names)
        throw Self.error(
            "there is no value '\(name)'",
            remedy: near.map { "Did you mean '\($0)'?" } ?? "There are \(scope.names.joined(separator: ", ")).")
    }

    private func literal(_ value: EventValue) throws(StreamError) -> CheckedExpression {
        guard let type = value.type else {
            throw Self.error(
                "a NULL stands where its type is not known",
                remedy: "Write IS NULL to ask for null, or CAST(NULL AS int) for a null of a type.")
        }
        if case .float(let float) = value, !float.isFinite {
            throw Self.error("\(float) is no literal", remedy: "Write a finite number.")
        }
        return CheckedExpression(.literal(value), type)
    }

    private func negated(_ operand: Expression, in whole: Expression) throws(StreamError) -> CheckedExpression {
        let checked = try check(operand)
        guard checked.type.isNumber else { throw wrong(operand, checked.type, "int or float", in: whole) }
        return CheckedExpression(.negated(checked), checked.type)
    }

    private func isOne(_ operand: Expression, _ values: [EventValue], in whole: Expression) throws(StreamError)
        -> CheckedExpression
    {
        guard !values.isEmpty, values.count <= ExpressionLimits.listValues else {
            throw Self.error(
                "a list holds \(values.count) values", remedy: "Give 1 to \(ExpressionLimits.listValues) values.")
        }
        let subject = try check(operand)
        var subjectType = subject.type
        var converted: [EventValue] = []
        for value in values {
            if case .float = value, subjectType == .int { subjectType = .float }
        }
        for value in values {
            switch (value, subjectType) {
            case (.int(let value), .float): converted.append(.float(Double(value)))
            case (_, value.type): converted.append(value)
            default:
                throw wrong(.literal(value), value.type, subject.type.rawValue, in: whole)
            }
        }
        return CheckedExpression(.isOne(subjectType == .float ? Self.float(subject) : subject, of: converted), .bool)
    }

    private func cases(_ branches: [Expression.Branch], _ otherwise: Expression?, in whole: Expression)
        throws(StreamError) -> CheckedExpression
    {
        let results = try unified(branches.map(\.result) + [otherwise ?? .literal(.null)], in: whole)
        var checked: [CheckedExpression.Branch] = []
        for (branch, result) in zip(branches, results) {
            checked.append(.init(condition: try condition(branch.condition), result: result))
        }
        return CheckedExpression(.cases(checked, otherwise: results[branches.count]), results[0].type)
    }

    /// All of one type: ints become floats beside a float, and nulls are of the others' type.
    func unified(_ expressions: [Expression], in whole: Expression) throws(StreamError) -> [CheckedExpression] {
        var checked: [CheckedExpression?] = []
        var common: (type: ColumnType, expression: Expression)?
        for expression in expressions {
            if expression == .literal(.null) {
                checked.append(nil)
                continue
            }
            let part = try check(expression)
            checked.append(part)
            guard let known = common, known.type != part.type else {
                common = common ?? (part.type, expression)
                continue
            }
            guard known.type.isNumber, part.type.isNumber else {
                throw differing(known, (part.type, expression), in: whole)
            }
            common = (.float, expression)
        }
        guard let type = common?.type else {
            throw Self.error("all values of '\(shown(whole))' are NULL", remedy: "Write CAST(NULL AS int).")
        }
        return checked.map { part in
            guard let part else { return CheckedExpression(.literal(.null), type) }
            return part.type == type ? part : Self.float(part)
        }
    }

    /// An int as a float.
    static func float(_ checked: CheckedExpression) -> CheckedExpression {
        if checked.type == .float { return checked }
        if case .literal(.int(let value)) = checked.node {
            return CheckedExpression(.literal(.float(Double(value))), .float)
        }
        return CheckedExpression(.cast(checked), .float)
    }

    /// What may be cast to what, beside each type to itself.
    static let casts: [ColumnType: Set<ColumnType>] = [
        .bool: [.int, .float, .text], .int: [.float, .bool, .text, .time], .float: [.int, .bool, .text],
        .text: [.int, .float, .bool, .time], .time: [.int, .text],
    ]

    private func cast(_ operand: Expression, to type: ColumnType) throws(StreamError) -> CheckedExpression {
        if operand == .literal(.null) { return CheckedExpression(.literal(.null), type) }
        let checked = try check(operand)
        if checked.type == type { return checked }
        guard Self.casts[checked.type, default: []].contains(type) else {
            throw Self.error(
                "'\(shown(operand))' is \(checked.type.rawValue), which cannot become \(type.rawValue)",
                remedy: "From \(checked.type.rawValue) come "
                    + Self.casts[checked.type, default: []].map(\.rawValue).sorted().joined(separator: ", ") + ".")
        }
        return CheckedExpression(.cast(checked), type)
    }

    static func error(_ message: String, remedy: String) -> StreamError {
        StreamError(.definition, message, remedy: remedy)
    }

    func wrong(_ part: Expression, _ type: ColumnType?, _ needed: String, in whole: Expression) -> StreamError {
        Self.error(
            "'\(shown(part))' is \(type?.rawValue ?? "null"), and '\(shown(whole))' needs \(needed) there",
            remedy: "Convert it with CAST, or use another value.")
    }

    func differing(
        _ left: (type: ColumnType, expression: Expression), _ right: (type: ColumnType, expression: Expression),
        in whole: Expression
    ) -> StreamError {
        Self.error(
            "in '\(shown(whole))' '\(shown(left.expression))' is \(left.type.rawValue)"
                + " and '\(shown(right.expression))' is \(right.type.rawValue)",
            remedy: remedy(left.type, right))
    }

    private func remedy(_ type: ColumnType, _ other: (type: ColumnType, expression: Expression)) -> String {
        if type == .time, case .literal(.text(let text)) = other.expression {
            return "Write TIMESTAMP '\(text)'."
        }
        return "Convert one of them with CAST(… AS \(type.rawValue))."
    }

    /// A part for a message, not too long.
    func shown(_ expression: Expression) -> String {
        let text = expression.text
        return text.count > 80 ? text.prefix(77) + "…" : text
    }
}
