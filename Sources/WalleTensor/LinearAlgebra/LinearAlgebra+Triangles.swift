extension LinearAlgebra {
    /// The type of `cholesky`'s result: that of the matrices.
    ///
    /// - Throws: `.linearAlgebra` for matrices that are not square; `.type`.
    package static func inferCholesky(_ a: TensorType) throws(TensorError) -> TensorType {
        try a.checkMatrix(isSquare: true)
        return a
    }

    /// Triangular factors of positive definite Hermitian matrices: the lower one, L of `L · Lᴴ`, which reads the lower
    /// triangle of a matrix only, or the upper one, U of `Uᴴ · U`, which reads the upper. The other triangle becomes 0.
    ///
    /// - Throws: `.linearAlgebra` when a matrix is not positive definite, after all others were computed; `.memory`.
    package static func cholesky(_ a: View, isUpper: Bool = false, into factor: View) throws(TensorError) {
        if a.dtype.kind == .complex {
            try cholesky(Complex.self, a, isUpper, into: factor)
        } else {
            try cholesky(Double.self, a, isUpper, into: factor)
        }
    }

    private static func cholesky<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ isUpper: Bool, into factor: View
    ) throws(TensorError) {
        let count = a.type.rows
        var workspace = Workspace()
        let block: Block<Scalar> = try workspace.block(count, count)
        var isIndefinite = false
        MatrixBatch([(factor, .matrix), (a, .matrix)]).forEach { place in
            // The upper triangle of the adjoint is the lower one of the matrix.
            (isUpper ? place[1] : place[1].transposed).load(into: block)
            if !isUpper && Scalar.isComplex { block.conjugate() }
            guard Cholesky.factorize(block) else {
                isIndefinite = true
                return
            }
            for row in 1..<max(count, 1) { block.row(row).update(repeating: .zero, count: row) }
            if !isUpper && Scalar.isComplex { block.conjugate() }
            (isUpper ? place[0] : place[0].transposed).store(block)
        }
        if isIndefinite { throw notPositiveDefinite }
    }

    /// Which matrix a triangle stands for.
    package enum Transposition: Sendable, Hashable, CaseIterable {
        case none, transposed, adjoint
    }

    /// The type of `solveTriangle`'s result: as of `solve`.
    package static func inferSolveTriangle(_ a: TensorType, _ b: TensorType) throws(TensorError) -> TensorType {
        try inferSolve(a, b)
    }

    /// `x` of `a · x = b`, or with the transposed matrix or adjoint, for triangular matrices, whose other triangle is not
    /// looked at.
    ///
    /// - Parameter isUnit: The diagonal is taken as 1.
    /// - Throws: `.linearAlgebra` when there is a 0 on the diagonal, after all others were computed; `.memory`.
    package static func solveTriangle(
        _ a: View, _ b: View, isUpper: Bool, isUnit: Bool = false, transposition: Transposition = .none, into x: View
    ) throws(TensorError) {
        if x.dtype.kind == .complex {
            try solveTriangle(Complex.self, a, b, isUpper, isUnit, transposition, into: x)
        } else {
            try solveTriangle(Double.self, a, b, isUpper, isUnit, transposition, into: x)
        }
    }

    private static func solveTriangle<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ b: View, _ isUpper: Bool, _ isUnit: Bool, _ transposition: Transposition,
        into x: View
    ) throws(TensorError) {
        let core: MatrixBatch.Core = b.layout.rank == 1 ? .vector : .matrix
        let count = a.type.rows
        var workspace = Workspace()
        let block: Block<Scalar> = try workspace.block(count, count)
        let right: Block<Scalar> = try workspace.block(count, core == .vector ? 1 : b.type.columns)
        var triangle = Triangle(block, isUpper: isUpper, isUnit: isUnit)
        if transposition != .none { triangle = triangle.adjoint }
        if transposition == .transposed { triangle.isConjugate = false }
        var isSingular = false
        MatrixBatch([(x, core), (a, .matrix), (b, core)]).forEach { place in
            place[1].load(into: block)
            if !isUnit && (0..<count).contains(where: { block[$0, $0].size == 0 }) {
                isSingular = true
                return
            }
            place[2].load(into: right)
            triangle.solve(right)
            place[0].store(right)
        }
        if isSingular { throw singular }
    }
}
