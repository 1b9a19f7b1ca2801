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
        try array(dtype, shape: shape, zeroed ? .zeros : .any)
    }

    func array(_ dtype: DType, shape: Axes, _ content: Cell.Content) throws -> ArrayPointer {
        let count = try Layout.checkedCount(shape, elementBytes: dtype.byteCount)
        let layout = Layout(contiguous: shape, elementBytes: dtype.byteCount)
        return try array(dtype, layout, over: try .make(count * dtype.byteCount, content))
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

    /// A view that shows the array as it is, to be changed by the caller before anybody sees it.
    ///
    /// The header is copied as bytes: for arrays of up to four axes nothing but the cell is counted.
    @inline(__always)
    func twin(of array: ArrayPointer) throws -> ArrayPointer {
        guard array.body.pointee.layout.isInline else { return try view(of: array, array.layout) }
        let twin = try headerCopy(of: array)
        let base = array.body.pointee.base ?? array.object
        walle_Retain(base)
        twin.body.pointee.base = base
        array.body.pointee.cell.retain()
        return twin
    }

    /// A new packed array with the shape of another one, which must have at most four axes.
    @inline(__always)
    func packed(like array: ArrayPointer, _ dtype: DType, count: Int) throws -> ArrayPointer {
        let cell = try CellPointer.make(count * dtype.byteCount)
        let result: ArrayPointer
        do { result = try headerCopy(of: array) } catch {
            cell.release()
            throw error
        }
        let body = result.body
        body.pointee.cell = cell
        body.pointee.offset = 0
        body.pointee.base = nil
        body.pointee.isWritable = true
        body.pointee.dtype = dtype
        body.pointee.layout.pack(elementBytes: dtype.byteCount)
        return result
    }

    @inline(__always)
    private func headerCopy(of array: ArrayPointer) throws -> ArrayPointer {
        guard let memory = PyObject_Malloc(ArrayBody.place + MemoryLayout<ArrayBody>.size) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let object = memory.assumingMemoryBound(to: PyObject.self)
        PyObject_Init(object, pointee.arrayType)
        (memory + ArrayBody.place).copyMemory(from: array.body, byteCount: MemoryLayout<ArrayBody>.size)
        let copy = ArrayPointer(object)
        copy.body.pointee.weakReferences = nil
        return copy
    }

    /// A view with the axes from last to first.
    func transposed(_ array: ArrayPointer) throws -> ArrayPointer {
        let view = try twin(of: array)
        view.body.pointee.layout.reverse()
        return view
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
        try writableBody()
        return view
    }

    /// Makes the memory the interpreter's own before a write.
    ///
    /// - Throws: `.value` when the array is read-only.
    @inline(__always)
    func writableBody() throws {
        guard body.pointee.isWritable, !body.pointee.cell.pointee.isReadOnly else {
            throw TensorError.value("assignment destination is read-only")
        }
        try body.pointee.cell.detach()
    }

    /// What CPython calls when nobody holds the array any more.
    static let free: destructor = { object in
        let array = ArrayPointer(object.unsafelyUnwrapped)
        let body = array.body
        if body.pointee.weakReferences != nil { PyObject_ClearWeakRefs(object) }
        body.pointee.cell.release()
        let base = body.pointee.base
        if !body.pointee.layout.isInline { body.deinitialize(count: 1) }
        let type = walle_Type(array.object).unsafelyUnwrapped
        PyObject_Free(object)
        if let base { walle_Release(base) }
        walle_Release(UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyObject.self))
    }
}
