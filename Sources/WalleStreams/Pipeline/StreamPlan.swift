internal import WalleText

/// A definition whose names are found and whose types fit.
package struct StreamPlan {
    package let filter: CheckedExpression?
    package let derived: [CheckedDerived]
    package let keyPlaces: [ExpressionScope.Place]
    /// Of each aggregate what it aggregates, converted as its function wants it; nil where events are counted.
    package let arguments: [CheckedExpression?]
    package let filters: [CheckedExpression?]
    package let columns: StreamColumns
    /// Of each aggregate its function and the type of its values.
    package let functions: [(function: AggregateFunction, type: ColumnType?)]

    /// - Throws: `.definition` that names the field.
    package init(_ definition: StreamDefinition) throws(StreamError) {
        var scope = ExpressionScope(definition.source.schema)
        var derived: [CheckedDerived] = []
        for value in definition.derived {
            let checked = try Self.at("let.\(value.name)") { () throws(StreamError) in
                guard scope.place(of: value.name) == nil else { throw Self.taken(value.name) }
                return try CheckedDerived(value.value, in: scope)
            }
            scope.add(value.name, checked.type)
            derived.append(checked)
        }
        self.derived = derived
        let final = scope
        filter = try Self.at("where") { () throws(StreamError) in
            guard let filter = definition.filter else { return nil }
            return try CheckedExpression(condition: filter, in: final)
        }
        let places = try Self.at("key") { () throws(StreamError) in try Self.places(definition.key, final) }
        keyPlaces = places
        var (arguments, filters): ([CheckedExpression?], [CheckedExpression?]) = ([], [])
        var functions: [(function: AggregateFunction, type: ColumnType?)] = []
        for aggregate in definition.aggregates {
            let part = try Self.at("aggregate.\(aggregate.name)") { () throws(StreamError) in
                try Self.checked(aggregate, final)
            }
            arguments.append(part.argument)
            filters.append(part.filter)
            functions.append((aggregate.function, part.argument?.type))
        }
        (self.arguments, self.filters, self.functions) = (arguments, filters, functions)
        let keys = zip(definition.key, places).map { EventSchema.Attribute($0, final.type(at: $1)) }
        let isOver: Bool = if case .over = definition.window { true } else { false }
        columns = StreamColumns(
            keys: keys, bounds: isOver ? [definition.source.schema.time] : ["window_start", "window_end"],
            aggregates: definition.aggregates.map(\.name),
            types: functions.map { $0.function.result(of: $0.type) }, numbersRows: isOver)
        try Self.checkNames(columns.names)
    }

    private static func at<Part>(_ field: String, _ part: () throws(StreamError) -> Part) throws(StreamError) -> Part {
        do { return try part() } catch { throw error.at(field) }
    }

    private static func taken(_ name: String) -> StreamError {
        StreamError(.definition, "\"\(name)\" is there already", remedy: "Choose another name.")
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

    private static func checked(
        _ aggregate: Aggregate, _ scope: ExpressionScope
    ) throws(StreamError) -> (argument: CheckedExpression?, filter: CheckedExpression?) {
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

    private static func checkNames(_ names: [String]) throws(StreamError) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted { throw taken(name).at("aggregate") }
    }
}
