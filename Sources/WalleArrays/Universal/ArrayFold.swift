internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Folds of arrays by a function of two operands: `reduce`.
enum ArrayFold {
    struct Options {
        /// nil folds all axes.
        var axes: Axes?
        var dtype: DType?
        var keepsAxes = false
        var out: ArrayPointer?
    }

    static func run(
        _ index: Int, _ object: PythonPointer, _ options: Options, _ state: StatePointer
    ) throws -> PythonPointer {
        if state.pointee.isLazy, options.out == nil, let result = try LazyFolds.run(index, object, options, state) {
            return result
        }
        var input = try Operand(reading: object, state)
        defer { input.release() }
        try input.settle(as: input.dtype, state, place: 0)
        let folded = try mask(options.axes, input.layout)
        var shape = Axes(), shown = Axes()
        for axis in folded.indices {
            if folded[axis] == 0 { shape.append(input.layout.shape[axis]) }
            if folded[axis] == 0 || options.keepsAxes {
                shown.append(folded[axis] == 0 ? input.layout.shape[axis] : 1)
            }
        }
        let plan = try Plan(index, options.dtype, input)
        try plan.checkElements(input.layout, folded)
        if shape.count == 0 && shown.count == 0 && options.out == nil {
            let place = state.pointee.numbers + 48
            try plan.run(input.view, folded, shape, to: place, state)
            return try state.scalar(plan.result, place)
        }
        let array = try state.array(plan.result, shape: shown) {
            if let base = $0.base { try plan.run(input.view, folded, shape, to: base, state) }
        }
        guard let out = options.out else { return try state.scalarOrArray(array) }
        defer { Py_DecRef(array.object) }
        return try write(array, to: out, UniversalFunction.all[index].name)
    }

    private static func write(
        _ array: ArrayPointer, to out: ArrayPointer, _ name: StaticString
    ) throws -> PythonPointer {
        guard array.shape == out.shape else {
            throw TensorError.value(
                "output parameter for reduction operation \(name) has shape \(out.shape), the result \(array.shape)")
        }
        Elementwise.cast(array.view, to: try out.writableView())
        return Py_NewRef(out.object)
    }

    /// 1 for each axis that is folded.
    static func mask(_ axes: Axes?, _ layout: Layout) throws -> Axes {
        guard let axes else { return Axes(repeating: 1, count: layout.rank) }
        var folded = Axes(repeating: 0, count: layout.rank)
        for wanted in axes {
            if layout.rank == 0 && (wanted == 0 || wanted == -1) { continue }
            let axis = try layout.axis(wanted)
            guard folded[axis] == 0 else { throw TensorError.value("duplicate value in 'axis'") }
            folded[axis] = 1
        }
        return folded
    }

    /// The least integer of an array that has some.
    static func minimum(of view: View) throws -> Int {
        var value = 0
        withUnsafeMutableBytes(of: &value) { place in
            let base = place.baseAddress.unsafelyUnwrapped
            let output = View(base: base, dtype: view.dtype, layout: Layout(shape: [], strides: []))
            Folding.run(
                .minimum, view, folded: Axes(repeating: 1, count: view.layout.rank), to: output, computing: view.dtype)
            if view.dtype != .int64 {
                withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { copy in
                    let copied = copy.baseAddress.unsafelyUnwrapped
                    copied.copyMemory(from: base, byteCount: view.dtype.byteCount)
                    Element.convert(view.dtype, copied, to: .int64, base)
                }
            }
        }
        return value
    }
}

/// How a fold is computed.
private struct Plan {
    let function: UniversalFunction
    let operation: BinaryOperation
    /// The fold of the engine, when there is one.
    let fold: FoldOperation?
    /// What elements are cast to, as the caller sees it.
    let operand: DType
    let result: DType

