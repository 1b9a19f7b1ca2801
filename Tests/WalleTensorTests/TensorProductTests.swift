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

    /// Random groups of axes in any order, against the sum over all indices.
    @Test(arguments: [DType.float64, .int32, .float16, .complex64]) func contracts(dtype: DType) throws {
        var random = SeededRandom(43)
        for round in 0..<40 {
            let lengths = (0..<4).map { _ in random.shape(axes: 0...2, lengths: 1...3) }
            // Axes are numbered: batch, summed, left, right.
            let all = lengths.flatMap { $0 }
            let starts = [0, 1, 2, 3].map { lengths[..<$0].reduce(0) { $0 + $1.count } } + [all.count]
            let groups = (0..<4).map { Array(starts[$0]..<starts[$0 + 1]) }
            let left = (groups[0] + groups[1] + groups[2]).shuffled(using: &random)
            let right = (groups[0] + groups[1] + groups[3]).shuffled(using: &random)
            let a = Reference(left.map { all[$0] }) { _ in Double(Int.random(in: 0...3, using: &random)) }
            let b = Reference(right.map { all[$0] }) { _ in Double(Int.random(in: 0...3, using: &random)) }
            let axes = ContractionAxes(
                leftBatch: Axes(groups[0].map { left.firstIndex(of: $0)! }),
                rightBatch: Axes(groups[0].map { right.firstIndex(of: $0)! }),
                leftSummed: Axes(groups[1].map { left.firstIndex(of: $0)! }),
                rightSummed: Axes(groups[1].map { right.firstIndex(of: $0)! }))
            let order = groups[0] + left.filter(groups[2].contains) + right.filter(groups[3].contains)
            let result = try Tensor.contraction(a.tensor(dtype), b.tensor(dtype), axes)
            let expected = Reference(order.map { all[$0] }) { index in
                Reference.indices(lengths[1]).reduce(0) { sum, summed in
                    var place = [Int](repeating: 0, count: all.count)
                    for (axis, at) in zip(order + groups[1], index + summed) { place[axis] = at }
                    return sum + a[left.map { place[$0] }] * b[right.map { place[$0] }]
                }
            }
            #expect(Array(result.shape) == expected.shape, "round \(round)")
            #expect(try Reference(result).values == expected.values, "round \(round)")
        }
    }

    /// One product for many rows, and sums of whole slices.
    @Test func contractsInOtherWays() throws {
        var random = SeededRandom(44)
        let (a, b) = (Reference(random: [3, 4, 5], &random), Reference(random: [5, 2], &random))
        let product = try Reference(Tensor.matrixProduct(a.tensor(.float64), b.tensor(.float64)))
        #expect(
            product.values
                == Reference([3, 4, 2]) { at in (0..<5).reduce(0) { $0 + a[[at[0], at[1], $1]] * b[[$1, at[2]]] } }
                .values)
        let (c, d) = (Reference(random: [6, 40], &random), Reference(random: [6, 40], &random))
        for dtype in [DType.float32, .int64, .bool] {
            let axes = ContractionAxes(leftBatch: [1], rightBatch: [1], leftSummed: [0], rightSummed: [0])
            let sums = try Reference(Tensor.contraction(c.tensor(dtype), d.tensor(dtype), axes))
            let expected = Reference([40]) { at in (0..<6).reduce(0) { $0 + c[[$1, at[0]]] * d[[$1, at[0]]] } }
            #expect(sums.values == (dtype == .bool ? expected.values.map { $0 == 0 ? 0 : 1 } : expected.values))
        }
    }

    @Test func namesAxesThatDoNotFit() throws {
        let a = TensorType(.float64, [2, 3])
        #expect {
            try Products.inferContraction(a, a, ContractionAxes(leftSummed: [0], rightSummed: [1]))
        } throws: {
            "\($0)" == "shape-mismatch for sum: axis 0 of (2, 3) and axis 1 of (2, 3)"
        }
        #expect {
            try Products.inferContraction(a, a, ContractionAxes(leftSummed: [0, 0], rightSummed: [0, 0]))
        } throws: {
            ($0 as? TensorError)?.kind == .value
        }
    }

    @Test func namesShapesThatDoNotFit() throws {
        let matrix = try Tensor(zeros: [2, 3])
        #expect { try Tensor.matrixProduct(matrix, matrix) } throws: {
            "\($0)" == "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
                + "(n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)"
        }
        #expect { try Tensor.matrixProduct(matrix, Tensor(scalar: 1.0)) } throws: {
            "\($0)" == "matmul: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature "
                + "(n?,k),(k,m?)->(n?,m?) requires 1)"
        }
    }
}
