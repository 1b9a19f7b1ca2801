/// Prints a pattern as Flink's `MATCH_RECOGNIZE`.
///
/// There variables follow each other without a gap. Events that a relaxed gap skips are therefore taken by a variable of
/// their own, for as long as the next step does not accept one. They change neither the first nor the last event of a match.
struct PatternPrinter {
    private let definition: PatternDefinition
    let dialect = SQLDialect.flink
    let scope: ExpressionScope
    let places: PatternPlaces
    private(set) var refusals: [StreamError]
    /// Those that stand for a place, and between them those that skip events.
    var variables: [Variable] = []
    /// Of each place what its variable is called; empty for a place whose events are among those that are skipped.
    var names: [String] = []
    /// What the events of a match are called, in their order.
    var told: [Told] = []
    /// What `told` needs, each with a name.
    var measures: [String] = []

    /// A variable of the pattern.
    struct Variable {
        var name: String
        var quantifier = ""
        /// Nil for every event.
        var condition: String?
    }

    /// A name of events, a text of SQL.
    struct Told {
        var name: String
        /// The measure that tells how many; nil for one event.
        var count: String?
    }

    init(_ definition: PatternDefinition) {
        self.definition = definition
        scope = ExpressionScope(definition.source.schema)
        places = PatternPlaces(definition.pattern)
        refusals = places.refusals
        checkTimes()
        for name in definition.key where ["match_start", "match_end", "events"].contains(name) {
            refuse("key", "a value named \(name)", remedy: "The query needs the name: choose another.")
        }
    }

    mutating func refuse(_ field: String, _ message: String, remedy: String) {
        refuse(StreamError(.definition, field: field, message, remedy: remedy))
    }

    private mutating func refuse(_ refusal: StreamError) {
        if !refusals.contains(refusal) { refusals.append(refusal) }
    }

    /// Prints a condition; what the dialect lacks is noted under the field.
    ///
    /// - Parameter variable: Whose events it is asked of, as a part of a condition; nil for the rows of a table.
    mutating func text(_ condition: CheckedExpression, _ field: String, of variable: String? = nil) -> String {
        var printer = SQLExpressionPrinter(dialect, scope)
        printer.field = field
        if let variable { printer.qualifier = "\(dialect.name(variable))." }
        let text = variable == nil ? printer.text(condition) : printer.operand(condition)
        for refusal in printer.refusals { refuse(refusal) }
        return text
    }

    private mutating func checkTimes() {
        for (field, span) in [("source.delay", definition.source.delay), ("within", definition.pattern.within)]
        where !span.isMultiple(of: 1000) {
            refuse(field, "a span that is no whole millisecond", remedy: "Flink's event times know milliseconds.")
        }
    }

    // MARK: Statements

    /// The table of the source, the view of its events where some are filtered out, and the query.
    ///
    /// - Throws: `StreamError` for a condition that is none.
    mutating func flink(_ connector: [String: String]) throws(StreamError) -> [String] {
        var statements = [definition.source.flinkTable(connector)]
        var events = dialect.name(definition.source.name)
        if let filter = definition.filter {
            let condition = text(try CheckedExpression(condition: filter, in: scope), "where")
            let view = dialect.name("\(definition.name)_events")
            statements.append("CREATE TEMPORARY VIEW \(view) AS\nSELECT *\nFROM \(events)\nWHERE \(condition)")
            events = view
        }
        try addVariables()
        return statements + [query(events)]
    }

    private func query(_ events: String) -> String {
        let keys = definition.key.map(dialect.name)
        let columns = keys + ["match_start", "match_end", "\(eventNames) AS `events`"]
        let measures = ["FIRST(\(time)) AS match_start", "LAST(\(time)) AS match_end"] + measures
        let defined = variables.compactMap { variable in
            variable.condition.map { "\(dialect.name(variable.name)) AS \($0)" }
        }
        // There is no pattern that defines none.
        let define = defined.isEmpty ? ["\(dialect.name(names[0])) AS TRUE"] : defined
        let parts = [
            partition,
            "ORDER BY \(time)\n",
            "MEASURES\n\(measures.joined(separator: ",\n").indented)\n",
            "ONE ROW PER MATCH\n",
            "AFTER MATCH SKIP \(skip)\n",
            "PATTERN (\(variables.map { dialect.name($0.name) + $0.quantifier }.joined(separator: " ")))\(within)\n",
            "DEFINE\n\(define.joined(separator: ",\n").indented)",
        ]
        return """
            SELECT
            \(columns.joined(separator: ",\n").indented)
            FROM \(events) MATCH_RECOGNIZE (
            \(parts.joined().indented)
            ) AS matched
            """
    }

    /// In the order of the table: Flink 2.3 gives the values in that order whatever the names say.
    private var partition: String {
        let columns = definition.source.flinkPlaces.map { scope.name(at: .event($0)) }
        let names = columns.filter(definition.key.contains)
        return names.isEmpty ? "" : "PARTITION BY \(names.map(dialect.name).joined(separator: ", "))\n"
    }

    var time: String { dialect.name(definition.source.schema.time) }

    /// To Flink an event as late as the span is too late, to us only a later one.
    private var within: String {
        let (span, isBeyond) = definition.pattern.within.addingReportingOverflow(1000)
        return " WITHIN \(dialect.interval(isBeyond ? definition.pattern.within : span))"
    }

    private var skip: String {
        switch places.skip {
        case .pastLastRow: "PAST LAST ROW"
        case .toNextRow: "TO NEXT ROW"
        case .toFirst(let place): "TO FIRST \(dialect.name(names[place]))"
        case .toLast(let place): "TO LAST \(dialect.name(names[place]))"
        }
    }
}
