import Testing
import WalleTensor

@Suite struct SelectionTests {
    @Test(arguments: [DType.uint8, .float16, .float32, .int64, .complex128])
    func takesAlongAnyAxis(dtype: DType) throws {
        var random = SeededRandom(31)
        for round in 0..<40 {
            let (tensor, reference) = try Tensor.randomView(dtype, &random, axes: 1...4)
            let axis = Int.random(in: 0..<tensor.rank, using: &random)
            let length = tensor.shape[axis]
            let wanted = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Int.random(in: -length..<length, using: &random)
            }
            let result = try tensor.taking(Tensor(wanted).reshaped([1, wanted.count]), axis: axis)
            var shape = reference.shape
            shape.replaceSubrange(axis...axis, with: [1, wanted.count])
            let expected = Reference(shape) { index in
                var original = index
                original.remove(at: axis)
                original[axis] = (wanted[index[axis + 1]] + length) % length
                return reference[original]
            }
            #expect(Array(result.shape) == shape, "round \(round)")
            #expect(try Reference(result).values == expected.values, "round \(round)")
        }
    }

    @Test func selectsByConditions() throws {
        var random = SeededRandom(32)
        for round in 0..<40 {
            let (tensor, reference) = try Tensor.randomView(.float32, &random, axes: 1...3)
            let condition = try Tensor.applying(.greater, tensor, Tensor(scalar: 50))
            #expect(
                try Reference(tensor.selecting(where: condition)).values == reference.values.filter { $0 > 50 },
                "round \(round)")
            let mixed = try Tensor.selecting(condition, tensor, Tensor(scalar: Int8(-1)))
            #expect(try Reference(mixed).values == reference.values.map { $0 > 50 ? $0 : -1 }, "round \(round)")
            let places = try condition.nonzero().map { try $0.values(of: Int.self) }
            let expected = reference.indices.filter { reference[$0] > 50 }
            #expect(
                (0..<(places.first?.count ?? 0)).map { row in places.map { $0[row] } } == expected, "round \(round)")
        }
    }

    @Test(arguments: [DType.int8, .float16, .float32, .complex128])
    func putsByPosition(dtype: DType) throws {
        var random = SeededRandom(33)
        for round in 0..<40 {
            let (tensor, reference) = try Tensor.randomView(dtype, &random, axes: 1...4)
            let axis = Int.random(in: 0..<tensor.rank, using: &random)
            let length = reference.shape[axis]
            let wanted = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                Int.random(in: -length..<length, using: &random)
            }
            var shape = reference.shape
            shape[axis] = wanted.count
            let values = Reference(random: shape, &random)
            var expected = reference
            for index in values.indices {
                var target = index
                target[axis] = (wanted[index[axis]] + length) % length
                expected.values[zip(target, reference.shape).reduce(0) { $0 * $1.1 + $1.0 }] = values[index]
            }
            let result = try tensor.putting(values.tensor(dtype), at: Tensor(wanted), axis: axis)
            #expect(try Reference(result).values == expected.values, "round \(round)")
        }
    }

    @Test(arguments: [DType.uint8, .int16, .float32, .float64, .complex128])
    func takesAndPutsUnderConditions(dtype: DType) throws {
        var random = SeededRandom(34)
        for round in 0..<40 {
            let (tensor, reference) = try Tensor.randomView(dtype, &random, axes: 1...4)
            let axes = Int.random(in: 1...tensor.rank, using: &random)
            let chosen = Reference(Array(reference.shape.prefix(axes))) { _ in
                Bool.random(using: &random) ? 1 : 0
            }
            let condition = try chosen.tensor(.bool)
            let taken = reference.indices.filter { chosen[Array($0.prefix(axes))] != 0 }
            let selected = try tensor.selecting(where: condition)
            #expect(try Reference(selected).values == taken.map { reference[$0] }, "round \(round)")
            #expect(condition.countNonzero() == selected.shape[0], "round \(round)")
            var expected = reference
            for (number, index) in taken.enumerated() {
                expected.values[zip(index, reference.shape).reduce(0) { $0 * $1.1 + $1.0 }] = Double(number % 50)
            }
            let values = try Tensor(taken.indices.map { $0 % 50 }).reshaped(selected.shape)
            let put = try tensor.putting(values, where: condition)
            #expect(try Reference(put).values == expected.values, "round \(round)")
        }
    }

    @Test func findsDistinctElements() throws {
        let values = [2, .nan, -0.0, 2, 0, .nan, 5, 2]
        let merged = try Tensor(values).distinct().values(of: Double.self)
        #expect(merged.count == 4 && Array(merged.prefix(3)) == [0, 2, 5] && merged[3].isNaN)
        #expect(try Tensor(values).distinct(mergingNaN: false).count == 5)
        let numbers = try Tensor([3, 1, 3, 3, 1, 2]).reshaped([2, 3])
        let distinct = try Distinct(numbers.view, withPositions: true, mergingNaN: true)
        let (first, inverse) = (try Tensor(zeros: [3], .int64), try Tensor(zeros: [6], .int64))
        let counts = try Tensor(zeros: [3], .int64)
        distinct.writeFirstPositions(to: first.view)
        distinct.writeInverse(to: inverse.view)
        distinct.writeCounts(to: counts.view)
        #expect(distinct.count == 3)
        #expect(try first.values() == [1, 5, 0])
        #expect(try inverse.values() == [2, 0, 2, 2, 0, 1])
        #expect(try counts.values() == [2, 1, 3])
        #expect(try Tensor([Int]()).distinct().count == 0)
    }

    @Test func refusesWhatIsOutOfBounds() throws {
        let tensor = try Tensor([1, 2, 3, 4, 5, 6]).reshaped([2, 3])
        #expect { try tensor.taking(Tensor([0, -4]), axis: 1) } throws: {
            "\($0)" == "index -4 is out of bounds for axis 1 with size 3"
        }
        #expect { try tensor.taking(Tensor([UInt.max]), axis: 1) } throws: {
            "\($0)" == "index 18446744073709551615 is out of bounds for axis 1 with size 3"
        }
        #expect { try tensor.putting(Tensor([1]), at: Tensor([0, 3]), axis: 1) } throws: {
            "\($0)" == "index 3 is out of bounds for axis 1 with size 3"
        }
        #expect { try tensor.taking(Tensor([0.5]), axis: 1) } throws: {
            "\($0)" == "positions must be integers, not float64"
        }
        #expect { try tensor.selecting(where: Tensor([true, false, true])) } throws: {
            "\($0)"
                == "boolean index did not match indexed array along axis 0; size of axis is 2 but size of corresponding "
                + "boolean axis is 3"
        }
    }
}
