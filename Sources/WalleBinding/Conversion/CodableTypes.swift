internal import BigInt
internal import CWallePython
public import Foundation
public import WallePython

extension ConversionBounds {
    /// For one argument: Swift's memory counts for no task.
    fileprivate static var argument: ConversionBounds {
        var bounds = ConversionBounds(bytes: 64 << 20)
        bounds.allowed = "at most 64 MB"
        return bounds
    }
}

/// Any `Codable` type crosses as a `dict` with its properties, without JSON in between.
extension PythonConvertible where Self: Codable {
    public static var pythonType: PythonType {
        PythonType(accepted: "Mapping[str, Any]", returned: "dict[str, Any]")
    }

    public init(python object: PythonReference) throws {
        let interpreter = try Interpreter.attached()
        var bounds = ConversionBounds.argument
        do throws(PythonFailure) {
            self = try interpreter.decode(Self.self, from: object.pointer, bounds: &bounds)
        } catch {
            throw ConversionError.translated(error, as: Self.self)
        }
    }

    public func toPython() throws -> PythonReference {
        let interpreter = try Interpreter.attached()
        return PythonReference(try interpreter.object(encoding: self).take())
    }
}

/// Enums with raw values cross as these.
extension PythonConvertible where Self: Codable & RawRepresentable, RawValue: PythonConvertible {
    public static var pythonType: PythonType { RawValue.pythonType }
    public var pythonLiteral: String { rawValue.pythonLiteral }
}

extension Value: PythonConvertible {
    public static var pythonType: PythonType { .any }

    public init(python object: PythonReference) throws {
        let interpreter = try Interpreter.attached()
        var bounds = ConversionBounds.argument
        do throws(PythonFailure) {
            self = try interpreter.value(of: object.pointer, bounds: &bounds)
        } catch {
            throw ConversionError.translated(error, as: Self.self)
        }
    }

    public func toPython() throws -> PythonReference {
        let interpreter = try Interpreter.attached()
        return PythonReference(try interpreter.object(of: self).take())
    }

    public var pythonLiteral: String {
        switch self {
        case .none: "None"
        case .bool(let value): value.pythonLiteral
        case .integer(let value): value.pythonLiteral
        case .double(let value): value.pythonLiteral
        case .string(let value): value.pythonLiteral
        case .array(let values): values.pythonLiteral
        case .dictionary(let values): values.pythonLiteral
        default: "..."
        }
    }
}

extension Date: PythonConvertible {
    public static var pythonType: PythonType { PythonType(accepted: "date", returned: "datetime") }
}

extension Duration: PythonConvertible {
    public static var pythonType: PythonType { PythonType("timedelta") }
}

extension ConversionError {
    /// What the fence says of a value, said of an argument: `.items[0] must be int, not str 'x'`.
    fileprivate static func translated<T: PythonConvertible>(_ failure: PythonFailure, as type: T.Type) -> any Error {
        guard case .mismatch(let expected, let got, let path) = failure else { return failure }
        let place = path.hasPrefix("result") ? String(path.dropFirst("result".count)) : path
        let name = expected == "\(T.self)" ? T.pythonType.accepted : pythonNames[expected] ?? expected
        let verb = name.hasPrefix("the key") ? "have" : "be"
        let error = ConversionError("must \(verb) \(name), not \(got)")
        return place.isEmpty ? error : error.inside(place)
    }

    /// The fence names Swift's types, to those who write Swift.
    private static let pythonNames = [
        "Int": "int", "Double": "float", "String": "str", "Bool": "bool", "Data": "bytes", "Date": "date",
        "Duration": "timedelta",
    ]
}

extension Interpreter {
    /// The interpreter of the calling thread, which a conversion needs.
    package static func attached() throws -> Interpreter {
        guard let interpreter = current else { throw NotAttached() }
        return interpreter
    }
}
