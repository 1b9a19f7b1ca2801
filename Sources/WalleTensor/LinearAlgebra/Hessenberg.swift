internal import CWalleKernels

/// `A = D · Q · H · Qᴴ · D⁻¹` with an upper Hessenberg matrix H and a diagonal D of powers of two that makes rows and
/// columns of A about equally long (B. Parlett and C. Reinsch, "Balancing a matrix for calculation of eigenvalues and
/// eigenvectors", Numer. Math. 13, 1969).
struct Hessenberg<Scalar: LinearScalar> {
    /// A, then H.
    let matrix: Block<Scalar>
    /// D.
    let balance: UnsafeMutablePointer<Double>
    let reflectors: Reflectors<Scalar>
    private let row: UnsafeMutablePointer<Scalar>

    init(_ count: Int, _ workspace: inout Workspace) throws(TensorError) {
        matrix = try workspace.block(count, count)
        balance = try workspace.array(count)
        reflectors = try Reflectors(max(count - 2, 0), length: count, first: 1, columns: count, &workspace)
        row = try workspace.array(count)
    }

    func reduce() {
        balanceMatrix()
        let count = matrix.rows
        for index in 0..<reflectors.count {
            if Interruption.isAsked { return }
            let (vector, from) = (reflectors.vectors.row(index), index + 1)
            vector.update(repeating: .zero, count: from)
            for row in from..<count { vector[row] = matrix[row, index] }
            let (beta, scale) = Reflectors.reflect(vector + from, count - from)
            reflectors.scales[index] = scale
            matrix[from, index] = Scalar(beta)
            for row in from + 1..<count { matrix[row, index] = .zero }
            if scale.size == 0 { continue }
            reflectors.apply(
                index, adjoint: true, to: matrix.part(rows: from..<count, columns: from..<count), row: row)
            let right = matrix.part(rows: 0..<count, columns: from..<count)
            Scalar.dots(right, vector + from, into: row)
            for index in 0..<count { row[index] = -(scale * row[index]) }
            Scalar.addProduct(row, vector + from, conjugating: true, to: right)
        }
    }

    private func balanceMatrix() {
        let count = matrix.rows
        balance.update(repeating: 1, count: count)
        var isDone = false
        while !isDone {
            isDone = true
            for index in 0..<count {
                var (column, row) = (0.0, 0.0)
                for other in 0..<count where other != index {
                    column += matrix[other, index].squaredMagnitude
                    row += matrix[index, other].squaredMagnitude
                }
                (column, row) = (column.squareRoot(), row.squareRoot())
                guard column > 0, row > 0 else { continue }
                let factor = Self.factor(column, row)
                if factor == 1 || (column * factor + row / factor) >= 0.95 * (column + row) { continue }
                isDone = false
                balance[index] *= factor
                for other in 0..<count {
                    matrix[other, index] = factor * matrix[other, index]
                    matrix[index, other] = (1 / factor) * matrix[index, other]
                }
            }
        }
    }

    /// A power of two that makes `column · factor` and `row / factor` about equal.
    private static func factor(_ column: Double, _ row: Double) -> Double {
        var (factor, column) = (1.0, column)
        while column * 2 < row / 2 && factor < 0x1p200 {
            factor *= 2
            column *= 4
        }
        while column >= row * 2 && factor > 0x1p-200 {
            factor /= 2
            column /= 4
        }
        return factor
    }
}
