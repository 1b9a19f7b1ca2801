internal import CWalleKernels

/// Eigenvalues of a real upper Hessenberg matrix by the QR algorithm with implicit double shifts (G. Golub and C. Van
/// Loan, "Matrix Computations", section 7.5; EISPACK's `hqr2`).
struct RealSchur {
    /// H; quasi-triangular in the end if vectors are wanted.
    let matrix: Block<Double>
    /// `Zᵀ`, whose rows take part; nil for eigenvalues only.
    let vectors: Block<Double>?
    let re: UnsafeMutablePointer<Double>
    /// Pairs of conjugates are neighbours, the positive one first.
    let im: UnsafeMutablePointer<Double>

    private static let mostIterations = 60
    private static let epsilon = 0x1p-52

    /// False when it does not converge.
    func run() -> Bool {
        var (last, iterations, shift) = (matrix.rows - 1, 0, 0.0)
        var norm = 0.0
        for row in 0..<matrix.rows {
            for column in max(row - 1, 0)..<matrix.rows { norm += abs(matrix[row, column]) }
        }
        while last >= 0 {
            let first = blockStart(last, norm)
            if last - first >= 2 {
                if iterations == Self.mostIterations || Interruption.isAsked { return false }
                iterate(first, last, &iterations, &shift)
                continue
            }
            matrix[last, last] += shift
            if first == last {
                (re[last], im[last]) = (matrix[last, last], 0)
            } else {
                matrix[first, first] += shift
                splitPair(first, last)
            }
            last = first - 1
            iterations = 0
        }
        return true
    }

    /// The first row of the block that ends at a row: above it, the element below the diagonal is nothing.
    private func blockStart(_ last: Int, _ norm: Double) -> Int {
        var row = last
        while row > 0 {
            var size = abs(matrix[row - 1, row - 1]) + abs(matrix[row, row])
            if size == 0 { size = norm }
            if abs(matrix[row, row - 1]) < Self.epsilon * size || norm == 0 {
                matrix[row, row - 1] = 0
                return row
            }
            row -= 1
        }
        return row
    }

    /// The eigenvalues of a block of two rows, which becomes triangular if they are real.
    private func splitPair(_ first: Int, _ last: Int) {
        let product = matrix[last, first] * matrix[first, last]
        let half = (matrix[first, first] - matrix[last, last]) / 2
        let square = half * half + product
        let root = abs(square).squareRoot()
        let value = matrix[last, last]
        guard square >= 0 else {
            (re[first], im[first]) = (value + half, root)
            (re[last], im[last]) = (value + half, -root)
            return
        }
        let sum = half >= 0 ? half + root : half - root
        (re[first], im[first]) = (value + sum, 0)
        (re[last], im[last]) = (sum != 0 ? value - product / sum : value + sum, 0)
        guard vectors != nil else { return }
        let below = matrix[last, first]
        let size = abs(below) + abs(sum)
        let (x, y) = (below / size, sum / size)
        let length = (x * x + y * y).squareRoot()
        rotate(first, c: y / length, s: x / length)
        matrix[last, first] = 0
    }

    /// Rotates rows and columns `first` and the next.
    private func rotate(_ first: Int, c: Double, s: Double) {
        let count = matrix.rows
        for column in first..<count {
            let (upper, lower) = (matrix[first, column], matrix[first + 1, column])
            matrix[first, column] = c * upper + s * lower
            matrix[first + 1, column] = c * lower - s * upper
        }
        for row in 0..<first + 2 {
            let (left, right) = (matrix[row, first], matrix[row, first + 1])
            matrix[row, first] = c * left + s * right
            matrix[row, first + 1] = c * right - s * left
        }
        guard let vectors else { return }
        for column in 0..<count {
            let (upper, lower) = (vectors[first, column], vectors[first + 1, column])
            vectors[first, column] = c * upper + s * lower
            vectors[first + 1, column] = c * lower - s * upper
        }
    }

    private func iterate(_ first: Int, _ last: Int, _ iterations: inout Int, _ shift: inout Double) {
        var x = matrix[last, last]
        var y = matrix[last - 1, last - 1]
        var w = matrix[last, last - 1] * matrix[last - 1, last]
        if iterations % 10 == 9 {
            // An exceptional shift.
            shift += x
            for row in 0...last { matrix[row, row] -= x }
            let size = abs(matrix[last, last - 1]) + abs(matrix[last - 1, last - 2])
            (x, y, w) = (0.75 * size, 0.75 * size, -0.4375 * size * size)
        }
        iterations += 1
        var start = last - 2
        var vector = firstVector(start, x, y, w)
        while start > first {
            let neighbours =
                abs(matrix[start - 1, start - 1]) + abs(matrix[start, start]) + abs(matrix[start + 1, start + 1])
            if abs(matrix[start, start - 1]) * (abs(vector.1) + abs(vector.2))
                < Self.epsilon * (abs(vector.0) * neighbours)
            {
                break
            }
            start -= 1
            vector = firstVector(start, x, y, w)
        }
        for row in start + 2...last {
            matrix[row, row - 2] = 0
            if row > start + 2 { matrix[row, row - 3] = 0 }
        }
        chase(first, last, start, vector)
    }

    /// The first column of the product of the shifted matrices, scaled.
    private func firstVector(_ m: Int, _ x: Double, _ y: Double, _ w: Double) -> (Double, Double, Double) {
        let z = matrix[m, m]
        let (r, s) = (x - z, y - z)
        let p = (r * s - w) / matrix[m + 1, m] + matrix[m, m + 1]
        let q = matrix[m + 1, m + 1] - z - r - s
        let t = matrix[m + 2, m + 1]
        let size = abs(p) + abs(q) + abs(t)
        return (p / size, q / size, t / size)
    }

    /// Moves the bulge down the diagonal.
    private func chase(_ first: Int, _ last: Int, _ start: Int, _ vector: (Double, Double, Double)) {
        let count = matrix.rows
        let rows = vectors == nil ? first..<last + 1 : 0..<count
        var (p, q, r) = vector
        for k in start..<last {
            let width = k == last - 1 ? 2 : 3
            var size = 1.0
            if k > start {
                (p, q, r) = (matrix[k, k - 1], matrix[k + 1, k - 1], width == 3 ? matrix[k + 2, k - 1] : 0)
                size = abs(p) + abs(q) + abs(r)
                if size == 0 { continue }
                (p, q, r) = (p / size, q / size, r / size)
            }
            let length = (p * p + q * q + r * r).squareRoot()
            let s = p < 0 ? -length : length
            if s == 0 { continue }
            if k > start {
                matrix[k, k - 1] = -s * size
                matrix[k + 1, k - 1] = 0
                if width == 3 { matrix[k + 2, k - 1] = 0 }
            } else if start > first {
                matrix[k, k - 1] = -matrix[k, k - 1]
            }
            var scale = (p + s) / s
            let reflection: InlineArray<3, Double> = [1, q / (p + s), r / (p + s)]
            reflection.span.withUnsafeBufferPointer { v in
                let kernels = Double.kernels.pointee
                let v = v.baseAddress.unsafelyUnwrapped
                let (above, below) = (rows.lowerBound, min(last, k + 3) + 1)
                kernels.reflect_rows(width, rows.upperBound - k, v, &scale, matrix.row(k) + k, matrix.stride)
                kernels.reflect_columns(below - above, width, v, &scale, matrix.row(above) + k, matrix.stride)
                if let vectors { kernels.reflect_rows(width, count, v, &scale, vectors.row(k), vectors.stride) }
            }
        }
    }
}
