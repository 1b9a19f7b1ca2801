import Testing
import WalleTensor

/// The table of operators, and the operators that are written over others.
@Suite struct RegistryTests {
    private func tensor(_ lengths: Int...) throws -> Tensor {
        let values = (0..<lengths.reduce(1, *)).map { Double($0 * 37 % 23) / 4 - 2 }
        return try Tensor(values).reshaped(Axes(lengths))
    }

    private func run(_ name: String, _ inputs: [Tensor], _ attributes: Attributes = [:]) throws -> [Tensor] {
        let graph = Graph()
        let record = try #require(Operator.find(name))
        let nodes = try graph.apply(all: record, inputs.map { graph.value($0) }, attributes)
        let inferred = try record.infer(inputs.map(\.type), attributes)
        let results = try nodes.map { try graph.tensor(of: $0) }
        #expect(inferred == results.map(\.type))
        return results
    }

    private func expect(_ found: Tensor, near expected: [Double], _ name: String) throws {
        let values = try found.cast(to: .float64).values(of: Double.self)
        #expect(values.count == expected.count, "\(name)")
        for (value, wanted) in zip(values, expected) {
            #expect(abs(value - wanted) <= 1e-12 * max(1, abs(wanted)), "\(name): \(value), not \(wanted)")
        }
    }

    @Test func namesAreUniqueAndKindsFitExecutions() {
        #expect(Set(Operator.all.map(\.name)).count == Operator.all.count)
        for each in Operator.all {
            switch (each.kind, each.execution) {
            case (.transform, .pieces), (.composite, .expression): break
            case (.atomic, .pieces), (.atomic, .expression): Issue.record("\(each.name)")
            case (.atomic, _): break
            default: Issue.record("\(each.name)")
            }
        }
    }

