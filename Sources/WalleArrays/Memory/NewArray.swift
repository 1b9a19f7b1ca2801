internal import CWallePython
internal import WallePython
internal import WalleTensor

/// How arrays come into being.
extension StatePointer {
    /// A new array over a cell, of which it takes a reference over; `base` is kept.
    func array(
        _ dtype: DType, _ layout: Layout, offset: Int = 0, over cell: CellPointer, base: PythonPointer? = nil,
        isWritable: Bool = true
    ) throws -> ArrayPointer {
        let type = pointee.arrayType
        let bytes = ArrayBody.place + MemoryLayout<ArrayBody>.size
        guard let memory = PyObject_Malloc(bytes) else {
            cell.release()
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let object = memory.assumingMemoryBound(to: PyObject.self)
        PyObject_Init(object, type)
        let array = ArrayPointer(object)
        if let base { Py_IncRef(base) }
        array.body.initialize(
            to: ArrayBody(
                layout: layout, offset: offset, cell: cell, base: base, weakReferences: nil, dtype: dtype,
                isWritable: isWritable))
        return array
    }

    /// A new array in memory of its own.
    func array(_ dtype: DType, shape: Axes, zeroed: Bool = false) throws -> ArrayPointer {
        let count = try Layout.checkedCount(shape, elementBytes: dtype.byteCount)
        let layout = Layout(contiguous: shape, elementBytes: dtype.byteCount)
        return try array(dtype, layout, over: try .make(count * dtype.byteCount, zeroed: zeroed))
    }

    /// A new array that `fill` writes all of; nothing is left of it when that throws.
    @inline(__always)
    func array(_ dtype: DType, shape: Axes, _ fill: (View) throws -> Void) throws -> ArrayPointer {
        try filled(try array(dtype, shape: shape), fill)
    }

    /// The same with axes in another order in memory.
    @inline(__always)
    func array(_ dtype: DType, layout: Layout, _ fill: (View) throws -> Void) throws -> ArrayPointer {
        try filled(try array(dtype, layout: layout), fill)
    }

    @inline(__always)
    private func filled(_ array: ArrayPointer, _ fill: (View) throws -> Void) throws -> ArrayPointer {
        do {
            try fill(array.view)
        } catch {
            Py_DecRef(array.object)
            throw error
        }
        return array
    }

    /// The same with axes in another order in memory: strides say which.
    func array(_ dtype: DType, layout: Layout) throws -> ArrayPointer {
        let count = try Layout.checkedCount(layout.shape, elementBytes: dtype.byteCount)
        return try array(dtype, layout, over: try .make(count * dtype.byteCount))
    }

    /// A view of the same memory.
    func view(of array: ArrayPointer, _ layout: Layout, offset: Int = 0, dtype: DType? = nil) throws -> ArrayPointer {
        let body = array.body
        body.pointee.cell.retain()
        return try self.array(
            dtype ?? body.pointee.dtype, layout, offset: body.pointee.offset + offset, over: body.pointee.cell,
            base: body.pointee.base ?? array.object, isWritable: body.pointee.isWritable)
    }
}

extension ArrayPointer {
    var shape: Axes { body.pointee.layout.shape }
    var rank: Int { body.pointee.layout.rank }
    var count: Int { body.pointee.layout.count }
    var isContiguous: Bool { body.pointee.layout.isContiguous(elementBytes: body.pointee.dtype.byteCount) }

    /// A place to write to, after the memory was made the interpreter's own.
    ///
    /// - Throws: `.value` when the array is read-only.
    func writableView() throws -> View {
        guard body.pointee.isWritable, !body.pointee.cell.pointee.isReadOnly else {
            throw TensorError.value("assignment destination is read-only")
        }
        try body.pointee.cell.detach()
        return view
    }

    /// What CPython calls when nobody holds the array any more.
    static let free: destructor = { object in
        let array = ArrayPointer(object.unsafelyUnwrapped)
        let body = array.body
        if body.pointee.weakReferences != nil { PyObject_ClearWeakRefs(object) }
        body.pointee.cell.release()
        let base = body.pointee.base
        body.deinitialize(count: 1)
        let type = walle_Type(array.object).unsafelyUnwrapped
        PyObject_Free(object)
        if let base { Py_DecRef(base) }
        Py_DecRef(UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyObject.self))
    }
}
