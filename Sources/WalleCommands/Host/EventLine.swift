internal import Walle
internal import WalleStreams

/// A line that `walle host` reads: an event, by the names that the source gives its parts.
struct EventLine: Sendable {
    var event: Event

    /// What is wrong with a line.
    struct Problem: Error {
        var message: String
    }

    /// Whether an object is an event rather than a request.
    static func isEvent(_ members: [String: Value], _ schema: EventSchema) -> Bool {
        members["task"] == nil && members[schema.event] != nil
    }

    init(_ members: [String: Value], _ schema: EventSchema) throws(Problem) {
        guard let name = members[schema.event]?.text else { throw Problem(message: "\"\(schema.event)\" is no text") }
        event = Event(name)
        for (key, value) in members where key != schema.event {
            if key == schema.page {
                event.page = value.text
            } else if key == schema.time {
                event.time = try Self.time(value, key)
            } else if let value = Self.value(value, schema.attributes.first { $0.name == key }?.type) {
                event.attributes[key] = value
            } else {
                throw Problem(message: "\"\(key)\" is an array or an object; an attribute is a single value")
            }
        }
    }

    private static func time(_ value: Value, _ key: String) throws(Problem) -> Int64 {
        if case .integer(let time) = value { return Int64(time) }
        if let text = value.text, let time = TimeText.instant(text) { return time }
        throw Problem(
            message: "\"\(key)\" is no time: write microseconds since 1970 in UTC, or \"2026-11-22T10:21:14Z\"")
    }

    private static func value(_ value: Value, _ type: ColumnType?) -> EventValue? {
        switch value {
        case .none: .null
        case .bool(let value): .bool(value)
        case .integer(let value): type == .time ? .time(Int64(value)) : .int(Int64(value))
        case .double(let value): .float(value)
        case .string(let value): type == .time ? TimeText.instant(value).map { .time($0) } ?? .null : .text(value)
        default: nil
        }
    }
}
