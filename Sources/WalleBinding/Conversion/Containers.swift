internal import CWallePython
internal import WallePython

extension Optional: PythonConvertible where Wrapped: PythonConvertible {
    public static var pythonType: PythonType {
        let wrapped = Wrapped.pythonType
        return PythonType(accepted: "\(wrapped.accepted) | None", returned: "\(wrapped.returned) | None")
    }

    public init(python object: PythonReference) throws {
        if walle_IsNone(object.pointer) != 0 {
            self = nil
            return
        }
        do {
            self = try Wrapped(python: object)
        } catch let error as ConversionError where error.message == ConversionError.mismatch(Wrapped.pythonType, object).message {
            throw ConversionError.mismatch(Self.pythonType, object)
        }
    }

    public func toPython() throws -> PythonReference {
        switch self {
        case .none: .none()
        case .some(let value): try value.toPython()
        }
    }

    public var pythonLiteral: String { self?.pythonLiteral ?? "None" }
}

/// Most elements of a list, dict or set that a function takes: Swift's memory counts for no task.
let mostElements = 16 << 20

/// A list, a tuple or, of `UInt8`, bytes.
extension Array: PythonConvertible where Element: PythonConvertible {
    private static var isBytes: Bool { Element.self == UInt8.self }

    public static var pythonType: PythonType {
        if isBytes { return PythonType(accepted: "bytes | bytearray | memoryview", returned: "bytes") }
        let element = Element.pythonType
        return PythonType(accepted: "Sequence[\(element.accepted)]", returned: "list[\(element.returned)]")
    }

    public init(python object: PythonReference) throws {
        if Self.isBytes {
            self = try Buffers.read(object) { Array<UInt8>($0) as! [Element] }
            return
        }
        let isList = walle_IsList(object.pointer) != 0
        guard isList || walle_IsTuple(object.pointer) != 0 else {
            throw ConversionError.mismatch(Self.pythonType, object)
        }
        guard walle_Size(object.pointer) <= mostElements else {
            throw ConversionError("must have at most \(mostElements) elements", .overflowError)
        }
        self = []
        reserveCapacity(walle_Size(object.pointer))
        // The size is asked again each time, and elements are held: converting one may run Python code.
        while count < walle_Size(object.pointer) {
            let item = isList ? walle_ListItem(object.pointer, count) : walle_TupleItem(object.pointer, count)
            let held = Owned(borrowing: item!)
            do {
                append(try Element(python: PythonReference(held.pointer)))
            } catch let error as ConversionError {
                throw ConversionError("[\(count)] \(error.message)", error.type)
            }
        }
    }

    public func toPython() throws -> PythonReference {
        if Self.isBytes { return try (self as! [UInt8]).withUnsafeBytes { try Buffers.make($0) } }
        let list = try Owned(PyList_New(count))
        for (index, element) in enumerated() {
            walle_ListSetItem(list.pointer, index, try element.toPython().pointer)
        }
        return PythonReference(list.take())
    }

    public var pythonLiteral: String {
        let literals = map(\.pythonLiteral)
        return Self.isBytes || literals.contains("...") ? "..." : "[\(literals.joined(separator: ", "))]"
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
                throw ConversionError("[\(key.pythonLiteral)] \(error.message)", error.type)
            }
        }
    }

    public func toPython() throws -> PythonReference {
        let dictionary = try Owned(PyDict_New())
        for (key, value) in self {
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
