internal import CWalleKernels

/// `P · A = L · U` with partial pivoting.
///
/// The columns are halved until a panel is left (S. Toledo, "Locality of reference in LU decomposition with partial
/// pivoting", SIAM J. Matrix Anal. Appl. 18, 1997).
struct LU<Scalar: LinearScalar> {
    /// Square; holds L, whose diagonal of ones is not stored, and U.
    let factors: Block<Scalar>
    /// The row that each row was exchanged with, one after the other.
    let pivots: UnsafeMutablePointer<Int>

    init(_ count: Int, _ workspace: inout Workspace) throws(TensorError) {
        factors = try workspace.block(count, count)
        pivots = try workspace.array(count)
    }

    /// Factorizes what `factors` holds. False when U has a zero on its diagonal.
    func factorize() -> Bool { Self.factorize(factors, pivots) }

    private static var panel: Int { 16 }

    /// Rows of pivots count from the first row of `a`.
    private static func factorize(_ a: Block<Scalar>, _ pivots: UnsafeMutablePointer<Int>) -> Bool {
        if a.columns <= panel {
            return Scalar.kernels.pointee.lu(a.rows, a.columns, a.base, a.stride, pivots) == 0
        }
        if Interruption.isAsked {
            for index in 0..<a.columns { pivots[index] = index }
            return true
        }
        let half = (a.columns / 2 + panel - 1) / panel * panel
        let (left, right) = (0..<half, half..<a.columns)
        var isRegular = factorize(a.part(rows: 0..<a.rows, columns: left), pivots)
        exchange(a.part(rows: 0..<a.rows, columns: right), pivots, half)
        let top = a.part(rows: left, columns: right)
        Triangle(a.part(rows: left, columns: left), isUpper: false, isUnit: true).solve(top)
        let rest = a.part(rows: half..<a.rows, columns: right)
        rest.multiply(a.part(rows: half..<a.rows, columns: left).factor, top.factor, alpha: -1, beta: 1)
        if !factorize(rest, pivots + half) { isRegular = false }
        exchange(a.part(rows: half..<a.rows, columns: left), pivots + half, right.count)
        for index in right { pivots[index] += half }
        return isRegular
    }

    /// Exchanges rows as the pivots were.
    static func exchange(_ a: Block<Scalar>, _ pivots: UnsafePointer<Int>, _ count: Int) {
        for row in 0..<count where pivots[row] != row { a.exchange(row, pivots[row]) }
    }

    /// `b = A⁻¹ · b`.
    func solve(_ b: Block<Scalar>) {
        Self.exchange(b, pivots, factors.rows)
        Triangle(factors, isUpper: false, isUnit: true).solve(b)
        Triangle(factors, isUpper: true).solve(b)
    }

    /// The inverse, but for its columns: column `j` belongs at `order[j]`.
    func invert(into b: Block<Scalar>, order: UnsafeMutablePointer<Int>) {
        Triangle(factors, isUpper: false, isUnit: true).invertLower(into: b)
        Triangle(factors, isUpper: true).solve(b)
        for index in 0..<factors.rows { order[index] = index }
        for index in 0..<factors.rows where pivots[index] != index {
            let held = order[index]
            order[index] = order[pivots[index]]
            order[pivots[index]] = held
        }
    }

    /// The determinant as a number of absolute value 1, or 0, and the logarithm of its absolute value.
    func logarithmicDeterminant() -> (sign: Scalar, logarithm: Double) {
        var (sign, sum) = (Scalar(isOdd ? -1 : 1), 0.0)
        for index in 0..<factors.rows {
            let value = factors[index, index]
            let size = value.magnitude
            if size == 0 { return (.zero, -.infinity) }
            sign *= Scalar(value.re / size, value.im / size)
            sum += Scalar.logarithm(size)
        }
        return (sign, sum)
    }

    /// The determinant: factors are scaled by powers of two on the way, so that only the result can overflow.
    func determinant() -> Scalar {
        var (product, exponent) = (Scalar(isOdd ? -1 : 1), 0)
        for index in 0..<factors.rows {
            product *= factors[index, index]
            let size = product.size
            guard size > 0, size.isFinite, size > 0x1p200 || size < 0x1p-200 else { continue }
            let shift = Int(size.exponent)
            product = Scalar(
                Double(sign: .plus, exponent: -shift / 2, significand: 1)
                    * (Double(sign: .plus, exponent: -shift - -shift / 2, significand: 1) * product.re),
                Double(sign: .plus, exponent: -shift / 2, significand: 1)
                    * (Double(sign: .plus, exponent: -shift - -shift / 2, significand: 1) * product.im))
            exponent += shift
        }
        let scale = { (value: Double) in Double(sign: .plus, exponent: exponent, significand: value) }
        return exponent == 0 ? product : Scalar(scale(product.re), scale(product.im))
    }

    private var isOdd: Bool {
        var isOdd = false
        for index in 0..<factors.rows where pivots[index] != index { isOdd.toggle() }
        return isOdd
    }
}
