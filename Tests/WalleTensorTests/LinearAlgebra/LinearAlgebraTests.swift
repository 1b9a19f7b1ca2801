import Testing
import WalleTensor

/// Factorizations against what defines them: products that give the matrix back, orthonormal columns, triangles.
@Suite struct LinearAlgebraTests {
    private static let types = [DType.float32, .float64, .complex64, .complex128]
    /// Around the sizes of kernels and blocks.
    private static let sizes = [0, 1, 2, 3, 5, 9, 17, 25, 40, 66]

    @Test(arguments: types, sizes) func systems(dtype: DType, count: Int) throws {
        var random = SeededRandom(UInt64(count) + 1)
        let a = try Numbers.random([2, count, count], dtype, &random)
        let b = try Numbers.random([2, count, 3], dtype, &random)
        let x = try a.solving(b)
        #expect(x.dtype == dtype)
        let scale = try Numbers.norm(a) * Numbers.norm(x)
        #expect(try Numbers.distance(Tensor.matrixProduct(a, x), b) <= 50 * dtype.rounding * max(scale, 1))
        let identity = try Numbers.identity(count, dtype).broadcast(to: [2, count, count])
        let inverse = try a.inverted()
        #expect(
            try Numbers.distance(Tensor.matrixProduct(a, inverse), identity)
                <= 50 * dtype.rounding * max(Numbers.norm(a) * Numbers.norm(inverse), 1))
        let vector = try Numbers.random([count], dtype, &random)
        let y = try Tensor.matrixProduct(a, try a.solving(vector).reshaped([2, count, 1])).reshaped([2, count])
        #expect(try Numbers.distance(y, vector.broadcast(to: [2, count])) <= 50 * dtype.rounding * max(scale, 1))
    }

    @Test(arguments: types, sizes) func triangles(dtype: DType, count: Int) throws {
        var random = SeededRandom(UInt64(count) + 2)
        let root = try Numbers.random([count, count], dtype, &random)
        let a = try Tensor.matrixProduct(root, Numbers.adjoint(root)) + Numbers.identity(count, dtype)
        for isUpper in [false, true] {
            let factor = try a.cholesky(isUpper: isUpper)
            let other = try Numbers.adjoint(factor)
            let product = try isUpper ? Tensor.matrixProduct(other, factor) : Tensor.matrixProduct(factor, other)
            #expect(try Numbers.distance(product, a) <= 20 * dtype.rounding * Numbers.norm(a))
            #expect(try Numbers.outside(factor, isUpper: isUpper) == 0)
            let b = try Numbers.random([count, 2], dtype, &random)
            for transposition in LinearAlgebra.Transposition.allCases {
                let x = try factor.solvingTriangle(b, isUpper: isUpper, transposition: transposition)
                let matrix =
                    try transposition == .none
                    ? factor : transposition == .adjoint ? other : factor.transposed([1, 0])
                let scale = try Numbers.norm(factor) * Numbers.norm(x)
                #expect(try Numbers.distance(Tensor.matrixProduct(matrix, x), b) <= 20 * dtype.rounding * scale)
            }
        }
    }

    @Test(arguments: types, [(0, 3), (3, 0), (1, 1), (4, 4), (7, 3), (3, 7), (70, 20), (20, 70), (50, 45)])
    func orthogonalFactors(dtype: DType, size: (Int, Int)) throws {
        var random = SeededRandom(3)
        let (rows, columns) = size
        let a = try Numbers.random([rows, columns], dtype, &random).transposed([1, 0]).copied().transposed([1, 0])
        let limit = try 50 * dtype.rounding * max(Numbers.norm(a), 1)
        for mode in [LinearAlgebra.QRMode.reduced, .complete] {
            let factors = try a.qr(mode)
            let q = try #require(factors.q)
            #expect(try Numbers.distance(Tensor.matrixProduct(q, factors.r), a) <= limit)
            #expect(try Numbers.distanceFromOrthonormal(q) <= 50 * dtype.rounding * Double(rows + 1))
            #expect(try Numbers.outside(factors.r, isUpper: true) == 0)
        }
        for isFull in [false, true] {
            let (u, values, vh) = try a.singularValues(isFull: isFull)
            let short = min(rows, columns)
            let left = try u.sliced(axis: 1, start: 0, count: short, step: 1)
            let right = try vh.sliced(axis: 0, start: 0, count: short, step: 1)
            #expect(try Numbers.distance(Tensor.matrixProduct(left * values.cast(to: dtype), right), a) <= limit)
            #expect(try Numbers.distanceFromOrthonormal(u) <= 50 * dtype.rounding * Double(rows + 1))
            #expect(
                try Numbers.distanceFromOrthonormal(Numbers.adjoint(vh)) <= 50 * dtype.rounding * Double(columns + 1))
            let numbers: [Double] = try values.cast(to: .float64).values()
            #expect(numbers == numbers.sorted(by: >) && numbers.allSatisfy { $0 >= 0 })
        }
    }

    @Test(arguments: types, sizes) func eigenvalues(dtype: DType, count: Int) throws {
        var random = SeededRandom(UInt64(count) + 4)
        let root = try Numbers.random([count, count], dtype, &random)
        let a = try root + Numbers.adjoint(root)
        let limit = try 100 * dtype.rounding * max(Numbers.norm(a), 1)
        for isUpper in [false, true] {
            let (values, vectors) = try a.hermitianEigenvalues(isUpper: isUpper)
            let product = try Tensor.matrixProduct(a, vectors)
            #expect(try Numbers.distance(product, vectors * values.cast(to: dtype)) <= limit)
            #expect(try Numbers.distanceFromOrthonormal(vectors) <= 50 * dtype.rounding * Double(count + 1))
        }
        let (values, vectors) = try root.eigenvalues()
        #expect(values.dtype == DType.promoted(dtype, .complex64))
        #expect(try Numbers.distance(Tensor.matrixProduct(root, vectors), vectors * values) <= limit)
    }

    @Test(arguments: [DType.float64, .complex128]) func determinants(dtype: DType) throws {
        let a = try Tensor([2.0, 1, 0, -3, 4, 1, 0, 5, -1]).cast(to: dtype).reshaped([3, 3])
        #expect(try a.determinant().cast(to: .float64).values() == [-21.0])
        let (sign, logarithm) = try a.logarithmicDeterminant()
        #expect(try sign.cast(to: .float64).values() == [-1.0])
        #expect(abs(try logarithm.values(of: Double.self)[0] - 3.044522437723423) < 1e-15)
        #expect(try Tensor(zeros: [0, 0], dtype).determinant().cast(to: .float64).values() == [1.0])
        #expect(try Tensor(zeros: [2, 2], dtype).logarithmicDeterminant().logarithm.values() == [-Double.infinity])
        // Neither factor's power of two can be held on the way.
        let powers = try Tensor([1e200, 1e200, 1e-200, 1e-200]).reshaped([4, 1]) * Numbers.identity(4, .float64)
        #expect(abs(try powers.determinant().values(of: Double.self)[0] - 1) < 1e-13)
    }

    @Test(arguments: [DType.float64, .complex128]) func leastSquares(dtype: DType) throws {
        var random = SeededRandom(6)
        for (rows, columns) in [(8, 3), (3, 8), (5, 5), (0, 2), (2, 0)] {
            let a = try Numbers.random([rows, columns], dtype, &random)
            let b = try Numbers.random([rows, 2], dtype, &random)
            let result = try a.leastSquares(b)
            #expect(result.rank == min(rows, columns))
            // What is left over is orthogonal to the columns.
            let rest = try Tensor.matrixProduct(a, result.x) - b
            #expect(try Numbers.norm(Tensor.matrixProduct(Numbers.adjoint(a), rest)) < 1e-13)
            let squares: [Double] = try result.residuals.values()
            #expect(try abs(squares.reduce(0, +) - Numbers.norm(rest) * Numbers.norm(rest)) < 1e-13)
        }
        let deficient = try Tensor([1.0, 1, 1, 1, 1, 1]).cast(to: dtype).reshaped([3, 2])
        let result = try deficient.leastSquares(Tensor([1.0, 2, 3]).cast(to: dtype))
        #expect(result.rank == 1)
        #expect(try Numbers.distance(result.x, Tensor([1.0, 1]).cast(to: dtype)) < 1e-14)
    }
}
