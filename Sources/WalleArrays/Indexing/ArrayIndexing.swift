internal import CWallePython
internal import WallePython
internal import WalleTensor

/// `array[index]`, read and written.
enum ArrayIndexing {
    static func get(_ array: ArrayPointer, _ key: PythonPointer, _ state: StatePointer) throws -> PythonPointer {
        var index = 0
        if walle_CompactLong(key, &index) != 0, array.rank > 0 { return try item(array, index, state) }
        if walle_IsSlice(key) != 0, array.rank > 0 { return try slice(array, key, state) }
        try state.settleKey(key)
        let parsed = try Subscript(key, of: array, state)
        defer { parsed.release() }
        if !parsed.positions.isEmpty {
            let gather = try Gather(parsed, of: array.view, state)
            defer { gather.release() }
            let result = try state.array(array.dtype, shape: gather.shape)
            gather.read(into: result.view)
            return result.object
        }
        if parsed.layout.rank == 0 && !parsed.hasEllipsis {
            return try state.scalar(array.dtype, array.view.base.unsafelyUnwrapped + parsed.offset)
        }
        return try state.view(of: array, parsed.layout, offset: parsed.offset).object
    }

    /// One index of the first axis.
    @inline(__always)
    static func item(_ array: ArrayPointer, _ index: Int, _ state: StatePointer) throws -> PythonPointer {
        let body = array.body
        let length = body.pointee.layout.shape[0]
        guard index >= -length && index < length else { throw outOfBounds(index, length) }
        let offset = (index < 0 ? index + length : index) * body.pointee.layout.strides[0]
        if body.pointee.layout.rank == 1 { return try state.scalar(body.pointee.dtype, body.pointee.first + offset) }
        var rest = body.pointee.layout
        rest.removeAxis(0)
        return try state.view(of: array, rest, offset: offset).object
    }

    @inline(never)
    private static func outOfBounds(_ index: Int, _ length: Int) -> TensorError {
        .index("index \(index) is out of bounds for axis 0 with size \(length)")
    }

    /// A slice of the first axis.
    @inline(__always)
    private static func slice(
        _ array: ArrayPointer, _ key: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer {
        var (start, stop, step) = (0, 0, 0)
        try ok(PySlice_Unpack(key, &start, &stop, &step))
        var layout = array.body.pointee.layout
        let count = PySlice_AdjustIndices(layout.shape[0], &start, &stop, step)
        let stride = layout.strides[0]
        layout.shape[0] = count
        layout.strides[0] = stride * step
        return try state.view(of: array, layout, offset: count > 0 ? start * stride : 0).object
    }

    static func set(
        _ array: ArrayPointer, _ key: PythonPointer, _ value: PythonPointer, _ state: StatePointer
    ) throws {
        try state.settleKey(key)
        _ = try array.writableView()
        let parsed = try Subscript(key, of: array, state)
        defer { parsed.release() }
        if parsed.positions.isEmpty {
            let view = array.view
            let place = View(
                base: view.base.map { $0 + parsed.offset }, dtype: view.dtype, layout: parsed.layout)
            return try assign(value, to: place, state)
        }
        let gather = try Gather(parsed, of: array.view, state)
        defer { gather.release() }
        var operand = try Operand(reading: value, state)
        defer { operand.release() }
        try operand.settle(as: array.dtype, state, place: 3)
        try checkAssignable(operand, array.dtype)
        Self.dropLeadingOnes(&operand, gather.shape)
        do {
            operand.layout = try operand.layout.broadcast(to: gather.shape)
        } catch {
            throw TensorError.value(
                "shape mismatch: value array of shape \(operand.layout.shape) could not be broadcast to indexing result "
                    + "of shape \(gather.shape)")
        }
        if operand.dtype == array.dtype && !operand.view.overlaps(array.view) {
            return gather.write(from: operand.view)
        }
        let copy = try state.array(array.dtype, shape: gather.shape)
        defer { Py_DecRef(copy.object) }
        Elementwise.cast(operand.view, to: copy.view)
        gather.write(from: copy.view)
    }

    /// Axes of length 1 before those that the target has do not matter in an assignment.
    private static func dropLeadingOnes(_ operand: inout Operand, _ shape: Axes) {
        while operand.rank > shape.count, operand.layout.shape[0] == 1 { operand.layout.removeAxis(0) }
    }

    private static func checkAssignable(_ operand: Operand, _ type: DType) throws {
        if operand.dtype.kind == .complex && type.kind < .complex {
            try ok(
                PyErr_WarnEx(
                    walle_RuntimeWarning(), "Casting complex values to real discards the imaginary part", 1))
        }
    }

    /// Writes a value, broadcast and cast, to memory that may be written.
    static func assign(_ value: PythonPointer, to place: View, _ state: StatePointer) throws {
        var operand = try Operand(reading: value, state)
        defer { operand.release() }
        try operand.settle(as: place.dtype, state, place: 3)
        try checkAssignable(operand, place.dtype)
        dropLeadingOnes(&operand, place.layout.shape)
        do {
            operand.layout = try operand.layout.broadcast(to: place.layout.shape)
        } catch {
            throw TensorError.value(
                "could not broadcast input array from shape \(operand.layout.shape) into shape \(place.layout.shape)")
        }
        try assign(operand, to: place, state)
    }

    /// The same with an operand of the place's shape, which may overlap it.
    static func assign(_ operand: Operand, to place: View, _ state: StatePointer) throws {
        guard place.layout.count > 0 else { return }
        guard operand.view.overlaps(place) else { return Elementwise.cast(operand.view, to: place) }
        if operand.view.isSame(as: place) { return }
        let copy = try state.array(operand.dtype, shape: operand.layout.shape)
        defer { Py_DecRef(copy.object) }
        Raster.copy(operand.view, to: copy.view)
        Elementwise.cast(copy.view, to: place)
    }
}

extension StatePointer {
    /// The same elements in memory of their own, packed.
    func copy(of array: ArrayPointer, as type: DType? = nil) throws -> ArrayPointer {
        let copy = try self.array(type ?? array.dtype, shape: array.shape)
        Elementwise.cast(array.view, to: copy.view)
        return copy
    }
}
