internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// `array[index]`, read and written.
enum ArrayIndexing {
    static func get(_ array: ArrayPointer, _ key: PythonPointer, _ state: StatePointer) throws -> PythonPointer {
        try state.settleKey(key)
        if let found = try BasicIndex.get(array, key, state) { return found }
        if walle_IsList(key) != 0 {
            let list = try state.index(of: key)
            defer { Py_DecRef(list.object) }
            return try get(array, list.object, state)
        }
        if let found = try PositionIndex.get(array, key, state) { return found }
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
        let view = try state.view(of: array, parsed.layout, offset: parsed.offset)
        guard parsed.hasIntegerArray else { return view.object }
        defer { Py_DecRef(view.object) }
        return try state.copy(of: view).object
    }

    static func set(
        _ array: ArrayPointer, _ key: PythonPointer, _ value: PythonPointer, _ state: StatePointer
    ) throws {
        try state.settleKey(key)
        try array.writableBody()
        if BasicIndex.set(array, key, value, state) { return }
        if let place = try BasicIndex.place(array, key) {
            if place.layout.rank == 0 { try checkElement(value, place.dtype) }
            return try assign(value, to: place, state)
        }
        if walle_IsList(key) != 0 {
            let list = try state.index(of: key)
            defer { Py_DecRef(list.object) }
            return try set(array, list.object, value, state)
        }
        if try PositionIndex.set(array, key, value, state) { return }
        let parsed = try Subscript(key, of: array, state)
        defer { parsed.release() }
        if parsed.positions.isEmpty {
            let view = array.view
            let place = View(
                base: view.base.map { $0 + parsed.offset }, dtype: view.dtype, layout: parsed.layout)
            if place.layout.rank == 0 && !parsed.hasEllipsis { try checkElement(value, place.dtype) }
            return try assign(value, to: place, state)
        }
        let gather = try Gather(parsed, of: array.view, state)
        defer { gather.release() }
        var operand = try read(value, for: array.dtype, state)
        defer { operand.release() }
        if operand.rank > 1, isWholeMask(key, of: array) {
            throw TensorError.type(
                "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, input has "
                    + "\(operand.rank) dimensions")
        }
        try operand.settle(as: array.dtype, state, place: 3)
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
        try TellingCast.run(operand.view, to: copy.view, state)
        gather.write(from: copy.view)
    }

    private static func isWholeMask(_ key: PythonPointer, of array: ArrayPointer) -> Bool {
        if walle_IsTuple(key) != 0, walle_Size(key) == 1 {
            return isWholeMask(walle_TupleItem(key, 0).unsafelyUnwrapped, of: array)
        }
        guard walle_IsFreedBy(key, ArrayPointer.free) != 0 else { return false }
        let mask = ArrayPointer(key)
        return mask.dtype == .bool && mask.rank == array.rank && mask.rank > 0
    }

    /// One element takes a number, no sequence.
    private static func checkElement(_ value: PythonPointer, _ type: DType) throws {
        let isArray = walle_IsFreedBy(value, ArrayPointer.free) != 0 && ArrayPointer(value).rank > 0
        guard type != .bool, isArray || walle_IsList(value) != 0 || walle_IsTuple(value) != 0 else { return }
        throw type.kind == .complex
            ? TensorError.type("only 0-dimensional arrays can be converted to Python scalars")
            : .value("setting an array element with a sequence.")
    }

    /// What is assigned: the numbers of a sequence are of the type that takes them, and are checked for its range.
    private static func read(_ value: PythonPointer, for type: DType, _ state: StatePointer) throws -> Operand {
        guard walle_IsList(value) != 0 || walle_IsTuple(value) != 0 else { return try Operand(reading: value, state) }
        return Operand(owning: try state.array(from: value, as: type))
    }

