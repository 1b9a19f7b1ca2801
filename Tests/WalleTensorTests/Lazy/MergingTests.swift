import Testing
import WalleTensor

/// What graphs leave out: arrays in between, and work that is there twice.
@Suite struct MergingTests {
    private func counting(_ lengths: Int...) throws -> Tensor {
        try Tensor((0..<lengths.reduce(1, *)).map(Double.init)).reshaped(Axes(lengths))
    }

    @Test func transformsOfTransformsAreRegions() throws {
        let graph = Graph()
        let (a, b) = (try counting(3, 4), try counting(2, 4))
        let joined = try graph.apply(.concatenation, [graph.value(a), graph.value(b)], ["axis": 0])
        let part = try graph.apply(
            Operator.find("slice")!, [joined],
            ["start": .axes([1, 0]), "count": .axes([3, 4]), "step": .axes([1, 1])])
        let turned = try graph.apply(.transpose, [part])
        let result = try graph.tensor(of: turned)
        let expected = try Tensor.concatenated([a, b]).sliced(axis: 0, start: 1, count: 3).transposed()
        #expect(try result.values(of: Double.self) == expected.values())
        #expect(graph.counters.arrays == 1)
        #expect(graph.counters.regions == 2)
    }

    @Test func aChainIsOnePass() throws {
        let graph = Graph()
        let x = graph.value(try counting(1000))
        var y = x
        for _ in 0..<10 { y = try graph.apply(.binary(.add), [try graph.apply(.unary(.tanh), [y]), x]) }
        try graph.materialize([y])
        #expect(graph.counters.programs == 1)
        #expect(graph.counters.steps == 20)
        #expect(graph.counters.arrays == 1)
    }

    @Test func equalNodesAreOne() throws {
        let graph = Graph()
        let tensor = try counting(4, 5)
        let x = graph.value(tensor)
        let left = try graph.apply(.unary(.exp), [try graph.apply(.transpose, [x])])
        let right = try graph.apply(.unary(.exp), [try graph.apply(.transpose, [graph.value(tensor)])])
        #expect(left === right)
        graph.tag = 1
        #expect(try graph.apply(.unary(.exp), [try graph.apply(.transpose, [x])]) !== left)
    }

    @Test func identicalRegionsRunOnce() throws {
        let graph = Graph()
        let x = graph.value(try counting(2, 3))
        let node = try graph.apply(.concatenation, [x, x], ["axis": 0])
        _ = try graph.tensor(of: node)
        #expect(graph.counters.regions == 2)
        let one = try graph.apply(.unary(.negative), [node])
        let two = try graph.apply(.unary(.negative), [node])
        #expect(one === two)
    }

    @Test func regionsOfExpressionsAreEvaluatedInPlace() throws {
        let graph = Graph()
        let (a, b) = (try counting(3, 4), try counting(3, 4))
        let sum = try graph.apply(.binary(.add), [graph.value(a), graph.value(b)])
        let product = try graph.apply(.binary(.multiply), [graph.value(a), graph.constant(2, .float64)])
        let joined = try graph.apply(
            .concatenation,
            [sum, try graph.apply(.transpose, [product])].map {
                try graph.apply(.reshape, [$0], ["shape": .axes([-1])])
            }, ["axis": 0])
        let found = try graph.tensor(of: joined).values(of: Double.self)
        #expect(graph.counters.arrays == 1)
        let expected = try Tensor.concatenated([
            try (a + b).reshaped([-1]),
            try Tensor.applying(.multiply, a, Tensor(scalar: 2.0)).transposed().reshaped([-1]),
        ])
        #expect(try found == expected.values())
    }

    @Test func viewsOfExpressionsReadTheLeaves() throws {
        let graph = Graph()
        let x = graph.value(try counting(6, 5))
        var doubled: Node? = try graph.apply(.binary(.add), [x, x])
        let last = try graph.apply(
            Operator.find("slice")!, [doubled!], ["start": .axes([5, 0]), "count": .axes([1, 5])])
        doubled = nil
        let negative = try graph.apply(.unary(.negative), [last])
        #expect(try graph.tensor(of: negative).values(of: Double.self) == [-50, -52, -54, -56, -58])
        #expect(graph.counters.arrays == 1 && graph.counters.bytes == 40)
    }

