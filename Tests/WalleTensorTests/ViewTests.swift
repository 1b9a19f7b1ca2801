import Testing
import WalleTensor

/// What shows or moves elements, against counting out every index.
@Suite struct ViewTests {
    @Test(arguments: [DType.uint8, .int16, .float32, .float64, .complex128])
    func showsTheElementsOfViews(dtype: DType) throws {
        var random = SeededRandom(11)
        for round in 0..<60 {
            let (tensor, reference) = try Tensor.randomView(dtype, &random)
            #expect(Array(tensor.shape) == reference.shape, "round \(round)")
            #expect(try Reference(tensor).values == reference.values, "round \(round)")
        }
    }

    @Test func reshapesAnyLayout() throws {
        var random = SeededRandom(12)
        for round in 0..<200 {
            let (tensor, reference) = try Tensor.randomView(.int32, &random)
            let target = Self.divided(tensor.count, &random)
            let result = try tensor.reshaped(Axes(target))
            #expect(Array(result.shape) == target, "round \(round)")
            #expect(try Reference(result).values == reference.values, "round \(round): \(tensor.shape) to \(target)")
        }
    }

    /// A random shape of so many elements.
    private static func divided(_ count: Int, _ random: inout SeededRandom) -> [Int] {
        var (shape, rest) = ([Int](), count)
        for divisor in [2, 3, 2, 5] where rest % divisor == 0 && Bool.random(using: &random) {
            shape.append(divisor)
            rest /= divisor
        }
        return (shape + [rest, 1]).shuffled(using: &random)
    }

    @Test func concatenatesAndRolls() throws {
        var random = SeededRandom(13)
        for round in 0..<60 {
            let (tensor, reference) = try Tensor.randomView(.float32, &random, axes: 1...4)
            let axis = Int.random(in: 0..<tensor.rank, using: &random)
            let length = tensor.shape[axis]
            let twice = try Tensor.concatenated([tensor, tensor.cast(to: .int16)], axis: axis)
            #expect(twice.dtype == .float32)
            var shape = reference.shape
            shape[axis] *= 2
            let expected = Reference(shape) { index in
                var original = index
                original[axis] %= length
                return reference[original]
            }
            #expect(try Reference(twice).values == expected.values, "round \(round)")
            let shift = Int.random(in: -7...7, using: &random)
            let rolled = Reference(reference.shape) { index in
                var original = index
                original[axis] = ((index[axis] - shift) % length + length) % length
                return reference[original]
            }
            #expect(try Reference(tensor.rolled(by: shift, axis: axis)).values == rolled.values, "round \(round)")
        }
    }

    @Test func tilesAndStacks() throws {
        var random = SeededRandom(14)
        for round in 0..<40 {
            let (tensor, reference) = try Tensor.randomView(.int64, &random, axes: 1...3)
            let times = tensor.shape.map { _ in Int.random(in: 0...3, using: &random) }
            let tiled = try tensor.tiled(Axes(times))
            let expected = Reference(zip(times, reference.shape).map { $0 * $1 }) { index in
                reference[zip(index, reference.shape).map { $0 % $1 }]
            }
            #expect(Array(tiled.shape) == expected.shape, "round \(round)")
            #expect(try Reference(tiled).values == expected.values, "round \(round)")
            let axis = Int.random(in: 0...tensor.rank, using: &random)
            let stacked = try Tensor.stacked([tensor, tensor, tensor], axis: axis)
            var shape = reference.shape
            shape.insert(3, at: axis)
            let copies = Reference(shape) { index in
                var original = index
                original.remove(at: axis)
                return reference[original]
            }
            #expect(try Reference(stacked).values == copies.values, "round \(round)")
        }
    }

    @Test(arguments: refusals)
    fileprivate func refuses(refusal: Refusal) {
        #expect { _ = try refusal.action() } throws: { "\($0)" == refusal.message }
    }

    fileprivate struct Refusal: Sendable, CustomTestStringConvertible {
        var message: String
        var action: @Sendable () throws -> Any

        init(_ message: String, _ action: @escaping @Sendable () throws -> Any) {
            (self.message, self.action) = (message, action)
        }

        var testDescription: String { message }
    }

    fileprivate static let refusals = [
        Refusal("operands could not be broadcast together with shapes (2, 3) (4,)") {
            try Layout.broadcast([2, 3], [4])
        },
        Refusal("cannot reshape array of shape (6,) into shape (4, 2)") {
            try Tensor([1, 2, 3, 4, 5, 6]).reshaped([4, 2])
        },
        Refusal("cannot reshape array of shape (6,) into shape (-1, 4)") {
            try Tensor([1, 2, 3, 4, 5, 6]).reshaped([-1, 4])
        },
        Refusal("can only specify one unknown dimension: (-1, -1)") { try Tensor([1, 2]).reshaped([-1, -1]) },
        Refusal("index 3 is out of bounds for axis 0 with size 3") {
            try Tensor([1, 2, 3]).selected(axis: 0, index: 3)
        },
        Refusal("axis 1 is out of bounds for array of dimension 1") { try Tensor([1]).selected(axis: 1, index: 0) },
        Refusal("arrays of shapes (2,) and (1, 2) cannot be concatenated along axis 0") {
            try Tensor.concatenated([Tensor([1, 2]), Tensor([1, 2]).reshaped([1, 2])])
        },
        Refusal("an array of shape (4294967296, 4294967296) is larger than memory can be addressed") {
            try Tensor(zeros: [1 << 32, 1 << 32])
        },
        Refusal("negative lengths are not allowed: (-1,)") { try Tensor(zeros: [-1]) },
        Refusal("repeated axis 0 in (0, 0)") { try Tensor(zeros: [2, 2]).transposed([0, 0]) },
    ]
}
