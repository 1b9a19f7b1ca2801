/// Operators written over others: what a back end need not supply.
extension Operator {
    static let composites: [Operator] = moments + normalizations + activations + constructions

    private typealias Make = @Sendable (Graph, [Node], Attributes) throws -> [Node]

    private static func composite(
        _ name: String, arity: ClosedRange<Int> = 1...1, _ make: @escaping Make
    ) -> Operator {
        Operator(
            name, .composite, arity: arity,
            infer: { (types, attributes) throws(TensorError) in
                try Graph.types(of: types) { try make($0, $1, attributes) }.results
            },
            execution: .expression(make),
            cost: { inputs, outputs, attributes in
                let found = try? Graph.types(of: inputs) { try make($0, $1, attributes) }
                return found?.cost ?? Cost.anElementEach(inputs, outputs, attributes)
            })
    }

    // MARK: moments

    private static let moments: [Operator] = [
        composite("mean") { graph, inputs, attributes in
            [try graph.mean(inputs[0], attributes)]
        },
        composite("var") { graph, inputs, attributes in [try graph.variance(inputs[0], attributes)] },
        composite("std") { graph, inputs, attributes in
            [try graph.apply(.unary(.squareRoot), [try graph.variance(inputs[0], attributes)])]
        },
        composite("vector_norm") { graph, inputs, attributes in
            let square = try graph.apply(.unary(.square), [try graph.apply(.unary(.absolute), inputs)])
            return [try graph.apply(.unary(.squareRoot), [try graph.apply(.fold(.sum), [square], attributes)])]
        },
        composite("count_nonzero") { graph, inputs, attributes in
            let truth = try graph.apply(.cast, inputs, ["type": .type(.bool)])
            return [try graph.apply(.fold(.sum), [truth], attributes)]
        },
        composite("ptp") { graph, inputs, attributes in
            let most = try graph.apply(.fold(.maximum), inputs, attributes)
            return [try graph.apply(.binary(.subtract), [most, try graph.apply(.fold(.minimum), inputs, attributes)])]
        },
        composite("trace") { graph, inputs, attributes in
            [try graph.apply(.fold(.sum), [try graph.apply(.diagonal, inputs, attributes)], ["axes": .axes([-1])])]
        },
        composite("vecdot", arity: 2...2) { graph, inputs, attributes in
            let left = try graph.apply(.unary(.conjugate), [inputs[0]])
            let product = try graph.apply(.binary(.multiply), [left, inputs[1]])
            let axis = try attributes.integer("axis", default: -1)
            return [try graph.apply(.fold(.sum), [product], ["axes": .axes([axis])])]
        },
        composite("diff") { graph, inputs, attributes in
            let axis = try inputs[0].form.elements.axis(try attributes.integer("axis", default: -1))
            let (next, last) = (try graph.part(inputs[0], axis, from: 1), try graph.part(inputs[0], axis, from: 0))
            return [try graph.apply(.binary(inputs[0].form.dtype == .bool ? .notEqual : .subtract), [next, last])]
        },
    ]

    // MARK: normalizations

