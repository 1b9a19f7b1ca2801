internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Reads arguments of calls.
struct Arguments {
    private let values: UnsafePointer<PythonPointer?>?
    let count: Int

    @inline(__always)
    init(_ values: UnsafePointer<PythonPointer?>?, _ count: Int) {
        self.values = values
        self.count = count
    }

    /// Borrowed.
    @inline(__always)
    subscript(index: Int) -> PythonPointer { values.unsafelyUnwrapped[index].unsafelyUnwrapped }

    /// Borrowed; nil when it was left out or is None.
    @inline(__always)
    func optional(_ index: Int) -> PythonPointer? {
        guard index < count, self[index] != walle_None() else { return nil }
        return self[index]
    }

    /// Whether an argument was given and is true.
    func isTrue(_ index: Int) -> Bool { index < count && PyObject_IsTrue(self[index]) == 1 }

    func expect(_ range: ClosedRange<Int>, _ name: StaticString) throws {
        guard range.contains(count) else {
            throw TensorError.type("\(name)() takes \(range.lowerBound) to \(range.upperBound) arguments, got \(count)")
        }
    }
}

extension StatePointer {
    /// - Throws: `.type` when the object is no array.
    func array(_ object: PythonPointer, _ name: StaticString = "argument") throws -> ArrayPointer {
        try settle(object)
        guard walle_Type(object) == pointee.arrayType else {
            throw TensorError.type("\(name) must be an ndarray, not '\(String(cString: walle_TypeName(object)))'")
        }
        return ArrayPointer(object)
    }

    /// The element type that an object names: a dtype, a class of scalars or of Python's numbers, text.
    func dtype(_ object: PythonPointer) throws -> DType {
        if let found = knownDType(object) { return found }
        guard let helpers = pointee.helpers else { throw TensorError.type("no dtypes yet: import walle.numpy") }
        let function = try new(PyObject_GetAttrString(helpers, "dtype"))
        defer { Py_DecRef(function) }
        let result = try new(PyObject_CallOneArg(function, object))
        defer { Py_DecRef(result) }
        for index in 0..<15 where pointee.dtypes[index] == result { return DType(rawValue: UInt8(index))! }
        throw TensorError.type("'\(String(cString: walle_TypeName(object)))' names no dtype")
    }

    func optionalDType(_ object: PythonPointer?) throws -> DType? {
        guard let object, object != walle_None() else { return nil }
        return try dtype(object)
    }
}

/// Integers of Python, as indices are: with `__index__`.
enum Integer {
    static func read(_ object: PythonPointer) throws -> Int {
        var value = 0
        if walle_CompactLong(object, &value) != 0 { return value }
        value = PyNumber_AsSsize_t(object, walle_IndexError())
        if value == -1, PyErr_Occurred() != nil { throw PythonFailure.pending }
        return value
    }

    /// A tuple, a list or one integer.
    static func readAxes(_ object: PythonPointer) throws -> Axes {
        if walle_IsTuple(object) != 0 || walle_IsList(object) != 0 {
            let count = walle_Size(object)
            guard count <= Layout.mostAxes else {
                throw TensorError.value("maximum supported dimension for an ndarray is 64, found \(count)")
            }
            var axes = Axes(repeating: 0, count: count)
            for index in 0..<count {
                let item = walle_IsTuple(object) != 0 ? walle_TupleItem(object, index) : walle_ListItem(object, index)
                axes[index] = try read(item.unsafelyUnwrapped)
            }
            return axes
        }
        // The class of arrays has `__index__`, which only arrays of one integer answer.
        let isVector = walle_IsFreedBy(object, ArrayPointer.free) != 0 && ArrayPointer(object).rank > 0
        if isVector || PyIndex_Check(object) == 0, PySequence_Check(object) != 0, walle_IsString(object) == 0 {
            let list = try new(PySequence_List(object))
            defer { Py_DecRef(list) }
            return try readAxes(list)
        }
        return [try read(object)]
    }

    /// A tuple of integers.
    static func tuple(_ axes: Axes) throws -> PythonPointer {
        let tuple = try new(PyTuple_New(axes.count))
        for index in 0..<axes.count {
            guard let number = PyLong_FromLong(axes[index]) else {
                Py_DecRef(tuple)
                throw PythonFailure.pending
            }
            walle_TupleSetItem(tuple, index, number)
        }
        return tuple
    }
}
