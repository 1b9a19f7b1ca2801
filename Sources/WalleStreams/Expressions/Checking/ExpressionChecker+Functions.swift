/// What functions take and give.
extension ExpressionChecker {
    func call(_ function: ScalarFunction, _ arguments: [Expression], in whole: Expression) throws(StreamError)
        -> CheckedExpression
    {
        guard function.argumentCounts.contains(arguments.count) else {
            throw Self.error(
                "\(function.rawValue) has \(arguments.count) arguments", remedy: "Write \(function.usage).")
        }
        switch function {
        case .absolute, .ceiling, .floor, .round: return try numeric(function, arguments[0], in: whole)
        case .squareRoot, .exponential, .naturalLogarithm, .power:
            return CheckedExpression(.call(function, try all(arguments, .float, in: whole)), .float)
        case .least, .greatest: return try extremes(function, arguments, in: whole)
        case .coalesce, .nullIf:
            let parts = try unified(arguments, in: whole)
            return CheckedExpression(.call(function, parts), parts[0].type)
        case .lower, .upper, .trim: return try text(function, arguments, .text, in: whole)
        case .length: return try text(function, arguments, .int, in: whole)
        case .substring, .replace, .splitPart, .extract: return try text(function, arguments, .text, in: whole)
        case .startsWith, .contains: return try text(function, arguments, .bool, in: whole)
        case .datePart, .dateTrunc, .formatTime, .epochMicroseconds: return try time(function, arguments, in: whole)
        }
    }

    private func all(_ arguments: [Expression], _ type: ColumnType, in whole: Expression) throws(StreamError)
        -> [CheckedExpression]
    {
        var checked: [CheckedExpression] = []
        for argument in arguments { checked.append(try check(argument, is: type, in: whole)) }
        return checked
    }

    private func numeric(_ function: ScalarFunction, _ argument: Expression, in whole: Expression)
        throws(StreamError) -> CheckedExpression
    {
        let checked = try check(argument)
        guard checked.type.isNumber else { throw wrong(argument, checked.type, "int or float", in: whole) }
        if checked.type == .int, function != .absolute { return checked }
        return CheckedExpression(.call(function, [checked]), checked.type)
    }

    private func extremes(_ function: ScalarFunction, _ arguments: [Expression], in whole: Expression)
        throws(StreamError) -> CheckedExpression
    {
        let parts = try unified(arguments, in: whole)
        guard parts[0].type.isNumber || parts[0].type == .time else {
            throw wrong(arguments[0], parts[0].type, "numbers or times", in: whole)
        }
        return CheckedExpression(.call(function, parts), parts[0].type)
    }

    /// Functions of one text and constants.
    private func text(
        _ function: ScalarFunction, _ arguments: [Expression], _ result: ColumnType, in whole: Expression
    ) throws(StreamError) -> CheckedExpression {
        var parts = [try check(arguments[0], is: .text, in: whole)]
        for (argument, type) in zip(arguments.dropFirst(), function.constantTypes) {
            parts.append(try constant(argument, type, of: function))
        }
        try checkConstants(of: function, parts.dropFirst().compactMap(\.literal))
        return CheckedExpression(.call(function, parts), result)
    }

    private func constant(_ argument: Expression, _ type: ColumnType, of function: ScalarFunction) throws(StreamError)
        -> CheckedExpression
    {
        guard case .literal(let value) = argument, value.type == type else {
            throw Self.error(
                "'\(shown(argument))' in \(function.rawValue) is no constant \(type.rawValue)",
                remedy: "Write \(function.usage), where all but the first value are constants.")
        }
        return CheckedExpression(.literal(value), type)
    }

    private func checkConstants(of function: ScalarFunction, _ constants: [EventValue]) throws(StreamError) {
        switch (function, constants.first) {
        case (.replace, .text("")), (.splitPart, .text("")), (.extract, .text("")), (.contains, .text("")),
            (.startsWith, .text("")):
            throw Self.error("\(function.rawValue) looks for an empty text", remedy: "Write \(function.usage).")
        case (.extract, .text(let pattern)): try checkPattern(pattern, constants)
        case (.substring, .int(let start)) where start < 1:
            throw Self.error("substring begins at \(start)", remedy: "Positions count from 1.")
        default: break
        }
        guard constants.count > 1, case .int(let count) = constants[1] else { return }
        if function == .substring, count < 0 {
            throw Self.error("substring has a length of \(count)", remedy: "Give a length of 0 or more.")
        }
        if function == .splitPart, count < 1 {
            throw Self.error("split_part wants part \(count)", remedy: "Parts count from 1.")
        }
    }

