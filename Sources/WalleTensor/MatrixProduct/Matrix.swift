/// A matrix that is read. Its memory outlives the call it is given to.
package struct Matrix {
    package var base: UnsafeRawPointer
    package var rows: Int
    package var columns: Int
    /// Elements, not bytes, from one row to the next. Any sign; 0 repeats one row.
    package var rowStride: Int
    package var columnStride: Int
    /// The conjugates of the elements are meant; for complex types only.
    package var isConjugate = false

    /// - Parameter rowStride: `columns` when nil.
    package init(
        _ base: UnsafeRawPointer, rows: Int, columns: Int, rowStride: Int? = nil, columnStride: Int = 1
    ) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride ?? columns
        self.columnStride = columnStride
    }

    package var transposed: Matrix {
        var result = self
        (result.rows, result.columns) = (columns, rows)
        (result.rowStride, result.columnStride) = (columnStride, rowStride)
        return result
    }
}

/// A matrix that is written, and read where its former values count. It does not overlap what is read, and no two of
/// its elements are the same memory.
package struct MutableMatrix {
    package var base: UnsafeMutableRawPointer
    package var rows: Int
    package var columns: Int
    package var rowStride: Int
    package var columnStride: Int

    /// - Parameter rowStride: `columns` when nil.
    package init(
        _ base: UnsafeMutableRawPointer, rows: Int, columns: Int, rowStride: Int? = nil, columnStride: Int = 1
    ) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride ?? columns
        self.columnStride = columnStride
    }

    var transposed: MutableMatrix {
        MutableMatrix(base, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
    }
}
