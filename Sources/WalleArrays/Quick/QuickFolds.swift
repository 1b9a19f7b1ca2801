internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Folds and running folds: of all elements, or along one axis.
enum QuickFolds {
    static var all: [QuickFunction] {
        let folds: [(StaticString, BinaryOperation)] = [
            ("sum", .add), ("prod", .multiply), ("max", .maximum), ("min", .minimum), ("any", .logicalOr),
            ("all", .logicalAnd),
        ]
        return folds.map { name, operation in
            let index = UniversalFunction.index(of: operation)
            return QuickFunction(name) { try fold(index, $0, $1) }
        } + [
            QuickFunction("mean", mean),
            QuickFunction("cumsum") { try accumulate(.add, $0, $1) },
            QuickFunction("cumprod") { try accumulate(.multiply, $0, $1) },
            QuickFunction("argmax") { try extreme(ofGreatest: true, $0, $1) },
            QuickFunction("argmin") { try extreme(ofGreatest: false, $0, $1) },
            QuickFunction("count_nonzero", countNonzero),
        ]
    }

    private static func fold(_ index: Int, _ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let axis = given.take(1, .axis, state)
        guard given.isSpent else { return nil }
        return try fold(index, array, axis, state)
    }

    private static func fold(
        _ index: Int, _ array: ArrayPointer, _ axis: PythonPointer?, _ state: StatePointer
    ) throws -> PythonPointer? {
        var options = ArrayFold.Options()
        if let axis {
            guard let axis = QuickFunction.integer(axis) else { return nil }
            options.axes = [axis]
        } else if let whole = try whole(index, array, state) {
            return whole
        }
        return try ArrayFold.run(index, array.object, options, state)
    }

    /// All elements, packed or of one axis, by one kernel; nil when that is not possible.
    private static func whole(_ index: Int, _ array: ArrayPointer, _ state: StatePointer) throws -> PythonPointer? {
        let body = array.body
        let dtype = body.pointee.dtype
        guard let fold = UniversalFunction.all[index].fold, dtype.computing == dtype,
            (fold.computing(dtype) ?? dtype) == dtype, let line = QuickCall.line(array), line.count > 0,
            line.count <= QuickCall.mostAtOnce
        else { return nil }
        let (place, result) = (state.pointee.numbers + 48, fold.result(dtype))
        switch fold {
        case .minimum, .maximum: place.copyMemory(from: line.base, byteCount: dtype.byteCount)
        case .sum, .any: place.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        case .all: place.storeBytes(of: 1, as: UInt8.self)
        case .product:
            guard state.write(1, as: result, to: place) else { return nil }
        }
        let kernel = walle_kernels_fold(walle_kernels_shared(), Int32(fold.rawValue), Int32(dtype.kernel))
        FloatErrors.clear()
        kernel.unsafelyUnwrapped(line.count, line.base, line.stride, place)
        try FloatErrors.check(state, FloatErrors.name(of: UniversalFunction.all[index], in: "reduce"))
        return try state.scalar(result, place)
    }

    private static func mean(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let axis = given.take(1, .axis, state)
        let body = array.body
        guard given.isSpent, body.pointee.dtype == .float64 || body.pointee.dtype == .float32,
            body.pointee.layout.isInline, body.pointee.layout.count > 0
        else { return nil }
        var count = body.pointee.layout.count
        if let axis {
            guard let index = QuickFunction.integer(axis), body.pointee.layout.rank > 0 else { return nil }
            count = body.pointee.layout.shape[try body.pointee.layout.axis(index)]
        }
        guard let sum = try fold(UniversalFunction.index(of: .add), array, axis, state) else { return nil }
        defer { Py_DecRef(sum) }
        let divisor = try new(PyLong_FromLong(count))
        defer { Py_DecRef(divisor) }
        return try new(PyNumber_InPlaceTrueDivide(sum, divisor))
    }

