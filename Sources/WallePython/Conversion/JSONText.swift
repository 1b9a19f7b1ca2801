internal import BigInt
internal import Foundation

/// JSON for people and for `.jsonl` files: `Foundation`'s encoder would turn a `Value`'s integers into doubles and lose
/// the order of nothing, but costs a tree of objects; this writes straight into a string.
package enum JSONText {
    /// One line of JSON, keys sorted. NaN and infinities are written as Python's `json` writes them.
    package static func text(of value: Value) -> String {
        var text = ""
        write(value, to: &text)
        return text
    }

    /// Reads one JSON value; integers stay integers, whatever their size.
    package static func value(of text: String) throws -> Value {
        var parser = JSONParser(text: text)
        return try parser.document()
    }

    static func write(_ value: Value, to text: inout String) {
        switch value {
        case .none: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .bigInteger(let value): text += value.description
        case .double(let value): text += number(value)
        case .string(let value): quote(value, to: &text)
        case .bytes(let value): quote(value.base64EncodedString(), to: &text)
        case .tensor(let value): write(Value(nested: value), to: &text)
        case .sharedBytes(let value): quote(value.data.base64EncodedString(), to: &text)
        case .date(let value): quote(value.formatted(.iso8601), to: &text)
        case .duration(let value): text += number(Double(value.nanoseconds) / 1e9)
        case .array(let values): write(values, to: &text)
        case .set(let values): write(values.sorted { Self.text(of: $0) < Self.text(of: $1) }, to: &text)
        case .dictionary(let values): write(values, to: &text)
        }
    }

    private static func write(_ values: [Value], to text: inout String) {
        text += "["
        for (index, value) in values.enumerated() {
            if index > 0 { text += ", " }
            write(value, to: &text)
        }
        text += "]"
    }

    private static func write(_ values: [String: Value], to text: inout String) {
        text += "{"
        for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { text += ", " }
            quote(key, to: &text)
            text += ": "
            write(value, to: &text)
        }
        text += "}"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }

    static func quote(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// What is wrong with a JSON text, and where.
package struct JSONError: Error, CustomStringConvertible {
    package var message: String
    package var offset: Int

    package var description: String { "\(message) at byte \(offset)" }
}

private struct JSONParser {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private static let deepest = 512

    init(text: String) { bytes = Array(text.utf8) }

    mutating func document() throws -> Value {
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw failure("something follows the JSON value") }
        return value
    }

    private func failure(_ message: String) -> JSONError { JSONError(message: message, offset: index) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    private mutating func take(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset] != literal.utf8Start[offset] { return false }
        index += count
        return true
    }

    private mutating func value() throws -> Value {
        skipSpace()
        guard let byte = next else { throw failure("a JSON value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        default: return try scalar()
        }
    }

    private mutating func nested(_ body: (inout Self) throws -> Value) throws -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw failure("JSON nested deeper than \(Self.deepest)") }
        index += 1
        return try body(&self)
    }

    private mutating func scalar() throws -> Value {
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .none }
        if take("NaN") { return .double(.nan) }
        if take("Infinity") { return .double(.infinity) }
        if take("-Infinity") { return .double(-.infinity) }
        return try number()
    }

    private mutating func number() throws -> Value {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let value = Int(text) { return .integer(value) }
        if !text.contains(where: { ".eE".contains($0) }), let value = BigInt(text) { return .bigInteger(value) }
        guard let value = Double(text) else {
            index = start
            throw failure("no JSON value")
        }
        return .double(value)
    }

    private mutating func array() throws -> Value {
        var values: [Value] = []
        skipSpace()
        if take("]") { return .array(values) }
        while true {
            values.append(try value())
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw failure("`,` or `]` is missing") }
        }
    }

    private mutating func object() throws -> Value {
        var values: [String: Value] = [:]
        skipSpace()
        if take("}") { return .dictionary(values) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a key in double quotes is missing") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("`:` is missing") }
            values[key] = try value()
            skipSpace()
            if take("}") { return .dictionary(values) }
            guard take(",") else { throw failure("`,` or `}` is missing") }
        }
    }

    private mutating func string() throws -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            default: text.append(byte)
            }
        }
        throw failure("a string is not closed")
    }

    private mutating func escape() throws -> [UInt8] {
        guard let byte = next else { throw failure("a string is not closed") }
        index += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"): return try unicode()
        default: throw failure("unknown escape")
        }
    }

    private mutating func unicode() throws -> [UInt8] {
        var unit = try hex()
        if (0xD800..<0xDC00).contains(unit), take("\\u") {
            let low = try hex()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        return Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
    }

    private mutating func hex() throws -> UInt32 {
        guard index + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits are missing") }
        index += 4
        return unit
    }
}