    /// Assigns a number to elements of one axis, or an array of the same type and shape, of one or two axes, that lies apart;
    /// false for anything else.
    private static func assignQuickly(_ value: PythonPointer, to place: View, _ state: StatePointer) -> Bool {
        guard let base = place.base else { return false }
        if place.layout.rank == 0 { return state.write(value, as: place.dtype, to: base) }
        if let rows = QuickRows(place.layout) {
            guard rows.count * rows.length <= QuickRows.most, walle_Type(value) == state.pointee.arrayType,
                ArrayPointer(value).dtype == place.dtype, let source = QuickRows(ArrayPointer(value).layout),
                source.count == rows.count, source.length == rows.length, !ArrayPointer(value).view.overlaps(place)
            else { return false }
            source.copy(ArrayPointer(value).body.pointee.first, place.dtype, to: base, rows)
            return true
        }
        let (count, stride) = (place.layout.shape[0], place.layout.strides[0])
        guard count <= QuickCall.mostAtOnce else { return false }
        let copy = walle_kernels_copy(walle_kernels_shared(), place.dtype.byteCount).unsafelyUnwrapped
        if walle_Type(value) == state.pointee.arrayType {
            let array = ArrayPointer(value)
            guard array.body.pointee.layout.rank == 1, array.body.pointee.layout.shape[0] == count,
                array.body.pointee.dtype == place.dtype, !array.view.overlaps(place)
            else { return false }
            copy(count, array.body.pointee.first, array.body.pointee.layout.strides[0], base, stride)
            return true
        }
        let number = state.pointee.numbers + 48
        guard state.write(value, as: place.dtype, to: number) else { return false }
        copy(count, number, 0, base, stride)
        return true
    }

    /// Axes of length 1 before those that the target has do not matter in an assignment.
    private static func dropLeadingOnes(_ operand: inout Operand, _ shape: Axes) {
        while operand.rank > shape.count, operand.layout.shape[0] == 1 { operand.layout.removeAxis(0) }
    }

    /// Writes a value, broadcast and cast, to memory that may be written.
    static func assign(_ value: PythonPointer, to place: View, _ state: StatePointer) throws {
        if place.layout.rank <= 2, assignQuickly(value, to: place, state) { return }
        let number = try Scalar(value, state)?.number(checkedFor: place.dtype)
        defer { Py_DecRef(number) }
        var operand = try read(number ?? value, for: place.dtype, state)
        defer { operand.release() }
        try operand.settle(as: place.dtype, state, place: 3)
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
        guard operand.view.overlaps(place) else { return try TellingCast.run(operand.view, to: place, state) }
        if operand.view.isSame(as: place) { return }
        let copy = try state.array(operand.dtype, shape: operand.layout.shape)
        defer { Py_DecRef(copy.object) }
        Raster.copy(operand.view, to: copy.view)
        try TellingCast.run(copy.view, to: place, state)
    }
}

extension StatePointer {
    /// A list, or an array, as an array of positions or conditions. A list without elements selects nothing.
    func index(of list: PythonPointer) throws -> ArrayPointer {
        let array = try numbers(of: list)
        guard array.count == 0, array.dtype.kind > .integer, array.object != list else { return array }
        defer { Py_DecRef(array.object) }
        return try self.array(.int64, shape: array.shape)
    }

    /// - Throws: `.index` for what no array can be made of.
    private func numbers(of list: PythonPointer) throws -> ArrayPointer {
        let wrong = TensorError.index(
            "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are "
                + "valid indices")
        do {
            return try array(from: list)
        } catch let error as TensorError where error.kind == .type {
            throw wrong
        } catch PythonFailure.pending where PyErr_ExceptionMatches(walle_TypeError()) != 0 {
            PyErr_Clear()
            throw wrong
        }
    }

    /// The same elements in memory of their own, packed.
    func copy(of array: ArrayPointer, as type: DType? = nil) throws -> ArrayPointer {
        let copy = try self.array(type ?? array.dtype, shape: array.shape)
        Elementwise.cast(array.view, to: copy.view)
        return copy
    }
}
