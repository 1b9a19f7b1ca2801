extension LinearAlgebra {
    /// The type of `solve`'s result.
    ///
    /// - Throws: `.linearAlgebra` for matrices that are not square; `.value` when the right side does not fit; `.type`.
    package static func inferSolve(_ a: TensorType, _ b: TensorType) throws(TensorError) -> TensorType {
        try a.checkMatrix(isSquare: true)
        try b.checkType()
        let type = DType.promoted(a.dtype, b.dtype)
        guard b.shape.count > 0 else {
            throw TensorError(
                .value, "solve: Input operand 1 does not have enough dimensions (has 0, requires at least 1)")
        }
        let isVector = b.shape.count == 1
        let rows = isVector ? b.shape[0] : b.rows
        guard rows == a.rows else {
            let signature = isVector ? "(m,m),(m)->(m)" : "(m,m),(m,n)->(m,n)"
            throw TensorError(
                .value,
                "\(isVector ? "solve1" : "solve"): Input operand 1 has a mismatch in its core dimension 0, with "
                    + "gufunc signature \(signature) (size \(rows) is different from \(a.rows))")
        }
        if isVector { return TensorType(type, Axes(a.shape.dropLast(1))) }
        let batch = try Layout.broadcast(a.batch, b.batch)
        return TensorType(type, Axes(Array(batch) + [rows, b.columns]))
    }

    /// `x` of `a · x = b` for square matrices; `b` is a vector when it has one axis, else matrices.
    ///
    /// - Throws: `.linearAlgebra` when a matrix is singular, after all others were computed; `.memory`.
    package static func solve(_ a: View, _ b: View, into x: View) throws(TensorError) {
        if x.dtype.kind == .complex {
            try solve(Complex.self, a, b, into: x)
        } else {
            try solve(Double.self, a, b, into: x)
        }
    }

    private static func solve<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ b: View, into x: View
    ) throws(TensorError) {
        let core: MatrixBatch.Core = b.layout.rank == 1 ? .vector : .matrix
        var workspace = Workspace()
        let lu = try LU<Scalar>(a.type.rows, &workspace)
        let right: Block<Scalar> = try workspace.block(a.type.rows, core == .vector ? 1 : b.type.columns)
        var isSingular = false
        MatrixBatch([(x, core), (a, .matrix), (b, core)]).forEach { place in
            place[1].load(into: lu.factors)
            guard lu.factorize() else {
                isSingular = true
                return
            }
            place[2].load(into: right)
            lu.solve(right)
            place[0].store(right)
        }
        if isSingular { throw singular }
    }

    /// The type of `inverse`'s result: that of the matrices.
    ///
    /// - Throws: `.linearAlgebra` for matrices that are not square; `.type`.
    package static func inferInverse(_ a: TensorType) throws(TensorError) -> TensorType {
        try a.checkMatrix(isSquare: true)
        return a
    }

    /// Inverses of square matrices.
    ///
    /// - Throws: `.linearAlgebra` when a matrix is singular, after all others were computed; `.memory`.
    package static func inverse(_ a: View, into inverse: View) throws(TensorError) {
        if a.dtype.kind == .complex {
            try invert(Complex.self, a, into: inverse)
        } else {
            try invert(Double.self, a, into: inverse)
        }
    }

    private static func invert<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, into inverse: View
    ) throws(TensorError) {
        let count = a.type.rows
        var workspace = Workspace()
        let lu = try LU<Scalar>(count, &workspace)
        let (result, ordered): (Block<Scalar>, Block<Scalar>) = (
            try workspace.block(count, count), try workspace.block(count, count)
        )
        let order: UnsafeMutablePointer<Int> = try workspace.array(count)
        var isSingular = false
        MatrixBatch([(inverse, .matrix), (a, .matrix)]).forEach { place in
            place[1].load(into: lu.factors)
            guard lu.factorize() else {
                isSingular = true
                return
            }
            lu.invert(into: result, order: order)
            for row in 0..<count {
                let (from, to) = (result.row(row), ordered.row(row))
                for column in 0..<count { to[order[column]] = from[column] }
            }
            place[0].store(ordered)
        }
        if isSingular { throw singular }
    }

    /// The types of the results of `determinant` and `logarithmicDeterminant`: those of the signs, then of the logarithms.
    ///
    /// - Throws: `.linearAlgebra` for matrices that are not square; `.type`.
    package static func inferDeterminant(
        _ a: TensorType
    ) throws(TensorError) -> (determinant: TensorType, logarithm: TensorType) {
        try a.checkMatrix(isSquare: true)
        return (a.with(), a.with(dtype: a.dtype.real))
    }

    /// Determinants of square matrices; 1 of empty ones.
    ///
    /// - Throws: `.memory`
    package static func determinant(_ a: View, into determinant: View) throws(TensorError) {
        if a.dtype.kind == .complex {
            try determine(Complex.self, a, determinant, nil)
        } else {
            try determine(Double.self, a, determinant, nil)
        }
    }

    /// Determinants as numbers of absolute value 1, or 0, and natural logarithms of their absolute values.
    ///
    /// - Throws: `.memory`
    package static func logarithmicDeterminant(
        _ a: View, sign: View, logarithm: View
    ) throws(TensorError) {
        if a.dtype.kind == .complex {
            try determine(Complex.self, a, sign, logarithm)
        } else {
            try determine(Double.self, a, sign, logarithm)
        }
    }

    private static func determine<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ result: View, _ logarithm: View?
    ) throws(TensorError) {
        var workspace = Workspace()
        let lu = try LU<Scalar>(a.type.rows, &workspace)
        let batch = MatrixBatch(
            [(result, .number), (a, .matrix)] + (logarithm.map { [($0, MatrixBatch.Core.number)] } ?? []))
        batch.forEach { place in
            place[1].load(into: lu.factors)
            _ = lu.factorize()
            if logarithm == nil {
                let value = lu.determinant()
                return place[0].store(Complex(value.re, value.im))
            }
            let value = lu.logarithmicDeterminant()
            place[0].store(Complex(value.sign.re, value.sign.im))
            place[2].store(Complex(value.logarithm, 0))
        }
    }
}
