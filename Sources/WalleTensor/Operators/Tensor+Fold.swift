internal import CWalleKernels
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
        let elements = cast(to: type.computing)
        var (kept, inner) = (elements.layout, Layout(shape: [], strides: []))
        for axis in shape.indices where folded[axis] == 1 {
            inner.shape.append(shape[axis])
            inner.strides.append(kept.strides[axis])
        }
        for axis in shape.indices.reversed() where folded[axis] == 1 {
            kept.shape.remove(at: axis)
            kept.strides.remove(at: axis)
        }
        let isExtreme = operation == .minimum || operation == .maximum
        if isExtreme && inner.count == 0 && kept.count > 0 {
            throw TensorError(.value, "zero-size array to reduction operation \(operation) which has no identity")
        }
        let result = Fold(operation: operation, type: type, elements: elements, kept: kept, inner: inner).result()
        guard keepingAxes else { return result }
        var shape = self.shape
        for axis in shape.indices where folded[axis] == 1 { shape[axis] = 1 }
        return try result.reshaped(shape)
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

/// One fold of an array, whose axes are those that stay and those that go.
private struct Fold {
    let operation: FoldOperation
    /// Of the result, but for truth values; the elements are of the type that it is computed with.
    let type: DType
    let elements: Tensor
    let kept: Layout
    let inner: Layout

    func result() -> Tensor {
        let computing = elements.dtype
        let accumulated = operation.result(computing)
        let bytes = accumulated.byteCount
        let layout = Layout(contiguous: kept.shape, elementBytes: bytes)
        let result = Tensor(
            dtype: accumulated, layout: layout, storage: .init(uninitialized: layout.count * bytes))
        let kernel = walle_kernels_fold(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        guard let kernel, let out = result.storage.bytes.baseAddress, layout.count > 0 else { return result }
        // An array without elements gives the identities.
        let base = elements.view.base ?? out
        let (outer, within): (InlineArray<2, Layout>, InlineArray<1, Layout>) = ([layout, kept], [inner])
        Walk.forEach(outer.span) { count, offsets, strides in
            for index in 0..<count {
                let accumulator = out + offsets[0] + index * strides[0]
                let first = base + offsets[1] + index * strides[1]
                begin(accumulator, computing, first)
                Walk.forEach(within.span) { kernel($0, first + $1[0], $2[0], accumulator) }
            }
        }
        withExtendedLifetime(elements) {}
        return result.cast(to: operation.result(type))
    }

    /// The identity, or the first element where there is none.
    private func begin(
        _ accumulator: UnsafeMutableRawPointer, _ computing: DType, _ first: UnsafeMutableRawPointer
    ) {
        let bytes = operation.result(computing).byteCount
        switch operation {
        case .minimum, .maximum: accumulator.copyMemory(from: first, byteCount: bytes)
        case .sum, .any: accumulator.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        case .all: accumulator.storeBytes(of: 1, as: UInt8.self)
        case .product:
            accumulator.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            let cast = walle_kernels_cast(walle_kernels_shared(), Int32(DType.bool.kernel), Int32(computing.kernel))
            withUnsafeBytes(of: UInt8(1)) {
                cast.unsafelyUnwrapped(1, $0.baseAddress.unsafelyUnwrapped, 1, accumulator, bytes)
            }
        }
    }
}
