import Testing
import WalleTensor

/// Matrix products of arrays with any axes, against the sum that defines them.
@Suite struct TensorProductTests {
    @Test(arguments: [DType.float32, .float64, .int32, .complex64, .float16])
    func multipliesBatches(dtype: DType) throws {
        var random = SeededRandom(41)
        for round in 0..<30 {
            let (rows, depth, columns) = (
                Int.random(in: 1...6, using: &random), Int.random(in: 0...6, using: &random),
                Int.random(in: 1...6, using: &random)
            )
            let batch = random.shape(axes: 0...2, lengths: 1...3)
            let shared = batch.map { Bool.random(using: &random) ? $0 : 1 }
            let a = Reference(random: batch + [rows, depth], &random)
            let b = Reference(
                random: Array(shared.dropFirst(Int.random(in: 0...shared.count, using: &random))) + [depth, columns],
                &random)
            // Small enough for every sum to be exact, also in float16.
            let (small, few) = (
                Reference(a.shape) { a[$0].truncatingRemainder(dividingBy: 8) },
                Reference(b.shape) { b[$0].truncatingRemainder(dividingBy: 8) }
            )
            // The left factor is a transposed view.
            let last = Array(0..<batch.count) + [batch.count + 1, batch.count]
            let swapped = Reference(batch + [depth, rows]) {
                small[$0.dropLast(2) + [$0[batch.count + 1], $0[batch.count]]]
            }
            let left = try swapped.tensor(dtype).transposed(Axes(last))
            let result = try Tensor.matrixProduct(left, few.tensor(dtype))
            let expected = Reference(batch + [rows, columns]) { index in
                let (row, column) = (index[index.count - 2], index[index.count - 1])
                let skipped = batch.count - (few.shape.count - 2)
                let place = zip(index.dropLast(2).dropFirst(skipped), few.shape).map { $1 == 1 ? 0 : $0 }
                return (0..<depth).reduce(0) { $0 + small[index.dropLast(2) + [row, $1]] * few[place + [$1, column]] }
            }
            #expect(result.dtype == dtype && Array(result.shape) == expected.shape, "round \(round)")
            #expect(try Reference(result).values == expected.values, "round \(round)")
        }
    }

    @Test func dropsTheAxesOfVectors() throws {
        let matrix = try Tensor([1.0, 2, 3, 4, 5, 6]).reshaped([2, 3])
        #expect(try Tensor.matrixProduct(matrix, Tensor([1, 0, 1])).values() == [4.0, 10])
        #expect(try Tensor.matrixProduct(Tensor([1, 1]), matrix).values() == [5.0, 7, 9])
        let dot = try Tensor.matrixProduct(Tensor([1.0, 2]), Tensor([3.0, 4]))
        #expect(dot.rank == 0)
        #expect(try dot.values() == [11.0])
    }

    @Test func namesShapesThatDoNotFit() throws {
        let matrix = try Tensor(zeros: [2, 3])
        #expect { try Tensor.matrixProduct(matrix, matrix) } throws: {
            "\($0)" == "matrix product of shapes (2, 3) and (2, 3): 3 columns and 2 rows do not fit"
        }
        #expect { try Tensor.matrixProduct(matrix, Tensor(scalar: 1.0)) } throws: {
            "\($0)" == "matrix products need axes: the shapes are (2, 3) and ()"
        }
    }
}
