extension Gradient {
    static func of(_ operation: UnaryOperation) -> Gradient? {
        switch operation {
        case .negative: Gradient { use, incoming in [try use.graph.apply(.unary(.negative), [incoming])] }
        case .exp: Gradient { use, incoming in [try use.graph.apply(.binary(.multiply), [incoming, use.output])] }
        case .tanh:
            Gradient { use, incoming in
                let square = try use.graph.apply(.unary(.square), [use.output])
                let one = use.graph.constant(1, use.output.form.dtype)
                let slope = try use.graph.apply(.binary(.subtract), [one, square])
                return [try use.graph.apply(.binary(.multiply), [incoming, slope])]
            }
        default: nil
        }
    }

    static func of(_ operation: BinaryOperation) -> Gradient? {
        switch operation {
        case .add:
            Gradient { use, incoming in try use.inputs.map { try use.graph.summed(incoming, like: $0.form) } }
        case .subtract:
            Gradient { use, incoming in
                let negative = try use.graph.apply(.unary(.negative), [incoming])
                return [
                    try use.graph.summed(incoming, like: use.inputs[0].form),
                    try use.graph.summed(negative, like: use.inputs[1].form),
                ]
            }
        case .multiply:
            Gradient { use, incoming in
                try [0, 1].map { place in
                    let product = try use.graph.apply(.binary(.multiply), [incoming, use.inputs[1 - place]])
                    return try use.graph.summed(product, like: use.inputs[place].form)
                }
            }
        default: nil
        }
    }

    static let ofSum: Gradient = Gradient { use, incoming in
        let form = use.inputs[0].form
        let mask = try form.folded(use.attributes)
        var shape = form.shape
        for axis in mask.indices where mask[axis] == 1 { shape[axis] = 1 }
        let kept = try use.graph.apply(.reshape, [incoming], ["shape": .axes(shape)])
        return [try use.graph.broadcast(kept, to: form.shape)]
    }

    static let ofBroadcast: Gradient = Gradient { use, incoming in
        [try use.graph.summed(incoming, like: use.inputs[0].form)]
    }

    static let ofReshape: Gradient = Gradient { use, incoming in
        [try use.graph.apply(.reshape, [incoming], ["shape": .axes(use.inputs[0].form.shape)])]
    }

    static let ofTranspose: Gradient = Gradient { use, incoming in
        let order = try use.attributes.axes("axes", default: Axes(use.inputs[0].form.shape.indices.reversed()))
        var inverse = order
        for (place, axis) in order.enumerated() { inverse[axis < 0 ? axis + order.count : axis] = place }
        return [try use.graph.apply(.transpose, [incoming], ["axes": .axes(inverse)])]
    }

    /// Of products of matrices: `a` gets `incoming · bᵀ`, `b` gets `aᵀ · incoming`.
    static let ofMatrixProduct: Gradient = Gradient { use, incoming in
        let turned = try use.inputs.map { try use.graph.apply(.named("matrix_transpose"), [$0]) }
        let product = Operator.named("matmul")
        return [
            try use.graph.summed(try use.graph.apply(product, [incoming, turned[1]]), like: use.inputs[0].form),
            try use.graph.summed(try use.graph.apply(product, [turned[0], incoming]), like: use.inputs[1].form),
        ]
    }
}

extension Graph {
    /// Sums over the axes along which an array of a form was repeated.
    func summed(_ node: Node, like form: TensorType) throws -> Node {
        if node.form.shape == form.shape { return node }
        let more = node.form.rank - form.rank
        var axes = Axes()
        for axis in node.form.shape.indices where axis < more || form.shape[axis - more] != node.form.shape[axis] {
            axes.append(axis)
        }
        let sum = try apply(.fold(.sum), [node], ["axes": .axes(axes)])
        return try apply(.reshape, [sum], ["shape": .axes(form.shape)])
    }
}
