internal import WalleStreams

/// A run that a trigger asked for.
struct TriggeredRun: Sendable {
    /// The same when the same events match again after a restart.
    let name: String
    let task: String
    let trigger: String
    let input: Value
    /// The key of the match, which a task with a route is routed by.
    let key: String

    /// - Parameter name: Nil for a match that is new.
    init(_ match: TriggeredMatch, _ target: EventIntake.Target, named name: String? = nil, schema: EventSchema) {
        task = target.task
        trigger = target.name
        self.name = name ?? Self.name(match, target)
        key = match.key.map(\.text).joined(separator: "\u{1f}")
        input = [
            "trigger": .string(target.name),
            "key": match.key.count == 1 ? Value(match.key[0]) : .array(match.key.map { Value($0) }),
            "time": .integer(Int(match.time)),
            "events": .array(match.events.map { $0.event.map { Value($0, schema) } ?? Value.none }),
            "steps": .array(match.events.map { .string($0.step) }),
            "places": .array(match.events.map { .integer(Int($0.place)) }),
        ]
    }

    /// From the places of the events, by which a match of a trigger is known.
    private static func name(_ match: TriggeredMatch, _ target: EventIntake.Target) -> String {
        let places = match.events.lazy.flatMap { withUnsafeBytes(of: $0.place.littleEndian, Array.init) }
        let hex = String(StableHash.of(places), radix: 16)
        return "\(target.task)/\(target.name)-\(match.events.last?.place ?? 0)-" + hex.suffix(8)
    }
}

extension Value {
    /// An event as scripts see it: its name, page and time by the names that the schema gives them, and its attributes.
    init(_ event: Event, _ schema: EventSchema) {
        var fields = event.attributes.mapValues { Value($0) }
        fields[schema.event] = .string(event.name)
        fields[schema.time] = .integer(Int(event.time))
        if let page = schema.page { fields[page] = event.page.map { .string($0) } ?? Value.none }
        self = .dictionary(fields)
    }

    init(_ value: EventValue) {
        self =
            switch value {
            case .null: .none
            case .bool(let value): .bool(value)
            case .int(let value), .time(let value): .integer(Int(value))
            case .float(let value): .double(value)
            case .text(let value): .string(value)
            }
    }
}

extension EventValue {
    /// - Throws: `.storage` for a value that is none of a column.
    init(_ value: Value) throws(StreamError) {
        switch value {
        case .none: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .int(Int64(value))
        case .double(let value): self = .float(value)
        case .string(let value): self = .text(value)
        default:
            throw StreamError(
                .storage, "a value of a query is no number, text, bool or None", remedy: "Give single values.")
        }
    }

    fileprivate var text: String {
        switch self {
        case .null: ""
        case .bool(let value): "\(value)"
        case .int(let value), .time(let value): "\(value)"
        case .float(let value): "\(value)"
        case .text(let value): value
        }
    }
}
