/// Operators with a kernel of their own, which compute on whole arrays. Results whose length depends on values take it as
/// the attribute `count`.
extension Operator {
    static let kernels: [Operator] = products + scans + orders + selections + matrices + spectra

    /// One of one result.
    static func kernel(
        _ name: String, arity: ClosedRange<Int>, cost: @escaping Costing = Cost.anElementEach,
        gradient: Gradient? = nil,
        infer: @escaping @Sendable ([TensorType], Attributes) throws(TensorError) -> TensorType,
        run: @escaping @Sendable ([View], View, Attributes) throws -> Void
    ) -> Operator {
        several(
            name, arity: arity, cost: cost, gradient: gradient,
            infer: { (types, attributes) throws(TensorError) in [try infer(types, attributes)] },
            run: { inputs, outputs, attributes in try run(inputs, outputs[0], attributes) })
    }

    static func several(
        _ name: String, arity: ClosedRange<Int>, cost: @escaping Costing = Cost.anElementEach,
        gradient: Gradient? = nil, infer: @escaping Inference,
        run: @escaping @Sendable ([View], [View], Attributes) throws -> Void
    ) -> Operator {
        Operator(
            name, .atomic, arity: arity, infer: infer,
            execution: .kernel(
                KernelExecution { inputs, outputs, attributes, _ in try run(inputs, outputs, attributes) }),
            cost: cost, gradient: gradient)
    }

    // MARK: products

    private static let products: [Operator] = [
        kernel(
            "matmul", arity: 2...2,
            cost: { inputs, outputs, _ in
                let summed = inputs[0].shape.last ?? 1
                return Cost(
                    operations: 2 * (outputs.first?.count ?? 0) * summed, bytes: Cost.moved(inputs, outputs))
            },
            gradient: Gradient.ofMatrixProduct,
            infer: { (types, _) throws(TensorError) in try Products.inferMatrixProduct(types[0], types[1]) },
            run: { inputs, output, _ in try Products.matrixProduct(inputs[0], inputs[1], into: output) }),
        kernel(
            "tensordot", arity: 2...2,
            infer: { (types, attributes) throws(TensorError) in
                try Products.inferContraction(types[0], types[1], try contraction(attributes))
            },
            run: { inputs, output, attributes in
                try Products.contract(inputs[0], inputs[1], try contraction(attributes), into: output)
            }),
    ]

    private static func contraction(_ attributes: Attributes) throws(TensorError) -> ContractionAxes {
        ContractionAxes(
            leftBatch: try attributes.axes("left_batch", default: []),
            rightBatch: try attributes.axes("right_batch", default: []),
            leftSummed: try attributes.axes("left_summed", default: []),
            rightSummed: try attributes.axes("right_summed", default: []))
    }

    // MARK: along an axis

    static func axis(
        _ type: TensorType, _ attributes: Attributes, default value: Int = -1
    ) throws(TensorError) -> Int {
        try type.elements.axis(try attributes.integer("axis", default: value))
    }

    private static let scans: [Operator] =
        ([
            ("cumulative_sum", .add), ("cumulative_prod", .multiply),
        ] as [(String, BinaryOperation)]).map { name, operation in
            kernel(
                name, arity: 1...1,
                infer: { (types, attributes) throws(TensorError) in
                    _ = try axis(types[0], attributes)
                    let scan = try Accumulation(operation, of: types[0].dtype)
                    return TensorType(scan.dtype, types[0].shape)
                },
                run: { inputs, output, attributes in
                    let scan = try Accumulation(operation, of: inputs[0].dtype)
                    scan.run(inputs[0], axis: try axis(inputs[0].type, attributes), to: output)
                })
        }

