internal import CWalleKernels

/// Which axes of two arrays belong together in a contraction. Pairs have one length, or one of them has length 1 and is
/// repeated; axes that are in no pair are free.
package struct ContractionAxes: Sendable, Hashable {
    /// Axes that stay: of the left array, and of the right.
    package var leftBatch: Axes
    package var rightBatch: Axes
    /// Axes that are summed over.
    package var leftSummed: Axes
    package var rightSummed: Axes

    package init(leftBatch: Axes = [], rightBatch: Axes = [], leftSummed: Axes = [], rightSummed: Axes = []) {
        self.leftBatch = leftBatch
        self.rightBatch = rightBatch
        self.leftSummed = leftSummed
        self.rightSummed = rightSummed
    }
}

extension Products {
    /// The type of `contract`'s result, whose axes are those of the batch, the free ones of the left array, then of the right.
    ///
    /// - Throws: `.value` when axes of a pair do not fit, or an axis is given twice; `.index` for one that is not there.
    package static func inferContraction(
        _ left: TensorType, _ right: TensorType, _ axes: ContractionAxes
    ) throws(TensorError) -> TensorType {
        let parts = try Contraction(left.shape, right.shape, axes)
        return TensorType(
            DType.promoted(left.dtype, right.dtype), Axes(parts.batch + parts.leftFree + parts.rightFree))
    }

    /// `out[batch, i, j] = Σ left[batch, i, summed] · right[batch, summed, j]`, with any number of axes in each group.
    ///
    /// A matrix product for each element of the batch, of the arrays as they lie where the axes of a group lie in one another,
    /// else of copies. Where there is nothing to sum, or only a batch is left that is closer together than what is summed,
    /// elements are multiplied, and added, one by one.
    ///
    /// - Parameter out: axes in the order of `inferContraction`; another order is a permuted layout.
    /// - Throws: as `inferContraction`; `.memory`
    package static func contract(
        _ left: View, _ right: View, _ axes: ContractionAxes, into out: View
    ) throws(TensorError) {
        let parts = try Contraction(left.layout.shape, right.layout.shape, axes)
        guard out.layout.count > 0 else { return }
        var (a, b) = (left, right)
        a.layout = try left.layout.permuted(Axes(parts.leftOrder))
            .broadcast(to: Axes(parts.batch + parts.leftFree + parts.summed))
        b.layout = try right.layout.permuted(Axes(parts.rightOrder))
            .broadcast(to: Axes(parts.batch + parts.summed + parts.rightFree))
        if parts.summed.isEmpty { return try multiplyElements(a, b, parts, into: out) }
        var scratch = Workspace()
        if parts.isElementwise(a.layout) { return try addProducts(a, b, parts, into: out, &scratch) }
        try multiplyGroups(a, b, parts, into: out, &scratch)
    }

    /// Nothing to sum: an outer product.
    private static func multiplyElements(
        _ left: View, _ right: View, _ parts: Contraction, into out: View
    ) throws(TensorError) {
        var (a, b) = (left, right)
        for _ in parts.rightFree { a.layout = a.layout.expanded(at: a.layout.rank) }
        for _ in parts.leftFree { b.layout = b.layout.expanded(at: parts.batch.count) }
        a.layout = try a.layout.broadcast(to: out.layout.shape)
        b.layout = try b.layout.broadcast(to: out.layout.shape)
        run(out.dtype.kind == .bool ? .logicalAnd : .multiply, a, b, into: out)
    }

    private static func run(_ operation: BinaryOperation, _ a: View, _ b: View, into out: View) {
        let type = out.dtype.computing
        let kernel = walle_kernels_binary(walle_kernels_shared(), Int32(operation.rawValue), Int32(type.kernel))
        Elementwise.run(
            kernel.unsafelyUnwrapped, a, b, to: out, computing: type, result: operation == .logicalAnd ? .bool : type)
    }

