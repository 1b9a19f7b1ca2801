/// What the values of an attribute are. Any value may be null.
public enum ColumnType: String, Sendable, Hashable, Codable, CaseIterable {
    case bool
    /// 64 bits, signed.
    case int
    /// 64 bits. NaN is a value, not null.
    case float
    case text
    /// Microseconds since 1970 in UTC, 64 bits, signed.
    case time

    /// Bytes of a value in a column; a text is the code that a dictionary gives it.
    package var width: Int {
        switch self {
        case .bool: 1
        case .text: 4
        case .int, .float, .time: 8
        }
    }

    package var isNumber: Bool { self == .int || self == .float }
}

/// One value of an event.
public enum EventValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case text(String)
    /// Microseconds since 1970 in UTC.
    case time(Int64)

    /// Nil for null, which every type has.
    public var type: ColumnType? {
        switch self {
        case .null: nil
        case .bool: .bool
        case .int: .int
        case .float: .float
        case .text: .text
        case .time: .time
        }
    }
}
