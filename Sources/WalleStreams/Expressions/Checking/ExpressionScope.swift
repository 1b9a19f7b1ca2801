/// The names an expression may use: those of the schema, and of values derived before it.
package struct ExpressionScope: Hashable, Sendable {
    package let schema: EventSchema
    package private(set) var derived: [EventSchema.Attribute]

    package init(_ schema: EventSchema, derived: [EventSchema.Attribute] = []) {
        self.schema = schema
        self.derived = derived
    }

    /// Where the values of a name are.
    package enum Place: Hashable, Sendable {
        case event(EventSchema.Place)
        /// The index of the derived value.
        case derived(Int)
    }

    package mutating func add(_ name: String, _ type: ColumnType) { derived.append(.init(name, type)) }

    /// Nil when there is no such name. Names of the schema come first: no derived value can hide one.
    package func place(of name: String) -> Place? {
        if let place = schema.place(of: name) { return .event(place) }
        return derived.firstIndex { $0.name == name }.map(Place.derived)
    }

    package func type(at place: Place) -> ColumnType {
        switch place {
        case .event(let place): schema.type(at: place)
        case .derived(let index): derived[index].type
        }
    }

    package var names: [String] { schema.names + derived.map(\.name) }

    func name(at place: Place) -> String {
        switch place {
        case .event(.event): schema.event
        case .event(.page): schema.page ?? "page"
        case .event(.time): schema.time
        case .event(.attribute(let index)): schema.attributes[index].name
        case .derived(let index): derived[index].name
        }
    }
}
