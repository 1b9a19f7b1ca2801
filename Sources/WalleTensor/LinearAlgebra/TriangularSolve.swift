internal import CWalleKernels

/// A square triangular matrix that is divided by.
struct Triangle<Scalar: LinearScalar> {
    var base: UnsafePointer<Scalar>
    var count: Int
    /// Elements.
    var rowStride: Int
    var columnStride: Int
    var isUpper: Bool
    /// The diagonal is 1, and not read.
    var isUnit = false
    var isConjugate = false

    /// The triangle of a square block.
    init(_ block: Block<Scalar>, isUpper: Bool, isUnit: Bool = false) {
        base = UnsafePointer(block.base)
        count = block.rows
        rowStride = block.stride
        columnStride = 1
        self.isUpper = isUpper
        self.isUnit = isUnit
    }

    /// With rows and columns exchanged, of conjugates.
    var adjoint: Triangle {
        var result = self
        (result.rowStride, result.columnStride) = (columnStride, rowStride)
        result.isUpper.toggle()
        result.isConjugate.toggle()
        return result
    }

    /// Up to this size the kernel alone is faster than products of halves.
    private static var smallest: Int { 24 }

    /// `b = self⁻¹ · b`. The triangle is halved until it is small: all but that is products of matrices.
    func solve(_ b: Block<Scalar>) {
        if count <= Self.smallest {
            var triangle = walle_triangle(
                count: count, elements: base, row: rowStride, column: columnStride, is_upper: isUpper,
                is_unit: isUnit, is_conjugate: isConjugate)
            return Scalar.kernels.pointee.solve(&triangle, b.columns, b.base, b.stride)
        }
        if Interruption.isAsked { return }
        let half = max(Self.smallest, (count / 2 + 7) / 8 * 8)
        let (head, tail) = (0..<half, half..<count)
        let (first, last) = (b.rows(head), b.rows(tail))
        if isUpper {
            part(tail).solve(last)
            first.multiply(rectangle(head, tail), last.factor, alpha: -1, beta: 1)
            part(head).solve(first)
        } else {
            part(head).solve(first)
            last.multiply(rectangle(tail, head), first.factor, alpha: -1, beta: 1)
            part(tail).solve(last)
        }
    }

    /// The inverse of a lower triangle in `b`, whose elements above the diagonal become 0.
    func invertLower(into b: Block<Scalar>) {
        if count <= Self.smallest {
            b.fillIdentity()
            return solve(b)
        }
        let half = (count / 2 + 7) / 8 * 8
        let (head, tail) = (0..<half, half..<count)
        let first = b.part(rows: head, columns: head)
        part(head).invertLower(into: first)
        b.part(rows: head, columns: tail).fill(.zero)
        let corner = b.part(rows: tail, columns: head)
        corner.multiply(rectangle(tail, head), first.factor, alpha: -1)
        part(tail).solve(corner)
        part(tail).invertLower(into: b.part(rows: tail, columns: tail))
    }

    private func part(_ range: Range<Int>) -> Triangle {
        var result = self
        result.base += range.lowerBound * (rowStride + columnStride)
        result.count = range.count
        return result
    }

    private func rectangle(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix {
        var matrix = Matrix(
            base + rows.lowerBound * rowStride + columns.lowerBound * columnStride, rows: rows.count,
            columns: columns.count, rowStride: rowStride, columnStride: columnStride)
        matrix.isConjugate = isConjugate
        return matrix
    }
}
