import Testing
import WalleTensor

/// Random expressions, computed by a graph and operator by operator.
@Suite struct RandomGraphTests {
    /// A value both ways.
    private struct Pair {
        let tensor: Tensor
        let node: Node
    }

    private static let types: [DType] = [.float64, .float32, .int32, .float16]

    @Test(arguments: 1...60) func isWhatOperatorsGiveOneByOne(_ seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let graph = Graph()
        var pairs: [Pair] = []
        for _ in 0..<3 {
            let dtype = Self.types.randomElement(using: &random)!
            let shape = [Int.random(in: 1...4, using: &random), 6, Int.random(in: 1...4, using: &random)]
            let reference = Reference(random: shape, &random)
            let tensor = try reference.tensor(dtype).applying(.squareRoot).cast(to: dtype)
            pairs.append(Pair(tensor: tensor, node: graph.value(tensor)))
        }
        for _ in 0..<12 { if let next = try Self.grown(pairs, graph, &random) { pairs.append(next) } }
        // Some are held by others, as arrays of Python are.
        for pair in pairs where Int.random(in: 0...3, using: &random) == 0 { pair.node.exposures = 1 }
        let last = pairs.suffix(4).shuffled(using: &random)
        try graph.materialize(last.map(\.node))
        for pair in last + pairs { try Self.expectEqual(pair, graph, seed) }
    }

    private static func expectEqual(_ pair: Pair, _ graph: Graph, _ seed: Int) throws {
        let found = try graph.tensor(of: pair.node)
        #expect(found.shape == pair.tensor.shape && found.dtype == pair.tensor.dtype, "seed \(seed)")
        let (left, right) = (found.contiguous(), pair.tensor.contiguous())
        left.withUnsafeBytes { a in
            right.withUnsafeBytes { b in
                #expect(a.elementsEqual(b), "seed \(seed): \(pair.node.operation?.name ?? "value")")
            }
        }
    }

    private static func grown(
        _ pairs: [Pair], _ graph: Graph, _ random: inout SeededRandom
    ) throws -> Pair? {
        let one = pairs.randomElement(using: &random)!
        guard one.tensor.count > 0, one.tensor.count < 4000, one.tensor.dtype != .bool else { return nil }
        switch Int.random(in: 0...13, using: &random) {
        case 0...2: return try elementwise(one, graph, &random)
        case 3...5: return try paired(one, pairs, graph, &random)
        case 6: return try chosen(one, pairs, graph, &random)
        case 7:
            let type = types.randomElement(using: &random)!
            return Pair(
                tensor: one.tensor.cast(to: type), node: try graph.apply(.cast, [one.node], ["type": .type(type)]))
        default: return try moved(one, pairs, graph, &random)
        }
    }

    private static func elementwise(
        _ one: Pair, _ graph: Graph, _ random: inout SeededRandom
    ) throws -> Pair {
        let operation = [UnaryOperation.negative, .absolute, .square, .tanh, .floor].randomElement(using: &random)!
        return Pair(
            tensor: try one.tensor.applying(operation), node: try graph.apply(.unary(operation), [one.node]))
    }

    private static func paired(
        _ one: Pair, _ pairs: [Pair], _ graph: Graph, _ random: inout SeededRandom
    ) throws -> Pair? {
        let other = pairs.randomElement(using: &random)!
        guard (try? Layout.broadcast(one.tensor.shape, other.tensor.shape)) != nil else { return nil }
        let operation = [BinaryOperation.add, .subtract, .multiply, .maximum].randomElement(using: &random)!
        return Pair(
            tensor: try Tensor.applying(operation, one.tensor, other.tensor),
            node: try graph.apply(.binary(operation), [one.node, other.node]))
    }

    private static func chosen(
        _ one: Pair, _ pairs: [Pair], _ graph: Graph, _ random: inout SeededRandom
    ) throws -> Pair? {
        let other = pairs.randomElement(using: &random)!
        guard other.tensor.shape == one.tensor.shape, other.tensor.dtype == one.tensor.dtype else { return nil }
        // The larger, chosen by a comparison.
        let (condition, flag) = (
            try Tensor.applying(.greater, one.tensor, other.tensor),
            try graph.apply(.binary(.greater), [one.node, other.node])
        )
        let expected = try Tensor.applying(.maximum, one.tensor, other.tensor)
        #expect(condition.dtype == .bool)
        return Pair(tensor: expected, node: try graph.apply(.select, [flag, one.node, other.node]))
    }

    private static func moved(
        _ one: Pair, _ pairs: [Pair], _ graph: Graph, _ random: inout SeededRandom
    ) throws -> Pair? {
        let (tensor, node) = (one.tensor, one.node)
        func apply(_ name: String, _ attributes: Attributes, _ expected: Tensor) throws -> Pair {
            Pair(tensor: expected, node: try graph.apply(Operator.find(name)!, [node], attributes))
        }
        let axis = tensor.rank > 0 ? Int.random(in: 0..<tensor.rank, using: &random) : 0
        switch Int.random(in: 0...7, using: &random) {
        case 0:
            let order = Axes((0..<tensor.rank).shuffled(using: &random))
            return try apply("transpose", ["axes": .axes(order)], try tensor.transposed(order))
        case 1:
            let shape: Axes = tensor.count % 2 == 0 ? [2, -1] : [-1]
            return try apply("reshape", ["shape": .axes(shape)], try tensor.reshaped(shape))
        case 2 where tensor.rank > 0:
            return try apply("flip", ["axes": .axes([axis])], try tensor.flipped([axis]))
        case 3 where tensor.rank > 0:
            let shift = Int.random(in: -5...5, using: &random)
            return try apply(
                "roll", ["axis": .integer(axis), "shift": .integer(shift)], try tensor.rolled(by: shift, axis: axis))
        case 4 where tensor.rank > 0:
            let length = tensor.shape[axis]
            let start = Int.random(in: 0..<length, using: &random)
            let step = Int.random(in: 1...2, using: &random)
            let count = Int.random(in: 1...(length - start + step - 1) / step, using: &random)
            var (starts, counts, steps) = (
                Axes(repeating: 0, count: tensor.rank), tensor.shape, Axes(repeating: 1, count: tensor.rank)
            )
            (starts[axis], counts[axis], steps[axis]) = (start, count, step)
            return try apply(
                "slice", ["start": .axes(starts), "count": .axes(counts), "step": .axes(steps)],
                try tensor.sliced(axis: axis, start: start, count: count, step: step))
        case 5:
            let times = Axes((0..<tensor.rank).map { _ in Int.random(in: 1...2, using: &random) })
            return try apply("tile", ["repetitions": .axes(times)], try tensor.tiled(times))
        case 6 where tensor.rank > 0:
            let others = pairs.filter { $0.tensor.shape == tensor.shape && $0.tensor.dtype == tensor.dtype }.prefix(3)
            return Pair(
                tensor: try Tensor.concatenated(others.map(\.tensor), axis: axis),
                node: try graph.apply(.concatenation, others.map(\.node), ["axis": .integer(axis)]))
        case 7 where tensor.rank > 0:
            let operation = FoldOperation.allCases.randomElement(using: &random)!
            // Sums in another order differ in the last place, so only of integers here.
            guard operation != .product, operation != .sum || tensor.dtype == .int32 else { return nil }
            return Pair(
                tensor: try tensor.folded(operation, axes: [axis]),
                node: try graph.apply(.fold(operation), [node], ["axes": .axes([axis])]))
        default: return nil
        }
    }
}
