internal import CWallePython
internal import WallePython
internal import WalleTensor

/// An element on its own, as `float32` and its like: hashable, immutable, without axes.
///
/// The value follows the header of the object, where `float` and `complex` of Python have theirs: `float64` and
/// `complex128` are subclasses of them.
struct Scalar {
    let object: PythonPointer
    let dtype: DType

    /// Bytes of every scalar's value.
    static let valueBytes = 16

    /// Nil when the object is none.
    @inline(__always)
    init?(_ object: PythonPointer, _ state: StatePointer) {
        guard walle_IsFreedBy(object, Scalar.free) != 0 else { return nil }
        let type = walle_Type(object).unsafelyUnwrapped
        guard let dtype = state.dtype(ofScalarType: type) else { return nil }
        self.object = object
        self.dtype = dtype
    }

    var value: UnsafeMutableRawPointer { UnsafeMutableRawPointer(object) + MemoryLayout<PyObject>.size }

    /// The `tp_dealloc` of all of them, by which they are known.
    static let free: destructor = { object in
        let type = walle_Type(object).unsafelyUnwrapped
        PyObject_Free(object)
        Py_DecRef(UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyObject.self))
    }
}

extension StatePointer {
    /// The element type of a class of scalars; nil for any other class.
    func dtype(ofScalarType type: UnsafeMutablePointer<PyTypeObject>) -> DType? {
        for index in 0..<15 where pointee.scalarTypes[index] == type { return DType(rawValue: UInt8(index)) }
        return nil
    }

    /// A new scalar with the value of an element.
    func scalar(_ dtype: DType, _ value: UnsafeRawPointer) throws -> PythonPointer {
        guard let memory = PyObject_Malloc(MemoryLayout<PyObject>.size + Scalar.valueBytes) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let object = memory.assumingMemoryBound(to: PyObject.self)
        PyObject_Init(object, pointee.scalarTypes[Int(dtype.rawValue)])
        (memory + MemoryLayout<PyObject>.size).copyMemory(from: value, byteCount: dtype.byteCount)
        return object
    }

    /// What an index or a reduction gives: a scalar when there are no axes, else the array itself.
    func scalarOrArray(_ array: ArrayPointer) throws -> PythonPointer {
        guard array.rank == 0 else { return array.object }
        defer { Py_DecRef(array.object) }
        return try scalar(array.dtype, array.view.base.unsafelyUnwrapped)
    }
}

extension Scalar {
    /// A new reference to the same number of Python, for a type that checks the range of what it takes, as NumPy has it:
    /// integers with a sign do, from scalars of other types. Nil where numbers are cast.
    func number(checkedFor type: DType) throws -> PythonPointer? {
        guard type.kind == .integer, type.isSigned, dtype != type, dtype.kind == .integer || dtype.kind == .floating
        else {
            return nil
        }
        return try Element.python(dtype, value)
    }
}
