/// What starts a task: events of a key that follow each other as a pattern says.
///
/// It can be read without the attributes of the events, as a package is; whether they fit is known where it is added to an
/// engine.
package struct TriggerDefinition: Hashable, Sendable {
    /// Names of attributes; empty for one sequence of all events.
    package var key: [String]
    package var pattern: EventPattern

    /// The fields of its table.
    package static let fields = ["key"] + PatternReader.fields

    package init(key: [String], pattern: EventPattern) {
        self.key = key
        self.pattern = pattern
    }

    /// Reads a table with `key`, `pattern`, `within`, `contiguity` and `skip`.
    ///
    /// - Throws: `.definition` that names the field.
    package static func read(_ node: DefinitionNode) throws(StreamError) -> TriggerDefinition {
        var table = try DefinitionTable(node)
        let key = try DefinitionReader.key(&table)
        let pattern = try PatternReader.read(&table, nil)
        try table.finish(fields)
        return TriggerDefinition(key: key, pattern: pattern)
    }

    /// Finds the attributes that it names.
    ///
    /// - Returns: The places of the key.
    /// - Throws: `.definition` that names the field, where the events have no such attribute.
    func places(in schema: EventSchema) throws(StreamError) -> [EventSchema.Place] {
        let scope = ExpressionScope(schema)
        for predicate in pattern.predicates {
            do throws(StreamError) {
                _ = try predicate.checked(in: scope)
            } catch {
                throw error.at("[\(predicate.text)]").at("pattern")
            }
        }
        let places: [ExpressionScope.Place]
        do { places = try StreamPlan.places(key, scope) } catch { throw error.at("key") }
        return places.map { place in
            guard case .event(let place) = place else { preconditionFailure("triggers derive no values") }
            return place
        }
    }
}