    init(_ index: Int, _ dtype: DType?, _ input: Operand) throws {
        function = UniversalFunction.all[index]
        guard case .binary(let operation) = function.operation else {
            throw TensorError.value("reduce only supported for binary functions")
        }
        self.operation = operation
        if let fold = function.fold {
            operand = dtype == .bool ? input.dtype : dtype ?? fold.computing(input.dtype) ?? input.dtype
            self.fold = dtype == .bool ? Self.ofTruth(fold) : fold
            result = dtype == .bool ? .bool : fold.result(operand)
        } else {
            fold = nil
            operand = try function.resolve(dtype ?? input.dtype, "\(input.dtype)").operand
            result = operation.result(operand)
        }
        guard dtype == nil || dtype == result else {
            throw TensorError.type(
                "No loop matching the specified signature and casting was found for ufunc \(function.name): there is none "
                    + "that gives \(dtype ?? result)")
        }
    }

    /// The fold of truth values that a fold of numbers is.
    private static func ofTruth(_ fold: FoldOperation) -> FoldOperation {
        switch fold {
        case .sum, .maximum, .any: .any
        case .product, .minimum, .all: .all
        }
    }

    /// - Throws: `.value` when there is nothing to start with.
    func checkElements(_ layout: Layout, _ folded: Axes) throws {
        if function.identity == nil && folded.indices.contains(where: { folded[$0] == 1 && layout.shape[$0] == 0 }) {
            throw TensorError.value(
                "zero-size array to reduction operation \(function.name) which has no identity")
        }
    }

    func run(
        _ input: View, _ folded: Axes, _ shape: Axes, to place: UnsafeMutableRawPointer, _ state: StatePointer
    ) throws {
        FloatErrors.clear()
        try compute(input, folded, shape, to: place, state)
        try FloatErrors.check(state, FloatErrors.name(of: function, in: "reduce"))
    }

    private func compute(
        _ input: View, _ folded: Axes, _ shape: Axes, to place: UnsafeMutableRawPointer, _ state: StatePointer
    ) throws {
        let computing = operand.computing
        let accumulated = fold.map { $0.result(computing) } ?? operation.result(computing)
        if accumulated != result {
            // A stored type: computed in a wider one beside.
            let wide = try state.array(accumulated, shape: shape)
            defer { Py_DecRef(wide.object) }
            try Stopping.allow(elements: input.layout.count) { fold(input, folded, to: wide.view, computing) }
            let output = View(
                base: place, dtype: result, layout: Layout(contiguous: shape, elementBytes: result.byteCount))
            return Elementwise.cast(wide.view, to: output)
        }
        let layout = Layout(contiguous: shape, elementBytes: result.byteCount)
        let output = View(base: place, dtype: result, layout: layout)
        if input.layout.count == 0 { return fillIdentity(output) }
        if fold == nil && accumulated != computing {
            return try foldTruth(input, folded, to: output, state)
        }
        try Stopping.allow(elements: input.layout.count) { fold(input, folded, to: output, computing) }
    }

    private func fold(_ input: View, _ folded: Axes, to output: View, _ computing: DType) {
        if input.layout.count == 0 { return fillIdentity(output) }
        if let fold {
            return Folding.run(fold, input, folded: folded, to: output, computing: computing)
        }
        let kernel = walle_kernels_binary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        Folding.run(kernel.unsafelyUnwrapped, input, folded: folded, to: output, computing: computing)
    }

    /// `logical_xor` and comparisons: elements become truth values first.
    private func foldTruth(_ input: View, _ folded: Axes, to output: View, _ state: StatePointer) throws {
        let truth = try state.array(.bool, shape: input.layout.shape)
        defer { Py_DecRef(truth.object) }
        Elementwise.cast(input, to: truth.view)
        let kernel = walle_kernels_binary(
            walle_kernels_shared(), Int32(operation.rawValue), Int32(DType.bool.kernel))
        Folding.run(kernel.unsafelyUnwrapped, truth.view, folded: folded, to: output, computing: .bool)
    }

    private func fillIdentity(_ output: View) {
        let value = Int64(function.identity?.rawValue ?? 0)
        withUnsafeBytes(of: value) {
            let one = View(
                base: UnsafeMutableRawPointer(mutating: $0.baseAddress), dtype: .int64,
                layout: Layout(shape: output.layout.shape, strides: Axes(repeating: 0, count: output.layout.rank)))
            Elementwise.cast(one, to: output)
        }
    }
}