    /// Multiplies slices of the batch element by element, some at a time, then adds these up: a product with a row of ones.
    private static func addProducts(
        _ left: View, _ right: View, _ parts: Contraction, into out: View, _ scratch: inout Workspace
    ) throws(TensorError) {
        let type = out.dtype.computing
        let (a, b) = (try left.cast(to: type, &scratch), try right.cast(to: type, &scratch))
        let width = out.layout.count
        let sum = try View(like: out.layout.shape, type, &scratch)
        let inner = Layout(shape: Axes(parts.summed), strides: Axes(repeating: 0, count: parts.summed.count)).count
        if inner == 0 { return try multiplyGroups(left, right, parts, into: out, &scratch) }
        let slices = min(inner, max(1, sliceBytes / (width * type.byteCount)))
        let products = try View(like: [slices, width], type, &scratch)
        let ones = try View(ones: slices, type, &scratch)
        var (waiting, isFirst) = (0, true)
        let addUp = { (count: Int) in
            guard let base = products.base, let row = ones.base, let to = sum.base else { return }
            MatrixProduct(type, beta: isFirst ? 0 : 1).multiply(
                Matrix(row, rows: 1, columns: count), Matrix(base, rows: count, columns: width),
                into: MutableMatrix(to, rows: 1, columns: width))
            (waiting, isFirst) = (0, false)
        }
        let outer = parts.batch.count
        var (x, y) = (a, b)
        x.layout = Layout(shape: out.layout.shape, strides: Axes(a.layout.strides.prefix(outer)))
        y.layout = Layout(shape: out.layout.shape, strides: Axes(b.layout.strides.prefix(outer)))
        var product = View(base: nil, dtype: type, layout: sum.layout)
        let summed: InlineArray<2, Layout> = [
            Layout(shape: Axes(parts.summed), strides: Axes(a.layout.strides.dropFirst(outer))),
            Layout(shape: Axes(parts.summed), strides: Axes(b.layout.strides.dropFirst(outer))),
        ]
        Walk.forEach(summed.span) { count, offsets, strides in
            var done = 0
            while done < count {
                // As many slices as there is room for, as one more axis.
                let now = min(count - done, slices - waiting)
                x.base = a.base.map { $0 + offsets[0] + done * strides[0] }
                y.base = b.base.map { $0 + offsets[1] + done * strides[1] }
                product.base = products.base.map { $0 + waiting * width * type.byteCount }
                run(
                    type == .bool ? .logicalAnd : .multiply, x.repeated(now, strides[0]), y.repeated(now, strides[1]),
                    into: product.repeated(now, width * type.byteCount))
                done += now
                waiting += now
                if waiting == slices { addUp(slices) }
            }
        }
        if waiting > 0 { addUp(waiting) }
        sum.cast(into: out)
    }

    /// Of products that wait to be added up: they stay in the second cache.
    private static let sliceBytes = 128 << 10

    /// One axis for each group, and a matrix product.
    private static func multiplyGroups(
        _ left: View, _ right: View, _ parts: Contraction, into out: View, _ scratch: inout Workspace
    ) throws(TensorError) {
        let counts = [parts.batch, parts.leftFree, parts.summed, parts.rightFree].map { $0.reduce(1, *) }
        let batch = parts.batch.count
        let a = try left.grouped(
            batch, parts.leftFree.count, Axes(parts.batch + [counts[1], counts[2]]), &scratch)
        let b = try right.grouped(batch, parts.summed.count, Axes(parts.batch + [counts[2], counts[3]]), &scratch)
        let shape = Axes(parts.batch + [counts[1], counts[3]])
        if let layout = out.layout.grouped(batch, parts.leftFree.count, shape) {
            return try multiply(a, b, into: View(base: out.base, dtype: out.dtype, layout: layout), &scratch)
        }
        var result = try View(like: shape, out.dtype, &scratch)
        try multiply(a, b, into: result, &scratch)
        result.layout = Layout(contiguous: out.layout.shape, elementBytes: out.dtype.byteCount)
        Raster.copy(result, to: out)
    }
}

/// Two shapes by groups of axes.
private struct Contraction {
    var batch: [Int] = []
    var summed: [Int] = []
    var leftFree: [Int] = []
    var rightFree: [Int] = []
    /// Batch, free, summed.
    var leftOrder: [Int]
    /// Batch, summed, free.
    var rightOrder: [Int]

