internal import CWalleKernels

extension MatrixProduct {
    /// The scalar product of each row of A with the same row of B, whose elements lie one after the other.
    ///
    /// - Parameters:
    ///   - a: Of `float32` or `float64`, with a column stride of 1, as `b`; both of one shape.
    ///   - out: As many elements as A has rows, `stride` elements apart.
    package func dotRows(_ a: Matrix, _ b: Matrix, into out: UnsafeMutableRawPointer, stride: Int) {
        precondition(a.columnStride == 1 && b.columnStride == 1 && a.rows == b.rows && a.columns == b.columns)
        guard let dots = kernels.pointee.dots else { preconditionFailure("no products of \(type)") }
        var (x, y, to) = (a.base, b.base, out)
        for _ in 0..<a.rows {
            dots(1, a.columns, y, 0, x, to, 1, alpha, beta)
            x += a.rowStride * byteCount
            y += b.rowStride * byteCount
            to += stride * byteCount
        }
    }
}
