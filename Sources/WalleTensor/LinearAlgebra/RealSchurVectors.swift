/// Eigenvectors of a real quasi-triangular matrix, by back substitution from the row of the eigenvalue up (EISPACK's
/// `hqr2`).
struct RealSchurVectors {
    let matrix: Block<Double>
    let re: UnsafeMutablePointer<Double>
    let im: UnsafeMutablePointer<Double>
    /// Rows are eigenvectors; of a pair of conjugates, the real and the imaginary parts of the first.
    let vectors: Block<Double>
    private let norm: Double

    private static let epsilon = 0x1p-52

    init(
        _ matrix: Block<Double>, re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>,
        vectors: Block<Double>
    ) {
        self.matrix = matrix
        self.re = re
        self.im = im
        self.vectors = vectors
        var norm = 0.0
        for row in 0..<matrix.rows {
            for column in max(row - 1, 0)..<matrix.rows { norm += abs(matrix[row, column]) }
        }
        self.norm = norm == 0 ? 1 : norm
    }

    func run() {
        vectors.fill(0)
        for index in (0..<matrix.rows).reversed() {
            if Interruption.isAsked { return }
            if im[index] == 0 { solveReal(index) } else if im[index] < 0 { solveComplex(index) }
        }
    }

    private func solveReal(_ index: Int) {
        let (x, value) = (vectors.row(index), re[index])
        x[index] = 1
        var (start, lowerDiagonal, lowerSum) = (index, 0.0, 0.0)
        for i in (0..<index).reversed() {
            let w = matrix[i, i] - value
            let sum = Double.dot(matrix.row(i) + start, x + start, index - start + 1)
            if im[i] < 0 {
                (lowerDiagonal, lowerSum) = (w, sum)
                continue
            }
            start = i
            if im[i] == 0 {
                x[i] = w != 0 ? -sum / w : -sum / (Self.epsilon * norm)
            } else {
                let (right, below) = (matrix[i, i + 1], matrix[i + 1, i])
                let q = (re[i] - value) * (re[i] - value) + im[i] * im[i]
                x[i] = (right * lowerSum - lowerDiagonal * sum) / q
                x[i + 1] =
                    abs(right) > abs(lowerDiagonal)
                    ? (-sum - w * x[i]) / right : (-lowerSum - below * x[i]) / lowerDiagonal
            }
            rescale(x, nil, abs(x[i]), i...index)
        }
    }

    private func rescale(
        _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>?, _ size: Double,
        _ range: ClosedRange<Int>
    ) {
        guard Self.epsilon * size * size > 1 else { return }
        for index in range {
            x[index] /= size
            if let y { y[index] /= size }
        }
    }

    /// The pair that ends at a row.
    private func solveComplex(_ index: Int) {
        let (x, y) = (vectors.row(index - 1), vectors.row(index))
        let value = Complex(re[index], im[index])
        if abs(matrix[index, index - 1]) > abs(matrix[index - 1, index]) {
            x[index - 1] = value.im / matrix[index, index - 1]
            y[index - 1] = -(matrix[index, index] - value.re) / matrix[index, index - 1]
        } else {
            let z = Complex(0, -matrix[index - 1, index]) / Complex(matrix[index - 1, index - 1] - value.re, value.im)
            (x[index - 1], y[index - 1]) = (z.re, z.im)
        }
        (x[index], y[index]) = (0, 1)
        var (start, lowerDiagonal, lowerSum) = (index - 1, 0.0, Complex.zero)
        for i in (0..<max(index - 1, 0)).reversed() {
            let count = index - start + 1
            let sum = Complex(
                Double.dot(matrix.row(i) + start, x + start, count), Double.dot(matrix.row(i) + start, y + start, count)
            )
            let w = matrix[i, i] - value.re
            if im[i] < 0 {
                (lowerDiagonal, lowerSum) = (w, sum)
                continue
            }
            start = i
            if im[i] == 0 {
                let divisor = Complex(w, value.im)
                let z = -sum / (divisor.size > 0 ? divisor : Complex(Self.epsilon * norm))
                (x[i], y[i]) = (z.re, z.im)
            } else {
                solveRows(i, value, w, sum, lowerDiagonal, lowerSum, x, y)
            }
            rescale(x, y, max(abs(x[i]), abs(y[i])), i...index)
        }
    }

    /// Two rows that belong to a pair of conjugates.
    private func solveRows(
        _ i: Int, _ value: Complex, _ w: Double, _ sum: Complex, _ lowerDiagonal: Double, _ lowerSum: Complex,
        _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>
    ) {
        let (right, below) = (matrix[i, i + 1], matrix[i + 1, i])
        let difference = re[i] - value.re
        var determinant = Complex(
            difference * difference + im[i] * im[i] - value.im * value.im, difference * 2 * value.im)
        if determinant.size == 0 {
            let size = abs(w) + abs(value.im) + abs(right) + abs(below) + abs(lowerDiagonal)
            determinant.re = Self.epsilon * norm * size
        }
        let upper =
            Complex(
                right * lowerSum.re - lowerDiagonal * sum.re + value.im * sum.im,
                right * lowerSum.im - lowerDiagonal * sum.im - value.im * sum.re) / determinant
        (x[i], y[i]) = (upper.re, upper.im)
        if abs(right) > abs(lowerDiagonal) + abs(value.im) {
            x[i + 1] = (-sum.re - w * upper.re + value.im * upper.im) / right
            y[i + 1] = (-sum.im - w * upper.im - value.im * upper.re) / right
        } else {
            let lower =
                Complex(-lowerSum.re - below * upper.re, -lowerSum.im - below * upper.im)
                / Complex(lowerDiagonal, value.im)
            (x[i + 1], y[i + 1]) = (lower.re, lower.im)
        }
    }
}
