internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The class `ndarray`. What seldom runs, or mostly passes arguments on, `walle.numpy` adds to it in Python.
enum ArrayType {
    static let declaration = TypeDeclaration(
        "walle.numpy.ndarray", size: ArrayBody.place + MemoryLayout<ArrayBody>.size, flags: UInt(walle_TypeFlags()),
        methods: ArrayMethods.all, properties: ArrayProperties.all,
        members: [
            PyMemberDef(
                name: ("__weaklistoffset__" as StaticString).pointer, type: walle_MemberSize(),
                offset: ArrayBody.place + MemoryLayout<ArrayBody>.offset(of: \.weakReferences)!,
                flags: walle_MemberReadOnly(), doc: nil)
        ],
        slots: [
            .function(Py_tp_dealloc, ArrayPointer.free),
            .function(Py_tp_new, construct),
            .function(Py_tp_hash, walle_HashNotImplemented()),
            .function(Py_tp_richcompare, Operators.compare),
            .function(Py_mp_subscript, subscript_),
            .function(Py_mp_ass_subscript, assignSubscript),
            .function(Py_mp_length, length),
            .function(Py_sq_length, length),
            .function(Py_sq_item, item),
            .function(Py_sq_contains, contains),
            .function(Py_bf_getbuffer, ArrayBuffer.get),
            .function(Py_bf_releasebuffer, ArrayBuffer.release),
        ] + Operators.slots)

    private static let subscript_: TypeDeclaration.Binary = { array, key in
        Raising.object {
            try ArrayIndexing.get(ArrayPointer(array.unsafelyUnwrapped), key.unsafelyUnwrapped, ArrayState.current)
        }
    }

    private static let assignSubscript: objobjargproc = { array, key, value in
        Raising.status {
            guard let value else { throw TensorError.value("cannot delete array elements") }
            try ArrayIndexing.set(
                ArrayPointer(array.unsafelyUnwrapped), key.unsafelyUnwrapped, value, ArrayState.current)
        }
    }

    private static let length: lenfunc = { array in
        let array = ArrayPointer(array.unsafelyUnwrapped)
        if array.rank == 0 {
            walle_SetError(walle_TypeError(), "len() of unsized object")
            return -1
        }
        return array.shape[0]
    }

    private static let item: ssizeargfunc = { array, index in
        Raising.object {
            let array = ArrayPointer(array.unsafelyUnwrapped)
            guard array.rank > 0 else { throw TensorError.type("iteration over a 0-d array") }
            return try BasicIndex.item(array, index, ArrayState.current)
        }
    }

    private static let contains: objobjproc = { array, value in
        do {
            let state = ArrayState.current
            let equal = try UniversalCall.binary(
                UniversalFunction.index(of: .equal), array.unsafelyUnwrapped, value.unsafelyUnwrapped, state)
            defer { Py_DecRef(equal) }
            let any = try ArrayFold.run(UniversalFunction.index(of: .logicalOr), equal, .init(), state)
            defer { Py_DecRef(any) }
            return PyObject_IsTrue(any)
        } catch {
            Raising.raise(error)
            return -1
        }
    }

    /// `ndarray(shape, dtype)`: zeros, where NumPy leaves whatever the memory held.
    private static let construct: newfunc = { _, arguments, names in
        Raising.object {
            let state = ArrayState.current
            guard let helpers = state.pointee.helpers else { throw TensorError.type("import walle.numpy first") }
            let function = try new(PyObject_GetAttrString(helpers, "_new_array"))
            defer { Py_DecRef(function) }
            return try new(PyObject_Call(function, arguments, names))
        }
    }
}

/// The buffer protocol: others read and write the memory where it lies.
enum ArrayBuffer {
    static let get: getbufferproc = { object, view, flags in
        guard let object, let view else { return -1 }
        view.pointee.obj = nil
        return Raising.status { try fill(view, ArrayPointer(object), flags) }
    }

    private static func fill(_ view: UnsafeMutablePointer<Py_buffer>, _ array: ArrayPointer, _ flags: Int32) throws {
        let body = array.body
        let isWritable = body.pointee.isWritable && !body.pointee.cell.pointee.isReadOnly
        if flags & walle_BufferWritable() != 0 && !isWritable {
            walle_SetError(walle_BufferError(), "the array is read-only")
            throw PythonFailure.pending
        }
        if isWritable { try body.pointee.cell.detach() }
        let needsContiguous = flags & walle_BufferStrides() != walle_BufferStrides()
        if (needsContiguous || flags & walle_BufferRowsFirst() != 0) && !array.isContiguous {
            walle_SetError(walle_BufferError(), "the array is not C-contiguous")
            throw PythonFailure.pending
        }
        if flags & walle_BufferColumnsFirst() != 0
            && !Layout(
                shape: Axes(array.shape.reversed()), strides: Axes(array.layout.strides.reversed())
            ).isContiguous(elementBytes: array.dtype.byteCount)
        {
            walle_SetError(walle_BufferError(), "the array is not Fortran contiguous")
            throw PythonFailure.pending
        }
        let axes = try newAxes(array.layout)
        body.pointee.cell.pointee.exports += 1
        view.pointee.buf = array.view.base
        view.pointee.len = array.count * array.dtype.byteCount
        view.pointee.itemsize = array.dtype.byteCount
        view.pointee.readonly = isWritable ? 0 : 1
        view.pointee.ndim = Int32(array.rank)
        let format = BufferFormat.text(array.dtype).pointer
        view.pointee.format = flags & walle_BufferFormat() != 0 ? UnsafeMutablePointer(mutating: format) : nil
        view.pointee.shape = flags & walle_BufferShape() != 0 ? axes : nil
        view.pointee.strides = needsContiguous ? nil : axes + array.rank
        view.pointee.suboffsets = nil
        view.pointee.internal = UnsafeMutableRawPointer(axes)
        Py_IncRef(array.object)
        view.pointee.obj = array.object
    }

    /// Lengths and strides, for as long as the view lives.
    private static func newAxes(_ layout: Layout) throws -> UnsafeMutablePointer<Int> {
        guard let memory = PyMem_Malloc(max(1, 2 * layout.rank) * MemoryLayout<Int>.size) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let axes = memory.assumingMemoryBound(to: Int.self)
        for axis in 0..<layout.rank {
            axes[axis] = layout.shape[axis]
            axes[axis + layout.rank] = layout.strides[axis]
        }
        return axes
    }

    static let release: releasebufferproc = { object, view in
        guard let object, let view else { return }
        PyMem_Free(view.pointee.internal)
        ArrayPointer(object).body.pointee.cell.pointee.exports -= 1
    }
}
