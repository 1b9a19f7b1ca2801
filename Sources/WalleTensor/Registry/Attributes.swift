/// What an operator is told beside its operands, by name.
package struct Attributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package enum Value: Sendable, Hashable {
        case integer(Int)
        case number(Double)
        case axes(Axes)
        case type(DType)
        case flag(Bool)
        case text(String)
    }

    package var values: [String: Value]

    package init(dictionaryLiteral elements: (String, Value)...) {
        values = Dictionary(uniqueKeysWithValues: elements)
    }

    package static let none: Attributes = [:]

    package func integer(_ name: String, default value: Int? = nil) throws(TensorError) -> Int {
        if case .integer(let found)? = values[name] { return found }
        return try given(value, name, "an integer")
    }

    package func number(_ name: String, default value: Double? = nil) throws(TensorError) -> Double {
        switch values[name] {
        case .number(let found)?: return found
        case .integer(let found)?: return Double(found)
        default: return try given(value, name, "a number")
        }
    }

    package func axes(_ name: String, default value: Axes? = nil) throws(TensorError) -> Axes {
        switch values[name] {
        case .axes(let found)?: return found
        case .integer(let found)?: return [found]
        default: return try given(value, name, "a tuple of integers")
        }
    }

    package func type(_ name: String, default value: DType? = nil) throws(TensorError) -> DType {
        if case .type(let found)? = values[name] { return found }
        return try given(value, name, "an element type")
    }

    package func flag(_ name: String, default value: Bool = false) -> Bool {
        if case .flag(let found)? = values[name] { found } else { value }
    }

    package func text(_ name: String, default value: String? = nil) throws(TensorError) -> String {
        if case .text(let found)? = values[name] { return found }
        return try given(value, name, "text")
    }

    private func given<Found>(_ value: Found?, _ name: String, _ what: String) throws(TensorError) -> Found {
        guard let value else { throw TensorError(.value, "the operator needs the attribute '\(name)', \(what)") }
        return value
    }
}
