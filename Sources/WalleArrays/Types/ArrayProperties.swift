internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The attributes of `ndarray` that need no call.
enum ArrayProperties {
    static var all: [PyGetSetDef] {
        [
            .property(
                "shape", "The lengths of the axes.",
                get: { array, _ in
                    Raising.object { try Integer.tuple(ArrayPointer(array.unsafelyUnwrapped).shape) }
                },
                set: { array, value, _ in
                    Raising.status { try ArrayProperties.reshape(ArrayPointer(array.unsafelyUnwrapped), value) }
                }),
            .property(
                "strides", "Bytes from one element to the next, an axis each.",
                get: { array, _ in
                    Raising.object { try Integer.tuple(ArrayPointer(array.unsafelyUnwrapped).layout.strides) }
                }),
            .property(
                "ndim", "The number of axes.",
                get: { array, _ in PyLong_FromLong(ArrayPointer(array.unsafelyUnwrapped).rank) }),
            .property(
                "size", "The number of elements.",
                get: { array, _ in PyLong_FromLong(ArrayPointer(array.unsafelyUnwrapped).count) }),
            .property(
                "itemsize", "Bytes of an element.",
                get: { array, _ in PyLong_FromLong(ArrayPointer(array.unsafelyUnwrapped).dtype.byteCount) }),
            .property(
                "nbytes", "Bytes of all elements.",
                get: { array, _ in
                    PyLong_FromLong(
                        ArrayPointer(array.unsafelyUnwrapped).count
                            * ArrayPointer(array.unsafelyUnwrapped).dtype.byteCount)
                }),
            .property(
                "dtype", "The type of the elements.",
                get: { array, _ in
                    let state = ArrayState.current
                    return state.pointee.dtypes[Int(ArrayPointer(array.unsafelyUnwrapped).dtype.rawValue)].map {
                        Py_NewRef($0)
                    } ?? walle_None()
                }),
            .property(
                "T", "The axes from last to first.",
                get: { array, _ in
                    Raising.object {
                        try ArrayState.current.transposed(ArrayPointer(array.unsafelyUnwrapped)).object
                    }
                }),
            .property(
                "mT", "The last two axes exchanged.",
                get: { array, _ in
                    Raising.object { try ArrayProperties.matrixTranspose(ArrayPointer(array.unsafelyUnwrapped)) }
                }),
            .property(
                "real", "The real parts; a view.",
                get: { array, _ in
                    Raising.object {
                        try ArrayProperties.part(ArrayPointer(array.unsafelyUnwrapped), isImaginary: false)
                    }
                },
                set: { array, value, _ in
                    Raising.status {
                        try ArrayProperties.setPart(ArrayPointer(array.unsafelyUnwrapped), value, isImaginary: false)
                    }
                }),
            .property(
                "imag", "The imaginary parts; a view of complex numbers, else zeros.",
                get: { array, _ in
                    Raising.object {
                        try ArrayProperties.part(ArrayPointer(array.unsafelyUnwrapped), isImaginary: true)
                    }
                },
                set: { array, value, _ in
                    Raising.status {
                        try ArrayProperties.setPart(ArrayPointer(array.unsafelyUnwrapped), value, isImaginary: true)
                    }
                }),
            .property(
                "base", "The object whose memory it is; None when its own.",
                get: { array, _ in
                    ArrayPointer(array.unsafelyUnwrapped).body.pointee.base.map { Py_NewRef($0) } ?? walle_None()
                }),
            .property(
                "_writable", "Whether elements can be written.",
                get: { array, _ in
                    PyBool_FromLong(ArrayProperties.isWritable(ArrayPointer(array.unsafelyUnwrapped)) ? 1 : 0)
                },
                set: { array, value, _ in
                    Raising.status { try ArrayProperties.setWritable(ArrayPointer(array.unsafelyUnwrapped), value) }
                }),
            .property(
                "_order", "A bit each: rows first, columns first, aligned, memory of its own.",
                get: { array, _ in
                    PyLong_FromLong(ArrayProperties.order(ArrayPointer(array.unsafelyUnwrapped)))
                }),
            .property(
                "_address", "Where the first element lies; the memory is its own from then on.",
                get: { array, _ in
                    Raising.object {
                        try ArrayPointer(array.unsafelyUnwrapped).body.pointee.cell.detach()
                        return try new(PyLong_FromVoidPtr(ArrayPointer(array.unsafelyUnwrapped).view.base))
                    }
                }),
        ]
    }

