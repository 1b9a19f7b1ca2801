internal import WalleMemory

extension Tensor {
    /// The matrix product as the Array API standard defines `matmul`: of the last two axes, the ones before are broadcast.
    ///
    /// An array of one axis is a row on the left and a column on the right, and that axis goes from the result.
    ///
    /// - Throws: `.value`, naming both shapes, when they do not fit or an array has no axes.
    public static func matrixProduct(_ left: Tensor, _ right: Tensor) throws(TensorError) -> Tensor {
        guard left.rank > 0, right.rank > 0 else {
            throw TensorError(.value, "matrix products need axes: the shapes are \(left.shape) and \(right.shape)")
        }
        let type = DType.promoted(left.dtype, right.dtype)
        var (a, b) = (left.cast(to: type.computing), right.cast(to: type.computing))
        if left.rank == 1 { a.layout = a.layout.expanded(at: 0) }
        if right.rank == 1 { b.layout = b.layout.expanded(at: 1) }
        let (rows, depth) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
        let columns = b.shape[b.rank - 1]
        guard b.shape[b.rank - 2] == depth else {
            throw TensorError(
                .value,
                "matrix product of shapes \(left.shape) and \(right.shape): \(depth) columns and "
                    + "\(b.shape[b.rank - 2]) rows do not fit")
        }
        let batch = try Layout.broadcast(Axes(a.shape.dropLast(2)), Axes(b.shape.dropLast(2)))
        a = try a.broadcast(to: Axes(Array(batch) + [rows, depth]))
        b = try b.broadcast(to: Axes(Array(batch) + [depth, columns]))
        var result = try Tensor(uninitialized: Axes(Array(batch) + [rows, columns]), type.computing)
        result.multiplyAll(a, b, batch: batch)
        if right.rank == 1 { result.layout = try result.layout.squeezed(at: result.rank - 1) }
        if left.rank == 1 { result.layout = try result.layout.squeezed(at: result.rank - (right.rank == 1 ? 1 : 2)) }
        return result.cast(to: type)
    }

    /// Writes the product of each pair of matrices; all three have the same axes before the last two.
    private func multiplyAll(_ left: Tensor, _ right: Tensor, batch: Axes) {
        guard count > 0 else { return }
        let product = MatrixProduct(dtype, pool: .shared)
        // Factors without elements are not read: any address will do.
        let to = storage.bytes.baseAddress.unsafelyUnwrapped + offset
        let (a, b) = (left.view.base ?? to, right.view.base ?? to)
        let layouts: InlineArray<3, Layout> = [batchLayout, left.batchLayout, right.batchLayout]
        Walk.forEach(layouts.span) { count, offsets, strides in
            for index in 0..<count {
                product.multiply(
                    left.matrix(at: a + offsets[1] + index * strides[1]),
                    right.matrix(at: b + offsets[2] + index * strides[2]),
                    into: MutableMatrix(
                        to + offsets[0] + index * strides[0], rows: shape[rank - 2], columns: shape[rank - 1]))
            }
        }
        withExtendedLifetime((left, right)) {}
    }

    /// The axes before the last two.
    private var batchLayout: Layout {
        Layout(shape: Axes(shape.dropLast(2)), strides: Axes(layout.strides.dropLast(2)))
    }

    /// The last two axes, from an address on.
    private func matrix(at base: UnsafeMutableRawPointer) -> Matrix {
        let bytes = dtype.byteCount
        return Matrix(
            UnsafeRawPointer(base), rows: shape[rank - 2], columns: shape[rank - 1],
            rowStride: layout.strides[rank - 2] / bytes, columnStride: layout.strides[rank - 1] / bytes)
    }
}
