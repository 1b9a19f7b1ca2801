internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// New arrays: of a shape, of numbers in a row, of other arrays.
enum QuickCreation {
    static let all = [
        QuickFunction("zeros") { try filled(.zeros, $0, $1) },
        QuickFunction("empty") { try filled(.own, $0, $1) },
        QuickFunction("ones", ones),
        QuickFunction("full", full),
        QuickFunction("zeros_like", zerosLike),
        QuickFunction("arange", arange),
        QuickFunction("linspace", linspace),
        QuickFunction("eye", eye),
        QuickFunction("array", array),
        QuickFunction("copy", copy),
        QuickFunction("astype", astype),
    ]

    /// The element type of an argument, float64 where there is none; nil for what only Python can find.
    private static func dtype(_ object: PythonPointer?, _ state: StatePointer) -> DType? {
        guard let object else { return .float64 }
        return state.knownDType(object)
    }

    /// The shape that an argument means: an integer, or a tuple of at most four.
    private static func shape(_ object: PythonPointer) -> Axes? {
        if let length = QuickFunction.integer(object) { return Axes(repeating: length, count: 1) }
        guard walle_IsTuple(object) != 0, walle_Size(object) <= 4 else { return nil }
        var shape = Axes(repeating: 0, count: walle_Size(object))
        for axis in 0..<shape.count {
            guard let length = QuickFunction.integer(walle_TupleItem(object, axis).unsafelyUnwrapped) else {
                return nil
            }
            shape[axis] = length
        }
        return shape
    }

    private static func filled(
        _ content: Cell.Content, _ given: QuickArguments, _ state: StatePointer
    ) throws -> PythonPointer? {
        var given = given
        guard let object = given.take(0, nil, state), let dtype = dtype(given.take(1, .dtype, state), state),
            given.isSpent, let shape = shape(object)
        else { return nil }
        return try state.array(dtype, shape: shape, content).object
    }

    private static func ones(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let object = given.take(0, nil, state), let dtype = dtype(given.take(1, .dtype, state), state),
            given.isSpent, let shape = shape(object), state.write(1, as: dtype, to: state.pointee.numbers + 48)
        else { return nil }
        return try constant(dtype, shape, state)
    }

    private static func full(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let object = given.take(0, nil, state), let value = given.take(1, nil, state) else { return nil }
        let wanted = given.take(2, .dtype, state)
        guard given.isSpent, let shape = shape(object) else { return nil }
        let natural: DType? =
            walle_IsExactFloat(value) != 0 ? .float64 : QuickFunction.integer(value) == nil ? nil : .int64
        guard let dtype = wanted == nil ? natural : dtype(wanted, state),
            state.write(value, as: dtype, to: state.pointee.numbers + 48)
        else { return nil }
        return try constant(dtype, shape, state)
    }

    /// A new array of the number that was written down.
    private static func constant(_ dtype: DType, _ shape: Axes, _ state: StatePointer) throws -> PythonPointer {
        let array = try state.array(dtype, shape: shape)
        let copy = walle_kernels_copy(walle_kernels_shared(), dtype.byteCount).unsafelyUnwrapped
        copy(array.count, state.pointee.numbers + 48, 0, array.body.pointee.first, dtype.byteCount)
        return array.object
    }

    private static func zerosLike(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let wanted = given.take(1, .dtype, state)
        guard given.isSpent, let dtype = wanted == nil ? array.dtype : dtype(wanted, state), array.isContiguous else {
            return nil
        }
        return try state.array(dtype, shape: array.shape, .zeros).object
    }

    private static func arange(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let first = given.take(0, nil, state).flatMap(QuickFunction.integer) else { return nil }
        var (start, stop, step) = (0, first, 1)
        if given.count > 1 {
            guard let end = given.take(1, nil, state).flatMap(QuickFunction.integer) else { return nil }
            (start, stop) = (first, end)
        }
        if given.count > 2 {
            guard let by = given.take(2, nil, state).flatMap(QuickFunction.integer), by != 0 else { return nil }
            step = by
        }
        let wanted = given.take(3, .dtype, state)
        guard given.isSpent, let dtype = wanted == nil ? .int64 : dtype(wanted, state),
            dtype == .int64 || dtype == .float64 || dtype == .float32
        else { return nil }
        let count = max(0, (stop - start + step - step.signum()) / step)
        return try state.array(dtype, shape: Axes(repeating: count, count: 1)) { output in
            guard let base = output.base else { return }
            walle_kernels_ramp(walle_kernels_shared(), Int32(dtype.kernel))
                .unsafelyUnwrapped(count, Double(start), Double(step), Int64(start), Int64(step), base)
        }.object
    }

    /// A number as NumPy's `asarray(x) * 1.0` has it.
    private static func double(_ object: PythonPointer) -> Double? {
        walle_IsExactFloat(object) != 0 ? walle_FloatValue(object) : QuickFunction.integer(object).map(Double.init)
    }

