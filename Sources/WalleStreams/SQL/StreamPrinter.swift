/// Prints a definition in a dialect: its events, their windows and the aggregates of these, one relation after the
/// other.
struct StreamPrinter {
    let definition: StreamDefinition
    let dialect: SQLDialect
    let plan: StreamPlan
    /// All names: what the filter, the key and the aggregates see.
    let scope: ExpressionScope
    private let layers: [[Derived]]
    /// Of the stream whose rows it reads: one, or none for a source.
    var upstream: [StreamPrinter]
    private var lacking: [StreamError] = []

    init(_ definition: StreamDefinition, _ dialect: SQLDialect) throws(StreamError) {
        self.definition = definition
        self.dialect = dialect
        let plan = try StreamPlan(definition)
        self.plan = plan
        layers = Self.layers(definition, plan)
        scope = plan.scope
        upstream =
            try definition.upstream.map { stream throws(StreamError) in [try StreamPrinter(stream, dialect)] } ?? []
        var own: Set = [Self.arrival, Self.session, Self.begins, Self.step, Self.number, Self.most]
        if definition.makesWindows { own.formUnion(["window_start", "window_end"]) }
        let names = hidesBounds ? plan.usedNames : scope.names
        for name in names where own.contains(name) {
            refuse("source.columns", "a value named \(name)", remedy: "The query needs the name: choose another.")
        }
        for part in definition.derived {
            guard case .external = part.value else { continue }
            refuse("let.\(part.name)", "a function of the host", remedy: "Write an expression, if one can say it.")
        }
        if definition.timeToLive != nil {
            refuse("ttl", "groups that are forgotten", remedy: "Leave it out: the query remembers all groups.")
        }
    }

    /// Those of the streams that it reads as well.
    var refusals: [StreamError] {
        upstream.flatMap { printer in printer.refusals.map { $0.at(printer.definition.name) } } + lacking
    }

    mutating func refuse(_ field: String, _ message: String, remedy: String) {
        let refusal = StreamError(.definition, field: field, message, remedy: remedy)
        if !lacking.contains(refusal) { lacking.append(refusal) }
    }

    /// Prints an expression; what the dialect lacks is noted under the field.
    ///
    /// - Parameter operand: As a part of another expression.
    mutating func text(_ expression: CheckedExpression, _ field: String, operand: Bool = false) -> String {
        var printer = SQLExpressionPrinter(dialect, scope)
        printer.field = field
        let text = operand ? printer.operand(expression) : printer.text(expression)
        for refusal in printer.refusals where !lacking.contains(refusal) { lacking.append(refusal) }
        return text
    }

    var time: String { dialect.name(scope.schema.time) }
    var keys: [String] { definition.key.map(dialect.name) }

    /// The name of a relation on the way.
    func relation(_ step: String) -> String { dialect.name("\(definition.name)_\(step)") }

    /// For windows of lines: `PARTITION BY` the key, if there is one.
    var partition: String { keys.isEmpty ? "" : "PARTITION BY \(keys.joined(separator: ", ")) " }

    /// Selects the events that the filter keeps with their derived values, in as many selections one within the other
    /// as values are computed from derived ones.
    mutating func events(numbered: Bool) -> String {
        var from = origin
        if numbered { from = "(SELECT *, row_number() OVER () AS \(Self.arrival) FROM \(from)) AS numbered" }
        var conditions = Array(repeating: "", count: layers.count)
        if let filter = plan.filter {
            let needed = (derivedNeeded(by: filter).max() ?? -1) + 1
            if needed == conditions.count { conditions.append("") }
            conditions[needed] = "\nWHERE \(text(filter, "where"))"
        }
        var selection = ""
        for (index, condition) in (conditions.isEmpty ? [""] : conditions).enumerated() {
            let layer = index < layers.count ? layers[index] : []
            let values = layer.map { part in
                guard case .expression(let value) = part.value else { return "" }
                return ", \(text(value, "let.\(part.name)")) AS \(dialect.name(part.name))"
            }
            if index > 0 { from = "(\n\(selection.indented)\n) AS derived" }
            let columns = index == 0 && hidesBounds ? shown.joined(separator: ", ") : "*"
            selection = "SELECT \(columns)\(values.joined())\nFROM \(from)\(condition)"
        }
        return selection
    }

    /// Whether it has windows of its own, beside which those of the rows it reads have no place.
    private var hidesBounds: Bool { definition.makesWindows && definition.upstream?.hasWindowBounds ?? false }

    /// The columns of the rows it reads but the bounds of their windows.
    private var shown: [String] {
        scope.schema.names.filter { $0 != "window_start" && $0 != "window_end" }.map(dialect.name)
            + (needsArrival && dialect != .flink ? [Self.arrival] : [])
    }

    /// Of the derived values that an expression needs the layers they are in.
    private func derivedNeeded(by expression: CheckedExpression) -> [Int] {
        expression.places.compactMap { place in
            guard case .derived(let index) = place else { return nil }
            return layers.firstIndex { $0.contains { $0.index == index } }
        }
    }

    /// The place of a row in its table, which decides between events of the same time.
    static let arrival = "walle_arrival"

    /// A derived value and its place among them.
    private struct Derived {
        let index: Int
        let name: String
        let value: CheckedDerived
    }

    /// Derived values in groups, each computed from earlier groups only.
    private static func layers(_ definition: StreamDefinition, _ plan: StreamPlan) -> [[Derived]] {
        var levels: [Int] = []
        var layers: [[Derived]] = []
        for (index, value) in plan.derived.enumerated() {
            let needed = value.places.compactMap { place -> Int? in
                if case .derived(let index) = place { levels[index] } else { nil }
            }
            let level = (needed.max() ?? -1) + 1
            levels.append(level)
            if level == layers.count { layers.append([]) }
            layers[level].append(Derived(index: index, name: definition.derived[index].name, value: value))
        }
        return layers
    }
}

extension String {
    /// Each line two spaces to the right.
    var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}
