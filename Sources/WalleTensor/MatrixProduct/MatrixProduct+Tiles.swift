internal import CWalleKernels

/// A factor cut into the panels that tiles take: rows of A, or columns of B.
struct Panels {
    var base: UnsafeRawPointer
    /// Elements from one row of A (column of B) of a panel to the next, and from one step of depth to the next.
    var across: Int
    var along: Int
    /// From one panel to the next.
    var stepBytes: Int
    var isPacked: Bool

    /// Where they are; `matrix` has what is cut as its rows.
    @inline(__always) init(direct matrix: Matrix, tile: Int, byteCount: Int) {
        base = matrix.base
        across = matrix.rowStride
        along = matrix.columnStride
        stepBytes = tile * matrix.rowStride * byteCount
        isPacked = false
    }

    @inline(__always) init(packed base: UnsafeRawPointer, tile: Int, depth: Int, byteCount: Int) {
        self.base = base
        across = 1
        along = tile
        stepBytes = tile * depth * byteCount
        isPacked = true
    }
}

/// Where a part of C begins, and which part of the depth goes into it.
struct ProductBlock {
    var row: Int
    var column: Int
    /// C holds its former value, scaled by `beta` with the first part; the last part is followed by the epilogue.
    var isFirst: Bool
    var isLast: Bool

    static let whole = ProductBlock(row: 0, column: 0, isFirst: true, isLast: true)
}

extension MatrixProduct {
    /// Adds the product of panels to a part of C.
    ///
    /// - Parameter spare: memory for one tile, needed unless C's rows are contiguous.
    @inline(__always)
    func multiplyTiles(
        _ a: Panels, _ b: Panels, depth: Int, into c: MutableMatrix, block: ProductBlock,
        spare: UnsafeMutableRawPointer?
    ) {
        let tileRows = kernels.pointee.rows
        let tileColumns = kernels.pointee.columns
        let isPacked = a.isPacked && b.isPacked && spare == nil
        var tile = walle_gemm_tile(
            depth: depth, a: a.base, a_row: a.across, a_column: a.along, b: b.base, b_row: b.along, c: c.base,
            c_row: c.rowStride, alpha: alpha, beta: block.isFirst ? beta : 1)
        var bPanel = b.base
        var column = 0
        while column < c.columns {
            if Interruption.isAsked { return }
            let columns = min(tileColumns, c.columns - column)
            var row = 0
            tile.a = a.base
            tile.b = bPanel
            while row < c.rows {
                let rows = min(tileRows, c.rows - row)
                let target = c.base + (row * c.rowStride + column * c.columnStride) * byteCount
                tile.c = target
                if isPacked, rows == tileRows, columns == tileColumns {
                    kernels.pointee.packed_tile(&tile)
                } else if let spare {
                    scatter(&tile, rows: rows, columns: columns, spare: spare, into: c)
                } else {
                    kernels.pointee.tile(rows, columns, &tile)
                }
                if block.isLast, epilogue != nil {
                    let part = MutableMatrix(
                        target, rows: rows, columns: columns, rowStride: c.rowStride, columnStride: c.columnStride)
                    finish(part, row: block.row + row, column: block.column + column)
                }
                tile.a += a.stepBytes
                row += tileRows
            }
            bPanel += b.stepBytes
            column += tileColumns
        }
    }

    /// A tile into a C whose rows are not contiguous.
    private func scatter(
        _ tile: inout walle_gemm_tile, rows: Int, columns: Int, spare: UnsafeMutableRawPointer, into c: MutableMatrix
    ) {
        var apart = tile
        apart.c = spare
        apart.c_row = kernels.pointee.columns
        apart.beta = 0
        kernels.pointee.tile(rows, columns, &apart)
        kernels.pointee.merge(
            rows, columns, spare, kernels.pointee.columns, tile.c, c.rowStride, c.columnStride, tile.beta)
    }
}
