internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// One call whose kernel and types are settled: makes the result, or writes to a given one.
struct Call2 {
    let kernel: walle_binary_kernel
    /// The same for results that no cache could keep.
    let stream: walle_binary_kernel
    let computing: DType
    /// The type of the result, and of what the kernel writes: they differ for types that are only stored.
    let result: DType
    let raw: DType
    let name: StaticString

    func run(_ left: Operand, _ right: Operand, _ state: StatePointer) throws -> PythonPointer {
        if left.rank == 0 && right.rank == 0 { return try scalar(left, right, state) }
        let (left, right) = try broadcast(left, right)
        return try state.array(result, layout: ResultLayout.like(left, right, result)) {
            FloatErrors.clear()
            try fill($0, left.view, right.view, state)
            try FloatErrors.check(state, name)
        }.object
    }

    private func scalar(_ left: Operand, _ right: Operand, _ state: StatePointer) throws -> PythonPointer {
        let place = state.pointee.numbers + 48
        FloatErrors.clear()
        if left.dtype == computing && right.dtype == computing && raw == result {
            kernel(1, left.base, 0, right.base, 0, place, 0)
        } else {
            let to = View(base: place, dtype: result, layout: Layout(shape: [], strides: []))
            Elementwise.run(kernel, left.view, right.view, to: to, computing: computing, result: raw)
        }
        try FloatErrors.check(state, name)
        return try state.scalar(result, place)
    }

    private func broadcast(_ left: Operand, _ right: Operand) throws -> (Operand, Operand) {
        if left.layout.shape == right.layout.shape { return (left, right) }
        let shape = try Layout.broadcast(left.layout.shape, right.layout.shape)
        var (first, second) = (left, right)
        first.layout = try left.layout.broadcast(to: shape)
        second.layout = try right.layout.broadcast(to: shape)
        return (first, second)
    }

    /// Computes into an array of the operands' shape.
    func fill(_ output: View, _ left: View, _ right: View, _ state: StatePointer) throws {
        let isPlain = left.dtype == computing && right.dtype == computing && output.dtype == raw
        if isPlain, let strides = Flat.strides(output, left, right) {
            let isLarge = Flat.isLarge(output) && output.base != left.base && output.base != right.base
            let kernel = isLarge ? stream : kernel
            return try Flat.forEachPiece(output.layout.count) { start, count in
                kernel(
                    count, left.base! + start * strides.1, strides.1, right.base! + start * strides.2, strides.2,
                    output.base! + start * strides.0, strides.0)
            }
        }
        try Stopping.allow(elements: output.layout.count) {
            guard raw != result, output.dtype != result else {
                return Elementwise.run(kernel, left, right, to: output, computing: computing, result: raw)
            }
            // Rounded to the type of the result before a wider one takes it.
            let narrow = try state.array(result, shape: output.layout.shape)
            defer { Py_DecRef(narrow.object) }
            Elementwise.run(kernel, left, right, to: narrow.view, computing: computing, result: raw)
            Elementwise.cast(narrow.view, to: output)
        }
    }

    func run(
        _ left: Operand, _ right: Operand, _ state: StatePointer, _ options: UniversalCall.Options
    ) throws -> PythonPointer {
        var (left, right) = try broadcast(left, right)
        if let out = try Target.plain(options, result, [left, right]) {
            FloatErrors.clear()
            try fill(out.view, left.view, right.view, state)
            try FloatErrors.check(state, name)
            return Py_NewRef(out.object)
        }
        let target = try Target(options, left.layout.shape, result, name, state)
        defer { target.release() }
        left.layout = try left.layout.broadcast(to: target.shape)
        right.layout = try right.layout.broadcast(to: target.shape)
        let first = try target.safe(left, computing, state)
        defer { first.release() }
        let second = try target.safe(right, computing, state)
        defer { second.release() }
        FloatErrors.clear()
        try fill(target.written, first.view, second.view, state)
        try FloatErrors.check(state, name)
        return try target.finish(state)
    }
}

/// The same with one operand.
struct Call1 {
    let kernel: walle_unary_kernel
    /// The same for results that no cache could keep.
    let stream: walle_unary_kernel
    let computing: DType
    let result: DType
    let raw: DType
    let name: StaticString

    func run(_ input: Operand, _ state: StatePointer) throws -> PythonPointer {
        if input.rank == 0 { return try scalar(input, state) }
        return try state.array(result, layout: ResultLayout.like(input, result)) {
            FloatErrors.clear()
            try fill($0, input.view, state)
            try FloatErrors.check(state, name)
        }.object
    }

