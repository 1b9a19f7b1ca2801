public import BigInt
public import Foundation
public import WalleTensor

/// A Python value in Swift, for those who do not know its shape beforehand.
public enum Value: Sendable, Hashable {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer beyond 64 bits.
    case bigInteger(BigInt)
    case double(Double)
    case string(String)
    case bytes(Data)
    /// A `walle.Buffer`, whose memory it shares.
    case sharedBytes(SharedBytes)
    /// An array of `walle.numpy`, whose memory it shares.
    case tensor(Tensor)
    /// A `datetime`; a naive one is taken as UTC.
    case date(Date)
    /// A `timedelta`.
    case duration(Duration)
    /// A `list` or a `tuple`.
    case array([Value])
    /// A `set` or `frozenset`.
    case set(Set<Value>)
    /// A `dict` whose keys are strings. Python gets them sorted.
    case dictionary([String: Value])
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .none }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .dictionary(Dictionary(elements) { _, last in last })
    }
}

extension Value {
    /// The element of a dictionary; nil when there is none or this is no dictionary.
    public subscript(key: String) -> Value? {
        if case .dictionary(let elements) = self { elements[key] } else { nil }
    }

    /// The element of an array; nil when there is none or this is no array.
    public subscript(index: Int) -> Value? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The number as a `Double`; nil when this is none.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .bigInteger(let value): Double(value)
        default: nil
        }
    }

    /// The text of a string; nil when this is none.
    public var text: String? {
        if case .string(let value) = self { value } else { nil }
    }
}

extension Value: CustomStringConvertible {
    /// JSON, as far as JSON has the value.
    public var description: String { JSONText.text(of: self) }
}

extension Value: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .none
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([Value].self) {
            self = .array(value)
        } else {
            self = .dictionary(try container.decode([String: Value].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .none: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .bigInteger(let value): try container.encode(value.description)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .bytes(let value): try container.encode(value)
        case .sharedBytes(let value): try container.encode(value)
        case .tensor(let value): try container.encode(value)
        case .date(let value): try container.encode(value)
        case .duration(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .set(let value): try container.encode(Array(value))
        case .dictionary(let value): try container.encode(value)
        }
    }
}
