/// Which attributes the events of a stream have, beside what every event has: its name, its page and its time.
public struct EventSchema: Sendable, Hashable {
    /// A named value of every event.
    public struct Attribute: Sendable, Hashable {
        public var name: String
        public var type: ColumnType

        public init(_ name: String, _ type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// What the input calls the name of an event, such as `product_view`; empty when there are none, as in rows of a stream.
    public var event: String
    /// What the input calls the page an event happened on; nil when it tells none.
    public var page: String?
    /// What the input calls the time of an event.
    public var time: String
    /// In the order of their columns.
    public var attributes: [Attribute]

    public init(
        event: String = "event", page: String? = "page", time: String = "timestamp", attributes: [Attribute] = []
    ) {
        self.event = event
        self.page = page
        self.time = time
        self.attributes = attributes
    }

    /// Where a name's values are in a batch.
    package enum Place: Hashable, Sendable {
        case event
        case page
        case time
        /// The index of the attribute.
        case attribute(Int)
    }

    /// Nil when there is no such name.
    package func place(of name: String) -> Place? {
        if name == event { return .event }
        if name == time { return .time }
        if name == page { return .page }
        return attributes.firstIndex { $0.name == name }.map(Place.attribute)
    }

    package func type(at place: Place) -> ColumnType {
        switch place {
        case .event, .page: .text
        case .time: .time
        case .attribute(let index): attributes[index].type
        }
    }

    /// Every name an expression may use.
    package var names: [String] {
        [event, time].filter { !$0.isEmpty } + (page.map { [$0] } ?? []) + attributes.map(\.name)
    }
}
