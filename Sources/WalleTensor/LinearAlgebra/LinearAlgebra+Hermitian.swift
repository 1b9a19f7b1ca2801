extension LinearAlgebra {
    /// The types of the eigenvalues, which are real, and eigenvectors of Hermitian matrices.
    ///
    /// - Throws: `.linearAlgebra` for matrices that are not square; `.type`.
    package static func inferHermitianEigenvalues(
        _ a: TensorType
    ) throws(TensorError) -> (values: TensorType, vectors: TensorType) {
        try a.checkMatrix(isSquare: true)
        return (a.with(a.rows, dtype: a.dtype.real), a)
    }

    /// Eigenvalues of Hermitian matrices, ascending, and eigenvectors of length 1 as columns.
    ///
    /// One triangle of a matrix is looked at, and the real parts of the diagonal. NaN or infinity there makes results NaN.
    ///
    /// - Parameter vectors: nil when they are not wanted.
    /// - Throws: `.linearAlgebra` when an iteration does not converge; `.memory`.
    package static func hermitianEigenvalues(
        _ a: View, isUpper: Bool = false, values: View, vectors: View?
    ) throws(TensorError) {
        if a.dtype.kind == .complex {
            try hermitian(Complex.self, a, isUpper, values, vectors)
        } else {
            try hermitian(Double.self, a, isUpper, values, vectors)
        }
    }

    private static func hermitian<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ isUpper: Bool, _ values: View, _ vectors: View?
    ) throws(TensorError) {
        let count = a.type.rows
        var workspace = Workspace()
        let eigen = try HermitianEigenvalues<Scalar>(count, wantsVectors: vectors != nil, &workspace)
        var operands: [(View, MatrixBatch.Core)] = [(values, .vector), (a, .matrix)]
        if let vectors { operands.append((vectors, .matrix)) }
        var hasFailed = false
        MatrixBatch(operands).forEach { place in
            guard eigen.decompose(place[1], isUpper: isUpper) else {
                hasFailed = true
                return
            }
            place[0].store(Block(base: eigen.values, rows: count, columns: 1, stride: 1))
            if vectors != nil { place[2].store(eigen.vectors) }
        }
        if hasFailed { throw noEigenvalues }
    }
}