    private static func accumulate(
        _ operation: BinaryOperation, _ given: QuickArguments, _ state: StatePointer
    ) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let (axis, out) = (given.take(1, .axis, state), given.take(3, .out, state))
        guard given.isSpent else { return nil }
        var place = 0
        if let axis {
            guard let index = QuickFunction.integer(axis), array.rank > 0 else { return nil }
            place = try array.layout.axis(index)
        } else if array.rank != 1 {
            return nil
        }
        let accumulation = try Accumulation(operation, of: array.dtype, as: nil)
        if let line = QuickCall.line(array), accumulation.dtype == array.dtype, line.count > 0,
            line.count <= QuickCall.mostAtOnce,
            let scan = walle_kernels_scan(
                walle_kernels_shared(), Int32((operation == .add ? walle_scan_add : walle_scan_multiply).rawValue),
                Int32(array.dtype.kernel)), array.rank == 1
        {
            return try accumulate(line, scan, array, into: out, state)
        }
        if let out { return try accumulate(accumulation, array, place, into: out, state) }
        FloatErrors.clear()
        return try state.array(accumulation.dtype, shape: array.shape) { output in
            accumulation.run(array.view, axis: place, to: output)
            try FloatErrors.check(state, "accumulate")
        }.object
    }

    /// A vector by one kernel.
    private static func accumulate(
        _ line: QuickCall.Line, _ scan: walle_scan_kernel, _ array: ArrayPointer, into out: PythonPointer?,
        _ state: StatePointer
    ) throws -> PythonPointer? {
        let (dtype, place) = (array.dtype, state.pointee.numbers + 48)
        let result: ArrayPointer
        if let out {
            guard walle_Type(out) == state.pointee.arrayType, ArrayPointer(out).dtype == dtype,
                ArrayPointer(out).shape == array.shape
            else { return nil }
            try ArrayPointer(out).writableBody()
            // Memory that is shared has moved now.
            guard !array.view.overlaps(ArrayPointer(out).view) else { return nil }
            result = ArrayPointer(Py_NewRef(out))
        } else {
            result = try state.packed(like: array, dtype, count: line.count)
        }
        let (from, to) = (array.body.pointee.first, result.body.pointee.first)
        let step = result.body.pointee.layout.strides[0]
        place.copyMemory(from: from, byteCount: dtype.byteCount)
        to.copyMemory(from: from, byteCount: dtype.byteCount)
        FloatErrors.clear()
        scan(line.count - 1, from + line.stride, line.stride, to + step, step, place)
        do { try FloatErrors.check(state, "accumulate") } catch {
            Py_DecRef(result.object)
            throw error
        }
        return result.object
    }

    private static func accumulate(
        _ accumulation: Accumulation, _ array: ArrayPointer, _ axis: Int, into out: PythonPointer,
        _ state: StatePointer
    ) throws -> PythonPointer? {
        guard walle_Type(out) == state.pointee.arrayType, ArrayPointer(out).dtype == accumulation.dtype,
            ArrayPointer(out).shape == array.shape
        else { return nil }
        let output = try ArrayPointer(out).writableView()
        guard !array.view.overlaps(output) || array.view.isSame(as: output) && array.dtype == accumulation.dtype else {
            return nil
        }
        FloatErrors.clear()
        accumulation.run(array.view, axis: axis, to: output)
        try FloatErrors.check(state, "accumulate")
        return Py_NewRef(out)
    }

    private static func extreme(
        ofGreatest: Bool, _ given: QuickArguments, _ state: StatePointer
    ) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let axis = given.take(1, .axis, state)
        guard given.isSpent else { return nil }
        let dtype = array.body.pointee.dtype
        if axis == nil {
            guard dtype.computing == dtype, let line = QuickCall.line(array), line.count > 0,
                line.count <= QuickCall.mostAtOnce
            else { return nil }
            let kernel = walle_kernels_place(walle_kernels_shared(), ofGreatest, Int32(dtype.kernel))
            guard let kernel else { return nil }
            let place = state.pointee.numbers + 48
            place.storeBytes(of: kernel(line.count, line.base, line.stride), as: Int.self)
            return try state.scalar(.int64, place)
        }
        guard let axis, let index = QuickFunction.integer(axis), array.rank > 0 else { return nil }
        let place = try array.layout.axis(index)
        guard array.shape[place] > 0 else { return nil }
        let shape = try Search.shapeOfExtremes(array.shape, axis: place)
        return try state.scalarOrArray(
            state.array(.int64, shape: shape) { output in
                Search.extremes(array.view, axis: place, ofGreatest: ofGreatest, to: output)
            })
    }

    private static func countNonzero(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent else { return nil }
        let place = state.pointee.numbers + 48
        place.storeBytes(of: Masks.count(array.view), as: Int.self)
        return try state.scalar(.int64, place)
    }
}
