internal import CWalleKernels

/// A right factor packed once for many products, such as a layer's weights.
///
/// Unchecked: the memory is written only by the initialiser.
package final class PackedMatrix: @unchecked Sendable {
    package let rows: Int
    package let columns: Int
    let kernels: UnsafePointer<walle_gemm>
    private let byteCount: Int
    /// Depth of a block; each holds all its panels, one after the other.
    let depth: Int
    private let base: UnsafeMutableRawPointer

    /// Packs for products of the same type and level as `product`; float32 or float64.
    package init(_ matrix: Matrix, for product: MatrixProduct) {
        kernels = product.kernels
        byteCount = product.byteCount
        rows = matrix.rows
        columns = matrix.columns
        depth = BlockSizes(kernels, byteCount: byteCount).depth(of: rows)
        precondition(kernels.pointee.tile != nil, "only float32 and float64 are packed")
        let panels = (columns + kernels.pointee.columns - 1) / kernels.pointee.columns
        base = .allocate(
            byteCount: max(1, panels * kernels.pointee.columns * rows * byteCount), alignment: Scratch.alignmentBytes)
        for start in stride(from: 0, to: rows, by: depth) {
            kernels.pointee.pack_columns(
                columns, min(depth, rows - start), matrix.base + start * matrix.rowStride * byteCount,
                matrix.columnStride, matrix.rowStride, panel(start: start, column: 0))
        }
    }

    deinit { base.deallocate() }

    /// The panel that begins at a column, which is the first of a panel, in the block of depth that begins at `start`.
    func panel(start: Int, column: Int) -> UnsafeMutableRawPointer {
        let width = kernels.pointee.columns
        let padded = (columns + width - 1) / width * width
        return base + (start * padded + column * min(depth, rows - start)) * byteCount
    }
}
