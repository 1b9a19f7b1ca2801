internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Functions that only move data, or show it in another way.
enum QuickMovement {
    static let all = [
        QuickFunction("concatenate", concatenate),
        QuickFunction("stack", stack),
        QuickFunction("repeat", repeated),
        QuickFunction("expand_dims", expand),
        QuickFunction("ravel", ravel),
        QuickFunction("flatten", flatten),
        QuickFunction("squeeze", squeeze),
        QuickFunction("transpose", transpose),
        QuickFunction("flip", flip),
    ]

    /// The arrays of a list or tuple, when all are arrays of one type.
    private static func arrays(_ object: PythonPointer, _ state: StatePointer) -> [ArrayPointer]? {
        let isTuple = walle_IsTuple(object) != 0
        guard isTuple || walle_IsList(object) != 0, walle_Size(object) > 0 else { return nil }
        var arrays: [ArrayPointer] = []
        arrays.reserveCapacity(walle_Size(object))
        for index in 0..<walle_Size(object) {
            let item = isTuple ? walle_TupleItem(object, index) : walle_ListItem(object, index)
            guard let item, walle_Type(item) == state.pointee.arrayType else { return nil }
            let array = ArrayPointer(item)
            guard arrays.isEmpty || arrays[0].body.pointee.dtype == array.body.pointee.dtype else { return nil }
            arrays.append(array)
        }
        return arrays
    }

    private static func axis(_ object: PythonPointer?) -> Int? {
        guard let object else { return 0 }
        return QuickFunction.integer(object)
    }

    private static func concatenate(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard given.count <= 2, let sequence = given.take(0, nil, state) else { return nil }
        let isAxisGiven = given.hasMore
        let wanted = given.take(1, .axis, state)
        // None means all elements in order.
        guard given.isSpent, !isAxisGiven || wanted != nil, let axis = axis(wanted), let all = arrays(sequence, state)
        else { return nil }
        if axis == 0, all.allSatisfy({ $0.rank == 1 }) { return try joined(all, state) }
        if axis == 1 || axis == -1, let result = try joinedColumns(all, state) { return result }
        return try Movement.concatenate(sequence, axis: axis, nil, state)
    }

    /// Vectors one after the other.
    private static func joined(_ arrays: [ArrayPointer], _ state: StatePointer) throws -> PythonPointer {
        var count = 0
        for array in arrays { count += array.body.pointee.layout.shape[0] }
        let dtype = arrays[0].dtype
        let result = try state.array(dtype, shape: Axes(repeating: count, count: 1))
        let copy = walle_kernels_copy(walle_kernels_shared(), dtype.byteCount).unsafelyUnwrapped
        var to = result.body.pointee.first
        for array in arrays {
            let body = array.body
            let count = body.pointee.layout.shape[0]
            copy(count, body.pointee.first, body.pointee.layout.strides[0], to, dtype.byteCount)
            to += count * dtype.byteCount
        }
        return result.object
    }

    /// Small matrices beside one another; nil for others.
    private static func joinedColumns(_ arrays: [ArrayPointer], _ state: StatePointer) throws -> PythonPointer? {
        guard let first = QuickRows(arrays[0].layout) else { return nil }
        var length = 0
        for array in arrays {
            guard let rows = QuickRows(array.layout), rows.count == first.count else { return nil }
            length += rows.length
        }
        guard first.count * length <= QuickRows.most else { return nil }
        var shape = Axes(repeating: first.count, count: 2)
        shape[1] = length
        let dtype = arrays[0].dtype
        let result = try state.array(dtype, shape: shape)
        let target = QuickRows(result.layout).unsafelyUnwrapped
        var to = result.body.pointee.first
        for array in arrays {
            let rows = QuickRows(array.layout).unsafelyUnwrapped
            rows.copy(array.body.pointee.first, dtype, to: to, target)
            to += rows.length * dtype.byteCount
        }
        return result.object
    }

    private static func stack(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let sequence = given.take(0, nil, state), let axis = axis(given.take(1, .axis, state)), given.isSpent,
            let all = arrays(sequence, state), all.allSatisfy({ $0.shape == all[0].shape })
        else { return nil }
        let rank = all[0].rank
        let place = axis < 0 ? axis + rank + 1 : axis
        guard place >= 0, place <= rank, rank < Layout.mostAxes else { return nil }
        var shape = all[0].shape
        shape.insert(all.count, at: place)
        let dtype = all[0].dtype
        return try state.array(dtype, shape: shape) { output in
            var part = output
            part.layout.removeAxis(place)
            for array in all {
                Raster.copy(array.view, to: part)
                part.base = part.base.map { $0 + output.layout.strides[place] }
            }
        }.object
    }

