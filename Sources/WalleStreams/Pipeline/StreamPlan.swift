internal import WalleText

/// A definition whose names are found and whose types fit.
package struct StreamPlan {
    /// All names that the filter, the key and the aggregates see.
    package let scope: ExpressionScope
    package let filter: CheckedExpression?
    package let derived: [CheckedDerived]
    package let keyPlaces: [ExpressionScope.Place]
    /// Of each aggregate what it aggregates, converted as its function wants it; nil where events are counted.
    package let arguments: [CheckedExpression?]
    package let filters: [CheckedExpression?]
    package let columns: StreamColumns
    /// Of each aggregate its function and the type of its values.
    package let functions: [(function: AggregateFunction, type: ColumnType?)]
    /// Of each aggregate a number that those of the same values and filter have in common.
    var sources: [Int] {
        var known: [[CheckedExpression?]: Int] = [:]
        return zip(arguments, filters).map { argument, filter in
            let source = known[[argument, filter]] ?? known.count
            known[[argument, filter]] = source
            return source
        }
    }
    /// What rows of events are made of.
    package let selected: [ExpressionScope.Place]
    /// What decides which rows stand first.
    package let order: [CheckedExpression]
    /// What decides between rows that are equal by `order`, before their arrival: the smaller value is first.
    package let tieBreak: [CheckedExpression]

    /// - Throws: `.definition` that names the field.
    package init(_ definition: StreamDefinition) throws(StreamError) {
        try definition.check()
        var scope = ExpressionScope(try definition.inputSchema())
        derived = try Self.derived(definition, &scope)
        let final = scope
        self.scope = final
        filter = try Self.at("where") { () throws(StreamError) in
            guard let filter = definition.filter else { return nil }
            return try CheckedExpression(condition: filter, in: final)
        }
        let places = try Self.at("key") { () throws(StreamError) in try Self.places(definition.key, final) }
        keyPlaces = places
        let selected = try Self.at("select") { () throws(StreamError) in try Self.places(definition.select, final) }
        self.selected = selected
        let parts = try Self.aggregates(definition, final)
        arguments = parts.map(\.argument)
        filters = parts.map(\.filter)
        functions = zip(definition.aggregates, parts).map { ($0.function, $1.argument?.type) }
        order = try Self.at("rank.by") { () throws(StreamError) in try Self.order(definition, final) }
        tieBreak = try Self.tieBreak(definition).map { name throws(StreamError) in
            try CheckedExpression(.name(name), in: final)
        }
        let number: [ColumnType?] = definition.rank?.column == nil ? [] : [.int]
        columns = StreamColumns(
            keys: zip(definition.key, places).map { EventSchema.Attribute($0, final.type(at: $1)) },
            bounds: definition.bounds,
            aggregates: definition.aggregates.map(\.name) + [definition.rank?.column].compactMap { $0 }
                + definition.select,
            types: functions.map { $0.function.result(of: $0.type) } + number + selected.map { final.type(at: $0) },
            numbersRows: definition.numbersRows,
            isNamed: definition.form != .events || !(definition.upstream?.changesRows ?? false),
            changesRows: definition.changesRows)
        try Self.checkNames(columns.names, definition.aggregates.isEmpty ? "select" : "aggregate")
    }

    /// What the rows are to a stream that reads them. Lists are left out: nothing can be computed of them.
    package func rowSchema(_ definition: StreamDefinition) -> EventSchema {
        var attributes = columns.keys
        if definition.hasWindowBounds { attributes += columns.bounds.map { .init($0, .time) } }
        for (name, type) in zip(columns.aggregates, columns.types) {
            if let type { attributes.append(.init(name, type)) }
        }
        return EventSchema(event: "", page: nil, time: definition.rowTime, attributes: attributes)
    }

    /// The names that anything is computed of.
    var usedNames: [String] {
        let parts = order + [filter].compactMap { $0 } + (arguments + filters).compactMap { $0 }
        let places = parts.map(\.places) + derived.map(\.places)
        return places.reduce(Set(keyPlaces + selected)) { $0.union($1) }.map(scope.name).sorted()
    }

    private static func at<Part>(_ field: String, _ part: () throws(StreamError) -> Part) throws(StreamError) -> Part {
        do { return try part() } catch { throw error.at(field) }
    }

    /// What such a function throws would come too late: the stream before has taken the events.
    private static var functionOfRows: StreamError {
        StreamError(
            .definition, "a function of the host on the rows of another stream",
            remedy: "Derive the value from the events of the source, or write an expression.")
    }

    private static func taken(_ name: String) -> StreamError {
        StreamError(.definition, "\"\(name)\" is there already", remedy: "Choose another name.")
    }

    private static func derived(
        _ definition: StreamDefinition, _ scope: inout ExpressionScope
    ) throws(StreamError) -> [CheckedDerived] {
        var derived: [CheckedDerived] = []
        for value in definition.derived {
            let known = scope
            let checked = try at("let.\(value.name)") { () throws(StreamError) in
                guard known.place(of: value.name) == nil else { throw taken(value.name) }
                if case .external = value.value, definition.upstream != nil { throw functionOfRows }
                return try CheckedDerived(value.value, in: known)
            }
            scope.add(value.name, checked.type)
            derived.append(checked)
        }
        return derived
    }

    static func places(
        _ names: [String], _ scope: ExpressionScope
    ) throws(StreamError) -> [ExpressionScope.Place] {
        var places: [ExpressionScope.Place] = []
        for name in names {
            guard let place = scope.place(of: name) else {
                let near = Suggestion.nearest(to: name, in: scope.names).map { "Did you mean \"\($0)\"?" }
                throw StreamError(
                    .definition, "no column is named \"\(name)\"",
                    remedy: near ?? "Declare it in the columns of the source.")
            }
            places.append(place)
        }
        return places
    }

    // MARK: aggregates

    private typealias Part = (argument: CheckedExpression?, filter: CheckedExpression?)

    private static func aggregates(
        _ definition: StreamDefinition, _ scope: ExpressionScope
    ) throws(StreamError) -> [Part] {
        var parts: [Part] = []
        for aggregate in definition.aggregates {
            parts.append(
                try at("aggregate.\(aggregate.name)") { () throws(StreamError) in
                    let part = try checked(aggregate, scope)
                    try definition.check(aggregate, of: part.argument?.type)
                    return part
                })
        }
        return parts
    }

    private static func checked(_ aggregate: Aggregate, _ scope: ExpressionScope) throws(StreamError) -> Part {
        let filter: CheckedExpression? =
            if let filter = aggregate.filter { try CheckedExpression(condition: filter, in: scope) } else { nil }
        guard let expression = aggregate.argument else {
            _ = try AggregateKind(aggregate.function, of: nil)
            return (nil, filter)
        }
        let argument = try CheckedExpression(expression, in: scope)
        let kind = try AggregateKind(aggregate.function, of: argument.type)
        guard let wanted = kind.input, wanted != argument.type else { return (argument, filter) }
        return (try CheckedExpression(.cast(expression, wanted), in: scope), filter)
    }

    private static func checkNames(_ names: [String], _ field: String) throws(StreamError) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted { throw taken(name).at(field) }
    }

    // MARK: ranks

    private static func order(
        _ definition: StreamDefinition, _ scope: ExpressionScope
    ) throws(StreamError) -> [CheckedExpression] {
        var order: [CheckedExpression] = []
        for term in definition.rank?.order ?? [] { order.append(try CheckedExpression(term.value, in: scope)) }
        return order
    }

    /// Of rows of which there is one a window and key these decide, as the order in which they come means nothing.
    private static func tieBreak(_ definition: StreamDefinition) -> [String] {
        guard definition.rank != nil, let upstream = definition.upstream else { return [] }
        switch upstream.form {
        case .windows: return (upstream.hasWindowBounds ? ["window_end", "window_start"] : []) + upstream.key
        case .groups: return upstream.key
        case .events, .ranks, .windowRanks: return []
        }
    }
}

extension StreamDefinition {
    /// The columns of a row between its key and its values.
    var bounds: [String] {
        if hasWindowBounds { return ["window_start", "window_end"] }
        return form == .groups ? [] : [rowTime]
    }

    /// Whether a key may have several rows of the same bounds.
    fileprivate var numbersRows: Bool {
        switch form {
        case .events, .ranks, .windowRanks: true
        case .groups: false
        case .windows: !hasWindowBounds
        }
    }

    /// What it reads.
    package func inputSchema() throws(StreamError) -> EventSchema {
        switch origin {
        case .source(let source): return source.schema
        case .stream(let stream):
            do throws(StreamError) {
                let schema = try StreamPlan(stream).rowSchema(stream)
                guard Set(schema.names).count == schema.names.count else {
                    throw StreamError(
                        .definition, "a column of \(stream.name) is called \"\(schema.time)\", as the time of its rows",
                        remedy: "Give it another name in \(stream.name).")
                }
                return schema
            } catch { throw error.at("source") }
        }
    }
}
