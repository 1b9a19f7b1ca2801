/// Prints a definition in a dialect: its events, their windows and the aggregates of these, one relation after the other.
struct StreamPrinter {
    let definition: StreamDefinition
    let dialect: SQLDialect
    /// Of the last derived value: what the key and the aggregates see.
    let scope: ExpressionScope
    private let filter: CheckedExpression?
    private let derived: [(name: String, value: CheckedExpression)]
    private var lacking: [StreamError] = []

    init(_ definition: StreamDefinition, _ dialect: SQLDialect) throws(StreamError) {
        self.definition = definition
        self.dialect = dialect
        var scope = ExpressionScope(definition.source.schema)
        filter = try Self.check("filter") { () throws(StreamError) -> CheckedExpression? in
            guard let filter = definition.filter else { return nil }
            return try CheckedExpression(condition: filter, in: scope)
        }
        var derived: [(name: String, value: CheckedExpression)] = []
        for part in definition.derived {
            let value = try Self.check("derive.\(part.name)") { () throws(StreamError) in
                try CheckedExpression(part.value, in: scope)
            }
            derived.append((part.name, value))
            scope.add(part.name, value.type)
        }
        self.derived = derived
        self.scope = scope
        for key in definition.key {
            _ = try Self.check("key") { () throws(StreamError) in try CheckedExpression(.name(key), in: scope) }
        }
    }

    static func check<Value>(_ field: String, _ body: () throws(StreamError) -> Value) throws(StreamError) -> Value {
        do { return try body() } catch { throw error.at(field) }
    }

    var refusals: [StreamError] { lacking }

    mutating func refuse(_ field: String, _ message: String, remedy: String) {
        let refusal = StreamError(.definition, field: field, message, remedy: remedy)
        if !lacking.contains(refusal) { lacking.append(refusal) }
    }

    /// Prints an expression; what the dialect lacks is noted under the field.
    mutating func text(_ expression: CheckedExpression, _ field: String, _ scope: ExpressionScope? = nil) -> String {
        var printer = SQLExpressionPrinter(dialect, scope ?? self.scope)
        printer.field = field
        let text = printer.text(expression)
        for refusal in printer.refusals where !lacking.contains(refusal) { lacking.append(refusal) }
        return text
    }

    var time: String { dialect.name(definition.source.schema.time) }
    var keys: [String] { definition.key.map(dialect.name) }

    /// The name of a relation on the way.
    func relation(_ step: String) -> String { dialect.name("\(definition.name)_\(step)") }

    /// For windows of lines: `PARTITION BY` the key, if there is one.
    var partition: String { keys.isEmpty ? "" : "PARTITION BY \(keys.joined(separator: ", ")) " }

    /// Selects the events that the filter keeps with their derived values, in as many selections one within the other as
    /// values are derived from derived ones.
    mutating func events(numbered: Bool) -> String {
        var from = dialect.name(definition.source.name)
        if numbered { from = "(SELECT *, row_number() OVER () AS \(Self.arrival) FROM \(from)) AS numbered" }
        var condition = filter.map { "\nWHERE \(text($0, "filter"))" } ?? ""
        var selection = ""
        for layer in layers() {
            let values = layer.map { ", \(text($0.value, "derive.\($0.name)")) AS \(dialect.name($0.name))" }
            if !selection.isEmpty { (from, condition) = ("(\n\(selection.indented)\n) AS derived", "") }
            selection = "SELECT *\(values.joined())\nFROM \(from)\(condition)"
        }
        return selection.isEmpty ? "SELECT *\nFROM \(from)\(condition)" : selection
    }

    /// The place of a row in its table, which decides between events of the same time.
    static let arrival = "walle_arrival"

    /// Derived values in groups, each computed from earlier groups only.
    private func layers() -> [[(name: String, value: CheckedExpression)]] {
        var levels: [Int] = []
        var layers: [[(name: String, value: CheckedExpression)]] = []
        for part in derived {
            let needed = part.value.places.compactMap { place -> Int? in
                if case .derived(let index) = place { levels[index] } else { nil }
            }
            let level = (needed.max() ?? -1) + 1
            levels.append(level)
            if level == layers.count { layers.append([]) }
            layers[level].append(part)
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
