/// Where events come from, and what they have: what `[source.NAME]` says in a file.
public struct EventSource: Sendable {
    public var name: String
    public var schema: EventSchema
    /// How much out of order events come.
    public var delay: Duration
    /// After so long without an event time goes on by itself; nil: as the host says.
    public var idle: Duration?
    public var clock: Clock

    /// Which moment is the time of an event.
    public enum Clock: String, Sendable {
        /// The one that the event tells.
        case event
        /// When it comes, by the clock of the host: run again, a stream gives other rows.
        case arrival
    }

    /// - Parameters:
    ///   - columns: The attributes of events, with their types.
    ///   - event: What the input calls the name of an event; likewise `page` and `time`.
    public init(
        _ name: String, columns: KeyValuePairs<String, ColumnType> = [:], event: String = "event",
        page: String? = nil, time: String = "timestamp", delay: Duration = .zero, idle: Duration? = nil,
        clock: Clock = .event
    ) {
        self.name = name
        schema = EventSchema(
            event: event, page: page, time: time,
            attributes: columns.map { EventSchema.Attribute($0.key, $0.value) })
        self.delay = delay
        self.idle = idle
        self.clock = clock
    }

    var node: DefinitionNode {
        var fields = [
            DefinitionNode.Field("event", .text(schema.event)), DefinitionNode.Field("time", .text(schema.time)),
        ]
        if let page = schema.page { fields.append(.init("page", .text(page))) }
        let columns = schema.attributes.map { DefinitionNode.Field($0.name, .text($0.type.rawValue)) }
        if !columns.isEmpty { fields.append(.init("columns", .table(columns))) }
        fields.append(.init("delay", .span(delay)))
        if clock != .event { fields.append(.init("clock", .text(clock.rawValue))) }
        if let idle { fields.append(.init("idle", .span(idle))) }
        return .table(fields)
    }
}

extension DefinitionNode {
    static func span(_ duration: Duration) -> DefinitionNode {
        let (seconds, attoseconds) = duration.components
        return .text("\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)us")
    }
}
