internal import CWalleKernels

/// Products of complex matrices as real ones.
///
/// In memory, a row of A is `re, im, re, im, …`. Multiplied by a real matrix that has two rows for each row `b` of B,
/// the parts of `b` and those of `i · b`, it gives the parts of the row of C: A and C are used where they lie, and only B
/// is written anew, at twice its size. That needs as many multiplications as the definition.
extension MatrixProduct {
    /// Complex elements of B that are written anew at a time: with twice their size, they stay in the third cache.
    private static let (depthBlock, columnBlock) = (256, 256)
    /// Rows of A that are copied at a time where its rows are not contiguous.
    private static let rowBlock = 512
    /// Below as many rows, B is read as often as it would be to write it anew.
    private static let fewRows = 3

    func multiplyComplex(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) {
        if a.columns == 0 || alpha == 0 { return scaleComplex(c) }
        let isTransposed = c.columnStride != 1 && c.rowStride == 1
        if c.columns <= Self.fewRows && c.rows > c.columns || isTransposed && c.rows > Self.fewRows {
            return multiplyRows(b.transposed, a.transposed, into: c.transposed)
        }
        multiplyRows(a, b, into: c)
    }

    private func multiplyRows(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) {
        if c.rows <= Self.fewRows {
            if type == .complex128 {
                multiplyFewRows(Double.self, a, b, into: c)
            } else {
                multiplyFewRows(Float.self, a, b, into: c)
            }
        } else if type == .complex128 {
            multiplyParts(Double.self, a, b, into: c)
        } else {
            multiplyParts(Float.self, a, b, into: c)
        }
    }

    private func scaleComplex(_ c: MutableMatrix) {
        if type == .complex128 { scale(Double.self, c) } else { scale(Float.self, c) }
    }

    @inline(__always)
    private func scale<Part: BinaryFloatingPoint>(_: Part.Type, _ c: MutableMatrix) {
        let (to, scale) = (c.base.assumingMemoryBound(to: Part.self), Part(beta))
        for row in 0..<c.rows {
            for column in 0..<c.columns {
                let at = to + 2 * (row * c.rowStride + column * c.columnStride)
                at[0] = beta == 0 ? 0 : scale * at[0]
                at[1] = beta == 0 ? 0 : scale * at[1]
            }
        }
    }

    // MARK: as real matrices

    private func multiplyParts<Part: BinaryFloatingPoint>(
        _: Part.Type, _ a: Matrix, _ b: Matrix, into c: MutableMatrix
    ) {
        let depths = min(a.columns, Self.depthBlock)
        let columns = min(c.columns, Self.columnBlock)
        let isCopied = a.columnStride != 1
        let rows = isCopied || c.columnStride != 1 ? min(c.rows, Self.rowBlock) : c.rows
        let counts = [
            4 * depths * columns, isCopied ? 2 * rows * depths : 0, c.columnStride != 1 ? 2 * rows * columns : 0,
        ]
        withUnsafeTemporaryAllocation(of: Part.self, capacity: counts[0] + counts[1] + counts[2]) { scratch in
            let base = scratch.baseAddress.unsafelyUnwrapped
            let parts = (wide: base, left: base + counts[0], result: base + counts[0] + counts[1])
            for depth in stride(from: 0, to: a.columns, by: depths) {
                let depth = depth..<min(depth + depths, a.columns)
                for column in stride(from: 0, to: c.columns, by: columns) {
                    let column = column..<min(column + columns, c.columns)
                    widen(b, depth, column, negating: a.isConjugate, into: parts.wide)
                    for row in stride(from: 0, to: c.rows, by: rows) {
                        let row = row..<min(row + rows, c.rows)
                        let right = Matrix(parts.wide, rows: 2 * depth.count, columns: 2 * column.count)
                        let left = leftParts(a, row, depth, copy: isCopied ? parts.left : nil)
                        multiplyBlock(left, right, into: c, row, column, isFirst: depth.lowerBound == 0, parts.result)
                    }
                }
            }
        }
    }

    /// Two rows for each row of B: it and its product with `i`, or `-i`.
    @inline(__always)
    private func widen<Part: BinaryFloatingPoint>(
        _ b: Matrix, _ depth: Range<Int>, _ columns: Range<Int>, negating: Bool, into out: UnsafeMutablePointer<Part>
    ) {
        let from = b.base.assumingMemoryBound(to: Part.self)
        let (sign, turn): (Part, Part) = (b.isConjugate ? -1 : 1, negating ? -1 : 1)
        var to = out
        for row in depth {
            var at = from + 2 * (row * b.rowStride + columns.lowerBound * b.columnStride)
            let next = to + 2 * columns.count
            for column in 0..<columns.count {
                let (re, im) = (at[0], sign * at[1])
                to[2 * column] = re
                to[2 * column + 1] = im
                next[2 * column] = -turn * im
                next[2 * column + 1] = turn * re
                at += 2 * b.columnStride
            }
            to = next + 2 * columns.count
        }
    }