    private static let normalizations: [Operator] = [
        composite("logsumexp") { graph, inputs, attributes in
            let (shifted, most) = try graph.shifted(inputs[0], attributes)
            let sum = try graph.apply(.fold(.sum), [try graph.apply(.unary(.exp), [shifted])], attributes)
            let shown = try graph.apply(.reshape, [most], ["shape": .axes(sum.form.shape)])
            return [try graph.apply(.binary(.add), [try graph.apply(.unary(.log), [sum]), shown])]
        },
        composite("softmax") { graph, inputs, attributes in
            let axes: Attributes = ["axes": .axes(try attributes.axes("axes", default: [-1])), "keeps": .flag(true)]
            let powers = try graph.apply(.unary(.exp), [try graph.shifted(inputs[0], axes).0])
            return [try graph.apply(.binary(.divide), [powers, try graph.apply(.fold(.sum), [powers], axes)])]
        },
        composite("log_softmax") { graph, inputs, attributes in
            let axes: Attributes = ["axes": .axes(try attributes.axes("axes", default: [-1])), "keeps": .flag(true)]
            let shifted = try graph.shifted(inputs[0], axes).0
            let sum = try graph.apply(.fold(.sum), [try graph.apply(.unary(.exp), [shifted])], axes)
            return [try graph.apply(.binary(.subtract), [shifted, try graph.apply(.unary(.log), [sum])])]
        },
        composite("layer_norm", arity: 1...3) { graph, inputs, attributes in
            let axes: Attributes = ["axes": .axes(try attributes.axes("axes", default: [-1])), "keeps": .flag(true)]
            let center = try graph.apply(.binary(.subtract), [inputs[0], try graph.mean(inputs[0], axes)])
            let variance = try graph.mean(try graph.apply(.unary(.square), [center]), axes)
            return [try graph.scaled(center, by: variance, inputs, try attributes.number("epsilon", default: 1e-5))]
        },
        composite("rms_norm", arity: 1...2) { graph, inputs, attributes in
            let axes: Attributes = ["axes": .axes(try attributes.axes("axes", default: [-1])), "keeps": .flag(true)]
            let square = try graph.mean(try graph.apply(.unary(.square), [inputs[0]]), axes)
            return [try graph.scaled(inputs[0], by: square, inputs, try attributes.number("epsilon", default: 1e-5))]
        },
        composite("clip", arity: 3...3) { graph, inputs, _ in
            let raised = try graph.apply(.binary(.maximum), [inputs[0], inputs[1]])
            return [try graph.apply(.binary(.minimum), [raised, inputs[2]])]
        },
    ]

    // MARK: activations

    private static let activations: [Operator] = [
        composite("relu") { graph, inputs, _ in
            [try graph.apply(.binary(.maximum), [inputs[0], graph.constant(0, inputs[0].form.dtype)])]
        },
        composite("sigmoid") { graph, inputs, _ in [try graph.sigmoid(inputs[0])] },
        composite("silu") { graph, inputs, _ in
            [try graph.apply(.binary(.multiply), [inputs[0], try graph.sigmoid(inputs[0])])]
        },
        composite("softplus") { graph, inputs, _ in
            [try graph.apply(.binary(.logAddExp), [inputs[0], graph.constant(0, inputs[0].form.dtype)])]
        },
        composite("linear", arity: 2...3) { graph, inputs, _ in
            let product = try graph.apply(.named("matmul"), [inputs[0], inputs[1]])
            return [inputs.count == 2 ? product : try graph.apply(.binary(.add), [product, inputs[2]])]
        },
    ]

    // MARK: constructions

    private static let constructions: [Operator] = [
        composite("outer", arity: 2...2) { graph, inputs, _ in
            let column = try graph.apply(.reshape, [inputs[0]], ["shape": .axes([-1, 1])])
            let row = try graph.apply(.reshape, [inputs[1]], ["shape": .axes([1, -1])])
            return [try graph.apply(.binary(.multiply), [column, row])]
        },
        composite("kron", arity: 2...2) { graph, inputs, _ in [try graph.kronecker(inputs[0], inputs[1])] },
        composite("cross", arity: 2...2) { graph, inputs, _ in [try graph.cross(inputs[0], inputs[1])] },
        composite("meshgrid", arity: 1...64) { graph, inputs, _ in
            let shape = Axes(inputs.map(\.form.count))
            return try inputs.enumerated().map { axis, input in
                var alone = Axes(repeating: 1, count: shape.count)
                alone[axis] = shape[axis]
                return try graph.broadcast(
                    try graph.apply(.reshape, [input], ["shape": .axes(alone)]), to: shape)
            }
        },
    ]
}

/// Parts of composite operators.
extension Graph {
    fileprivate func mean(_ node: Node, _ attributes: Attributes) throws -> Node {
        let mask = try node.form.folded(attributes)
        var count = 1
        for axis in mask.indices where mask[axis] == 1 { count *= node.form.shape[axis] }
        let type = node.form.dtype.kind < .floating ? .float64 : node.form.dtype
        let wide = try cast(node, to: type.computing)
        let sum = try apply(.fold(.sum), [wide], attributes)
        return try cast(try apply(.binary(.divide), [sum, constant(Double(count), type.computing)]), to: type)
    }

