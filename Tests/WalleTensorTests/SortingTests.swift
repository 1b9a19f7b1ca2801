import Testing
import WalleTensor

/// Sorting, partitioning and searching, against Swift's own sort with the order written out.
@Suite struct SortingTests {
    /// Every type, and lengths around those where another way to sort takes over.
    private static let types = DType.allCases.filter { $0.kind < .complex }
    private static let lengths = [0, 1, 2, 10, 16, 17, 64, 100, 129, 300, 1_100]

    /// Values of a type: few or many distinct ones; of floats also NaN, zeros of both signs and infinities.
    private static func values(_ type: DType, _ count: Int, _ random: inout SeededRandom) -> [Double] {
        let few = Bool.random(using: &random)
        return (0..<count).map { _ in
            if type.kind == .floating, Int.random(in: 0..<4, using: &random) == 0 {
                return [.nan, -.nan, 0, -0.0, .infinity, -.infinity].randomElement(using: &random) ?? 0
            }
            let number = Double(Int.random(in: few ? -2...2 : -120...120, using: &random))
            return type == .bool ? (number > 0 ? 1 : 0) : type.isSigned ? number : abs(number)
        }
    }

    /// Equal, with NaN equal to itself and zeros told apart by their signs.
    private static func isSame(_ a: [Double], _ b: [Double]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0.isNaN ? $1.isNaN : $0 == $1 && $0.sign == $1.sign }
    }

    @Test(arguments: types)
    func sortsStably(type: DType) throws {
        var random = SeededRandom(51)
        for length in Self.lengths {
            for descending in [false, true] {
                let tensor = Tensor(Self.values(type, length, &random)).cast(to: type)
                let values = try tensor.cast(to: .float64).values(of: Double.self)
                let expected = Self.orderOfNumbers(values, descending)
                let order = try tensor.sortingOrder(descending: descending).values(of: Int.self)
                #expect(order == expected, "\(length), descending: \(descending)")
                let sorted = try tensor.sorted(descending: descending).cast(to: .float64).values(of: Double.self)
                #expect(Self.isSame(sorted, expected.map { values[$0] }), "\(length), descending: \(descending)")
            }
        }
    }

    /// The positions that sort, made stable by comparing them too; NaN last.
    private static func orderOfNumbers(_ values: [Double], _ descending: Bool) -> [Int] {
        let numbers = values.indices.filter { !values[$0].isNaN }
        let ordered = numbers.sorted {
            values[$0] == values[$1] ? $0 < $1 : descending ? values[$0] > values[$1] : values[$0] < values[$1]
        }
        return ordered + values.indices.filter { values[$0].isNaN }
    }

    @Test(arguments: [DType.int8, .uint16, .int32, .float16, .float32, .float64, .uint64])
    func sortsAlongAnyAxis(type: DType) throws {
        var random = SeededRandom(52)
        for round in 0..<20 {
            let (tensor, reference) = try Tensor.randomView(type, &random, axes: 1...3)
            let axis = Int.random(in: 0..<tensor.rank, using: &random)
            let sorted = try Reference(tensor.sorted(axis: axis))
            let ordered = try Reference(tensor.sortingOrder(axis: axis))
            for index in reference.indices where index[axis] == 0 {
                let lane = (0..<reference.shape[axis]).map { place in
                    var other = index
                    other[axis] = place
                    return other
                }
                let values = lane.map { reference[$0] }
                #expect(lane.map { sorted[$0] } == values.sorted(), "round \(round)")
                #expect(lane.map { Int(ordered[$0]) } == Self.orderOfNumbers(values, false), "round \(round)")
            }
        }
    }

    /// The order of NumPy: imaginary NaN, then real NaN, then both after all numbers.
    @Test(arguments: [DType.complex64, .complex128])
    func sortsComplexNumbers(type: DType) throws {
        let parts: [(Double, Double)] = [
            (2, 1), (.nan, .nan), (1, 5), (1, .nan), (-0.0, 3), (0, 2), (.nan, 1), (1, -5), (0, .nan), (.nan, 0),
            (1, 5),
        ]
        let tensor = try Tensor.makeComplex(parts).cast(to: type)
        let order = try tensor.sortingOrder().values(of: Int.self)
        #expect(order == [5, 4, 7, 2, 10, 0, 8, 3, 9, 6, 1])
        let falling = try tensor.sortingOrder(descending: true).values(of: Int.self)
        #expect(falling == [0, 2, 10, 7, 4, 5, 3, 8, 6, 9, 1])
        let sorted = try tensor.sorted().applying(.imaginary).cast(to: .float64).values(of: Double.self)
        #expect(Self.isSame(sorted, order.map { parts[$0].1 }))
    }

    @Test(arguments: [DType.uint8, .int16, .int32, .float32, .int64, .float64])
    func partitions(type: DType) throws {
        var random = SeededRandom(53)
        for length in [1, 5, 100, 700, 2_000] {
            let tensor = Tensor(Self.values(type, length, &random)).cast(to: type)
            let expected = try tensor.sorted().cast(to: .float64).values(of: Double.self)
            let ranks = [0, length / 2, -1].map { $0 < 0 ? $0 + length : $0 }
            let order = try tensor.partitioningOrder(at: [-1, length / 2, 0])
            for result in [try tensor.partitioned(at: [-1, length / 2, 0]), try tensor.taking(order, axis: 0)] {
                let values = try result.cast(to: .float64).values(of: Double.self)
                for rank in ranks {
                    #expect(values[rank].isNaN ? expected[rank].isNaN : values[rank] == expected[rank])
                    let before = Tensor(Array(values[..<rank]))
                    let least = try before.sorted().values(of: Double.self)
                    #expect(zip(least, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
                }
            }
        }
    }

    @Test(arguments: types)
    func searches(type: DType) throws {
        var random = SeededRandom(54)
        for length in [0, 1, 7, 50, 200] {
            let sorted = try Tensor(Self.values(type, length, &random)).cast(to: type).sorted()
            let wanted = Tensor(Self.values(type, 43, &random)).cast(to: type)
            let elements = try sorted.cast(to: .float64).values(of: Double.self)
            let values = try wanted.cast(to: .float64).values(of: Double.self)
            for (tensor, values) in [(wanted, values), (sorted, elements)] {
                let before = values.map { value in elements.count { $0 < value || value.isNaN && !$0.isNaN } }
                let after = values.map { value in value.isNaN ? length : elements.count { $0 <= value } }
                #expect(try sorted.places(of: tensor).values() == before, "\(length)")
                #expect(try sorted.places(of: tensor, after: true).values() == after, "\(length)")
            }
        }
    }

    @Test(arguments: types)
    func findsExtremes(type: DType) throws {
        var random = SeededRandom(55)
        for length in [1, 9, 64, 200, 5_000] {
            // Without NaN, then with some.
            let all = Tensor(Self.values(type, length, &random)).cast(to: type)
            let finite = try all.selecting(where: all.applying(.isFinite))
            for tensor in [all, finite] where tensor.count > 0 {
                let values = try tensor.cast(to: .float64).values(of: Double.self)
                let missing = values.firstIndex { $0.isNaN }
                let greatest = missing ?? values.firstIndex { $0 == values.max() }
                let least = missing ?? values.firstIndex { $0 == values.min() }
                #expect(try tensor.placesOfGreatest().values(of: Int.self).first == greatest, "\(length)")
                #expect(try tensor.placesOfLeast().values(of: Int.self).first == least, "\(length)")
            }
        }
    }

    @Test func refusesWhatCannotBeSorted() throws {
        let tensor = Tensor([3, 1, 2])
        #expect { try tensor.sorted(axis: 1) } throws: {
            "\($0)" == "axis 1 is out of bounds for array of dimension 1"
        }
        #expect { try tensor.partitioned(at: [3]) } throws: { "\($0)" == "kth(=3) out of bounds (3)" }
        #expect { try Tensor([Int]()).placesOfGreatest() } throws: {
            "\($0)" == "attempt to get argmax of an empty sequence"
        }
    }
}

extension Tensor {
    fileprivate static func makeComplex(_ parts: [(Double, Double)]) throws -> Tensor {
        // The bytes of a complex number are its parts.
        let result = try Tensor(zeros: [parts.count], .complex128)
        parts.withUnsafeBytes { source in
            result.view.base.map { $0.copyMemory(from: source.baseAddress!, byteCount: source.count) }
        }
        return result
    }
}