    init(_ left: Axes, _ right: Axes, _ axes: ContractionAxes) throws(TensorError) {
        let (leftBatch, rightBatch) = (try Self.axes(axes.leftBatch, left), try Self.axes(axes.rightBatch, right))
        let (leftSummed, rightSummed) = (try Self.axes(axes.leftSummed, left), try Self.axes(axes.rightSummed, right))
        batch = try Self.lengths(left, leftBatch, right, rightBatch)
        summed = try Self.lengths(left, leftSummed, right, rightSummed)
        let leftRest = left.indices.filter { !leftBatch.contains($0) && !leftSummed.contains($0) }
        let rightRest = right.indices.filter { !rightBatch.contains($0) && !rightSummed.contains($0) }
        leftFree = leftRest.map { left[$0] }
        rightFree = rightRest.map { right[$0] }
        leftOrder = leftBatch + leftRest + leftSummed
        rightOrder = rightBatch + rightSummed + rightRest
        guard leftOrder.count == left.count, rightOrder.count == right.count else {
            throw TensorError(.value, "an axis is given twice in a contraction of shapes \(left) and \(right)")
        }
    }

    private static func axes(_ axes: Axes, _ shape: Axes) throws(TensorError) -> [Int] {
        let layout = Layout(contiguous: shape, elementBytes: 1)
        var result: [Int] = []
        for axis in axes { result.append(try layout.axis(axis)) }
        return result
    }

    private static func lengths(
        _ left: Axes, _ leftAxes: [Int], _ right: Axes, _ rightAxes: [Int]
    ) throws(TensorError) -> [Int] {
        guard leftAxes.count == rightAxes.count else {
            throw TensorError(.value, "axes in pairs are needed, not \(leftAxes.count) and \(rightAxes.count)")
        }
        var result: [Int] = []
        for (first, second) in zip(leftAxes, rightAxes) {
            let (a, b) = (left[first], right[second])
            guard a == b || a == 1 || b == 1 else {
                throw TensorError(
                    .value, "shape-mismatch for sum: axis \(first) of \(left) and axis \(second) of \(right)")
            }
            result.append(a == 1 ? b : a)
        }
        return result
    }

    /// Whether only a batch is left whose elements are closer together than what is summed.
    func isElementwise(_ left: Layout) -> Bool {
        guard leftFree.reduce(1, *) == 1, rightFree.reduce(1, *) == 1, leftFree.isEmpty, rightFree.isEmpty else {
            return false
        }
        let nearest = left.strides.prefix(batch.count).map { abs($0) }.filter { $0 > 0 }.min() ?? .max
        let summed = left.strides.dropFirst(batch.count).map { abs($0) }.filter { $0 > 0 }.min() ?? .max
        return batch.reduce(1, *) >= 32 && nearest < summed
    }
}

extension Layout {
    /// The axes after the first `batch` as two: of `rows` axes, and of the others. Nil when they do not lie in one another.
    fileprivate func grouped(_ batch: Int, _ rows: Int, _ target: Axes) -> Layout? {
        var result = Layout(shape: target, strides: Axes(repeating: 0, count: target.count))
        for axis in 0..<batch { result.strides[axis] = strides[axis] }
        for (group, range) in [batch..<batch + rows, batch + rows..<rank].enumerated() {
            let part = Layout(shape: Axes(shape[range]), strides: Axes(strides[range]))
            guard let joined = part.reshaped([target[batch + group]]) else { return nil }
            result.strides[batch + group] = joined.strides[0]
        }
        return result
    }
}

extension View {
    /// Scratch of ones.
    fileprivate init(ones count: Int, _ dtype: DType, _ scratch: inout Workspace) throws(TensorError) {
        try self.init(like: [count], dtype, &scratch)
        let one = try View(like: [1], .bool, &scratch)
        one.base?.storeBytes(of: 1, as: UInt8.self)
        View(base: one.base, dtype: .bool, layout: Layout(shape: [count], strides: [0])).cast(into: self)
    }

    /// With a first axis of some length and stride.
    fileprivate func repeated(_ count: Int, _ stride: Int) -> View {
        var result = self
        result.layout.shape.insert(count, at: 0)
        result.layout.strides.insert(stride, at: 0)
        return result
    }

    /// The same with two axes after the batch: itself, or a copy.
    fileprivate func grouped(
        _ batch: Int, _ rows: Int, _ target: Axes, _ scratch: inout Workspace
    ) throws(TensorError) -> View {
        if let joined = layout.grouped(batch, rows, target) { return View(base: base, dtype: dtype, layout: joined) }
        var copy = try View(like: layout.shape, dtype, &scratch)
        Raster.copy(self, to: copy)
        copy.layout = Layout(contiguous: target, elementBytes: dtype.byteCount)
        return copy
    }
}
