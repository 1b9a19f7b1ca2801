public import CWallePython
public import WallePython

/// A type that crosses between Swift and Python in the calls of a ``PythonModule``'s functions.
///
/// Numbers, text, bytes, dates, optionals, arrays and dictionaries are convertible; a `Codable` type becomes so by saying
/// it:
///
///     extension Basket: PythonConvertible {}
public protocol PythonConvertible: SendableMetatype {
    /// How stubs and messages name the type.
    static var pythonType: PythonType { get }

    /// The value of a Python object.
    ///
    /// - Throws: ``ConversionError`` when the object has no counterpart.
    init(python object: PythonReference) throws

    /// A new Python object.
    func toPython() throws -> PythonReference

    /// The value as Python source, for the defaults in signatures and stubs; `...` when there is none.
    var pythonLiteral: String { get }
}

extension PythonConvertible {
    public var pythonLiteral: String { "..." }
}

/// A reference to a Python object, for those who write conversions: borrowed where one is taken, new where one is made.
public struct PythonReference {
    @usableFromInline package let pointer: PythonPointer

    @inlinable @inline(__always)
    package init(_ pointer: PythonPointer) { self.pointer = pointer }

    /// Takes over a new reference of CPython's; throws what it raised when there is none.
    @inlinable @inline(__always)
    package init(new pointer: PythonPointer?) throws {
        guard let pointer else { throw PendingException() }
        self.pointer = pointer
    }

    /// A new reference to `None`.
    @inlinable @inline(__always)
    package static func none() -> PythonReference { PythonReference(walle_None()) }
}

/// The exception that CPython set in the current thread state.
@usableFromInline
package struct PendingException: Error {
    @usableFromInline package init() {}
}

/// How Python names a type: what a function may be given for it, and what a function gives.
public struct PythonType: Sendable, Hashable {
    /// The annotation of a parameter, such as `Sequence[int]`.
    public var accepted: String
    /// The annotation of a result, such as `list[int]`.
    public var returned: String

    public init(accepted: String, returned: String) {
        self.accepted = accepted
        self.returned = returned
    }

    public init(_ name: String) {
        self.init(accepted: name, returned: name)
    }

    public static let none = PythonType("None")
    public static let any = PythonType("Any")
}

/// An object does not fit where it was given.
public struct ConversionError: Error {
    /// Which Python exception it becomes.
    public var type: PythonExceptionType
    /// What is said after the argument's name, as in `must be int, not str`.
    public var message: String

    public init(_ message: String, _ type: PythonExceptionType = .typeError) {
        self.type = type
        self.message = message
    }

    /// The same, told of the value that holds the one at `place`: `[2]` and `[0] must be int` make `[2][0] must be int`.
    package func inside(_ place: String) -> ConversionError {
        let goesOn = message.hasPrefix("[") || message.hasPrefix(".")
        return ConversionError(place + (goesOn ? "" : " ") + message, type)
    }

    /// The object is none of `type`.
    @usableFromInline
    package static func mismatch(_ type: PythonType, _ object: PythonReference) -> ConversionError {
        ConversionError("must be \(type.accepted), not \(object.typeName)")
    }
}

extension PythonReference {
    /// What `str()` makes of the object.
    package var text: String {
        guard let text = PyObject_Str(pointer) else {
            PyErr_Clear()
            return "(\(typeName))"
        }
        let owned = Owned(taking: text)
        return String(python: owned.pointer)
    }

    /// The name of the object's type, as messages give it.
    package var typeName: String {
        walle_IsNone(pointer) != 0 ? "None" : String(cString: walle_TypeName(pointer))
    }
}
