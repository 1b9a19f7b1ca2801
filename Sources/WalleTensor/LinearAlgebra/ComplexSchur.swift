internal import CWalleKernels

/// Eigenvalues of a complex upper Hessenberg matrix by the QR algorithm with implicit single shifts (G. Golub and C. Van
/// Loan, "Matrix Computations", section 7.5; the shifts are LAPACK's `zlahqr`'s).
struct ComplexSchur {
    /// H; triangular in the end if vectors are wanted.
    let matrix: Block<Complex>
    /// `Zᵀ`, whose rows take part; nil for eigenvalues only.
    let vectors: Block<Complex>?
    let values: UnsafeMutablePointer<Complex>

    private static let mostIterations = 60
    private static let epsilon = 0x1p-52

    /// False when it does not converge.
    func run() -> Bool {
        var (last, iterations) = (matrix.rows - 1, 0)
        while last >= 0 {
            let first = blockStart(last)
            if first == last {
                values[last] = matrix[last, last]
                last -= 1
                iterations = 0
                continue
            }
            if iterations == Self.mostIterations || Interruption.isAsked { return false }
            iterations += 1
            iterate(first, last, shift: iterations % 10 == 0 ? exceptionalShift(first, last) : shift(last))
        }
        return true
    }

    private func blockStart(_ last: Int) -> Int {
        var row = last
        while row > 0 {
            let size = matrix[row - 1, row - 1].size + matrix[row, row].size
            let below = matrix[row, row - 1].size
            if below < Self.epsilon * size || below < Double.leastNormalMagnitude {
                matrix[row, row - 1] = .zero
                return row
            }
            row -= 1
        }
        return row
    }

    /// The eigenvalue of the last two rows that is nearer to the last element.
    private func shift(_ last: Int) -> Complex {
        let corner = matrix[last, last]
        let root = matrix[last - 1, last].squareRoot * matrix[last, last - 1].squareRoot
        if root.size == 0 { return corner }
        let half = 0.5 * (matrix[last - 1, last - 1] - corner)
        let size = max(root.size, half.size)
        let (a, b) = ((1 / size) * half, (1 / size) * root)
        var y = size * (a * a + b * b).squareRoot
        if half.re * y.re + half.im * y.im < 0 { y = -y }
        return corner - root * (root / (half + y))
    }

    private func exceptionalShift(_ first: Int, _ last: Int) -> Complex {
        matrix[last, last] + Complex(0.75 * matrix[last, last - 1].size)
    }

    private func iterate(_ first: Int, _ last: Int, shift: Complex) {
        let count = matrix.rows
        let range = vectors == nil ? first..<last + 1 : 0..<count
        withUnsafeTemporaryAllocation(of: Complex.self, capacity: 4) { scratch in
            let v = scratch.baseAddress.unsafelyUnwrapped
            let kernels = Complex.kernels.pointee
            for k in first..<last {
                v[0] = k == first ? matrix[k, k] - shift : matrix[k, k - 1]
                v[1] = k == first ? matrix[k + 1, k] : matrix[k + 1, k - 1]
                let (beta, scale) = Reflectors.reflect(v, 2)
                if k > first {
                    matrix[k, k - 1] = Complex(beta)
                    matrix[k + 1, k - 1] = .zero
                }
                v[2] = scale.conjugate
                kernels.reflect_rows(2, range.upperBound - k, v, v + 2, matrix.row(k) + k, matrix.stride)
                v[2] = scale
                let (above, below) = (range.lowerBound, min(last, k + 2) + 1)
                kernels.reflect_columns(below - above, 2, v, v + 2, matrix.row(above) + k, matrix.stride)
                guard let vectors else { continue }
                v[1] = v[1].conjugate
                kernels.reflect_rows(2, count, v, v + 2, vectors.row(k), vectors.stride)
            }
        }
    }

    /// Eigenvectors of the triangle, as rows.
    func formVectors(_ rows: Block<Complex>) {
        rows.fill(.zero)
        var norm = 0.0
        for row in 0..<matrix.rows {
            for column in row..<matrix.rows { norm = max(norm, matrix[row, column].size) }
        }
        let least = max(Self.epsilon * norm, Double.leastNormalMagnitude)
        for index in 0..<matrix.rows {
            if Interruption.isAsked { return }
            let x = rows.row(index)
            x[index] = .one
            for i in (0..<index).reversed() {
                let sum = Complex.dot(matrix.row(i) + i + 1, x + i + 1, index - i)
                let divisor = matrix[i, i] - matrix[index, index]
                x[i] = -sum / (divisor.size < least ? Complex(least) : divisor)
                let size = x[i].size
                guard Self.epsilon * size * size > 1 else { continue }
                for k in i...index { x[k] = (1 / size) * x[k] }
            }
        }
    }
}
