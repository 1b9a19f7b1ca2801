public import CWallePython
public import WallePython

extension Optional: PythonConvertible where Wrapped: PythonConvertible {
    public static var pythonType: PythonType {
        let wrapped = Wrapped.pythonType
        return PythonType(accepted: "\(wrapped.accepted) | None", returned: "\(wrapped.returned) | None")
    }

    @inlinable
    public init(python object: PythonReference) throws {
        if walle_IsNone(object.pointer) != 0 {
            self = nil
            return
        }
        do {
            self = try Wrapped(python: object)
        } catch {
            throw Self.allowingNone(error, object)
        }
    }

    /// A message that names `Wrapped` alone is told again with `None`.
    @usableFromInline
    static func allowingNone(_ error: any Error, _ object: PythonReference) -> any Error {
        let wrapped = ConversionError.mismatch(Wrapped.pythonType, object)
        guard let error = error as? ConversionError, error.message == wrapped.message else { return error }
        return ConversionError.mismatch(Self.pythonType, object)
    }

    @inlinable
    public func toPython() throws -> PythonReference {
        switch self {
        case .none: .none()
        case .some(let value): try value.toPython()
        }
    }

    public var pythonLiteral: String { self?.pythonLiteral ?? "None" }
}

/// Most elements of a list, dict or set that a function takes: Swift's memory counts for no task.
@usableFromInline let mostElements = 16 << 20

/// A list, a tuple or, of `UInt8`, bytes.
extension Array: PythonConvertible where Element: PythonConvertible {
    @inlinable static var isBytes: Bool { Element.self == UInt8.self }

    public static var pythonType: PythonType {
        if isBytes { return PythonType(accepted: "bytes | bytearray | memoryview", returned: "bytes") }
        let element = Element.pythonType
        return PythonType(accepted: "Sequence[\(element.accepted)]", returned: "list[\(element.returned)]")
    }

    @inlinable
    public init(python object: PythonReference) throws {
        if Self.isBytes {
            self = try Buffers.read(object) as! [Element]
            return
        }
        let count = try Sequences.count(of: object, as: Self.pythonType)
        self = []
        reserveCapacity(count)
        // The size is asked again each time, and elements are held: converting one may run Python code.
        while self.count < count, let item = Sequences.item(self.count, of: object) {
            Py_IncRef(item)
            defer { Py_DecRef(item) }
            do {
                append(try Element(python: PythonReference(item)))
            } catch {
                throw Sequences.placed(error, self.count)
            }
        }
    }

    @inlinable
    public func toPython() throws -> PythonReference {
        if Self.isBytes { return try Buffers.make(self as! [UInt8]) }
        let list = try PythonReference(new: PyList_New(count))
        do {
            for index in indices { walle_ListSetItem(list.pointer, index, try self[index].toPython().pointer) }
        } catch {
            Py_DecRef(list.pointer)
            throw error
        }
        return list
    }

    public var pythonLiteral: String {
        let literals = map(\.pythonLiteral)
        return Self.isBytes || literals.contains("...") ? "..." : "[\(literals.joined(separator: ", "))]"
    }
}

/// Lists and tuples.
@usableFromInline
enum Sequences {
    /// - Throws: ``ConversionError`` for anything else, and for too many elements.
    @usableFromInline
    static func count(of object: PythonReference, as type: @autoclosure () -> PythonType) throws -> Int {
        guard walle_IsList(object.pointer) != 0 || walle_IsTuple(object.pointer) != 0 else {
            throw ConversionError.mismatch(type(), object)
        }
        let count = walle_Size(object.pointer)
        guard count <= mostElements else {
            throw ConversionError("must have at most \(mostElements) elements", .overflowError)
        }
        return count
    }

    /// A borrowed element; nil past the end.
    @inlinable @inline(__always)
    static func item(_ index: Int, of object: PythonReference) -> PythonPointer? {
        guard index < walle_Size(object.pointer) else { return nil }
        return walle_IsList(object.pointer) != 0
            ? walle_ListItem(object.pointer, index) : walle_TupleItem(object.pointer, index)
    }

    @usableFromInline
    static func placed(_ error: any Error, _ index: Int) -> any Error {
        (error as? ConversionError)?.inside("[\(index)]") ?? error
    }
}

extension Dictionary: PythonConvertible where Key == String, Value: PythonConvertible {
    public static var pythonType: PythonType {
        let value = Value.pythonType
        return PythonType(accepted: "Mapping[str, \(value.accepted)]", returned: "dict[str, \(value.returned)]")
    }

    public init(python object: PythonReference) throws {
        guard walle_IsDict(object.pointer) != 0 else { throw ConversionError.mismatch(Self.pythonType, object) }
        guard walle_Size(object.pointer) <= mostElements else {
            throw ConversionError("must have at most \(mostElements) elements", .overflowError)
        }
        // Converting a value may run Python code that changes the dict: a list of its items does not change.
        let items = try Owned(PyDict_Items(object.pointer))
        self = Dictionary(minimumCapacity: walle_Size(items.pointer))
        for index in 0..<walle_Size(items.pointer) {
            let item = walle_ListItem(items.pointer, index)
            let name = PythonReference(walle_TupleItem(item, 0))
            guard walle_IsString(name.pointer) != 0 else {
                throw ConversionError("must have keys of type str, not \(name.typeName)")
            }
            let key = String(python: name.pointer)
            do {
                self[key] = try Value(python: PythonReference(walle_TupleItem(item, 1)))
            } catch let error as ConversionError {
                throw error.inside("[\(key.pythonLiteral)]")
            }
        }
    }

    public func toPython() throws -> PythonReference {
        let dictionary = try Owned(PyDict_New())
        for (key, value) in sorted(by: { $0.key < $1.key }) {
            let name = try Owned(key.python())
            let object = Owned(taking: try value.toPython().pointer)
            try check(PyDict_SetItem(dictionary.pointer, name.pointer, object.pointer))
        }
        return PythonReference(dictionary.take())
    }

    public var pythonLiteral: String {
        let items = sorted { $0.key < $1.key }.map { "\($0.key.pythonLiteral): \($0.value.pythonLiteral)" }
        return items.contains { $0.hasSuffix("...") } ? "..." : "{\(items.joined(separator: ", "))}"
    }
}
