internal import CWalleKernels

/// `A = Uᴴ · U` of a positive definite matrix, in place of its upper triangle: the matrix is halved until it is small.
enum Cholesky<Scalar: LinearScalar> {
    private static var smallest: Int { 24 }

    /// Columns of a block of `A - Bᴴ·B`, of which only the upper triangle is wanted.
    private static var strip: Int { 96 }

    /// False when the matrix is not positive definite.
    static func factorize(_ a: Block<Scalar>) -> Bool {
        if a.rows <= smallest { return Scalar.kernels.pointee.cholesky(a.rows, a.base, a.stride) == 0 }
        if Interruption.isAsked { return false }
        let half = (a.rows / 2 + 7) / 8 * 8
        let (head, tail) = (0..<half, half..<a.rows)
        let first = a.part(rows: head, columns: head)
        guard factorize(first) else { return false }
        let corner = a.part(rows: head, columns: tail)
        Triangle(first, isUpper: true).adjoint.solve(corner)
        let rest = a.part(rows: tail, columns: tail)
        for start in stride(from: 0, to: rest.rows, by: strip) {
            let rows = start..<min(start + strip, rest.rows)
            var left = corner.part(rows: head, columns: rows).factor.transposed
            left.isConjugate = Scalar.isComplex
            rest.part(rows: rows, columns: start..<rest.columns).multiply(
                left, corner.part(rows: head, columns: start..<rest.columns).factor, alpha: -1, beta: 1)
        }
        return factorize(rest)
    }
}
