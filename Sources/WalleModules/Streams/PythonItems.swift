internal import CWallePython
internal import WalleBinding
internal import WallePython

/// Any object of Python, borrowed for the length of a call.
struct Borrowed: PythonConvertible {
    let pointer: PythonPointer

    static var pythonType: PythonType { .any }

    init(python object: PythonReference) throws { pointer = object.pointer }

    func toPython() throws -> PythonReference {
        Py_IncRef(pointer)
        return PythonReference(pointer)
    }
}

/// What an object is of, for annotations.
protocol MadeKind: SendableMetatype {
    static var annotation: String { get }
}

enum Anything: MadeKind { static var annotation: String { "Any" } }
enum Array1D: MadeKind { static var annotation: String { "ndarray" } }
enum NullArray: MadeKind { static var annotation: String { "ndarray | None" } }
enum TextOrNone: MadeKind { static var annotation: String { "str | None" } }
enum TextList: MadeKind { static var annotation: String { "list[str | None]" } }
enum RowDict: MadeKind { static var annotation: String { "dict[str, Any]" } }
enum RowDicts: MadeKind { static var annotation: String { "list[dict[str, Any]]" } }

/// An object on its way to Python, made when it is handed over.
struct Made<Kind: MadeKind>: PythonConvertible {
    private let make: () throws -> PythonPointer

    static var pythonType: PythonType { PythonType(Kind.annotation) }

    init(_ make: @escaping () throws -> PythonPointer) { self.make = make }

    init(python object: PythonReference) throws { throw ConversionError("cannot be given to Swift") }

    func toPython() throws -> PythonReference { PythonReference(try make()) }
}

/// New objects: each function gives a reference that the caller owns.
enum NewObject {
    /// The object of a new reference, or what Python raised in place of it.
    static func checked(_ new: PythonPointer?) throws -> PythonPointer {
        guard let new else { throw PendingException() }
        return new
    }

    static func none() -> PythonPointer {
        let none = walle_None().unsafelyUnwrapped
        Py_IncRef(none)
        return none
    }

    static func bool(_ value: Bool) -> PythonPointer {
        let object = (value ? walle_True() : walle_False()).unsafelyUnwrapped
        Py_IncRef(object)
        return object
    }

    static func int(_ value: Int64) throws -> PythonPointer { try checked(PyLong_FromLongLong(value)) }

    static func text(_ text: UnsafeRawBufferPointer) throws -> PythonPointer {
        let start = text.baseAddress?.assumingMemoryBound(to: CChar.self)
        return try checked(PyUnicode_DecodeUTF8(start, text.count, "replace"))
    }

    static func text(_ text: String) throws -> PythonPointer {
        var text = text
        return try text.withUTF8 { try Self.text(UnsafeRawBufferPointer($0)) }
    }

    /// A list of so many objects.
    static func list(_ count: Int, _ element: (Int) throws -> PythonPointer) throws -> PythonPointer {
        let list = try checked(PyList_New(count))
        do {
            for index in 0..<count { walle_ListSetItem(list, index, try element(index)) }
        } catch {
            Py_DecRef(list)
            throw error
        }
        return list
    }
}
