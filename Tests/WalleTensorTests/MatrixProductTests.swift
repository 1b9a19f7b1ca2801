import Testing
import WalleTensor

/// Against a naive triple loop in double precision, in guarded memory.
@Suite struct MatrixProductTests {
    private static let levels = ["avx512", "avx2", "neon", "portable"]

    @Test(arguments: levels) func floatsOfAnyShapeAndStride(level: String) {
        var check = ProductCheck<Float>(.float32, level: level, seed: .random(in: 1...UInt64.max))
        check.run(cases: 160, largest: 70)
    }

    @Test(arguments: levels) func doublesOfAnyShapeAndStride(level: String) {
        var check = ProductCheck<Double>(.float64, level: level, seed: .random(in: 1...UInt64.max))
        check.run(cases: 160, largest: 70)
    }

    @Test(arguments: [(13, 300, 700), (150, 67, 530), (1, 500, 300), (260, 1, 400), (97, 129, 3)])
    func blocks(rows: Int, columns: Int, depth: Int) {
        for level in Self.levels {
            var check = ProductCheck<Float>(.float32, level: level, seed: UInt64(rows * columns))
            check.run(rows: rows, columns: columns, depth: depth)
        }
    }

    @Test(arguments: [(300, 210, 140), (20, 2100, 210)]) func threads(rows: Int, columns: Int, depth: Int) {
        var check = ProductCheck<Float>(.float32, level: nil, seed: 7, pool: ThreadPool(threadCount: 3))
        check.run(rows: rows, columns: columns, depth: depth)
    }

    @Test(arguments: [DType.int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64])
    func integersWrap(type: DType) {
        let (rows, columns, depth) = (5, 7, 130)
        let a = (0..<rows * depth).map { Int64(truncatingIfNeeded: $0 &* 2_654_435_761) }
        let b = (0..<depth * columns).map { Int64(truncatingIfNeeded: $0 &* 40_503 &+ 17) }
        let right = (0..<rows * columns).map { index in
            (0..<depth).reduce(Int64(0)) {
                $0 &+ 3 &* a[index / columns * depth + $1] &* b[index % columns * depth + $1]
            }
        }
        let width = type.byteCount
        var result = [UInt8](repeating: 0xaa, count: rows * columns * width)
        let bColumns = (0..<depth * columns).map { b[$0 % columns * depth + $0 / columns] }
        multiply(
            MatrixProduct(type, alpha: 3), bytes(of: a, width), bytes(of: bColumns, width), into: &result,
            (rows, columns, depth))
        #expect(result == bytes(of: right, width))
    }

    @Test func complexNumbersAndBooleans() {
        // (1 + 2i)(3 - i) + (0 + i)(2 + 2i) = 5 + 5i - 2 + 2i
        let a: [Float] = [1, 2, 0, 1]
        let b: [Float] = [3, -1, 2, 2]
        var c: [Float] = [10, 20]
        multiply(MatrixProduct(.complex64, alpha: 2, beta: 0.5), a, b, into: &c, (1, 1, 2))
        #expect(c == [11, 24])
        var truth = [false, false, true, true]
        multiply(MatrixProduct(.bool), [true, false, true, true], [false, true, true, false], into: &truth, (2, 2, 2))
        #expect(truth == [false, true, true, true])
    }

    @Test func readsNoFormerValueWithBetaZero() {
        var c: [Double] = [.nan, .nan]
        multiply(MatrixProduct(.float64), [], [], into: &c, (1, 2, 0))
        #expect(c == [0, 0])
        multiply(MatrixProduct(.float64), [2], [3, 4], into: &c, (1, 2, 1))
        #expect(c == [6, 8])
    }
}

/// Contiguous matrices; `shape` is rows, columns, depth.
private func multiply<Element>(
    _ product: MatrixProduct, _ a: [Element], _ b: [Element], into c: inout [Element], _ shape: (Int, Int, Int)
) {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            c.withUnsafeMutableBufferPointer { c in
                product.multiply(
                    Matrix(a.baseAddress!, rows: shape.0, columns: shape.2),
                    Matrix(b.baseAddress!, rows: shape.2, columns: shape.1),
                    into: MutableMatrix(c.baseAddress!, rows: shape.0, columns: shape.1))
            }
        }
    }
}

private func bytes(of values: [Int64], _ width: Int) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value) { Array($0.prefix(width)) } }
}