    private static let orders: [Operator] = [
        kernel(
            "sort", arity: 1...1, cost: sortCost,
            infer: { (types, attributes) throws(TensorError) in
                _ = try Sorting.axis(try attributes.integer("axis", default: -1), of: types[0].elements)
                return types[0]
            },
            run: { inputs, output, attributes in
                Sorting.sort(
                    inputs[0], axis: try axis(inputs[0].type, attributes), descending: attributes.flag("descending"),
                    isStable: attributes.flag("stable"), to: output)
            }),
        kernel(
            "argsort", arity: 1...1, cost: sortCost,
            infer: { (types, attributes) throws(TensorError) in
                _ = try Sorting.axis(try attributes.integer("axis", default: -1), of: types[0].elements)
                return TensorType(.int64, types[0].shape)
            },
            run: { inputs, output, attributes in
                Sorting.order(
                    inputs[0], axis: try axis(inputs[0].type, attributes), descending: attributes.flag("descending"),
                    to: output)
            }),
        kernel(
            "searchsorted", arity: 2...2,
            infer: { (types, _) throws(TensorError) in
                guard types[0].rank == 1, types[0].dtype == types[1].dtype else {
                    throw TensorError(.value, "values are looked for in a sorted vector of their own type")
                }
                return TensorType(.int64, types[1].shape)
            },
            run: { inputs, output, attributes in
                Search.places(of: inputs[1], in: inputs[0], after: attributes.flag("right"), to: output)
            }),
        extreme("argmax", ofGreatest: true), extreme("argmin", ofGreatest: false),
    ]

    /// As many comparisons as the information needs.
    private static let sortCost: Costing = { inputs, outputs, _ in
        let count = inputs.first?.count ?? 0
        return Cost(operations: count * (Int.bitWidth - count.leadingZeroBitCount), bytes: Cost.moved(inputs, outputs))
    }

    private static func extreme(_ name: String, ofGreatest: Bool) -> Operator {
        kernel(
            name, arity: 1...1,
            infer: { (types, attributes) throws(TensorError) in
                let axis = try axis(types[0], attributes)
                return TensorType(.int64, try Search.shapeOfExtremes(types[0].shape, axis: axis))
            },
            run: { inputs, output, attributes in
                Search.extremes(
                    inputs[0], axis: try axis(inputs[0].type, attributes), ofGreatest: ofGreatest, to: output)
            })
    }

    // MARK: by positions and conditions

    private static let selections: [Operator] = [
        kernel(
            "take", arity: 2...2,
            infer: { (types, attributes) throws(TensorError) in
                let axis = try axis(types[0], attributes, default: 0)
                let shape = try Selection.shape(
                    taking: types[1].shape, of: types[1].dtype, from: types[0].shape, axis: axis)
                return TensorType(types[0].dtype, shape)
            },
            run: { inputs, output, attributes in
                let axis = try axis(inputs[0].type, attributes, default: 0)
                try Selection.take(inputs[0], at: inputs[1], axis: axis, to: output)
            }),
        kernel(
            "put", arity: 3...3,
            infer: { (types, attributes) throws(TensorError) in
                _ = try axis(types[0], attributes, default: 0)
                return types[0]
            },
            run: { inputs, output, attributes in
                Raster.copy(inputs[0], to: output)
                let axis = try axis(output.type, attributes, default: 0)
                try Selection.put(inputs[2], at: inputs[1], axis: axis, of: output)
            }),
        kernel(
            "scatter_add", arity: 3...3,
            infer: { (types, _) throws(TensorError) in types[0] },
            run: { inputs, output, _ in
                Raster.copy(inputs[0], to: output)
                try Combination(.add, output.dtype).run(inputs[2], at: inputs[1], of: output)
            }),
        kernel(
            "compress", arity: 2...2,
            infer: { (types, attributes) throws(TensorError) in
                try Masks.check(types[1].shape, of: types[1].dtype, on: types[0].shape)
                var shape = Axes(types[0].shape.dropFirst(types[1].rank))
                shape.insert(try attributes.integer("count"), at: 0)
                return TensorType(types[0].dtype, shape)
            },
            run: { inputs, output, _ in
                guard Masks.count(inputs[1]) == output.layout.shape[0] else {
                    throw TensorError(.value, "the attribute 'count' is not the number of elements where it holds")
                }
                Masks.select(inputs[0], where: inputs[1], to: output)
            }),
    ]
}
