import Testing
import WalleTensor

/// Prefixes, combination at positions, and counting, against loops one element at a time.
@Suite struct ScanTests {
    @Test(arguments: [DType.int8, .uint16, .int64, .float32, .float64, .float16, .complex64])
    func accumulatesAlongAnyAxis(type: DType) throws {
        var random = SeededRandom(71)
        let operations: [(BinaryOperation, (Double, Double) -> Double)] = [
            (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.maximum, { max($0, $1) }), (.minimum, { min($0, $1) }),
        ]
        for round in 0..<20 {
            let (tensor, reference) = try Tensor.randomView(type, &random, axes: 1...3)
            let axis = Int.random(in: 0..<tensor.rank, using: &random)
            for (operation, combine) in operations where type.isSigned || operation != .subtract {
                if type == .int8 && operation == .subtract { continue }
                var expected = reference
                for index in reference.indices where index[axis] > 0 {
                    var before = index
                    before[axis] -= 1
                    let place = zip(index, reference.shape).reduce(0) { $0 * $1.1 + $1.0 }
                    expected.values[place] = combine(expected[before], reference[index])
                }
                let result = try tensor.accumulated(operation, axis: axis)
                #expect(try Reference(result).values == expected.values, "\(operation), round \(round)")
            }
        }
    }

    @Test func accumulatesManyLanesAtOnce() throws {
        let numbers = (0..<6 * 40).map { Float($0 % 17) - 8.25 }
        let tensor = try Tensor(numbers).reshaped([6, 40])
        let sums = try tensor.accumulated(.add).values(of: Float.self)
        for lane in 0..<40 {
            var sum = numbers[lane]
            for row in 1..<6 {
                sum += numbers[row * 40 + lane]
                #expect(sums[row * 40 + lane] == sum)
            }
        }
    }

    /// Strictly from left to right: the rounding of a plain loop, of each type.
    @Test func roundsEveryPrefix() throws {
        let tenths = [Float](repeating: 0.1, count: 1_000)
        var sum: Float = 0
        let sums = tenths.map { tenth -> Float in
            sum += tenth
            return sum
        }
        #expect(try Tensor(tenths).accumulated(.add).values() == sums)
        let half = try Tensor([Float](repeating: 1, count: 2_100)).cast(to: .float16).accumulated(.add)
        #expect(half.dtype == .float16)
        // 2048 + 1 rounds to even, and stays.
        #expect(try half.cast(to: .float64).values(of: Double.self).last == 2_048)
    }

    @Test func widensAndKeepsNaN() throws {
        let short = try Tensor([Int8(100), 100, 100]).accumulated(.add)
        #expect(try short.dtype == .int64 && short.values() == [100, 200, 300])
        let truth = try Tensor([1.5, 2, 0, 3]).accumulated(.logicalAnd).values(of: Bool.self)
        #expect(truth == [true, true, false, false])
        let least = try Tensor([2.0, .nan, 1]).accumulated(.minimum).values(of: Double.self)
        #expect(least[0] == 2 && least[1].isNaN && least[2].isNaN)
        #expect { try Tensor([1.5]).accumulated(.bitwiseAnd) } throws: {
            "\($0)" == "bitwiseAnd cannot be accumulated over float64 as float64"
        }
    }

    @Test(arguments: [DType.int16, .uint8, .int64, .float16, .float32, .complex128])
    func combinesAtRepeatedPositions(type: DType) throws {
        var random = SeededRandom(72)
        let operations: [(BinaryOperation, (Double, Double) -> Double)] = [
            (.add, { $0 + $1 }), (.maximum, { max($0, $1) }), (.minimum, { min($0, $1) }),
        ]
        for round in 0..<20 {
            let shape = random.shape(axes: 1...2)
            let start = Reference(shape) { _ in Double(Int.random(in: 0...5, using: &random)) }
            let length = Int.random(in: 0...9, using: &random)
            let wanted = (0..<length).map { _ in Int.random(in: -shape[0]..<shape[0], using: &random) }
            let values = Reference([length] + shape.dropFirst()) { _ in Double(Int.random(in: 0...9, using: &random)) }
            for (operation, combine) in operations {
                var expected = start
                for index in values.indices {
                    let place = (wanted[index[0]] + shape[0]) % shape[0]
                    let target = zip([place] + index.dropFirst(), shape).reduce(0) { $0 * $1.1 + $1.0 }
                    expected.values[target] = combine(expected.values[target], values[index])
                }
                let result = try start.tensor(type).combining(operation, values.tensor(type), at: Tensor(wanted))
                #expect(try Reference(result).values == expected.values, "\(operation), round \(round)")
            }
        }
    }

    @Test func talliesIntegers() throws {
        let integers = Tensor([UInt8(3), 0, 3, 7, 0, 3])
        #expect(try integers.tallied().values() == [2, 0, 0, 3, 0, 0, 0, 1])
        #expect(try Tensor([Int]()).tallied(atLeast: 3).values() == [0, 0, 0])
        let weights = Tensor([0.5, 1, 2, 4, 8, 16])
        #expect(try integers.tallied(weights: weights, atLeast: 9).values() == [9, 0, 0, 18.5, 0, 0, 0, 4, 0])
        #expect { try Tensor([1, -1]).tallied() } throws: {
            "\($0)" == "'list' argument must have no negative elements"
        }
        #expect { try Tensor([1.5]).tallied() } throws: {
            "\($0)" == "Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'safe'"
        }
    }
}
