internal import WalleMemory

/// See `LinearAlgebra` for what is computed, and thrown.
extension Tensor {
    /// `x` of `self · x = b`.
    package func solving(_ b: Tensor) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try LinearAlgebra.inferSolve(type, b.type))
        try LinearAlgebra.solve(view, b.view, into: result.view)
        withExtendedLifetime((self, b)) {}
        return result
    }

    package func solvingTriangle(
        _ b: Tensor, isUpper: Bool, isUnit: Bool = false, transposition: LinearAlgebra.Transposition = .none
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try LinearAlgebra.inferSolveTriangle(type, b.type))
        try LinearAlgebra.solveTriangle(
            view, b.view, isUpper: isUpper, isUnit: isUnit, transposition: transposition, into: result.view)
        withExtendedLifetime((self, b)) {}
        return result
    }

    package func inverted() throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try LinearAlgebra.inferInverse(type))
        try LinearAlgebra.inverse(view, into: result.view)
        withExtendedLifetime(self) {}
        return result
    }

    package func determinant() throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try LinearAlgebra.inferDeterminant(type).determinant)
        try LinearAlgebra.determinant(view, into: result.view)
        withExtendedLifetime(self) {}
        return result
    }

    package func logarithmicDeterminant() throws(TensorError) -> (sign: Tensor, logarithm: Tensor) {
        let types = try LinearAlgebra.inferDeterminant(type)
        let (sign, logarithm) = (
            try Tensor(uninitialized: types.determinant), try Tensor(uninitialized: types.logarithm)
        )
        try LinearAlgebra.logarithmicDeterminant(view, sign: sign.view, logarithm: logarithm.view)
        withExtendedLifetime(self) {}
        return (sign, logarithm)
    }

    package func cholesky(isUpper: Bool = false) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try LinearAlgebra.inferCholesky(type))
        try LinearAlgebra.cholesky(view, isUpper: isUpper, into: result.view)
        withExtendedLifetime(self) {}
        return result
    }

    /// - Returns: Q, or scales, or nil, as of the mode; and R.
    package func qr(_ mode: LinearAlgebra.QRMode = .reduced) throws(TensorError) -> (q: Tensor?, r: Tensor) {
        let types = try LinearAlgebra.inferQR(type, mode)
        let r = try Tensor(uninitialized: types.r)
        var q: Tensor?
        if let type = types.q { q = try Tensor(uninitialized: type) }
        try LinearAlgebra.qr(view, mode, q: q?.view, r: r.view)
        withExtendedLifetime(self) {}
        return (q, r)
    }

    package func hermitianEigenvalues(
        isUpper: Bool = false
    ) throws(TensorError) -> (values: Tensor, vectors: Tensor) {
        let types = try LinearAlgebra.inferHermitianEigenvalues(type)
        let (values, vectors) = (try Tensor(uninitialized: types.values), try Tensor(uninitialized: types.vectors))
        try LinearAlgebra.hermitianEigenvalues(view, isUpper: isUpper, values: values.view, vectors: vectors.view)
        withExtendedLifetime(self) {}
        return (values, vectors)
    }

    package func eigenvalues() throws(TensorError) -> (values: Tensor, vectors: Tensor) {
        let types = try LinearAlgebra.inferEigenvalues(type)
        let (values, vectors) = (try Tensor(uninitialized: types.values), try Tensor(uninitialized: types.vectors))
        try LinearAlgebra.eigenvalues(view, values: values.view, vectors: vectors.view)
        withExtendedLifetime(self) {}
        return (values, vectors)
    }

    package func singularValues(
        isFull: Bool = true
    ) throws(TensorError) -> (u: Tensor, values: Tensor, vh: Tensor) {
        let types = try LinearAlgebra.inferSingularValues(type, isFull: isFull)
        let (u, vh) = (try Tensor(uninitialized: types.u), try Tensor(uninitialized: types.vh))
        let values = try Tensor(uninitialized: types.values)
        try LinearAlgebra.singularValues(view, isFull: isFull, values: values.view, vectors: (u.view, vh.view))
        withExtendedLifetime(self) {}
        return (u, values, vh)
    }

    package func leastSquares(
        _ b: Tensor, cutoff: Double? = nil
    ) throws(TensorError) -> (x: Tensor, residuals: Tensor, rank: Int, values: Tensor) {
        let types = try LinearAlgebra.inferLeastSquares(type, b.type)
        let (x, residuals) = (try Tensor(uninitialized: types.x), try Tensor(uninitialized: types.residuals))
        let values = try Tensor(uninitialized: types.values)
        let rank = try LinearAlgebra.leastSquares(
            view, b.view, cutoff: cutoff, x: x.view, residuals: residuals.view, values: values.view)
        withExtendedLifetime((self, b)) {}
        return (x, residuals, rank, values)
    }
}
