/// `A = U · Σ · Vᴴ`: to bidiagonal form, then QR iteration. A matrix with fewer rows than columns is treated as its adjoint;
/// one with many more rows is reduced to a triangle first.
struct SingularValues<Scalar: LinearScalar> {
    /// What is wanted beside the values.
    enum Vectors {
        case none
        /// As many as there are values.
        case reduced
        /// Square matrices.
        case full
    }

    /// Descending.
    let values: UnsafeMutablePointer<Double>
    private let rows: Int
    private let columns: Int
    private let vectors: Vectors
    /// Nil when there are not many more rows than columns.
    private let triangle: QR<Scalar>?
    private let bidiagonal: Bidiagonalization<Scalar>
    private let (leftRotations, rightRotations): (Block<Double>, Block<Double>)
    private let (leftVectors, rightVectors): (Block<Scalar>, Block<Scalar>)
    private let sweeps: (left: RotationSweeps, right: RotationSweeps)?
    private let order: UnsafeMutablePointer<Int>

    /// - Parameters: The numbers of rows and columns of A.
    init(
        rows: Int, columns: Int, vectors: Vectors, _ workspace: inout Workspace
    ) throws(TensorError) {
        self.rows = rows
        self.columns = columns
        self.vectors = vectors
        let (long, short) = (max(rows, columns), min(rows, columns))
        let leftColumns = vectors == .none ? 0 : vectors == .full ? long : short
        values = try workspace.array(short)
        order = try workspace.array(short)
        let isTall = long * 5 > short * 8
        triangle = isTall ? try QR(rows: long, columns: short, widest: leftColumns, &workspace) : nil
        bidiagonal = try Bidiagonalization(
            rows: isTall ? short : long, columns: short, leftColumns: leftColumns, &workspace)
        let rotated = vectors == .none ? 0 : short
        leftRotations = try workspace.block(rotated, rotated)
        rightRotations = try workspace.block(rotated, rotated)
        leftVectors = try workspace.block(long, leftColumns)
        rightVectors = try workspace.block(rotated, rotated)
        sweeps =
            vectors == .none
            ? nil
            : (try RotationSweeps(leftRotations, &workspace), try RotationSweeps(rightRotations, &workspace))
        spare = try workspace.array(2 * short)
    }

    private let spare: UnsafeMutablePointer<Double>

    private var isTransposed: Bool { rows < columns }

    /// Columns are left singular vectors.
    var u: Block<Scalar> { isTransposed ? rightVectors : leftVectors }
    /// Columns are right singular vectors.
    var v: Block<Scalar> { isTransposed ? leftVectors : rightVectors }

    /// Decomposes a matrix. False when it holds NaN or infinity, or the iteration does not converge.
    func decompose(_ matrix: StoredMatrix) -> Bool {
        let block = triangle?.matrix ?? bidiagonal.matrix
        (isTransposed ? matrix.transposed : matrix).load(into: block)
        if isTransposed && Scalar.isComplex { block.conjugate() }
        guard let scale = block.scaleIntoRange() else { return false }
        if let triangle {
            triangle.factorize()
            triangle.copyTriangle(to: bidiagonal.matrix)
        }
        bidiagonal.reduce()
        if let sweeps {
            sweeps.left.matrix.fillIdentity()
            sweeps.right.matrix.fillIdentity()
        }
        var iteration = BidiagonalIteration(
            diagonal: bidiagonal.diagonal, offDiagonal: bidiagonal.offDiagonal, count: min(rows, columns),
            left: sweeps?.left, right: sweeps?.right, spare: spare)
        guard iteration.run() else { return false }
        sort(scale)
        if vectors != .none { formVectors() }
        return true
    }

    /// Makes values positive and orders them.
    private func sort(_ scale: Double) {
        let count = min(rows, columns)
        let d = bidiagonal.diagonal
        for index in 0..<count { order[index] = index }
        var places = UnsafeMutableBufferPointer(start: order, count: count)
        places.sort { abs(d[$0]) > abs(d[$1]) }
        for index in 0..<count { values[index] = abs(d[order[index]]) / scale }
    }

    private func formVectors() {
        let count = min(rows, columns)
        let left = leftVectors
        left.fillIdentity()
        for row in 0..<count {
            for column in 0..<count {
                let sign = bidiagonal.diagonal[order[column]] < 0 ? -1.0 : 1
                left[row, column] = Scalar(leftRotations[order[column], row])
                rightVectors[row, column] = Scalar(sign * rightRotations[order[column], row])
            }
        }
        bidiagonal.right.apply(adjoint: false, to: rightVectors)
        if let triangle {
            bidiagonal.left.apply(adjoint: false, to: left.part(rows: 0..<count, columns: 0..<count))
            triangle.reflectors.apply(adjoint: false, to: left)
        } else {
            bidiagonal.left.apply(adjoint: false, to: left)
        }
    }
}
