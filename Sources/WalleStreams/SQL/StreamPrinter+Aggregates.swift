/// Aggregates: each as a column with its name.
extension StreamPrinter {
    /// - Parameter window: The name of a window of lines; nil within groups.
    mutating func aggregates(over window: String?) -> [String] {
        definition.aggregates.indices.map { index in
            let aggregate = definition.aggregates[index]
            let field = "aggregate.\(aggregate.name)"
            let argument = plan.arguments[index]
            let part = Part(
                field: field, argument: argument, value: argument.map { text($0, field) } ?? "",
                condition: plan.filters[index].map { text($0, field) }, window: window)
            return "\(text(aggregate.function, part)) AS \(dialect.name(aggregate.name))"
        }
    }

    /// Whether an aggregate, or a rank, depends on the order of events of the same time.
    var needsArrival: Bool {
        if let rank = definition.rank { return !rank.ties && plan.tieBreak.isEmpty }
        return definition.aggregates.contains { aggregate in
            switch aggregate.function {
            case .first, .last, .lastFew, .concatenation: dialect == .duckdb
            default: false
            }
        }
    }

    /// An aggregate with its parts printed.
    struct Part {
        let field: String
        let argument: CheckedExpression?
        let value: String
        let condition: String?
        let window: String?
    }

    private mutating func text(_ function: AggregateFunction, _ part: Part) -> String {
        switch function {
        case .count: return part.argument == nil ? events(part) : call("count", part.value, part)
        case .sum: return sum(part)
        case .mean: return call("avg", float(part), part)
        case .variance, .standardDeviation: return deviation(function, part)
        case .min, .max: return call(function == .min ? "min" : "max", part.value, part)
        case .distinct: return distinct(part)
        case .first, .last, .lastFew, .concatenation: return ordered(function, part)
        case .approximateDistinct: return lacks("an approximate count of different values", "Use distinct.", part)
        case .top: return lacks("the most frequent values", "Count by key in a stream of its own.", part)
        case .quantile: return lacks("a quantile by a t-digest", "Others compute it another way.", part)
        }
    }

    private mutating func lacks(_ what: String, _ remedy: String, _ part: Part) -> String {
        refuse(part.field, what, remedy: remedy)
        return "NULL"
    }

    /// A call with its filter and its window.
    private func call(_ function: String, _ value: String, _ part: Part, also condition: String? = nil) -> String {
        let conditions = [condition, part.condition].compactMap { $0 }
        let window = part.window.map { " OVER \($0)" } ?? ""
        guard let first = conditions.first else { return "\(function)(\(value))\(window)" }
        // Flink has no filter there; what does not count is null.
        if dialect == .flink, part.window != nil {
            return "\(function)(CASE WHEN \(first) THEN \(value) END)\(window)"
        }
        let all = conditions.count == 1 ? first : conditions.map { "(\($0))" }.joined(separator: " AND ")
        return "\(function)(\(value)) FILTER (WHERE \(all))\(window)"
    }

    private func events(_ part: Part) -> String {
        dialect == .flink && part.window != nil && part.condition != nil
            ? call("count", "1", part) : call("count", "*", part)
    }

    private func float(_ part: Part) -> String {
        part.argument?.type == .float ? part.value : "CAST(\(part.value) AS \(dialect.type(.float)))"
    }

    private func sum(_ part: Part) -> String {
        let sum = call("sum", part.value, part)
        // Wider than 64 bits there.
        return dialect == .duckdb && part.argument?.type == .int ? "CAST(\(sum) AS BIGINT)" : sum
    }

    private mutating func deviation(_ function: AggregateFunction, _ part: Part) -> String {
        if dialect == .sqlite {
            return lacks(
                function == .variance ? "a variance" : "a standard deviation", "SQLite has no such function.", part)
        }
        return call(function == .variance ? "var_samp" : "stddev_samp", float(part), part)
    }

    private mutating func distinct(_ part: Part) -> String {
        if dialect == .sqlite, part.window != nil {
            return lacks("a count of different values over a range", "SQLite counts them in groups only.", part)
        }
        guard dialect == .flink, part.window != nil, let condition = part.condition else {
            return call("count", "DISTINCT \(part.value)", part)
        }
        return "count(DISTINCT CASE WHEN \(condition) THEN \(part.value) END) OVER \(part.window ?? "")"
    }

    /// What depends on the order of events.
    private mutating func ordered(_ function: AggregateFunction, _ part: Part) -> String {
        let what =
            switch function {
            case .first: "the first value"
            case .last: "the last value"
            case .lastFew: "the last values"
            default: "a concatenation"
            }
        guard dialect == .duckdb, part.window == nil else {
            let remedy =
                dialect == .duckdb
                ? "DuckDB orders values in groups only, not over a range."
                : "\(dialect.title) aggregates in no order or in that of arrival: use min or max of a value that grows."
            return lacks(what, remedy, part)
        }
        let upwards = "ORDER BY \(time), \(Self.arrival)"
        let downwards = "ORDER BY \(time) DESC, \(Self.arrival) DESC"
        let present = "\(part.value) IS NOT NULL"
        switch function {
        case .first: return call("first", "\(part.value) \(upwards)", part, also: present)
        case .last: return call("last", "\(part.value) \(upwards)", part, also: present)
        case .lastFew(let count):
            return "list_reverse((\(call("list", "\(part.value) \(downwards)", part, also: present)))[1:\(count)])"
        case .concatenation(let separator):
            return call("string_agg", "\(part.value), \(dialect.text(separator)) \(upwards)", part)
        default: return "NULL"
        }
    }
}
