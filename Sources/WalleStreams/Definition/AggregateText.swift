internal import WalleText

/// Reads an aggregate as definitions write it: `sum(price)`, `last(event, 20)`, `count() where event = 'buy'`.
enum AggregateText {
    /// - Throws: `.definition` that says what is wrong with the text.
    static func read(_ text: String, name: String) throws(StreamError) -> Aggregate {
        guard let call = AggregateCall(text) else {
            throw StreamError(
                .definition, "\"\(text)\" is no aggregate",
                remedy: "Write a function with its argument, such as \"sum(price)\" or \"count() where price > 10\".")
        }
        let (function, argument) = try function(call)
        let filter: Expression? = if let filter = call.filter { try ExpressionParser.parse(filter) } else { nil }
        return Aggregate(name, function, of: argument, where: filter)
    }

    private static let simple: [String: AggregateFunction] = [
        "count": .count, "sum": .sum, "mean": .mean, "avg": .mean, "variance": .variance, "stddev": .standardDeviation,
        "min": .min, "max": .max, "first": .first, "last": .last, "distinct": .distinct,
        "approx_distinct": .approximateDistinct,
    ]
    private static let names = Array(simple.keys) + ["top", "quantile", "median", "concat"]

    private static func function(_ call: AggregateCall) throws(StreamError) -> (AggregateFunction, Expression?) {
        let first: Expression? = if let text = call.arguments.first { try ExpressionParser.parse(text) } else { nil }
        switch (call.name, call.arguments.count) {
        case ("count", 0): return (.count, nil)
        case ("last", 2): return (.lastFew(try count(call)), first)
        case ("top", 2): return (.top(try count(call)), first)
        case ("quantile", 2): return (.quantile(try quantile(call)), first)
        case ("median", 1): return (.quantile(0.5), first)
        case ("concat", 1): return (.concatenation(separator: ","), first)
        case ("concat", 2): return (.concatenation(separator: try separator(call)), first)
        case (_, 1): if let function = simple[call.name] { return (function, first) }
        default: break
        }
        throw unknown(call)
    }

    private static func unknown(_ call: AggregateCall) -> StreamError {
        if names.contains(call.name) {
            return StreamError(
                .definition, "\(call.name)() with \(call.arguments.count) arguments",
                remedy: "Write \(usage[call.name] ?? "\(call.name)(price)").")
        }
        let near = Suggestion.nearest(to: call.name, in: names).map { "Did you mean \($0)()?" }
        return StreamError(
            .definition, "\(call.name)() is no aggregate",
            remedy: near ?? "There are \(names.sorted().joined(separator: ", ")).")
    }

    private static let usage = [
        "count": "count() or count(price)", "last": "last(event) or last(event, 20)", "top": "top(item, 10)",
        "quantile": "quantile(price, 0.9)", "concat": "concat(event) or concat(event, ' ')",
    ]

    /// A list of values is at most so long.
    private static let mostValues: Int64 = 10_000

    private static func count(_ call: AggregateCall) throws(StreamError) -> Int {
        guard case .literal(.int(let count)) = try ExpressionParser.parse(call.arguments[1]),
            (1...mostValues).contains(count)
        else {
            throw StreamError(
                .definition, "\(call.name)() of \(call.arguments[1]) values",
                remedy: "Write how many, from 1 to \(mostValues): \(usage[call.name] ?? "").")
        }
        return Int(count)
    }

    private static func quantile(_ call: AggregateCall) throws(StreamError) -> Double {
        let quantile: Double? =
            switch try ExpressionParser.parse(call.arguments[1]) {
            case .literal(.float(let value)): value
            case .literal(.int(let value)): Double(value)
            default: nil
            }
        guard let quantile, (0...1).contains(quantile) else {
            throw StreamError(
                .definition, "the quantile \(call.arguments[1])",
                remedy: "Write a number from 0 to 1: quantile(price, 0.9).")
        }
        return quantile
    }

    private static func separator(_ call: AggregateCall) throws(StreamError) -> String {
        guard case .literal(.text(let separator)) = try ExpressionParser.parse(call.arguments[1]) else {
            throw StreamError(
                .definition, "the separator \(call.arguments[1])", remedy: "Write a text: concat(event, ' ').")
        }
        return separator
    }
}

/// A call with its parts as texts.
private struct AggregateCall {
    var name: String
    var arguments: [String]
    var filter: String?

    /// Nil for a text of another form.
    init?(_ text: String) {
        guard let open = text.firstIndex(of: "("), let close = Self.end(of: text, from: open) else { return nil }
        name = Self.trimmed(text[..<open]).lowercased()
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0 == "_" }) else { return nil }
        let inside = text[text.index(after: open)..<close]
        arguments = Self.trimmed(inside).isEmpty ? [] : Self.split(inside).map(Self.trimmed)
        let rest = Self.trimmed(text[text.index(after: close)...])
        if rest.isEmpty { return }
        guard rest.lowercased().hasPrefix("where"), rest.dropFirst(5).first?.isWhitespace ?? false else { return nil }
        filter = Self.trimmed(rest.dropFirst(5))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(
            start[..<(start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex)])
    }

    /// The parenthesis that closes another.
    private static func end(of text: String, from open: String.Index) -> String.Index? {
        var end: String.Index?
        forEachSign(text[open...]) { index, character, depth in
            if character == ")", depth == 0, end == nil { end = index }
        }
        return end
    }

    /// By the commas that are inside of no parentheses.
    private static func split(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        forEachSign(text) { index, character, depth in
            guard character == ",", depth == 0 else { return }
            parts.append(text[start..<index])
            start = text.index(after: index)
        }
        return parts + [text[start...]]
    }

    /// Every character outside of quotes, with the number of parentheses that are open behind it.
    private static func forEachSign(_ text: Substring, _ body: (String.Index, Character, Int) -> Void) {
        var depth = 0
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "'", "\"": quote = character
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            body(index, character, depth)
        }
    }
}
