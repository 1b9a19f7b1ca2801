/// Eigenvalues, and eigenvectors if asked, of a Hermitian matrix given by one triangle.
struct HermitianEigenvalues<Scalar: LinearScalar> {
    /// Ascending.
    let values: UnsafeMutablePointer<Double>
    /// Columns are eigenvectors of length 1.
    let vectors: Block<Scalar>
    private let count: Int
    private let tridiagonal: Tridiagonalization<Scalar>
    private let rotations: Block<Double>
    private let sweeps: RotationSweeps?
    private let order: UnsafeMutablePointer<Int>

    init(_ count: Int, wantsVectors: Bool, _ workspace: inout Workspace) throws(TensorError) {
        self.count = count
        values = try workspace.array(count)
        order = try workspace.array(count)
        tridiagonal = try Tridiagonalization(count, &workspace)
        let rotated = wantsVectors ? count : 0
        vectors = try workspace.block(rotated, rotated)
        rotations = try workspace.block(rotated, rotated)
        sweeps = wantsVectors ? try RotationSweeps(rotations, &workspace) : nil
    }

    /// Decomposes a matrix; NaN or infinity in it makes all results NaN. False when it does not converge.
    func decompose(_ matrix: StoredMatrix, isUpper: Bool) -> Bool {
        let block = tridiagonal.matrix
        (isUpper ? matrix.transposed : matrix).load(into: block)
        if isUpper && Scalar.isComplex { block.conjugate() }
        // The other triangle may hold anything.
        for row in 0..<count { (block.row(row) + row + 1).update(repeating: .zero, count: count - row - 1) }
        guard let scale = block.scaleIntoRange() else {
            values.update(repeating: .nan, count: count)
            vectors.fill(Scalar(.nan, .nan))
            return true
        }
        tridiagonal.reduce()
        guard iterate() else { return false }
        for index in 0..<count { order[index] = index }
        let d = tridiagonal.diagonal
        var places = UnsafeMutableBufferPointer(start: order, count: count)
        places.sort { d[$0] < d[$1] }
        for index in 0..<count { values[index] = d[order[index]] / scale }
        guard sweeps != nil else { return true }
        for row in 0..<count {
            for column in 0..<count { vectors[row, column] = Scalar(rotations[order[column], row]) }
        }
        tridiagonal.reflectors.apply(adjoint: false, to: vectors)
        return true
    }

    private func iterate() -> Bool {
        let (d, e) = (tridiagonal.diagonal, tridiagonal.offDiagonal)
        guard let sweeps else { return RootFreeIteration(diagonal: d, offDiagonal: e, count: count).run() }
        rotations.fillIdentity()
        var iteration = TridiagonalIteration(diagonal: d, offDiagonal: e, count: count, sweeps: sweeps)
        return iteration.run()
    }
}
