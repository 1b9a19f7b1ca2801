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

    @Test func refusesWhatIsOutOfBounds() throws {
        let tensor = try Tensor([1, 2, 3, 4, 5, 6]).reshaped([2, 3])
        #expect { try tensor.taking(Tensor([0, -4]), axis: 1) } throws: {
            "\($0)" == "index -4 is out of bounds for axis 1 with size 3"
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
