extension Operator {
    /// An expression over other operators that gives the same, so that a back end may leave out the kernel; nil for an
    /// operator that has to have one.
    ///
    /// Where a back end has the kernel, that is faster: these are for the first day of a new one. Numbers are the same bit
    /// by bit, NaN apart, but for the transforms of Fourier, which round differently.
    package var substitute: Substitute? { Self.substitutes[name] }

    package typealias Substitute = @Sendable (Graph, [Node], Attributes) throws -> [Node]

    private static let substitutes = arithmetic.merging(truth) { first, _ in first }.merging(wholes) { first, _ in first
    }

    private static let arithmetic: [String: Substitute] = [
        "negative": { graph, inputs, _ in
            [try graph.binary(.multiply, inputs[0], graph.constant(-1, inputs[0].form.dtype))]
        },
        "subtract": { graph, inputs, _ in
            let type = DType.promoted(inputs[0].form.dtype, inputs[1].form.dtype)
            let negative = try graph.apply(.unary(.negative), [try graph.cast(inputs[1], to: type)])
            return [try graph.binary(.add, inputs[0], negative)]
        },
        "square": { graph, inputs, _ in [try graph.binary(.multiply, inputs[0], inputs[0])] },
        "ceil": { graph, inputs, _ in
            guard inputs[0].form.dtype.kind == .floating else { return inputs }
            let negative = try graph.apply(.unary(.negative), inputs)
            return [try graph.apply(.unary(.negative), [try graph.apply(.unary(.floor), [negative])])]
        },
        "trunc": { graph, inputs, _ in
            guard inputs[0].form.dtype.kind == .floating else { return inputs }
            let isBelow = try graph.binary(.less, inputs[0], graph.constant(0, inputs[0].form.dtype))
            let (ceiling, floor) = (
                try graph.apply(.unary(.ceil), inputs), try graph.apply(.unary(.floor), inputs)
            )
            return [try graph.apply(.select, [isBelow, ceiling, floor])]
        },
        "fmin": { graph, inputs, _ in [try graph.ignoringNaN(.minimum, inputs)] },
        "fmax": { graph, inputs, _ in [try graph.ignoringNaN(.maximum, inputs)] },
    ]

    private static let truth: [String: Substitute] = [
        "not_equal": { graph, inputs, _ in
            [try graph.apply(.unary(.logicalNot), [try graph.binary(.equal, inputs[0], inputs[1])])]
        },
        "greater": { graph, inputs, _ in [try graph.binary(.less, inputs[1], inputs[0])] },
        "greater_equal": { graph, inputs, _ in [try graph.binary(.lessEqual, inputs[1], inputs[0])] },
        "logical_not": { graph, inputs, _ in
            [try graph.binary(.equal, inputs[0], graph.constant(0, inputs[0].form.dtype))]
        },
        "logical_and": { graph, inputs, _ in [try graph.ofTruth(.bitwiseAnd, inputs)] },
        "logical_or": { graph, inputs, _ in [try graph.ofTruth(.bitwiseOr, inputs)] },
        "logical_xor": { graph, inputs, _ in [try graph.ofTruth(.notEqual, inputs)] },
        "isnan": { graph, inputs, _ in [try graph.binary(.notEqual, inputs[0], inputs[0])] },
        "signbit": { graph, inputs, _ in
            let (type, zero) = (inputs[0].form.dtype, graph.constant(0, inputs[0].form.dtype))
            guard type.kind == .floating else { return [try graph.binary(.less, inputs[0], zero)] }
            let signed = try graph.binary(.copySign, graph.constant(1, type), inputs[0])
            return [try graph.binary(.less, signed, zero)]
        },
        "bitwise_xor": { graph, inputs, _ in
            if inputs.allSatisfy({ $0.form.dtype == .bool }) { return [try graph.ofTruth(.notEqual, inputs)] }
            let (either, both) = (
                try graph.binary(.bitwiseOr, inputs[0], inputs[1]), try graph.binary(.bitwiseAnd, inputs[0], inputs[1])
            )
            return [try graph.binary(.subtract, either, both)]
        },
        "bitwise_invert": { graph, inputs, _ in
            let type = inputs[0].form.dtype
            if type == .bool { return [try graph.apply(.unary(.logicalNot), inputs)] }
            return [try graph.binary(.subtract, graph.constant(-1, type), inputs[0])]
        },
    ]

    private static let wholes: [String: Substitute] = [
        "any": { graph, inputs, attributes in
            let count = try graph.apply(.fold(.sum), [try graph.cast(inputs[0], to: .bool)], attributes)
            return [try graph.binary(.notEqual, count, graph.constant(0, count.form.dtype))]
        },
        "all": { graph, inputs, attributes in
            let failing = try graph.apply(.unary(.logicalNot), inputs)
            let count = try graph.apply(.fold(.sum), [failing], attributes)
            return [try graph.binary(.equal, count, graph.constant(0, count.form.dtype))]
        },
        "ifft": { graph, inputs, attributes in
            let axis = try inputs[0].form.elements.axis(try attributes.integer("axis", default: -1))
            let turned = try graph.apply(.unary(.conjugate), inputs)
            let result = try graph.apply(.unary(.conjugate), [try graph.apply(.named("fft"), [turned], attributes)])
            let count = graph.constant(Double(inputs[0].form.shape[axis]), result.form.dtype)
            return [try graph.binary(.divide, result, count)]
        },
        "rfft": { graph, inputs, attributes in
            let axis = try inputs[0].form.elements.axis(try attributes.integer("axis", default: -1))
            let whole = try graph.apply(.named("fft"), inputs, attributes)
            var count = whole.form.shape
            count[axis] = count[axis] / 2 + 1
            let start = Axes(repeating: 0, count: count.count)
            return [try graph.apply(.named("slice"), [whole], ["start": .axes(start), "count": .axes(count)])]
        },
    ]
}

extension Graph {
    fileprivate func binary(_ operation: BinaryOperation, _ left: Node, _ right: Node) throws -> Node {
        try apply(.binary(operation), [left, right])
    }

    fileprivate func ofTruth(_ operation: BinaryOperation, _ inputs: [Node]) throws -> Node {
        try binary(operation, try cast(inputs[0], to: .bool), try cast(inputs[1], to: .bool))
    }

    /// An extreme in which NaN loses.
    fileprivate func ignoringNaN(_ operation: BinaryOperation, _ inputs: [Node]) throws -> Node {
        let type = DType.promoted(inputs[0].form.dtype, inputs[1].form.dtype)
        let (left, right) = (try cast(inputs[0], to: type), try cast(inputs[1], to: type))
        let extreme = try binary(operation, left, right)
        let rest = try apply(.select, [try apply(.unary(.isNaN), [right]), left, extreme])
        return try apply(.select, [try apply(.unary(.isNaN), [left]), right, rest])
    }
}