    private func scalar(_ input: Operand, _ state: StatePointer) throws -> PythonPointer {
        let place = state.pointee.numbers + 48
        FloatErrors.clear()
        let to = View(base: place, dtype: result, layout: Layout(shape: [], strides: []))
        Elementwise.run(kernel, input.view, to: to, computing: computing, result: raw)
        try FloatErrors.check(state, name)
        return try state.scalar(result, place)
    }

    func fill(_ output: View, _ input: View, _ state: StatePointer) throws {
        if input.dtype == computing, output.dtype == raw, let strides = Flat.strides(output, input) {
            let kernel = Flat.isLarge(output) && output.base != input.base ? stream : kernel
            return try Flat.forEachPiece(output.layout.count) { start, count in
                kernel(
                    count, input.base! + start * strides.1, strides.1, output.base! + start * strides.0, strides.0)
            }
        }
        try Stopping.allow(elements: output.layout.count) {
            guard raw != result, output.dtype != result else {
                return Elementwise.run(kernel, input, to: output, computing: computing, result: raw)
            }
            let narrow = try state.array(result, shape: output.layout.shape)
            defer { Py_DecRef(narrow.object) }
            Elementwise.run(kernel, input, to: narrow.view, computing: computing, result: raw)
            Elementwise.cast(narrow.view, to: output)
        }
    }

    func run(
        _ input: Operand, _ state: StatePointer, _ options: UniversalCall.Options
    ) throws -> PythonPointer {
        if let out = try Target.plain(options, result, [input, input]) {
            FloatErrors.clear()
            try fill(out.view, input.view, state)
            try FloatErrors.check(state, name)
            return Py_NewRef(out.object)
        }
        let target = try Target(options, input.layout.shape, result, name, state)
        defer { target.release() }
        var input = input
        input.layout = try input.layout.broadcast(to: target.shape)
        let safe = try target.safe(input, computing, state)
        defer { safe.release() }
        FloatErrors.clear()
        try fill(target.written, safe.view, state)
        try FloatErrors.check(state, name)
        return try target.finish(state)
    }
}

/// Arrays that one inner loop visits.
enum Flat {
    /// Elements up to which neither threads pay, nor a look at whether the run is being stopped.
    private static let piece = 1 << 15

    /// Whether an array is larger than what caches keep.
    static func isLarge(_ output: View) -> Bool { output.layout.count * output.dtype.byteCount >= Streaming.leastBytes }

    /// The strides of arrays that lie packed in the same order, or are one element repeated; nil when one is neither.
    @inline(__always)
    static func strides(_ output: View, _ left: View, _ right: View) -> (Int, Int, Int)? {
        guard let to = stride(output), let first = stride(left), let second = stride(right) else { return nil }
        return (to, first, second)
    }

    @inline(__always)
    static func strides(_ output: View, _ input: View) -> (Int, Int)? {
        guard let to = stride(output), let from = stride(input) else { return nil }
        return (to, from)
    }

    @inline(__always)
    private static func stride(_ view: View) -> Int? {
        let layout = view.layout
        if layout.rank == 1 { return layout.strides[0] }
        if layout.isContiguous(elementBytes: view.dtype.byteCount) { return view.dtype.byteCount }
        return layout.strides.allSatisfy { $0 == 0 } ? 0 : nil
    }

    /// Ranges of elements, on several threads where that pays.
    @inline(__always)
    static func forEachPiece(_ count: Int, _ body: (_ start: Int, _ count: Int) -> Void) throws {
        if count <= piece { return body(0, count) }
        try Stopping.allow { SharedLoop.run(count) { body($0.lowerBound, $0.count) } }
    }
}

/// Where the elements of a result lie: in the order of its operands, as NumPy's `order="K"`.
enum ResultLayout {
    static func like(_ left: Operand, _ right: Operand, _ type: DType) -> Layout {
        let model = left.layout.strides.contains { $0 != 0 } ? left : right
        return like(model, type)
    }

    static func like(_ model: Operand, _ type: DType) -> Layout {
        let layout = model.layout
        if layout.isContiguous(elementBytes: model.dtype.byteCount) || layout.rank < 2 {
            return Layout(contiguous: layout.shape, elementBytes: type.byteCount)
        }
        return layout.packed(elementBytes: type.byteCount)
    }
}

extension Layout {
    /// The same shape without gaps, the axes in memory in the order that they have here.
    func packed(elementBytes: Int) -> Layout {
        let order = shape.indices.sorted { abs(strides[$0]) > abs(strides[$1]) }
        var result = self
        var step = elementBytes
        for axis in order.reversed() {
            result.strides[axis] = step
            step *= Swift.max(shape[axis], 1)
        }
        return result
    }
}