    private func checkPattern(_ pattern: String, _ constants: [EventValue]) throws(StreamError) {
        let regex = try TextPattern(pattern)
        if constants.count > 1, case .int(let group) = constants[1], !(0...Int64(regex.groups)).contains(group) {
            throw Self.error(
                "regexp_extract wants group \(group), and '\(pattern)' has \(regex.groups)",
                remedy: "Groups count from 1; 0 is the whole match.")
        }
    }

    private func time(_ function: ScalarFunction, _ arguments: [Expression], in whole: Expression) throws(StreamError)
        -> CheckedExpression
    {
        var parts: [CheckedExpression] = []
        let subject = function == .datePart || function == .dateTrunc ? 1 : 0
        for (index, argument) in arguments.enumerated() {
            parts.append(
                try index == subject ? check(argument, is: .time, in: whole) : constant(argument, .text, of: function))
        }
        let constants = parts.compactMap { part -> String? in
            if case .text(let text)? = part.literal { return text }
            return nil
        }
        try checkTime(function, constants)
        let type: ColumnType =
            switch function {
            case .dateTrunc: .time
            case .formatTime: .text
            default: .int
            }
        return CheckedExpression(.call(function, parts), type)
    }

    private func checkTime(_ function: ScalarFunction, _ constants: [String]) throws(StreamError) {
        switch function {
        case .datePart: try checkUnit(constants[0], TimePart.allCases.map(\.rawValue), function)
        case .dateTrunc: try checkUnit(constants[0], TimeUnit.allCases.map(\.rawValue), function)
        case .formatTime: _ = try TimePattern(constants[0])
        default: return
        }
        if constants.count > 1 { _ = try ZonedTime(zone: constants[1]) }
    }

    private func checkUnit(_ unit: String, _ units: [String], _ function: ScalarFunction) throws(StreamError) {
        guard !units.contains(unit) else { return }
        throw Self.error(
            "\(function.rawValue) knows no '\(unit)'", remedy: "There are \(units.joined(separator: ", ")).")
    }
}

extension ScalarFunction {
    /// How many arguments it takes.
    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .absolute, .ceiling, .floor, .round, .squareRoot, .exponential, .naturalLogarithm: 1...1
        case .lower, .upper, .trim, .length, .epochMicroseconds: 1...1
        case .power, .nullIf, .startsWith, .contains: 2...2
        case .least, .greatest: 2...64
        case .coalesce: 1...64
        case .substring, .extract, .datePart, .dateTrunc, .formatTime: 2...3
        case .replace, .splitPart: 3...3
        }
    }

    /// Of the arguments after the first of functions of texts.
    var constantTypes: [ColumnType] {
        switch self {
        case .substring: [.int, .int]
        case .replace: [.text, .text]
        case .splitPart, .extract: [.text, .int]
        case .startsWith, .contains: [.text]
        default: []
        }
    }

    /// For messages.
    var usage: String {
        switch self {
        case .power: "power(base, exponent)"
        case .least, .greatest: "\(rawValue)(a, b, …)"
        case .coalesce: "coalesce(a, b, …)"
        case .nullIf: "nullif(a, b)"
        case .substring: "substring(text, 2, 3), from the second on three characters"
        case .replace: "replace(text, 'old', 'new')"
        case .splitPart: "split_part(text, '/', 2)"
        case .startsWith, .contains: "\(rawValue)(text, 'part')"
        case .extract: "regexp_extract(text, 'id=([0-9]+)', 1)"
        case .datePart: "date_part('hour', time) or date_part('hour', time, 'Europe/Berlin')"
        case .dateTrunc: "date_trunc('day', time) or date_trunc('day', time, 'Europe/Berlin')"
        case .formatTime: "format_time(time, 'yyyy-MM-dd HH:mm:ss') or with a zone behind"
        case .epochMicroseconds: "epoch_us(time)"
        default: "\(rawValue)(x)"
        }
    }
}
