/// Householder reflections `H = I - τ · v · vᴴ`, and products of them, `Q = H₀ · H₁ · …`.
///
/// Each `v` is a row of `vectors`, so that its elements are contiguous: zeros, a 1 at column `first + k` for reflection
/// `k`, then what reflects. Products are applied in blocks, `I - V · T · Vᴴ` (R. Schreiber and C. Van Loan, "A
/// storage-efficient WY representation for products of Householder transformations", SIAM J. Sci. Stat. Comput. 10, 1989).
struct Reflectors<Scalar: LinearScalar> {
    let vectors: Block<Scalar>
    let scales: UnsafeMutablePointer<Scalar>
    /// Where the 1 of the first vector is.
    let first: Int
    /// Scratch: T and its neighbours, and a row for each reflection of a block as wide as what is reflected.
    private let triangle: Block<Scalar>
    private let (product, scaled): (Block<Scalar>, Block<Scalar>)

    /// Reflections of a block.
    static var blockCount: Int { 32 }

    /// - Parameters:
    ///   - length: of each vector.
    ///   - columns: of the widest matrix that is reflected.
    init(
        _ count: Int, length: Int, first: Int, columns: Int, _ workspace: inout Workspace
    ) throws(TensorError) {
        vectors = try workspace.block(count, length)
        scales = try workspace.array(count)
        self.first = first
        let block = min(count, Self.blockCount)
        triangle = try workspace.block(block, 2 * block)
        product = try workspace.block(block, columns)
        scaled = try workspace.block(block, columns)
    }

    var count: Int { vectors.rows }

    /// Finds the reflection for which `Hᴴ · (alpha, x) = (beta, 0)` with a real `beta`, whose sign is opposite to that of
    /// `alpha`: what follows `alpha` in `x` becomes the vector, which begins with 1.
    ///
    /// - Returns: beta and τ, which is 0 when there is nothing to do.
    static func reflect(_ x: UnsafeMutablePointer<Scalar>, _ count: Int) -> (beta: Double, scale: Scalar) {
        let alpha = x[0]
        let rest = count > 1 ? Scalar.norm(x + 1, count - 1) : 0
        if rest == 0 && alpha.im == 0 {
            x[0] = .one
            return (alpha.re, .zero)
        }
        let largest = max(rest, alpha.size)
        return largest > 1e-140 && largest < 1e140 ? reflect(x, count, rest) : reflectScaled(x, count)
    }

    /// - Parameter rest: the length of what follows the first number; squares are representable.
    @inline(__always) private static func reflect(
        _ x: UnsafeMutablePointer<Scalar>, _ count: Int, _ rest: Double
    ) -> (beta: Double, scale: Scalar) {
        let alpha = x[0]
        x[0] = .one
        let length = (alpha.squaredMagnitude + rest * rest).squareRoot()
        let beta = alpha.re < 0 ? length : -length
        let divisor = Scalar.one / (alpha - Scalar(beta))
        for index in 1..<max(count, 1) { x[index] *= divisor }
        return (beta, Scalar((beta - alpha.re) / beta, -alpha.im / beta))
    }

    /// The same for numbers whose squares, or reciprocals, are not representable.
    private static func reflectScaled(
        _ x: UnsafeMutablePointer<Scalar>, _ count: Int
    ) -> (beta: Double, scale: Scalar) {
        var largest = 0.0
        for index in 0..<count {
            largest = max(largest, x[index].size)
            if x[index].size.isNaN { largest = .nan }
        }
        guard largest.isFinite, largest > 0 else {
            for index in 1..<max(count, 1) { x[index] = Scalar(.nan, .nan) }
            x[0] = .one
            return (.nan, Scalar(.nan, .nan))
        }
        for index in 0..<count { x[index] = Scalar(x[index].re / largest, x[index].im / largest) }
        let result = reflect(x, count, count > 1 ? Scalar.norm(x + 1, count - 1) : 0)
        return (result.beta * largest, result.scale)
    }

    /// `c = Q · c`, or `Qᴴ · c`.
    func apply(adjoint: Bool, to c: Block<Scalar>) {
        let starts = stride(from: 0, to: count, by: Self.blockCount)
        for start in adjoint ? Array(starts) : starts.reversed() {
            if Interruption.isAsked { return }
            let end = min(start + Self.blockCount, count)
            prepare(start..<end)
            applyPrepared(start..<end, adjoint: adjoint, to: c.rows(first + start..<c.rows))
        }
    }

    /// Columns of `Q`, as many as `c` has: reflections leave columns of the identity alone until they reach them.
    func form(_ c: Block<Scalar>) {
        c.fillIdentity()
        for start in stride(from: 0, to: count, by: Self.blockCount).reversed() {
            if Interruption.isAsked { return }
            let end = min(start + Self.blockCount, count)
            prepare(start..<end)
            let from = first + start
            guard from < c.columns else { continue }
            applyPrepared(
                start..<end, adjoint: false, to: c.part(rows: from..<c.rows, columns: from..<c.columns))
        }
    }

    /// Computes T of some reflections.
    func prepare(_ range: Range<Int>) {
        let rows = part(range)
        let gram = triangle.part(rows: 0..<range.count, columns: range.count..<2 * range.count)
        var left = rows.factor
        left.isConjugate = Scalar.isComplex
        gram.multiply(left, rows.factor.transposed)
        for k in 0..<range.count {
            let scale = scales[range.lowerBound + k]
            // T[..<k, k] = -τ · T[..<k, ..<k] · (Vᴴ · v)
            for i in 0..<k {
                var sum = Scalar.zero
                for j in i..<k { sum += triangle[i, j] * gram[j, k] }
                triangle[i, k] = -(scale * sum)
            }
            triangle[k, k] = scale
            for i in k + 1..<max(range.count, k + 1) { triangle[i, k] = .zero }
        }
    }

    /// Applies prepared reflections to the rows of a matrix from the first that they change on.
    func applyPrepared(_ range: Range<Int>, adjoint: Bool, to c: Block<Scalar>) {
        guard c.columns > 0, c.rows > 0 else { return }
        let rows = part(range)
        let count = range.count
        let first = product.part(rows: 0..<count, columns: 0..<c.columns)
        let second = scaled.part(rows: 0..<count, columns: 0..<c.columns)
        var left = rows.factor
        left.isConjugate = Scalar.isComplex
        first.multiply(left, c.factor)
        var middle = triangle.part(rows: 0..<count, columns: 0..<count).factor
        if adjoint {
            middle = middle.transposed
            middle.isConjugate = Scalar.isComplex
        }
        second.multiply(middle, first.factor)
        c.multiply(rows.factor.transposed, second.factor, alpha: -1, beta: 1)
    }

    /// The vectors of some reflections from the first 1 on.
    private func part(_ range: Range<Int>) -> Block<Scalar> {
        vectors.part(rows: range, columns: first + range.lowerBound..<vectors.columns)
    }

    /// `c = Hᴴ · c`, or `H · c`, for one reflection and the rows of a matrix from its 1 on; `row` is scratch.
    func apply(_ index: Int, adjoint: Bool, to c: Block<Scalar>, row: UnsafeMutablePointer<Scalar>) {
        let scale = adjoint ? scales[index].conjugate : scales[index]
        if scale.size == 0 || c.columns == 0 { return }
        let vector = vectors.row(index) + first + index
        row.update(repeating: .zero, count: c.columns)
        // The conjugate of vᴴ · c.
        Scalar.addSums(vector, of: c, conjugating: true, to: row)
        for column in 0..<c.columns { row[column] = -(scale * row[column].conjugate) }
        Scalar.addProduct(vector, row, to: c)
    }
}
