internal import CWalleKernels

/// Products of arrays that sum over axes: `matmul`, and the contractions that `einsum`, `tensordot` and the like are made of.
///
/// Each is in two parts: `infer…` finds the shape and type of the result, or throws; the other computes it into an array of
/// the caller, of any strides, which overlaps no factor. Factors may be of any types: they are cast to that of the result.
package enum Products {
    private static let signature = "(n?,k),(k,m?)->(n?,m?)"

    /// The type of `matrixProduct`'s result, as the Array API standard and NumPy define `matmul`: of the last two axes, the
    /// ones before are broadcast. An array of one axis is a row on the left and a column on the right; that axis goes.
    ///
    /// - Throws: `.value`, in NumPy's words, when an array has no axes or the shapes do not fit.
    package static func inferMatrixProduct(
        _ left: TensorType, _ right: TensorType
    ) throws(TensorError) -> TensorType {
        for (operand, type) in [left, right].enumerated() where type.shape.isEmpty {
            throw TensorError(
                .value,
                "matmul: Input operand \(operand) does not have enough dimensions (has 0, gufunc core with signature "
                    + "\(signature) requires 1)")
        }
        let (a, b) = (left.shape, right.shape)
        let (depth, rows) = (a[a.count - 1], b.count == 1 ? b[0] : b[b.count - 2])
        guard depth == rows else {
            throw TensorError(
                .value,
                "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \(signature) "
                    + "(size \(rows) is different from \(depth))")
        }
        var shape = try Layout.broadcast(Axes(a.dropLast(2)), Axes(b.dropLast(2)))
        if a.count > 1 { shape.append(a[a.count - 2]) }
        if b.count > 1 { shape.append(b[b.count - 1]) }
        return TensorType(DType.promoted(left.dtype, right.dtype), shape)
    }

    /// The matrix product. Integers wrap; of bool, `and` multiplies and `or` adds; half types are summed in float32.
    ///
    /// - Throws: `.memory`
    package static func matrixProduct(_ left: View, _ right: View, into out: View) throws(TensorError) {
        var (a, b, c) = (left, right, out)
        if left.layout.rank == 1 { a.layout = a.layout.expanded(at: 0) }
        if right.layout.rank == 1 { b.layout = b.layout.expanded(at: 1) }
        if right.layout.rank == 1 { c.layout = c.layout.expanded(at: c.layout.rank) }
        if left.layout.rank == 1 { c.layout = c.layout.expanded(at: c.layout.rank - 1) }
        let batch = Array(c.layout.shape.dropLast(2))
        a.layout = try a.layout.broadcast(to: Axes(batch + a.layout.shape.suffix(2)))
        b.layout = try b.layout.broadcast(to: Axes(batch + b.layout.shape.suffix(2)))
        var scratch = Workspace()
        try multiply(a, b, into: c, &scratch)
    }

    /// Multiplies the matrices of arrays with the same axes before the last two, in the type that is computed with.
    static func multiply(_ left: View, _ right: View, into out: View, _ scratch: inout Workspace) throws(TensorError) {
        guard out.layout.count > 0 else { return }
        let type = out.dtype.computing
        let (a, b) = (try left.cast(to: type, &scratch), try right.cast(to: type, &scratch))
        var c = out
        if out.dtype != type { c = try View(like: out.layout.shape, type, &scratch) }
        multiplyMatrices(a, b, into: c)
        if out.dtype != type { c.cast(into: out) }
    }

    private static func multiplyMatrices(_ left: View, _ right: View, into out: View) {
        guard let to = out.base else { return }
        // Factors without elements are not read: any address will do.
        let (from, other) = (left.base ?? to, right.base ?? to)
        var (a, b, c) = (left.layout, right.layout, out.layout)
        joinRows(&a, &b, &c)
        let product = MatrixProduct(out.dtype, pool: .shared)
        let bytes = out.dtype.byteCount
        let layouts: InlineArray<3, Layout> = [c.withoutMatrix, a.withoutMatrix, b.withoutMatrix]
        let (first, second, result) = (
            a.matrix(at: from, bytes), b.matrix(at: other, bytes), c.matrix(at: to, bytes)
        )
        Walk.forEach(layouts.span) { count, offsets, strides in
            var (x, y) = (first, second)
            var z = MutableMatrix(
                to + offsets[0], rows: result.rows, columns: result.columns, rowStride: result.rowStride,
                columnStride: result.columnStride)
            x.base += offsets[1]
            y.base += offsets[2]
            for _ in 0..<count {
                product.multiply(x, y, into: z)
                x.base += strides[1]
                y.base += strides[2]
                z.base += strides[0]
            }
        }
    }

    /// Makes one matrix of many on the left that are multiplied by the same one, where they lie below one another.
    private static func joinRows(_ a: inout Layout, _ b: inout Layout, _ c: inout Layout) {
        while a.rank > 2 {
            let axis = a.rank - 3
            let rows = a.shape[axis + 1]
            let isShared = b.strides[axis] == 0 || a.shape[axis] == 1
            guard isShared, a.strides[axis] == rows * a.strides[axis + 1] || rows == 1 && c.shape[axis] > 0,
                c.strides[axis] == rows * c.strides[axis + 1] || rows == 1 && c.shape[axis] > 0
            else { return }
            for layout in [0, 1] {
                var joined = layout == 0 ? a : c
                joined.shape[axis + 1] *= joined.shape[axis]
                if rows == 1 { joined.strides[axis + 1] = joined.strides[axis] }
                joined.shape.remove(at: axis)
                joined.strides.remove(at: axis)
                if layout == 0 { a = joined } else { c = joined }
            }
            b.shape.remove(at: axis)
            b.strides.remove(at: axis)
        }
    }
}

extension Layout {
    /// The axes before the last two.
    fileprivate var withoutMatrix: Layout {
        Layout(shape: Axes(shape.dropLast(2)), strides: Axes(strides.dropLast(2)))
    }

    /// The last two axes, from an address on.
    fileprivate func matrix(at base: UnsafeMutableRawPointer, _ bytes: Int) -> Matrix {
        Matrix(
            UnsafeRawPointer(base), rows: shape[rank - 2], columns: shape[rank - 1],
            rowStride: strides[rank - 2] / bytes, columnStride: strides[rank - 1] / bytes)
    }
}

extension View {
    /// Scratch for an array without gaps.
    init(like shape: Axes, _ dtype: DType, _ scratch: inout Workspace) throws(TensorError) {
        let layout = Layout(contiguous: shape, elementBytes: dtype.byteCount)
        self.init(base: try scratch.bytes(layout.count * dtype.byteCount), dtype: dtype, layout: layout)
    }

    /// The same numbers as another type: itself, or scratch in which axes that repeat elements are kept so.
    func cast(to type: DType, _ scratch: inout Workspace) throws(TensorError) -> View {
        if type == dtype { return self }
        var own = self
        for axis in layout.shape.indices where layout.strides[axis] == 0 && layout.shape[axis] > 1 {
            own.layout.shape[axis] = 1
        }
        var result = try View(like: own.layout.shape, type, &scratch)
        own.cast(into: result)
        result.layout = try result.layout.broadcast(to: layout.shape)
        return result
    }

    /// Writes the numbers to an array of the same shape and any type.
    func cast(into out: View) {
        if dtype == out.dtype { return Raster.copy(self, to: out) }
        let kernel = walle_kernels_cast(walle_kernels_shared(), Int32(dtype.kernel), Int32(out.dtype.kernel))
        Elementwise.run(kernel.unsafelyUnwrapped, self, to: out, computing: dtype, result: out.dtype)
    }
}
