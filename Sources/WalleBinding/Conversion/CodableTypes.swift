internal import BigInt
internal import CWallePython
public import Foundation
public import WallePython

/// Bytes and elements of one `Codable` argument: Swift's memory counts for no task.
private let mostBytes = 64 << 20

/// Any `Codable` type crosses as a `dict` with its properties, without JSON in between.
extension PythonConvertible where Self: Codable {
    public static var pythonType: PythonType {
        PythonType(accepted: "Mapping[str, Any]", returned: "dict[str, Any]")
    }

    public init(python object: PythonReference) throws {
        let interpreter = try Interpreter.attached()
        var bounds = ConversionBounds(bytes: mostBytes)
        do throws(PythonFailure) {
            self = try interpreter.decode(Self.self, from: object.pointer, bounds: &bounds)
        } catch {
            throw ConversionError.translated(error)
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
        var bounds = ConversionBounds(bytes: mostBytes)
        do throws(PythonFailure) {
            self = try interpreter.value(of: object.pointer, bounds: &bounds)
        } catch {
            throw ConversionError.translated(error)
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
    /// What the fence says of a value, said of an argument: `must have at .items[0]: Int, not str 'x'`.
    fileprivate static func translated(_ failure: PythonFailure) -> any Error {
        guard case .mismatch(let expected, let got, let path) = failure else { return failure }
        let place = path.hasPrefix("result") ? String(path.dropFirst("result".count)) : path
        return ConversionError(place.isEmpty ? "must be \(expected), not \(got)" : "\(place) must be \(expected), not \(got)")
    }
}

extension Interpreter {
    /// The interpreter of the calling thread, which a conversion needs.
    static func attached() throws -> Interpreter {
        guard let interpreter = current else { throw NotAttached() }
        return interpreter
    }
}
