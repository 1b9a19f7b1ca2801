import CWalleKernels
import Testing

@testable import WalleTensor

/// Whatever a search takes, the result is the same; what it takes is one of what it could have taken.
@Suite struct SearchTests {
    // MARK: movement

    @Test(arguments: [DType.uint8, .int16, .float32, .float64, .complex128])
    func turnsAsTheDefinition(_ dtype: DType) throws {
        for shape: Axes in [[37, 70], [130, 5], [3, 257], [64, 64], [3, 21, 35], [5, 300, 2]] {
            let source = try Tensor.counting(shape, dtype)
            let view = source.view
            let turned = Layout(shape: view.layout.shape.backwards, strides: view.layout.strides.backwards)
            let expected = try moved(view, turned) { Raster.walkForTests($0) }
            let probe = try Tensor(zeros: turned.shape, dtype)
            let movement = Movement(
                view.base!, turned, probe.view.base!, probe.view.layout, elementBytes: dtype.byteCount)
            for candidate in movement.candidates {
                let result = try moved(view, turned) { $0.run(candidate) }
                #expect(result == expected, "\(candidate) of \(shape) \(dtype)")
            }
            withExtendedLifetime((source, probe)) {}
        }
    }

    @Test(arguments: ["avx512", "avx2", "portable"])
    func turnsAtEveryLevel(_ level: String) throws {
        guard let kernels = walle_kernels_named(level) else { return }
        for (bytes, dtype) in [(1, DType.uint8), (2, .int16), (4, .int32), (8, .int64), (16, .complex128)] {
            let (rows, columns) = (35, 21)
            let source = try Tensor.counting([columns, rows], dtype),
                result = try Tensor(zeros: [rows, columns], dtype)
            walle_kernels_transpose(kernels, bytes)!(
                rows, columns, source.view.base!, rows * bytes, result.view.base!, columns * bytes)
            let (from, to) = (source.bytes, result.bytes)
            for row in 0..<rows {
                for column in 0..<columns {
                    let (there, here) = ((column * rows + row) * bytes, (row * columns + column) * bytes)
                    #expect(to[here..<here + bytes] == from[there..<there + bytes])
                }
            }
        }
    }

    @Test(arguments: ["avx512", "avx2", "portable"])
    func streamsAtEveryLevel(_ level: String) throws {
        guard let kernels = walle_kernels_named(level) else { return }
        let source = try Tensor.counting([1011], .uint8)
        for (start, count) in [(0, 1000), (3, 5), (7, 64), (60, 300), (1, 0)] {
            let result = try Tensor(zeros: [1000], .uint8)
            walle_kernels_movement(kernels).pointee.stream(count, source.view.base! + 11, result.view.base! + start)
            walle_kernels_movement(kernels).pointee.settle()
            #expect(result.bytes[start..<start + count] == source.bytes[11..<11 + count])
            #expect(result.bytes[..<start].allSatisfy { $0 == 0 })
            #expect(result.bytes[(start + count)...].allSatisfy { $0 == 0 })
        }
    }

    private func moved(_ view: View, _ layout: Layout, _ body: (Movement) -> Void) throws -> [UInt8] {
        let result = try Tensor(zeros: layout.shape, view.dtype)
        body(
            Movement(
                view.base!, layout, result.view.base!, result.view.layout, elementBytes: view.dtype.byteCount))
        return result.bytes
    }

    // MARK: folds