    private static func reshape(_ array: ArrayPointer, _ value: PythonPointer?) throws {
        guard let value else { throw TensorError(.type, "Cannot delete array shape") }
        let shape = try array.layout.completed(try Integer.readAxes(value))
        guard let layout = array.layout.reshaped(shape) else {
            walle_SetError(
                walle_AttributeError(),
                "Incompatible shape for in-place modification. Use `.reshape()` to make a copy with the desired shape.")
            throw PythonFailure.pending
        }
        array.body.pointee.layout = layout
    }

    private static func matrixTranspose(_ array: ArrayPointer) throws -> PythonPointer {
        guard array.rank >= 2 else {
            throw TensorError.value("matrix transpose with ndim < 2 is undefined")
        }
        var layout = array.layout
        layout.shape.swapAt(layout.rank - 1, layout.rank - 2)
        layout.strides.swapAt(layout.rank - 1, layout.rank - 2)
        return try ArrayState.current.view(of: array, layout).object
    }

    private static func part(_ array: ArrayPointer, isImaginary: Bool) throws -> PythonPointer {
        let state = ArrayState.current
        if array.dtype.kind == .complex {
            let real = array.dtype.real
            return try state.view(
                of: array, array.layout, offset: isImaginary ? real.byteCount : 0, dtype: real
            ).object
        }
        if !isImaginary { return Py_NewRef(array.object) }
        let zeros = try state.array(array.dtype, shape: array.shape, zeroed: true)
        zeros.body.pointee.isWritable = false
        return zeros.object
    }

    private static func setPart(_ array: ArrayPointer, _ value: PythonPointer?, isImaginary: Bool) throws {
        guard let value else { throw TensorError.type("an array keeps its parts") }
        if isImaginary && array.dtype.kind != .complex {
            throw TensorError.type("array does not have imaginary part to set")
        }
        let view = ArrayPointer(try part(array, isImaginary: isImaginary))
        defer { Py_DecRef(view.object) }
        try ArrayIndexing.assign(value, to: try view.writableView(), ArrayState.current)
    }

    private static func isWritable(_ array: ArrayPointer) -> Bool {
        array.body.pointee.isWritable && !array.body.pointee.cell.pointee.isReadOnly
    }

    private static func setWritable(_ array: ArrayPointer, _ value: PythonPointer?) throws {
        let wanted = value.map { PyObject_IsTrue($0) == 1 } ?? false
        if wanted {
            let base = array.body.pointee.base.flatMap {
                walle_IsFreedBy($0, ArrayPointer.free) != 0 ? ArrayPointer($0) : nil
            }
            guard !array.body.pointee.cell.pointee.isReadOnly, base.map(isWritable) ?? true else {
                throw TensorError.value("cannot set WRITEABLE flag to True of this array")
            }
        }
        array.body.pointee.isWritable = wanted
    }

    private static func order(_ array: ArrayPointer) -> Int {
        let bytes = array.dtype.byteCount
        var bits = array.count == 0 || array.layout.isContiguous(elementBytes: bytes) ? 1 : 0
        if array.count == 0 || array.layout.reversed.isContiguous(elementBytes: bytes) { bits |= 2 }
        bits |= 4
        if array.body.pointee.base == nil { bits |= 8 }
        return bits
    }
}