    /// Rows of A as real numbers, copied if they are not contiguous.
    @inline(__always)
    private func leftParts<Part: BinaryFloatingPoint>(
        _ a: Matrix, _ rows: Range<Int>, _ depth: Range<Int>, copy: UnsafeMutablePointer<Part>?
    ) -> Matrix {
        let from = a.base.assumingMemoryBound(to: Part.self)
        let start = from + 2 * (rows.lowerBound * a.rowStride + depth.lowerBound * a.columnStride)
        guard let copy else {
            return Matrix(start, rows: rows.count, columns: 2 * depth.count, rowStride: 2 * a.rowStride)
        }
        // The inner loop follows the shorter stride.
        if abs(a.rowStride) < abs(a.columnStride) {
            for column in 0..<depth.count {
                let (at, to) = (start + 2 * column * a.columnStride, copy + 2 * column)
                for row in 0..<rows.count {
                    to[2 * row * depth.count] = at[2 * row * a.rowStride]
                    to[2 * row * depth.count + 1] = at[2 * row * a.rowStride + 1]
                }
            }
        } else {
            for row in 0..<rows.count {
                let (at, to) = (start + 2 * row * a.rowStride, copy + 2 * row * depth.count)
                for column in 0..<depth.count {
                    to[2 * column] = at[2 * column * a.columnStride]
                    to[2 * column + 1] = at[2 * column * a.columnStride + 1]
                }
            }
        }
        return Matrix(copy, rows: rows.count, columns: 2 * depth.count)
    }

    /// Adds to a part of C, by way of `spare` where its rows are not contiguous.
    @inline(__always)
    private func multiplyBlock<Part: BinaryFloatingPoint>(
        _ left: Matrix, _ right: Matrix, into c: MutableMatrix, _ rows: Range<Int>, _ columns: Range<Int>,
        isFirst: Bool, _ spare: UnsafeMutablePointer<Part>
    ) {
        let to = c.base.assumingMemoryBound(to: Part.self)
        let start = to + 2 * (rows.lowerBound * c.rowStride + columns.lowerBound * c.columnStride)
        let beta = isFirst ? self.beta : 1
        let isDirect = c.columnStride == 1
        let target = MutableMatrix(
            isDirect ? start : spare, rows: rows.count, columns: right.columns,
            rowStride: isDirect ? 2 * c.rowStride : right.columns)
        MatrixProduct(
            type.real, kernels: level, alpha: alpha, beta: isDirect ? beta : 0, epilogue: nil, pool: pool
        ).multiply(left, right, into: target)
        if isDirect { return }
        for row in 0..<rows.count {
            for column in 0..<columns.count {
                let at = start + 2 * (row * c.rowStride + column * c.columnStride)
                let from = spare + row * right.columns + 2 * column
                at[0] = beta == 0 ? from[0] : from[0] + Part(beta) * at[0]
                at[1] = beta == 0 ? from[1] : from[1] + Part(beta) * at[1]
            }
        }
    }

    // MARK: few rows

    /// A row of C at a time, by sums or products of rows of B.
    private func multiplyFewRows<Part: BinaryFloatingPoint>(
        _: Part.Type, _ a: Matrix, _ b: Matrix, into c: MutableMatrix
    ) {
        guard b.columnStride == 1 || b.rowStride == 1 else { return multiplyParts(Part.self, a, b, into: c) }
        let rows = walle_linear_of(level, walle_dtype(UInt32(type.rawValue))).unsafelyUnwrapped
        withUnsafeTemporaryAllocation(of: Part.self, capacity: 2 * (a.columns + c.columns)) { scratch in
            let x = scratch.baseAddress.unsafelyUnwrapped
            let y = x + 2 * a.columns
            for row in 0..<c.rows {
                scaleRow(a, row, into: x)
                if b.columnStride == 1 && (b.rowStride != 1 || c.columns >= a.columns) {
                    y.update(repeating: 0, count: 2 * c.columns)
                    rows.pointee.sums(b.rows, b.columns, x, 1, b.base, b.rowStride, b.isConjugate, y)
                } else {
                    rows.pointee.dots(b.columns, b.rows, b.base, b.columnStride, b.isConjugate, x, y, 1)
                }
                let to = c.base.assumingMemoryBound(to: Part.self) + 2 * row * c.rowStride
                for column in 0..<c.columns {
                    let (at, from) = (to + 2 * column * c.columnStride, y + 2 * column)
                    at[0] = beta == 0 ? from[0] : from[0] + Part(beta) * at[0]
                    at[1] = beta == 0 ? from[1] : from[1] + Part(beta) * at[1]
                }
            }
        }
    }

    @inline(__always)
    private func scaleRow<Part: BinaryFloatingPoint>(_ a: Matrix, _ row: Int, into x: UnsafeMutablePointer<Part>) {
        let from = a.base.assumingMemoryBound(to: Part.self) + 2 * row * a.rowStride
        let (re, im) = (Part(alpha), a.isConjugate ? -Part(alpha) : Part(alpha))
        for column in 0..<a.columns {
            x[2 * column] = re * from[2 * column * a.columnStride]
            x[2 * column + 1] = im * from[2 * column * a.columnStride + 1]
        }
    }
}
