import Testing
import WalleTensor

/// Matrices on which algorithms fail that are right on random ones, and what cannot be computed.
@Suite struct HardMatrixTests {
    private static let matrices: [(String, Int, @Sendable (Int, Int) -> Double)] = [
        ("Hilbert", 12, { 1 / Double($0 + $1 + 1) }),
        ("zero", 6, { _, _ in 0 }),
        ("one", 7, { $0 == $1 ? 1 : 0 }),
        ("cyclic", 8, { ($0 + 1) % 8 == $1 ? 1 : 0 }),
        ("rank one", 9, { Double(($0 + 1) * ($1 + 1)) }),
        ("graded", 10, { $0 == $1 ? Double(sign: .plus, exponent: -4 * $0, significand: 1) : 0x1p-60 }),
        ("nilpotent", 6, { $0 + 1 == $1 ? 1 : 0 }),
        ("Wilkinson", 21, { $0 == $1 ? abs(10 - Double($0)) : abs($0 - $1) == 1 ? 1 : 0 }),
        ("large", 5, { 1e250 * Double(1 + $0 * $1 % 3) }),
        ("small", 5, { 1e-250 * Double(1 + $0 * $1 % 3) }),
    ]

    @Test(arguments: matrices.indices, [DType.float64, .complex128]) func decompose(index: Int, dtype: DType) throws {
        let (name, count, element) = Self.matrices[index]
        let values = (0..<count * count).map { element($0 / count, $0 % count) }
        let a = try Tensor(values).reshaped([Axes.Element(count), count]).cast(to: dtype)
        // Norms of what is very large or small are those of a multiple.
        let unit = values.map { abs($0) }.max().map { $0 == 0 ? 1 : 1 / $0 } ?? 1
        let scaled = try a * Tensor(scalar: unit).cast(to: dtype)
        let limit = 100 * 0x1p-52 * Double(count)

        let (u, s, vh) = try a.singularValues()
        let product = try Tensor.matrixProduct(u * (s * Tensor(scalar: unit)).cast(to: dtype), vh)
        #expect(try Numbers.distance(product, scaled) <= limit, "\(name)")
        #expect(try Numbers.distanceFromOrthonormal(u) <= limit, "\(name)")
        #expect(try Numbers.distanceFromOrthonormal(vh) <= limit, "\(name)")

        let factors = try a.qr()
        let q = try #require(factors.q)
        #expect(try Numbers.distanceFromOrthonormal(q) <= limit, "\(name)")
        let triangle = try factors.r * Tensor(scalar: unit).cast(to: dtype)
        #expect(try Numbers.distance(Tensor.matrixProduct(q, triangle), scaled) <= limit, "\(name)")

        let (spectrum, vectors) = try a.eigenvalues()
        let right = try vectors * (spectrum * Tensor(scalar: unit).cast(to: .complex128))
        #expect(try Numbers.distance(Tensor.matrixProduct(scaled, vectors), right) <= limit, "\(name)")

        let symmetric = try a + a.transposed([1, 0])
        let (real, basis) = try symmetric.hermitianEigenvalues()
        let left = try Tensor.matrixProduct(symmetric * Tensor(scalar: unit).cast(to: dtype), basis)
        #expect(
            try Numbers.distance(left, basis * (real * Tensor(scalar: unit)).cast(to: dtype)) <= 2 * limit, "\(name)")
        #expect(try Numbers.distanceFromOrthonormal(basis) <= limit, "\(name)")
    }

    /// Small singular values of a bidiagonal matrix are as exact as large ones.
    @Test func keepsSmallValuesExact() throws {
        let a = try Tensor([1.0, 1e-8, 0, 0, 1e-10, 1e-18, 0, 0, 1e-20]).reshaped([3, 3])
        let values: [Double] = try a.singularValues().values.values()
        for (value, right) in zip(values, [1, 1e-10, 1e-20]) { #expect(abs(value / right - 1) < 1e-12) }
    }

    @Test func errors() throws {
        let (zero, flat) = (try Tensor(zeros: [2, 2]), try Tensor(zeros: [2, 3]))
        let hole = try Tensor([1.0, .nan, 0, 1]).reshaped([2, 2])
        let cases: [(String, () throws -> Void)] = [
            ("Singular matrix", { _ = try zero.inverted() }),
            ("Singular matrix", { _ = try zero.solving(zero) }),
            ("Singular matrix", { _ = try zero.solvingTriangle(zero, isUpper: true) }),
            ("Matrix is not positive definite", { _ = try zero.cholesky() }),
            ("SVD did not converge", { _ = try hole.singularValues() }),
            ("SVD did not converge in Linear Least Squares", { _ = try hole.leastSquares(Tensor([1.0, 2])) }),
            ("Array must not contain infs or NaNs", { _ = try hole.eigenvalues() }),
            ("Last 2 dimensions of the array must be square", { _ = try flat.inverted() }),
            ("Incompatible dimensions", { _ = try flat.leastSquares(Tensor([1.0])) }),
            (
                "0-dimensional array given. Array must be at least two-dimensional",
                { _ = try Tensor(scalar: 1.0).determinant() }
            ),
            (
                "1-dimensional array given. Array must be at least two-dimensional",
                { _ = try Tensor([1.0]).qr() }
            ),
        ]
        for (message, body) in cases {
            #expect { try body() } throws: { "\($0)" == message && ($0 as? TensorError)?.kind == .linearAlgebra }
        }
        #expect { try zero.cast(to: .float16).inverted() } throws: {
            "\($0)" == "array type float16 is unsupported in linalg"
        }
        #expect { try zero.solving(Tensor([1.0, 2, 3])) } throws: { ($0 as? TensorError)?.kind == .value }
    }

    /// As with LAPACK, NaN goes through systems, QR factorizations and Hermitian eigenvalues.
    @Test func passesNaN() throws {
        let hole = try Tensor([.nan, 1.0, 1, 1]).reshaped([2, 2])
        for result in [try hole.inverted(), try hole.solving(Tensor([1.0, 1])), try hole.qr().r] {
            #expect(try result.values(of: Double.self).contains { $0.isNaN })
        }
        #expect(try hole.hermitianEigenvalues().values.values(of: Double.self).allSatisfy { $0.isNaN })
    }
}