    /// Bit for bit, whatever the candidate.
    @Test(arguments: [FoldOperation.sum, .product, .maximum], [DType.float32, .float64, .int64])
    func foldsAlikeByEveryCandidate(_ operation: FoldOperation, _ dtype: DType) throws {
        let cases: [(Axes, Axes)] = [
            ([40, 300], [1, 0]), ([300, 40], [0, 1]), ([700, 5], [0, 1]), ([3, 300_000], [0, 1]),
            ([9, 7, 50], [0, 1, 0]),
            ([600_000], [1]),
        ]
        for (shape, folded) in cases {
            let input = try Tensor.counting(shape, dtype)
            let kept = Axes(shape.indices.filter { folded[$0] == 0 }.map { shape[$0] })
            var results: [[UInt8]] = []
            let probe = try Tensor(zeros: kept, dtype)
            let names = Folding.candidates(operation, input.view, folded, probe.view)
            for candidate in names {
                let output = try Tensor(zeros: kept, dtype)
                Folding.run(operation, input.view, folded: folded, to: output.view, computing: dtype, by: candidate)
                results.append(output.bytes)
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(operation) of \(shape) \(dtype): \(names)")
            withExtendedLifetime((input, probe)) {}
        }
    }

    @Test func sumsInPartsAsInOne() throws {
        let values = (0..<1_000_003).map { Float($0 % 1009) * 0.37 }
        var (one, whole) = (Float(0), Float(0))
        walle_kernels_fold(walle_kernels_shared(), Int32(FoldOperation.sum.rawValue), Int32(DType.float32.kernel))!(
            values.count, values, 4, &one)
        let sum = try Tensor(values).folded(.sum)
        whole = try sum.values(of: Float.self)[0]
        #expect(whole == one)
    }

    // MARK: products

    @Test(arguments: [(1, 300, 200), (40, 1, 900), (61, 45, 130), (200, 90, 700)])
    func multipliesAlikeByEveryCandidate(_ rows: Int, _ columns: Int, _ depth: Int) throws {
        let a = try Tensor.counting([rows, depth], .float64), b = try Tensor.counting([depth, columns], .float64)
        var results: [[Double]] = []
        let c = try Tensor(zeros: [rows, columns], .float64)
        let problem = ProductProblem(
            product: MatrixProduct(.float64, pool: .shared), a: Matrix(a.view.base!, rows: rows, columns: depth),
            b: Matrix(b.view.base!, rows: depth, columns: columns),
            c: MutableMatrix(c.view.base!, rows: rows, columns: columns))
        for candidate in problem.candidates {
            problem.run(candidate)
            results.append(try c.values(of: Double.self))
        }
        for result in results.dropFirst() {
            for (x, y) in zip(result, results[0]) { #expect(abs(x - y) <= 1e-12 * abs(y)) }
        }
        withExtendedLifetime((a, b, c)) {}
    }

    // MARK: the model

    @Test func choosesOneOfTheCandidates() throws {
        var trial = SearchTrial(seed: 7)
        for operation in SearchSubject.Operation.allCases {
            for _ in 0..<3 {
                let explanation = try MethodSearch.explain(trial.subject(operation), isMeasured: false)
                #expect(explanation.rows.count { $0.isChosen } == 1)
                #expect(explanation.rows[0].isChosen)
                #expect(explanation.rows.allSatisfy { $0.predictedNanoseconds > 0 })
            }
        }
        for operation in [SearchSubject.Operation.matmul, .transpose] {
            #expect(try MethodSearch.explain(trial.subject(operation), isMeasured: false).rows.count >= 3)
        }
    }

    /// Walks of large matrices meet a line again only when it is gone from the caches; rows shorter than a square have no
    /// squares.
    @Test func turnsLargeMatricesInSquares() throws {
        func best(_ rows: Int, _ columns: Int, _ bytes: Int) -> Candidate.Algorithm {
            let place = UnsafeMutableRawPointer(bitPattern: 4096)!
            let movement = Movement(
                place, Layout(shape: [rows, columns], strides: [bytes, rows * bytes]), place,
                Layout(contiguous: [rows, columns], elementBytes: bytes), elementBytes: bytes)
            return MethodSearch.best(of: movement, .typical).candidate.algorithm
        }
        for bytes in [1, 2, 4, 8] {
            #expect([.panels, .blocks, .streamedBlocks].contains(best(3000, 2500, bytes)))
            #expect([.panels, .blocks].contains(best(90, 110, bytes)))
        }
        #expect(best(2, 200, 8) == .walk)
    }

    @Test func refusesShapesThatFitNoOperator() {
        for subject in [
            SearchSubject(.matmul, [[3, 4]], .float32), SearchSubject(.matmul, [[3, 4], [5, 6]], .float32),
            SearchSubject(.matmul, [[3, 4], [4, 6]], .int32), SearchSubject(.sum, [[3]], .float32, axis: 2),
            SearchSubject(.transpose, [[3]], .float32),
        ] {
            #expect(throws: TensorError.self) { try MethodSearch.explain(subject, isMeasured: false) }
        }
    }

    @Test func remembersCandidates() {
        for algorithm in Candidate.Algorithm.allCases {
            let candidate = Candidate(algorithm, block: 9, threads: 2)
            #expect(Candidate(code: candidate.code) == candidate)
        }
        #expect(Candidate(code: 0xFF) == nil)
    }
}

extension Raster {
    /// Every element by itself.
    fileprivate static func walkForTests(_ movement: Movement) {
        let layouts: InlineArray<2, Layout> = [movement.outputLayout, movement.sourceLayout]
        Walk.forEach(layouts.span) { count, offsets, strides in
            for index in 0..<count {
                (movement.output + offsets[0] + index * strides[0]).copyMemory(
                    from: movement.source + offsets[1] + index * strides[1], byteCount: movement.elementBytes)
            }
        }
    }
}

extension Tensor {
    /// Numbers that differ, and are no power of 2.
    static func counting(_ shape: Axes, _ dtype: DType) throws -> Tensor {
        let count = shape.reduce(1, *)
        let numbers = Tensor((0..<count).map { 0.5 + Double($0 % 241) * 1.01 })
        return try numbers.cast(to: dtype).reshaped(shape)
    }

    var bytes: [UInt8] { contiguous().withUnsafeBytes { Array($0) } }
}