    @Test func momentsAndNormalizations() throws {
        let x = try tensor(3, 5)
        let rows = try x.values(of: Double.self)
        let row = (0..<3).map { Array(rows[$0 * 5..<$0 * 5 + 5]) }
        let means = row.map { $0.reduce(0, +) / 5 }
        let variances = zip(row, means).map { row, mean in row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5 }
        let last: Attributes = ["axes": .axes([1])]
        try expect(run("mean", [x], last)[0], near: means, "mean")
        try expect(run("var", [x], last)[0], near: variances, "var")
        try expect(run("std", [x], last)[0], near: variances.map { $0.squareRoot() }, "std")
        let normal = zip(row, zip(means, variances)).flatMap { row, moments in
            row.map { ($0 - moments.0) / (moments.1 + 1e-5).squareRoot() }
        }
        try expect(run("layer_norm", [x])[0], near: normal, "layer_norm")
        try expect(run("ptp", [x], last)[0], near: row.map { $0.max()! - $0.min()! }, "ptp")
        try expect(
            run("vector_norm", [x], last)[0], near: row.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }, "norm")
        try expect(run("count_nonzero", [x])[0], near: [Double(rows.count { $0 != 0 })], "count_nonzero")
    }

    @Test func exponentialsOfLargeNumbersDoNotOverflow() throws {
        let x = Tensor([1000.0, 1001, 999])
        let result = try run("softmax", [x])[0].values(of: Double.self)
        #expect(abs(result.reduce(0, +) - 1) < 1e-12 && result[1] > result[0])
        let sum = try run("logsumexp", [x], ["axes": .axes([0])])[0].values(of: Double.self)[0]
        let logs = try run("log_softmax", [x])[0].values(of: Double.self)
        #expect(abs(logs[0] - (1000 - sum)) < 1e-12)
    }

    @Test func constructions() throws {
        let (a, b) = (Tensor([1.0, 2, 3]), Tensor([4.0, 5, 7]))
        try expect(run("outer", [a, b])[0], near: [4, 5, 7, 8, 10, 14, 12, 15, 21], "outer")
        try expect(run("cross", [a, b])[0], near: [-1, 5, -3], "cross")
        try expect(run("kron", [a, b])[0], near: [4, 5, 7, 8, 10, 14, 12, 15, 21], "kron")
        try expect(run("vecdot", [a, b])[0], near: [35], "vecdot")
        try expect(run("diff", [b])[0], near: [1, 2], "diff")
        let grids = try run("meshgrid", [a, b])
        try expect(grids[0], near: [1, 1, 1, 2, 2, 2, 3, 3, 3], "meshgrid")
        try expect(grids[1], near: [4, 5, 7, 4, 5, 7, 4, 5, 7], "meshgrid")
        let square = try tensor(3, 3)
        let values = try square.values(of: Double.self)
        try expect(run("trace", [square])[0], near: [values[0] + values[4] + values[8]], "trace")
        let bounds = (Tensor(scalar: -1.0), Tensor(scalar: 1.0))
        try expect(run("clip", [a, bounds.0, bounds.1])[0], near: [1, 1, 1], "clip")
    }

    @Test func transformsPutElementsWhereTheyBelong() throws {
        let x = try Tensor((0..<32).map(Double.init)).reshaped([2, 4, 4])
        let depth = try run("space_to_depth", [x], ["block": 2])[0]
        #expect(Array(depth.shape) == [8, 2, 2])
        let back = try run("depth_to_space", [depth], ["block": 2])[0]
        #expect(try back.values(of: Double.self) == x.values())
        let m = try Tensor([1.0, 2, 3, 4]).reshaped([2, 2])
        let zero = Tensor(scalar: 0.0)
        try expect(run("tril", [m, zero])[0], near: [1, 0, 3, 4], "tril")
        try expect(run("triu", [m, zero])[0], near: [1, 2, 0, 4], "triu")
        try expect(
            run("pad", [m, zero], ["before": .axes([1, 0]), "after": .axes([0, 1])])[0],
            near: [0, 0, 0, 1, 2, 0, 3, 4, 0], "pad")
        try expect(run("repeat", [m], ["axis": 1, "times": 2])[0], near: [1, 1, 2, 2, 3, 3, 4, 4], "repeat")
        try expect(
            run("gather_constant", [m], ["axis": 1, "positions": .axes([1, 0, 1])])[0], near: [2, 1, 2, 4, 3, 4],
            "gather_constant")
        try expect(run("rot90", [m])[0], near: [2, 4, 1, 3], "rot90")
        try expect(run("diagonal", [m], ["offset": 1])[0], near: [2], "diagonal")
        try expect(
            run("sliding_window", [Tensor([1.0, 2, 3, 4])], ["size": 2])[0], near: [1, 2, 2, 3, 3, 4], "window")
        let parts = try run("split", [Tensor([1.0, 2, 3])], ["lengths": .axes([1, 2])])
        try expect(parts[1], near: [2, 3], "split")
    }

    @Test func kernelsRunOnComputedOperands() throws {
        let (a, b) = (try tensor(3, 3), try tensor(3, 2))
        let graph = Graph()
        let record = try #require(Operator.find("matmul"))
        let sum = try graph.apply(.binary(.add), [graph.value(a), graph.value(a)])
        let product = try graph.apply(record, [sum, graph.value(b)])
        let expected = try run("matmul", [try a + a, b])[0]
        #expect(try graph.tensor(of: product).values(of: Double.self) == expected.values())
        let sorted = try run("sort", [try a.reshaped([-1])])[0].values(of: Double.self)
        #expect(sorted == sorted.sorted())
        let total = try run("cumulative_sum", [b], ["axis": 0])[0]
        #expect(
            try total.sliced(axis: 0, start: 2, count: 1).values(of: Double.self) == b.folded(.sum, axes: [0]).values())
        let spectrum = try run("rfft", [try tensor(8)])[0]
        try expect(run("irfft", [spectrum])[0], near: try tensor(8).values(), "irfft")
    }

    @Test func costsCountOperationsAndBytes() throws {
        let product = try #require(Operator.find("matmul"))
        let (a, b) = (TensorType(.float32, [10, 20]), TensorType(.float32, [20, 30]))
        let results = try product.infer([a, b], [:])
        let cost = product.cost([a, b], results, [:])
        #expect(cost.operations == 2 * 10 * 20 * 30 && cost.bytes == 4 * (200 + 600 + 300))
        let softmax = try #require(Operator.find("softmax"))
        #expect(softmax.cost([a], [a], [:]).operations > 4 * 200)
    }

    @Test func gradientsAreExpressions() throws {
        let graph = Graph()
        let tensors = (try tensor(3, 1), try tensor(3, 4))
        let (x, y) = (graph.value(tensors.0), graph.value(tensors.1))
        // d/dx Σ tanh(x·y), against central differences.
        func loss(_ x: Node) throws -> (product: Node, tangent: Node, sum: Node) {
            let product = try graph.apply(.binary(.multiply), [x, y])
            let tangent = try graph.apply(.unary(.tanh), [product])
            return (product, tangent, try graph.apply(.fold(.sum), [tangent]))
        }
        let (product, tangent, sum) = try loss(x)
        func gradients(_ record: Operator, _ inputs: [Node], _ output: Node, _ incoming: Node) throws -> [Node?] {
            let use = Gradient.Application(graph: graph, inputs: inputs, output: output, attributes: [:])
            return try #require(record.gradient).expressions(use, incoming)
        }
        let one = graph.constant(1, .float64)
        let ofTangent = try #require(try gradients(.fold(.sum), [tangent], sum, one)[0])
        let ofProduct = try #require(try gradients(.unary(.tanh), [product], tangent, ofTangent)[0])
        let ofX = try #require(try gradients(.binary(.multiply), [x, y], product, ofProduct)[0])
        let found = try graph.tensor(of: ofX)
        #expect(found.shape == tensors.0.shape)
        let (values, step) = (try tensors.0.values(of: Double.self), 1e-5)
        for (place, value) in try found.values(of: Double.self).enumerated() {
            func moved(_ by: Double) throws -> Double {
                var changed = values
                changed[place] += by
                let node = graph.value(try Tensor(changed).reshaped([3, 1]))
                return try graph.tensor(of: try loss(node).sum).values(of: Double.self)[0]
            }
            #expect(abs((try moved(step) - moved(-step)) / (2 * step) - value) < 1e-6)
        }
    }

    /// Values with a zero of each sign, infinities and NaN; integers for types of these.
    private func special(_ dtype: DType, _ shift: Int) -> Tensor {
        let floats = [0.0, -0.0, 1.5, -2.5, .infinity, -.infinity, .nan, 3, 0.5, -1]
        let integers = [0.0, 1, 2, 7, 100, 3, 5, 255, 8, 0]
        let values = dtype.kind == .floating ? floats : integers
        return Tensor(values.indices.map { values[($0 * (shift + 2) + shift) % values.count] }).cast(to: dtype)
    }

    @Test func substitutesGiveTheSame() throws {
        for record in Operator.all {
            guard let substitute = record.substitute else { continue }
            #expect(record.kind == .atomic)
            for dtype in [DType.float64, .float32, .int32, .uint8, .bool, .complex128] {
                let tensors = (0..<record.arity.lowerBound).map { special(dtype, $0) }
                guard (try? record.infer(tensors.map(\.type), [:])) != nil else { continue }
                let graph = Graph()
                let inputs = tensors.map { graph.value($0) }
                guard let node = try? graph.apply(record, inputs) else { continue }
                let isSpectrum = record.name.hasSuffix("fft")
                if isSpectrum && dtype.kind != .complex && dtype != .int32 { continue }
                let (found, expected) = (
                    try graph.tensor(of: try substitute(graph, inputs, [:])[0]), try graph.tensor(of: node)
                )
                #expect(found.type == expected.type, "\(record.name) of \(dtype)")
                guard !isSpectrum, found.dtype.kind != .complex else { continue }
                let pairs = zip(
                    try found.cast(to: .float64).values(of: Double.self),
                    try expected.cast(to: .float64).values(of: Double.self))
                for (one, other) in pairs {
                    #expect(
                        one.bitPattern == other.bitPattern || one.isNaN && other.isNaN, "\(record.name) of \(dtype)")
                }
            }
        }
    }
}