    private static func linspace(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let start = given.take(0, nil, state).flatMap(double),
            let stop = given.take(1, nil, state).flatMap(double)
        else { return nil }
        var count = 50
        if given.count > 2 {
            guard let number = given.take(2, nil, state).flatMap(QuickFunction.integer) else { return nil }
            count = number
        }
        let step = (stop - start) / Double(count - 1)
        guard given.isSpent, count > 1, step != 0, step.isFinite else { return nil }
        return try state.array(.float64, shape: Axes(repeating: count, count: 1)) { output in
            guard let base = output.base?.assumingMemoryBound(to: Double.self) else { return }
            for index in 0..<count { base[index] = Double(index) * step + start }
            base[count - 1] = stop
        }.object
    }

    private static func eye(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let rows = given.take(0, nil, state).flatMap(QuickFunction.integer), rows >= 0 else { return nil }
        var columns = rows
        if given.count > 1 {
            guard let number = given.take(1, nil, state).flatMap(QuickFunction.integer), number >= 0 else { return nil }
            columns = number
        }
        let one = state.pointee.numbers + 48
        guard given.count <= 2, let dtype = dtype(given.take(3, .dtype, state), state), given.isSpent,
            state.write(1, as: dtype, to: one)
        else { return nil }
        var shape = Axes(repeating: rows, count: 2)
        shape[1] = columns
        let array = try state.array(dtype, shape: shape, .zeros)
        let copy = walle_kernels_copy(walle_kernels_shared(), dtype.byteCount).unsafelyUnwrapped
        copy(min(rows, columns), one, 0, array.body.pointee.first, (columns + 1) * dtype.byteCount)
        return array.object
    }

    private static func array(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let object = given.take(0, nil, state), given.isSpent, walle_IsList(object) != 0 else { return nil }
        return try state.array(from: object).object
    }

    private static func copy(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent else { return nil }
        return try state.quickCopy(of: array)?.object
    }

    private static func astype(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), let object = given.take(1, .dtype, state), given.isSpent,
            let dtype = state.knownDType(object)
        else { return nil }
        let from = array.body.pointee.dtype
        if dtype == from { return try state.quickCopy(of: array)?.object }
        guard from.kind != .complex, let line = QuickCall.line(array), line.count <= QuickCall.mostAtOnce else {
            return nil
        }
        let cast = walle_kernels_cast(walle_kernels_shared(), Int32(from.kernel), Int32(dtype.kernel)).unsafelyUnwrapped
        let result = try state.packed(like: array, dtype, count: line.count)
        cast(line.count, line.base, line.stride, result.body.pointee.first, dtype.byteCount)
        return result.object
    }
}

extension StatePointer {
    /// The same elements packed in memory of their own, where the array is packed, has one axis or is a small matrix; nil
    /// elsewhere.
    @inline(__always)
    func quickCopy(of array: ArrayPointer) throws -> ArrayPointer? {
        guard let line = QuickCall.line(array) else { return try copyMatrix(array) }
        guard line.count <= QuickCall.mostAtOnce else { return nil }
        let dtype = array.body.pointee.dtype
        let result = try packed(like: array, dtype, count: line.count)
        let copy = walle_kernels_copy(walle_kernels_shared(), dtype.byteCount).unsafelyUnwrapped
        copy(line.count, line.base, line.stride, result.body.pointee.first, dtype.byteCount)
        return result
    }

    private func copyMatrix(_ array: ArrayPointer) throws -> ArrayPointer? {
        guard let rows = QuickRows(array.body.pointee.layout), rows.count * rows.length <= QuickRows.most else {
            return nil
        }
        let dtype = array.body.pointee.dtype
        let result = try packed(like: array, dtype, count: rows.count * rows.length)
        rows.copy(
            array.body.pointee.first, dtype, to: result.body.pointee.first,
            QuickRows(result.body.pointee.layout).unsafelyUnwrapped)
        return result
    }

    /// The element type that a dtype, a class of scalars or `float` and its like name; nil where Python must look.
    func knownDType(_ object: PythonPointer) -> DType? {
        for index in 0..<15 where pointee.dtypes[index] == object { return DType(rawValue: UInt8(index)) }
        if object == walle_FloatTypeObject() { return .float64 }
        if object == walle_LongTypeObject() { return .int64 }
        guard PyType_Check(object) != 0 else { return nil }
        return dtype(ofScalarType: UnsafeMutableRawPointer(object).assumingMemoryBound(to: PyTypeObject.self))
    }
}

/// The rows of a matrix, for which a walk over axes would be a detour.
struct QuickRows {
    /// Elements of a matrix that is taken row by row.
    static let most = 4096

    let count: Int, length: Int
    let step: Int, stride: Int

    /// Nil for arrays of more or fewer axes than two.
    @inline(__always)
    init?(_ layout: Layout) {
        guard layout.rank == 2 else { return nil }
        (count, length) = (layout.shape[0], layout.shape[1])
        (step, stride) = (layout.strides[0], layout.strides[1])
    }

    /// Copies to rows of the same lengths, or one element to all of them where the strides are 0.
    func copy(
        _ from: UnsafeMutableRawPointer, _ dtype: DType, to: UnsafeMutableRawPointer, _ rows: QuickRows
    ) {
        let kernel = walle_kernels_copy(walle_kernels_shared(), dtype.byteCount).unsafelyUnwrapped
        for row in 0..<count { kernel(length, from + row * step, stride, to + row * rows.step, rows.stride) }
    }
}
