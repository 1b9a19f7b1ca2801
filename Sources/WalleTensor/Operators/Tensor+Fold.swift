internal import WalleMemory

extension Tensor {
    /// Folds the elements along some axes, which go or stay with a length of 1; along all when none is given.
    ///
    /// Sums of floats are pairwise: their error grows with the logarithm of the number of elements. Sums and products of
    /// short integers are 64 bits wide.
    ///
    /// - Throws: `.index` for an axis that is not there; `.value` for the extreme of no elements, or an axis given twice.
    public func folded(
        _ operation: FoldOperation, axes: Axes? = nil, keepingAxes: Bool = false
    ) throws(TensorError) -> Tensor {
        let folded = try isFolded(axes)
        let type = operation.computing(dtype) ?? dtype
        let computing = type.computing
        var shape = Axes()
        for axis in folded.indices where folded[axis] == 0 { shape.append(self.shape[axis]) }
        let result = try Tensor(uninitialized: shape, operation.result(computing))
        let isExtreme = operation == .minimum || operation == .maximum
        if isExtreme && count == 0 && result.count > 0 {
            throw TensorError(.value, "zero-size array to reduction operation \(operation) which has no identity")
        }
        Folding.run(operation, view, folded: folded, to: result.view, computing: computing)
        let kept = result.cast(to: operation.result(type))
        guard keepingAxes else { return kept }
        shape = self.shape
        for axis in shape.indices where folded[axis] == 1 { shape[axis] = 1 }
        return try kept.reshaped(shape)
    }

    private func isFolded(_ axes: Axes?) throws(TensorError) -> Axes {
        guard let axes else { return Axes(repeating: 1, count: rank) }
        var folded = Axes(repeating: 0, count: rank)
        for wanted in axes {
            let axis = try layout.axis(wanted)
            guard folded[axis] == 0 else { throw TensorError(.value, "duplicate value in 'axis': \(axes)") }
            folded[axis] = 1
        }
        return folded
    }
}