    @Test(arguments: [[30, 40], [7, 3], [1, 2000], [2000, 1], [3, 5000]]) func foldsTakePieces(_ shape: [Int]) throws {
        for axes in [[0], [1], [0, 1]] {
            let graph = Graph()
            let tensor = try counting(shape[0], shape[1])
            let x = graph.value(tensor)
            let square = try graph.apply(.binary(.multiply), [try graph.apply(.binary(.add), [x, x]), x])
            let sum = try graph.apply(.fold(.sum), [square], ["axes": .axes(Axes(axes))])
            let found = try graph.tensor(of: sum).values(of: Double.self)
            let eager = try Tensor.applying(.multiply, tensor + tensor, tensor).folded(.sum, axes: Axes(axes))
            // Integers, so exact in any order.
            #expect(try found == eager.values())
            #expect(graph.counters.programs == 1 && graph.counters.bytes == eager.byteCount)
        }
    }

    @Test func sumsAreAsAccurateAsPairwiseOnes() throws {
        let graph = Graph()
        let count = 300_000
        let tensor = Tensor([Float](repeating: 0.1, count: count))
        let x = graph.value(tensor)
        let sum = try graph.apply(.fold(.sum), [try graph.apply(.unary(.negative), [x])])
        let found = Double(try graph.tensor(of: sum).values(of: Float.self)[0])
        let exact = -Double(Float(0.1)) * Double(count)
        #expect(abs(found - exact) <= abs(exact) * 1e-6)
    }

    @Test func exceptionsNameTheirOperator() throws {
        let graph = Graph()
        let x = graph.value(Tensor([1.0, 0.0]))
        let quotient = try graph.apply(.binary(.divide), [graph.constant(1, .float64), x])
        try graph.materialize([try graph.apply(.unary(.exp), [try graph.apply(.unary(.negative), [quotient])])])
        #expect(graph.takeReports().map(\.name) == ["divide"])
        #expect(graph.takeReports().isEmpty)
    }

    @Test func longChainsAreComputedInParts() throws {
        let graph = Graph()
        var y = graph.value(Tensor([1.0, 2.0]))
        let one = graph.constant(1, .float64)
        for _ in 0..<5000 { y = try graph.apply(.binary(.add), [y, one]) }
        #expect(try graph.tensor(of: y).values(of: Double.self) == [5001, 5002])
    }

    /// What others read of a result that goes past the caches is there; rows that are too short go the usual way.
    @Test(arguments: [[1_700_003], [3, 600_001], [200_000, 9]]) func largeResultsAreWhatSmallOnesAre(
        _ shape: [Int]
    ) throws {
        let graph = Graph()
        let count = shape.reduce(1, *)
        let numbers = try Tensor((0..<count).map { Double($0 % 1000) }).reshaped(Axes(shape)).cast(to: .complex128)
        let x = graph.value(numbers)
        let sum = try graph.apply(.binary(.add), [x, x])
        let product = try graph.apply(.binary(.multiply), [sum, graph.constant(3, .complex128)])
        try graph.materialize([product, sum])
        #expect(graph.counters.programs == 1)
        let (sums, products) = (try graph.tensor(of: sum), try graph.tensor(of: product))
        #expect(sums.byteCountForTests >= Streaming.leastBytes)
        for index in Array(stride(from: 0, to: count, by: 997)) + [count - 1] {
            let value = Double(index % 1000)
            #expect(sums.realPart(index) == 2 * value)
            #expect(products.realPart(index) == 6 * value)
        }
    }

    @Test func manyElementsRunOnThreads() throws {
        let graph = Graph()
        let x = graph.value(try counting(600, 1000))
        let y = try graph.apply(
            .binary(.add),
            [
                x,
                try graph.apply(
                    .transpose,
                    [
                        try graph.apply(.reshape, [x], ["shape": .axes([1000, 600])])
                    ]),
            ])
        let sum = try graph.apply(.fold(.sum), [y])
        #expect(try graph.tensor(of: sum).values(of: Double.self) == [599_999.0 * 600_000])
    }
}

extension Attributes.Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self = .integer(value) }
}

extension Tensor {
    fileprivate var byteCountForTests: Int { count * dtype.byteCount }

    /// The real part of an element of a packed array of complex numbers, which has no imaginary one.
    fileprivate func realPart(_ index: Int) -> Double {
        contiguous().withUnsafeBytes { bytes in
            #expect(bytes.load(fromByteOffset: 16 * index + 8, as: Double.self) == 0)
            return bytes.load(fromByteOffset: 16 * index, as: Double.self)
        }
    }
}
