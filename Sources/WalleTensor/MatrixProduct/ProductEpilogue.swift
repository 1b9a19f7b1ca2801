internal import CWalleKernels

/// What happens to each element of a product while it is still in a cache:
/// `min(max(c + rowBias[row] + columnBias[column], minimum), maximum)`. NaN stays NaN.
///
/// `minimum: 0` is ReLU, `minimum: 0, maximum: 6` is ReLU6.
package struct ProductEpilogue {
    /// One contiguous element for each row.
    package var rowBias: UnsafeRawPointer?
    package var columnBias: UnsafeRawPointer?
    package var minimum: Double
    package var maximum: Double

    package init(
        rowBias: UnsafeRawPointer? = nil, columnBias: UnsafeRawPointer? = nil, minimum: Double = -.infinity,
        maximum: Double = .infinity
    ) {
        self.rowBias = rowBias
        self.columnBias = columnBias
        self.minimum = minimum
        self.maximum = maximum
    }

    var transposed: ProductEpilogue {
        ProductEpilogue(rowBias: columnBias, columnBias: rowBias, minimum: minimum, maximum: maximum)
    }

    func kernel(fromRow row: Int, column: Int, byteCount: Int) -> walle_gemm_epilogue {
        walle_gemm_epilogue(
            row_bias: rowBias.map { $0 + row * byteCount }, column_bias: columnBias.map { $0 + column * byteCount },
            minimum: minimum, maximum: maximum)
    }
}
