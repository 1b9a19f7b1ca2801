internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// One array of integers or booleans as an index: the first axis, or the axes of a condition, by the kernels of
/// `Selection` and `Masks`. For anything else these functions give nil or false, and `Subscript` reads the index.
enum PositionIndex {
    static func get(_ array: ArrayPointer, _ key: PythonPointer, _ state: StatePointer) throws -> PythonPointer? {
        guard walle_Type(key) == state.pointee.arrayType, array.rank > 0 else { return nil }
        let index = ArrayPointer(key)
        if let found = try few(array, index, state) { return found }
        switch index.dtype.kind {
        case .integer:
            let shape = try Selection.shape(taking: index.shape, of: index.dtype, from: array.shape, axis: 0)
            // Positions without axes give a view's values: a scalar, or a row of its own.
            guard index.rank > 0, array.shape[0] > 0 else { return nil }
            return try state.array(array.dtype, shape: shape) { output in
                try Selection.take(array.view, at: index.view, axis: 0, to: output)
            }.object
        case .bool:
            guard isCondition(index, on: array) else { return nil }
            var shape = array.shape
            for _ in 1..<index.rank { shape.remove(at: 0) }
            shape[0] = Masks.count(index.view)
            return try state.array(array.dtype, shape: shape) { output in
                Masks.select(array.view, where: index.view, to: output)
            }.object
        default: return nil
        }
    }

    /// Positions that fit into scratch.
    private static let few = 128

    /// Some elements of a vector.
    private static func few(
        _ array: ArrayPointer, _ index: ArrayPointer, _ state: StatePointer
    ) throws -> PythonPointer? {
        let (body, places) = (array.body, index.body)
        guard places.pointee.dtype == .int64, places.pointee.layout.rank == 1, body.pointee.layout.rank == 1,
            places.pointee.layout.shape[0] <= few
        else { return nil }
        let (count, bytes) = (places.pointee.layout.shape[0], body.pointee.dtype.byteCount)
        let kernels = walle_kernels_selection(walle_kernels_shared()).unsafelyUnwrapped
        return try withUnsafeTemporaryAllocation(of: Int64.self, capacity: few) { memory in
            let positions = memory.baseAddress.unsafelyUnwrapped
            let good = kernels.pointee.positions(
                count, places.pointee.first, places.pointee.layout.strides[0], body.pointee.layout.shape[0], positions)
            guard good == count else { return nil }
            let result = try state.packed(like: index, body.pointee.dtype, count: count)
            walle_selection_gather(kernels, bytes).unsafelyUnwrapped(
                count, body.pointee.first, body.pointee.layout.strides[0], positions, result.body.pointee.first, bytes)
            return result.object
        }
    }

    /// Writes a number, or values of the same type that lie packed and apart.
    static func set(
        _ array: ArrayPointer, _ key: PythonPointer, _ value: PythonPointer, _ state: StatePointer
    ) throws -> Bool {
        guard walle_Type(key) == state.pointee.arrayType, array.rank > 0 else { return false }
        let index = ArrayPointer(key)
        if setFew(array, index, value, state) { return true }
        let view = array.view
        guard !index.view.overlaps(view) else { return false }
        if walle_Type(value) == state.pointee.arrayType, ArrayPointer(value).view.overlaps(view) {
            let copy = try state.copy(of: ArrayPointer(value))
            defer { Py_DecRef(copy.object) }
            return try set(array, key, copy.object, state)
        }
        switch index.dtype.kind {
        case .integer:
            guard index.rank > 0, array.shape[0] > 0 else { return false }
            let shape = try Selection.shape(taking: index.shape, of: index.dtype, from: array.shape, axis: 0)
            guard let values = values(value, shape, of: view, state) else { return false }
            try Selection.put(values, at: index.view, axis: 0, of: view)
        case .bool:
            guard isCondition(index, on: array), index.rank == array.rank else { return false }
            let shape = Axes(repeating: Masks.count(index.view), count: 1)
            guard let values = values(value, shape, of: view, state) else { return false }
            Masks.put(values, where: index.view, of: view)
        default: return false
        }
        return true
    }

    /// Writes to some elements of a vector; false for anything else.
    private static func setFew(
        _ array: ArrayPointer, _ index: ArrayPointer, _ value: PythonPointer, _ state: StatePointer
    ) -> Bool {
        let (body, places) = (array.body, index.body)
        guard places.pointee.dtype == .int64, places.pointee.layout.rank == 1, body.pointee.layout.rank == 1,
            places.pointee.layout.shape[0] <= few, places.pointee.cell != body.pointee.cell
        else { return false }
        let (count, dtype) = (places.pointee.layout.shape[0], body.pointee.dtype)
        var (from, stride) = (state.pointee.numbers + 48, 0)
        if walle_Type(value) == state.pointee.arrayType {
            let values = ArrayPointer(value).body
            guard values.pointee.dtype == dtype, values.pointee.layout.rank == 1,
                values.pointee.layout.shape[0] == count, values.pointee.cell != body.pointee.cell
            else { return false }
            (from, stride) = (values.pointee.first, values.pointee.layout.strides[0])
        } else if !state.write(value, as: dtype, to: from) {
            return false
        }
        let kernels = walle_kernels_selection(walle_kernels_shared()).unsafelyUnwrapped
        return withUnsafeTemporaryAllocation(of: Int64.self, capacity: few) { memory in
            let positions = memory.baseAddress.unsafelyUnwrapped
            let good = kernels.pointee.positions(
                count, places.pointee.first, places.pointee.layout.strides[0], body.pointee.layout.shape[0], positions)
            guard good == count else { return false }
            walle_selection_scatter(kernels, dtype.byteCount).unsafelyUnwrapped(
                count, from, stride, positions, body.pointee.first, body.pointee.layout.strides[0])
            return true
        }
    }

    private static func isCondition(_ index: ArrayPointer, on array: ArrayPointer) -> Bool {
        let (condition, shape) = (index.shape, array.shape)
        guard condition.count > 0, condition.count <= shape.count else { return false }
        for axis in 0..<condition.count where condition[axis] != shape[axis] { return false }
        return true
    }

    /// What is to be written, where nothing has to be cast or moved for it.
    private static func values(
        _ value: PythonPointer, _ shape: Axes, of target: View, _ state: StatePointer
    ) -> View? {
        if walle_Type(value) == state.pointee.arrayType {
            let view = ArrayPointer(value).view
            let isPlain = view.dtype == target.dtype && view.layout.shape == shape && ArrayPointer(value).isContiguous
            return isPlain && !view.overlaps(target) ? view : nil
        }
        let number = state.pointee.numbers + 48
        // A block of several elements is not made of one.
        guard shape.count == 1 || target.layout.rank == 1, state.write(value, as: target.dtype, to: number) else {
            return nil
        }
        let strides = Axes(repeating: 0, count: shape.count)
        return View(base: number, dtype: target.dtype, layout: Layout(shape: shape, strides: strides))
    }
}