    /// Divided by the number of elements less the attribute `correction`.
    fileprivate func variance(_ node: Node, _ attributes: Attributes) throws -> Node {
        var kept = attributes
        kept.values["keeps"] = .flag(true)
        let center = try apply(.binary(.subtract), [node, try mean(node, kept)])
        let square = try apply(.unary(.square), [try apply(.unary(.absolute), [center])])
        let mask = try node.form.folded(attributes)
        var count = 1
        for axis in mask.indices where mask[axis] == 1 { count *= node.form.shape[axis] }
        let sum = try apply(.fold(.sum), [square], attributes)
        let divisor = Double(count) - (try attributes.number("correction", default: 0))
        return try apply(.binary(.divide), [sum, constant(max(0, divisor), sum.form.dtype)])
    }

    /// Less the greatest along some axes, so that no exponential overflows; and that.
    fileprivate func shifted(_ node: Node, _ attributes: Attributes) throws -> (Node, Node) {
        var kept = attributes
        kept.values["keeps"] = .flag(true)
        let most = try apply(.fold(.maximum), [node], kept)
        return (try apply(.binary(.subtract), [node, most]), most)
    }

    /// `node / √(square + epsilon)`, times the second operand and plus the third where there are these.
    fileprivate func scaled(_ node: Node, by square: Node, _ inputs: [Node], _ epsilon: Double) throws -> Node {
        let sum = try apply(.binary(.add), [square, constant(epsilon, square.form.dtype)])
        var result = try apply(.binary(.divide), [node, try apply(.unary(.squareRoot), [sum])])
        if inputs.count > 1 { result = try apply(.binary(.multiply), [result, inputs[1]]) }
        if inputs.count > 2 { result = try apply(.binary(.add), [result, inputs[2]]) }
        return result
    }

    /// By the hyperbolic tangent, which overflows nowhere.
    fileprivate func sigmoid(_ node: Node) throws -> Node {
        let half = constant(0.5, node.form.dtype)
        let tangent = try apply(.unary(.tanh), [try apply(.binary(.multiply), [node, half])])
        return try apply(.binary(.add), [try apply(.binary(.multiply), [tangent, half]), half])
    }

    /// All elements of an axis but one, from the first or the second on.
    fileprivate func part(_ node: Node, _ axis: Int, from first: Int) throws -> Node {
        var (start, count) = (Axes(repeating: 0, count: node.form.rank), node.form.shape)
        count[axis] = max(0, count[axis] - 1)
        start[axis] = first
        return try apply(.named("slice"), [node], ["start": .axes(start), "count": .axes(count)])
    }

    /// Every element of the first times all of the second.
    fileprivate func kronecker(_ left: Node, _ right: Node) throws -> Node {
        let rank = max(left.form.rank, right.form.rank)
        func shape(_ node: Node) -> Axes { Axes(Array(repeating: 1, count: rank - node.form.rank) + node.form.shape) }
        let (a, b) = (shape(left), shape(right))
        var (wide, narrow, result) = (Axes(), Axes(), Axes())
        for axis in 0..<rank {
            wide.append(a[axis])
            wide.append(1)
            narrow.append(1)
            narrow.append(b[axis])
            result.append(a[axis] * b[axis])
        }
        let product = try apply(
            .binary(.multiply),
            [
                try apply(.reshape, [left], ["shape": .axes(wide)]),
                try apply(.reshape, [right], ["shape": .axes(narrow)]),
            ])
        return try apply(.reshape, [product], ["shape": .axes(result)])
    }

    /// Of vectors of three elements along the last axis.
    fileprivate func cross(_ left: Node, _ right: Node) throws -> Node {
        guard left.form.shape.last == 3, right.form.shape.last == 3 else {
            throw TensorError(.value, "cross products are of vectors of three elements: \(left.form.shape)")
        }
        func turned(_ node: Node, by shift: Int) throws -> Node {
            try apply(.named("roll"), [node], ["axis": .integer(-1), "shift": .integer(shift)])
        }
        let plus = try apply(.binary(.multiply), [try turned(left, by: -1), try turned(right, by: 1)])
        let minus = try apply(.binary(.multiply), [try turned(left, by: 1), try turned(right, by: -1)])
        return try apply(.binary(.subtract), [plus, minus])
    }
}
