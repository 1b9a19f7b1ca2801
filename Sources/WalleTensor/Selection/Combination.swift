internal import CWalleKernels

/// Combines values into elements at positions, one after the other: a position may come again, and then sees what came
/// before. NumPy's `ufunc.at`.
package struct Combination {
    private let operation: BinaryOperation
    private let dtype: DType
    private let scatter: walle_scatter_kernel?
    private let binary: walle_binary_kernel

    /// - Parameters:
    ///   - dtype: Of target and values.
    /// - Throws: `.type` when the operation is not defined for the type, or gives another one.
    package init(_ operation: BinaryOperation, _ dtype: DType) throws(TensorError) {
        let shared = walle_kernels_shared()
        let found = walle_kernels_binary(shared, Int32(operation.rawValue), Int32(dtype.computing.kernel))
        guard operation.computing(dtype) == dtype, operation.result(dtype) == dtype, let found else {
            throw TensorError(.type, "\(operation) cannot combine values into \(dtype)")
        }
        self.operation = operation
        self.dtype = dtype
        binary = found
        scatter = operation.scatter.flatMap { walle_kernels_scatter(shared, Int32($0.rawValue), Int32(dtype.kernel)) }
    }

    /// - Parameters:
    ///   - values: Of the shape that `Selection.shape(taking:of:from:axis:)` gives for the first axis: one value, or
    ///     block, a position; of any strides, also 0.
    ///   - indices: Integers of any type, of one axis.
    ///   - target: Its first axis is that of the positions.
    /// - Throws: `.index` for a position that is out of bounds, naming it; nothing is combined then.
    package func run(_ values: View, at indices: View, of target: View) throws(TensorError) {
        let positions = Positions(indices: indices, length: target.layout.shape[0], axis: 0)
        // A single piece is checked before anything is combined.
        if indices.layout.count > Positions.piece { try positions.check() }
        guard let to = target.base, let from = values.base, values.layout.count > 0 else {
            return try positions.check()
        }
        let (step, stride) = (values.layout.strides[0], target.layout.strides[0])
        var block = View(base: to, dtype: dtype, layout: target.layout.without(0))
        var value = View(base: from, dtype: dtype, layout: values.layout.without(0))
        let isElement = block.layout.rank == 0
        try positions.forEachPiece { start, positions, count in
            let first = from + start * step
            if isElement, let scatter { return scatter(count, first, step, positions, to, stride) }
            for index in 0..<count {
                let place = to + Int(positions[index]) * stride
                if isElement && dtype == dtype.computing {
                    binary(1, place, stride, first + index * step, step, place, stride)
                    continue
                }
                (block.base, value.base) = (place, first + index * step)
                Elementwise.run(
                    binary, block, value, to: block, computing: dtype.computing, result: dtype.computing)
            }
        }
    }
}

extension BinaryOperation {
    /// The kernel that combines at positions, where there is one.
    fileprivate var scatter: walle_scatter? {
        switch self {
        case .add: walle_scatter_add
        case .subtract: walle_scatter_subtract
        case .multiply: walle_scatter_multiply
        case .minimum: walle_scatter_minimum
        case .maximum: walle_scatter_maximum
        default: nil
        }
    }
}
