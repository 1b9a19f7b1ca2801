internal import Foundation
internal import WalleStreams

extension Event {
    /// An event as JSON and Python write it: an object with its name, page and time by the names that a schema gives them,
    /// and its attributes. Without a time it happened now.
    ///
    /// - Throws: `StreamError` of code `.input` that names the field.
    package init(_ fields: [String: Value], _ schema: EventSchema) throws(StreamError) {
        guard let name = fields[schema.event]?.text else {
            throw Self.wrong(schema.event, "the name of the event is missing or no text", "Write its name as a text.")
        }
        self.init(name)
        for (key, value) in fields where key != schema.event {
            if key == schema.page {
                page = value.text
            } else if key == schema.time {
                time = try Self.time(value, key)
            } else if let value = Self.value(value, schema.attributes.first { $0.name == key }?.type) {
                attributes[key] = value
            } else {
                throw Self.wrong(key, "the value has parts", "Give a single value for each attribute.")
            }
        }
    }

    private static func wrong(_ field: String, _ what: String, _ remedy: String) -> StreamError {
        StreamError(.input, field: field, what, remedy: remedy)
    }

    private static func time(_ value: Value, _ field: String) throws(StreamError) -> Int64 {
        switch value {
        case .none: return now
        case .integer(let time): return Int64(time)
        case .date(let date): return Int64((date.timeIntervalSince1970 * 1e6).rounded())
        default: break
        }
        if let text = value.text, let time = TimeText.instant(text) { return time }
        throw wrong(
            field, "this is no time", "Write microseconds since 1970 in UTC, or such as \"2026-11-22T10:21:14Z\".")
    }

    private static func value(_ value: Value, _ type: ColumnType?) -> EventValue? {
        switch value {
        case .none: .null
        case .bool(let value): .bool(value)
        case .integer(let value): type == .time ? .time(Int64(value)) : .int(Int64(value))
        case .double(let value): .float(value)
        case .string(let value): type == .time ? TimeText.instant(value).map { .time($0) } ?? .null : .text(value)
        case .date(let date): .time(Int64((date.timeIntervalSince1970 * 1e6).rounded()))
        default: nil
        }
    }
}
