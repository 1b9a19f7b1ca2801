public import WallePython

extension TaskExample {
    /// Where a result is not the one that an example expects.
    public struct Mismatch: Sendable, Hashable, CustomStringConvertible {
        /// The first difference: `top[0]`; empty when the whole result is another.
        public var path: String
        /// The expected output around the difference, shortened: `{"top": [9, 4, 1], …}`.
        public var expected: String
        /// The result around the difference, shortened alike.
        public var got: String

        /// Two lines, the one below the other.
        public var description: String { "expected \(expected)\ngot      \(got)" }
    }

    /// Compares a result with the expected output; nil when it matches.
    ///
    /// Two integers must be equal; when one of two numbers is a float, they may differ by the tolerance. NaN matches NaN.
    /// What JSON does not have matches what it is written as: bytes as Base64, a date as ISO 8601, a duration as seconds, a
    /// set as an array in any order.
    public func mismatch(_ result: Value) -> Mismatch? {
        guard let path = ValueComparison(tolerance: tolerance).difference(output, result) else { return nil }
        return Mismatch(
            path: ValueComparison.text(of: path), expected: Preview.text(of: output, around: path[...]),
            got: Preview.text(of: result, around: path[...]))
    }

    /// `mismatch(_:)` in words; nil when the result is the expected one.
    package func difference(from result: Value) -> String? { mismatch(result)?.description }
}

/// A step into a value.
enum ValueStep: Hashable {
    case key(String)
    case index(Int)
}

/// Finds the first place at which two values differ.
struct ValueComparison {
    let tolerance: TaskExample.Tolerance

    /// The way to the first difference: empty when the values differ as a whole, nil when they do not differ.
    func difference(_ expected: Value, _ got: Value) -> [ValueStep]? {
        switch (expected, got) {
        case (.array(let expected), .array(let got)): return elements(expected, got)
        case (.dictionary(let expected), .dictionary(let got)): return members(expected, got)
        case (.set(let expected), .set(let got)): return elements(Self.sorted(Array(expected)), Self.sorted(Array(got)))
        case (.array(let expected), .set(let got)): return elements(Self.sorted(expected), Self.sorted(Array(got)))
        case (.string, .bytes), (.string, .date): return expected == Self.text(got) ? nil : []
        case (_, .tensor(let got)): return difference(expected, Value(nested: got))
        default: return isSame(expected, got) ? nil : []
        }
    }

    private func elements(_ expected: [Value], _ got: [Value]) -> [ValueStep]? {
        for (index, pair) in zip(expected, got).enumerated() {
            if let rest = difference(pair.0, pair.1) { return [.index(index)] + rest }
        }
        return expected.count == got.count ? nil : [.index(min(expected.count, got.count))]
    }

    private func members(_ expected: [String: Value], _ got: [String: Value]) -> [ValueStep]? {
        for key in Set(expected.keys).union(got.keys).sorted() {
            guard let expected = expected[key], let got = got[key] else { return [.key(key)] }
            if let rest = difference(expected, got) { return [.key(key)] + rest }
        }
        return nil
    }

    private func isSame(_ expected: Value, _ got: Value) -> Bool {
        if expected == got { return true }
        guard let wanted = Self.number(expected), let given = Self.number(got) else { return false }
        if wanted.isWhole && given.isWhole { return false }
        return isNear(wanted.value, given.value)
    }

    private func isNear(_ expected: Double, _ got: Double) -> Bool {
        if expected == got || (expected.isNaN && got.isNaN) { return true }
        guard expected.isFinite, got.isFinite else { return false }
        return abs(expected - got) <= max(tolerance.absolute, tolerance.relative * abs(expected))
    }

    private static func number(_ value: Value) -> (value: Double, isWhole: Bool)? {
        switch value {
        case .integer, .bigInteger: value.number.map { ($0, true) }
        case .double(let value): (value, false)
        case .duration(let value): (Double(value.nanoseconds) / 1e9, false)
        default: nil
        }
    }

    private static func sorted(_ values: [Value]) -> [Value] {
        values.map { (text: JSONText.text(of: $0), value: $0) }.sorted { $0.text < $1.text }.map(\.value)
    }

    /// As JSON writes it.
    private static func text(_ value: Value) -> Value {
        .string(String(JSONText.text(of: value).dropFirst().dropLast()))
    }

    /// `top[0].name`
    static func text(of path: [ValueStep]) -> String {
        var text = ""
        for step in path {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += text.isEmpty ? key : "." + key
            }
        }
        return text
    }
}
