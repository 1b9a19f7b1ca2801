extension LinearAlgebra {
    /// The types of U, of the singular values, which are real, and of Vᴴ.
    ///
    /// - Parameter isFull: U and Vᴴ are square; else they have as many columns, or rows, as there are values.
    /// - Throws: `.linearAlgebra` when there are no matrices; `.type`.
    package static func inferSingularValues(
        _ a: TensorType, isFull: Bool
    ) throws(TensorError) -> (u: TensorType, values: TensorType, vh: TensorType) {
        try a.checkMatrix()
        let short = min(a.rows, a.columns)
        return (
            a.with(a.rows, isFull ? a.rows : short), a.with(short, dtype: a.dtype.real),
            a.with(isFull ? a.columns : short, a.columns)
        )
    }

    /// `a = u · diag(values) · vh`, values descending.
    ///
    /// - Parameter vectors: U and Vᴴ, full if U and Vᴴ are square; nil when they are not wanted.
    /// - Throws: `.linearAlgebra` for NaN or infinity, or when an iteration does not converge; `.memory`.
    package static func singularValues(
        _ a: View, isFull: Bool, values: View, vectors: (u: View, vh: View)?
    ) throws(TensorError) {
        if a.dtype.kind == .complex {
            try singularValues(Complex.self, a, isFull, values, vectors)
        } else {
            try singularValues(Double.self, a, isFull, values, vectors)
        }
    }

    private static func singularValues<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ isFull: Bool, _ values: View, _ vectors: (u: View, vh: View)?
    ) throws(TensorError) {
        let (rows, columns) = (a.type.rows, a.type.columns)
        var workspace = Workspace()
        let svd = try SingularValues<Scalar>(
            rows: rows, columns: columns, vectors: vectors == nil ? .none : isFull ? .full : .reduced, &workspace)
        var operands: [(View, MatrixBatch.Core)] = [(values, .vector), (a, .matrix)]
        if let vectors { operands += [(vectors.u, .matrix), (vectors.vh, .matrix)] }
        var hasFailed = false
        MatrixBatch(operands).forEach { place in
            guard svd.decompose(place[1]) else {
                hasFailed = true
                return
            }
            place[0].store(Block(base: svd.values, rows: min(rows, columns), columns: 1, stride: 1))
            guard vectors != nil else { return }
            place[2].store(svd.u)
            if Scalar.isComplex { svd.v.conjugate() }
            place[3].transposed.store(svd.v)
        }
        if hasFailed { throw noSingularValues }
    }

    /// The types of `leastSquares`'s results: solutions, sums of squares of residuals, and singular values.
    ///
    /// - Throws: `.linearAlgebra` unless `a` is one matrix, `b` one matrix or vector, and both have as many rows; `.type`.
    package static func inferLeastSquares(
        _ a: TensorType, _ b: TensorType
    ) throws(TensorError) -> (x: TensorType, residuals: TensorType, values: TensorType) {
        try a.checkType()
        try b.checkType()
        for rank in [a.shape.count, b.shape.count == 1 ? 2 : b.shape.count] where rank != 2 {
            throw TensorError(.linearAlgebra, "\(rank)-dimensional array given. Array must be two-dimensional")
        }
        guard b.shape[0] == a.rows else { throw TensorError(.linearAlgebra, "Incompatible dimensions") }
        let type = DType.promoted(a.dtype, b.dtype)
        let right = Array(b.shape.dropFirst())
        return (
            TensorType(type, Axes([a.columns] + right)), TensorType(type.real, Axes(right.isEmpty ? [1] : right)),
            TensorType(type.real, [min(a.rows, a.columns)])
        )
    }

    /// The shortest `x` for which `‖a · x - b‖` is least.
    ///
    /// - Parameters:
    ///   - cutoff: singular values up to this part of the largest count as 0; nil for a rounding of float64 times the
    ///     longer side of `a`, as NumPy's default; negative for a rounding.
    ///   - residuals: becomes `‖a · x - b‖²` of each column of `b`. NumPy shows it only where the rank is full and `a` has more
    ///     rows than columns.
    /// - Returns: the rank of `a`.
    /// - Throws: `.linearAlgebra` for NaN or infinity, or when the iteration does not converge; `.memory`.
    package static func leastSquares(
        _ a: View, _ b: View, cutoff: Double? = nil, x: View, residuals: View, values: View
    ) throws(TensorError) -> Int {
        x.dtype.kind == .complex
            ? try leastSquares(Complex.self, a, b, cutoff, x, residuals, values)
            : try leastSquares(Double.self, a, b, cutoff, x, residuals, values)
    }

    private static func leastSquares<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ b: View, _ cutoff: Double?, _ x: View, _ residuals: View, _ values: View
    ) throws(TensorError) -> Int {
        let (rows, columns) = (a.type.rows, a.type.columns)
        let core: MatrixBatch.Core = b.layout.rank == 1 ? .vector : .matrix
        let width = core == .vector ? 1 : b.type.columns
        let short = min(rows, columns)
        var workspace = Workspace()
        let svd = try SingularValues<Scalar>(rows: rows, columns: columns, vectors: .reduced, &workspace)
        let (matrix, right): (Block<Scalar>, Block<Scalar>) = (
            try workspace.block(rows, columns), try workspace.block(rows, width)
        )
        let (middle, solution): (Block<Scalar>, Block<Scalar>) = (
            try workspace.block(short, width), try workspace.block(columns, width)
        )
        let squares: Block<Double> = try workspace.block(width, 1)
        var (hasFailed, rank) = (false, 0)
        let operands: [(View, MatrixBatch.Core)] = [
            (x, core), (a, .matrix), (b, core), (residuals, .vector), (values, .vector),
        ]
        MatrixBatch(operands).forEach { place in
            place[2].load(into: right)
            guard svd.decompose(place[1]), right.isFinite else {
                hasFailed = true
                return
            }
            let part = cutoff.map { $0 < 0 ? 0x1p-52 : $0 } ?? 0x1p-52 * Double(max(rows, columns))
            let limit = part * (short > 0 ? svd.values[0] : 0)
            rank = (0..<short).count { svd.values[$0] > limit }
            var left = svd.u.factor.transposed
            left.isConjugate = Scalar.isComplex
            middle.multiply(left, right.factor)
            for row in 0..<short {
                for column in 0..<width {
                    let value = middle[row, column]
                    middle[row, column] =
                        row < rank ? Scalar(value.re / svd.values[row], value.im / svd.values[row]) : .zero
                }
            }
            solution.multiply(svd.v.factor, middle.factor)
            place[1].load(into: matrix)
            right.multiply(matrix.factor, solution.factor, alpha: -1, beta: 1)
            squares.fill(0)
            for row in 0..<rows {
                for column in 0..<width { squares[column, 0] += right[row, column].squaredMagnitude }
            }
            place[0].store(solution)
            place[3].store(squares)
            place[4].store(Block(base: svd.values, rows: short, columns: 1, stride: 1))
        }
        if hasFailed { throw noLeastSquares }
        return rank
    }
}

extension Block {
    var isFinite: Bool {
        for row in 0..<rows {
            for column in 0..<columns where !self[row, column].size.isFinite { return false }
        }
        return true
    }
}
