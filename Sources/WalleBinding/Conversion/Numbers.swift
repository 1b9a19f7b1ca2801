public import CWallePython
internal import WallePython

extension Int: PythonConvertible {
    public static var pythonType: PythonType { PythonType("int") }

    @inlinable @inline(__always)
    public init(python object: PythonReference) throws {
        var value = 0
        if walle_CompactLong(object.pointer, &value) != 0 {
            self = value
        } else {
            self = try Integers.read(object)
        }
    }

    @inlinable @inline(__always)
    public func toPython() throws -> PythonReference { try PythonReference(new: PyLong_FromLong(self)) }

    public var pythonLiteral: String { description }
}

/// What all integer types share: anything with `__index__` is taken, as by CPython's own functions.
@usableFromInline
enum Integers {
    @usableFromInline
    static func read(_ object: PythonReference) throws -> Int {
        try withIndex(of: object) { index in
            var overflow: Int32 = 0
            let value = PyLong_AsLongAndOverflow(index, &overflow)
            if overflow != 0 { throw outOfRange(Int.self) }
            return value
        }
    }

    static func read<I: FixedWidthInteger>(_ type: I.Type, _ object: PythonReference) throws -> I {
        try withIndex(of: object) { index in
            var overflow: Int32 = 0
            let value = PyLong_AsLongAndOverflow(index, &overflow)
            if overflow == 0, let exact = I(exactly: value) { return exact }
            if overflow > 0, I.max > Int.max {
                let value = PyLong_AsUnsignedLong(index)
                if PyErr_Occurred() == nil { return I(truncatingIfNeeded: value) }
                PyErr_Clear()
            }
            throw outOfRange(I.self)
        }
    }

    static func outOfRange<I: FixedWidthInteger>(_ type: I.Type) -> ConversionError {
        ConversionError("must be between \(I.min) and \(I.max)", .overflowError)
    }

    /// Calls `body` with the object as an `int`.
    private static func withIndex<Result>(
        of object: PythonReference, _ body: (PythonPointer) throws -> Result
    ) throws -> Result {
        if walle_IsLong(object.pointer) != 0 { return try body(object.pointer) }
        guard PyIndex_Check(object.pointer) != 0 else { throw ConversionError.mismatch(Int.pythonType, object) }
        let index = try Owned(PyNumber_Index(object.pointer))
        return try body(index.pointer)
    }
}

/// The integers that are not `Int`.
public protocol PythonInteger: FixedWidthInteger, PythonConvertible {}

extension PythonInteger {
    public static var pythonType: PythonType { PythonType("int") }

    public init(python object: PythonReference) throws { self = try Integers.read(Self.self, object) }

    public func toPython() throws -> PythonReference {
        if let value = Int(exactly: self) { return try value.toPython() }
        return try PythonReference(new: PyLong_FromUnsignedLong(UInt(self)))
    }

    public var pythonLiteral: String { description }
}

extension Int8: PythonInteger {}
extension Int16: PythonInteger {}
extension Int32: PythonInteger {}
extension Int64: PythonInteger {}
extension UInt: PythonInteger {}
extension UInt8: PythonInteger {}
extension UInt16: PythonInteger {}
extension UInt32: PythonInteger {}
extension UInt64: PythonInteger {}

extension Double: PythonConvertible {
    public static var pythonType: PythonType { PythonType("float") }

    @inlinable @inline(__always)
    public init(python object: PythonReference) throws {
        self = walle_IsExactFloat(object.pointer) != 0 ? walle_FloatValue(object.pointer) : try Doubles.read(object)
    }

    @inlinable @inline(__always)
    public func toPython() throws -> PythonReference { try PythonReference(new: PyFloat_FromDouble(self)) }

    public var pythonLiteral: String { isFinite ? description : "..." }
}

@usableFromInline
enum Doubles {
    /// Takes what `float()` takes, but for text.
    @usableFromInline
    static func read(_ object: PythonReference) throws -> Double {
        let value = PyFloat_AsDouble(object.pointer)
        guard value == -1, PyErr_Occurred() != nil else { return value }
        guard PyErr_ExceptionMatches(walle_TypeError()) != 0 else { throw PendingException() }
        PyErr_Clear()
        throw ConversionError.mismatch(Double.pythonType, object)
    }
}

extension Float: PythonConvertible {
    public static var pythonType: PythonType { Double.pythonType }

    @inlinable
    public init(python object: PythonReference) throws { self.init(try Double(python: object)) }

    @inlinable
    public func toPython() throws -> PythonReference { try Double(self).toPython() }

    public var pythonLiteral: String { Double(self).pythonLiteral }
}

extension Bool: PythonConvertible {
    public static var pythonType: PythonType { PythonType("bool") }

    @inlinable @inline(__always)
    public init(python object: PythonReference) throws {
        guard walle_IsBool(object.pointer) != 0 else { throw ConversionError.mismatch(Bool.pythonType, object) }
        self = object.pointer == walle_True()
    }

    @inlinable @inline(__always)
    public func toPython() throws -> PythonReference { PythonReference(self ? walle_True() : walle_False()) }

    public var pythonLiteral: String { self ? "True" : "False" }
}
