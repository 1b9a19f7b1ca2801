internal import CWalleKernels
internal import WalleMemory

/// Counts how often each of the integers from 0 on is there, or adds up weights for each: NumPy's `bincount`.
package enum Tally {
    /// Integers that are cast at once.
    private static let piece = 1024

    /// How many integers there are to count.
    ///
    /// - Parameter least: As many as there shall be at least.
    /// - Throws: `.type` for what `int64` does not hold; `.value` for a negative integer, or other than one axis.
    package static func length(_ integers: View, atLeast least: Int = 0) throws(TensorError) -> Int {
        guard integers.dtype.kind <= .integer, integers.dtype != .uint64 else {
            throw TensorError(
                .type,
                "Cannot cast array data from dtype('\(integers.dtype)') to dtype('int64') according to the rule 'safe'")
        }
        guard integers.layout.rank == 1 else {
            throw TensorError(.value, "integers to count have one axis, not the shape \(integers.layout.shape)")
        }
        guard least >= 0 else { throw TensorError(.value, "'minlength' must not be negative") }
        guard integers.layout.count > 0 else { return least }
        let (shared, type) = (walle_kernels_shared(), Int32(DType.int64.kernel))
        let minimum = walle_kernels_fold(shared, Int32(FoldOperation.minimum.rawValue), type).unsafelyUnwrapped
        let maximum = walle_kernels_fold(shared, Int32(FoldOperation.maximum.rawValue), type).unsafelyUnwrapped
        var (low, high) = (Int64.max, Int64.min)
        forEachPiece(integers) { _, values, stride, count in
            minimum(count, values, stride, &low)
            maximum(count, values, stride, &high)
        }
        guard low >= 0 else { throw TensorError(.value, "'list' argument must have no negative elements") }
        guard high < Int64(Int.max) else { throw TensorError(.memory, "counts up to \(high) do not fit into memory") }
        return Swift.max(least, Int(high) + 1)
    }

    /// - Parameters:
    ///   - integers: As `length` accepts them.
    ///   - weights: `float64`, one for each integer; without them 1.
    ///   - output: As long as `length` says, contiguous; `float64` with weights, else `int64`.
    package static func run(_ integers: View, weights: View? = nil, to output: View) {
        guard let to = output.base else { return }
        to.initializeMemory(as: UInt8.self, repeating: 0, count: output.layout.count * 8)
        let type = weights == nil ? DType.int64 : .float64
        let scatter = walle_kernels_scatter(
            walle_kernels_shared(), Int32(walle_scatter_add.rawValue), Int32(type.kernel)
        ).unsafelyUnwrapped
        var one: Int64 = 1
        withUnsafeMutableBytes(of: &one) { one in
            let (base, step) = (weights?.base ?? one.baseAddress, weights?.layout.strides[0] ?? 0)
            withUnsafeTemporaryAllocation(of: Int64.self, capacity: min(piece, integers.layout.count)) { memory in
                let gathered = memory.baseAddress.unsafelyUnwrapped
                forEachPiece(integers) { start, values, stride, count in
                    let first = base.unsafelyUnwrapped + start * step
                    if stride == 8 {
                        return scatter(count, first, step, values.assumingMemoryBound(to: Int64.self), to, 8)
                    }
                    let copy = walle_kernels_copy(walle_kernels_shared(), 8).unsafelyUnwrapped
                    copy(count, values, stride, gathered, 8)
                    scatter(count, first, step, gathered, to, 8)
                }
            }
        }
    }

    /// Pieces as `int64`: how many integers come before, the first, the distance of neighbours and the length.
    @inline(__always)
    private static func forEachPiece(
        _ integers: View, _ body: (_ start: Int, _ values: UnsafeMutableRawPointer, _ stride: Int, _ count: Int) -> Void
    ) {
        guard let base = integers.base else { return }
        let (count, step) = (integers.layout.shape[0], integers.layout.strides[0])
        let cast = walle_kernels_cast(
            walle_kernels_shared(), Int32(integers.dtype.kernel), Int32(DType.int64.kernel)
        ).unsafelyUnwrapped
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: min(piece, integers.layout.count)) { memory in
            let values = UnsafeMutableRawPointer(memory.baseAddress.unsafelyUnwrapped)
            for start in stride(from: 0, to: count, by: piece) {
                let (from, length) = (base + start * step, min(piece, count - start))
                if integers.dtype == .int64 {
                    body(start, from, step, length)
                } else {
                    cast(length, from, step, values, 8)
                    body(start, values, 8, length)
                }
            }
        }
    }
}

extension Tensor {
    /// How often each of the integers from 0 to the greatest is in this array of one axis.
    ///
    /// - Parameters:
    ///   - weights: One for each integer, that are added up instead.
    ///   - least: As many integers are counted at least.
    /// - Throws: `.type` when these are no integers; `.value` for a negative one, other than one axis, or weights that are
    ///   not as many.
    public func tallied(weights: Tensor? = nil, atLeast least: Int = 0) throws(TensorError) -> Tensor {
        let length = try Tally.length(view, atLeast: least)
        if let weights, weights.shape != shape {
            throw TensorError(.value, "The weights and list don't have the same length.")
        }
        let values = weights?.cast(to: .float64)
        let result = try Tensor(uninitialized: [length], weights == nil ? .int64 : .float64)
        Tally.run(view, weights: values?.view, to: result.view)
        withExtendedLifetime(values) {}
        return result
    }
}