    private static func repeated(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), let times = given.take(1, nil, state).flatMap(QuickFunction.integer),
            times >= 0
        else { return nil }
        let wanted = given.take(2, .axis, state)
        guard given.isSpent, array.rank > 0, array.isContiguous, wanted != nil || array.rank > 0 else { return nil }
        var place = -1
        if let wanted {
            guard let axis = QuickFunction.integer(wanted) else { return nil }
            place = try array.layout.axis(axis)
        }
        return try Repetition(of: array.layout, axis: place < 0 ? nil : place, times: times).run(array, state).object
    }

    /// A packed array of up to four axes as one of one axis.
    private static func row(_ array: ArrayPointer, _ state: StatePointer) throws -> ArrayPointer? {
        guard array.body.pointee.layout.isInline, array.isContiguous else { return nil }
        let (view, count) = (try state.twin(of: array), array.body.pointee.layout.count)
        view.body.pointee.layout = Layout(
            shape: Axes(repeating: count, count: 1),
            strides: Axes(repeating: array.body.pointee.dtype.byteCount, count: 1))
        return view
    }

    private static func ravel(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent else { return nil }
        return try row(array, state)?.object
    }

    private static func flatten(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent, let copy = try state.quickCopy(of: array) else {
            return nil
        }
        let count = copy.count
        copy.body.pointee.layout = Layout(
            shape: Axes(repeating: count, count: 1), strides: Axes(repeating: copy.dtype.byteCount, count: 1))
        return copy.object
    }

    private static func squeeze(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent, array.body.pointee.layout.isInline else { return nil }
        let view = try state.twin(of: array)
        let layout = view.body.pointer(to: \.layout).unsafelyUnwrapped
        for axis in (0..<layout.pointee.rank).reversed() where layout.pointee.shape[axis] == 1 {
            layout.pointee.removeAxis(axis)
        }
        return view.object
    }

    private static func transpose(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent else { return nil }
        return try state.transposed(array).object
    }

    private static func flip(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let wanted = given.take(1, .axis, state)
        guard given.isSpent, array.body.pointee.layout.isInline, array.rank > 0 else { return nil }
        var only: Int?
        if let wanted {
            guard let axis = QuickFunction.integer(wanted) else { return nil }
            only = try array.layout.axis(axis)
        }
        let view = try state.twin(of: array)
        let layout = view.body.pointer(to: \.layout).unsafelyUnwrapped
        for axis in 0..<layout.pointee.rank where layout.pointee.shape[axis] > 0 && (only == nil || axis == only) {
            view.body.pointee.offset += (layout.pointee.shape[axis] - 1) * layout.pointee.strides[axis]
            layout.pointee.strides[axis] = -layout.pointee.strides[axis]
        }
        return view.object
    }

    private static func expand(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), let axis = given.take(1, .axis, state).flatMap(QuickFunction.integer),
            given.isSpent, array.rank < 4
        else { return nil }
        let place = axis < 0 ? axis + array.rank + 1 : axis
        guard place >= 0, place <= array.rank else { return nil }
        let view = try state.twin(of: array)
        view.body.pointee.layout = array.layout.expanded(at: place)
        return view.object
    }
}

/// Each block of a packed array several times.
private struct Repetition {
    /// Blocks, and the elements of each.
    let count: Int
    let block: Int
    let times: Int
    let shape: Axes

    /// - Parameter axis: Of which each index comes several times; nil for all elements in one row.
    init(of layout: Layout, axis: Int?, times: Int) throws {
        self.times = times
        guard let axis else {
            (count, block) = (layout.count, 1)
            shape = Axes(repeating: layout.count * times, count: 1)
            return
        }
        var (blocks, elements, shape) = (1, 1, layout.shape)
        for each in 0..<layout.rank {
            if each <= axis { blocks *= layout.shape[each] } else { elements *= layout.shape[each] }
        }
        shape[axis] *= times
        (count, block, self.shape) = (blocks, elements, shape)
    }

    func run(_ array: ArrayPointer, _ state: StatePointer) throws -> ArrayPointer {
        let bytes = array.dtype.byteCount
        return try state.array(array.dtype, shape: shape) { output in
            guard let to = output.base, count > 0, block > 0 else { return }
            let from = array.body.pointee.first
            let selection = walle_kernels_selection(walle_kernels_shared())
            if block == 1, let kernel = walle_selection_repeat(selection, bytes) {
                return kernel(count, from, times, to)
            }
            var place = to
            for index in 0..<count {
                for _ in 0..<times {
                    place.copyMemory(from: from + index * block * bytes, byteCount: block * bytes)
                    place += block * bytes
                }
            }
        }
    }
}
