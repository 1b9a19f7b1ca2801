/// Transforms whose result an array can show in its operand's memory.
extension Operator {
    static let views: [Operator] = [
        strided, broadcast, transpose, reshape, slice, permutation("matrix_transpose", matrixOrder),
        permutation("moveaxis", movedOrder), permutation("swapaxes", swappedOrder), reversal, turn, expansion,
        squeezing,
        diagonal, window, unstack, split,
    ]

    /// A transform that shows an array of some forms by layouts whose strides count elements.
    private static func view(
        _ name: String, gradient: Gradient? = nil,
        _ layout: @escaping @Sendable (TensorType, Attributes) throws(TensorError) -> (Layout, from: Int)
    ) -> Operator {
        Operator(
            name, .transform, arity: 1...1,
            infer: { (forms, attributes) throws(TensorError) in
                [TensorType(forms[0].dtype, try layout(forms[0], attributes).0.shape)]
            },
            execution: .pieces { (forms, attributes) throws(TensorError) in
                let (layout, from) = try layout(forms[0], attributes)
                return [[Piece(whole: layout, from: from)]]
            },
            cost: Cost.movement, gradient: gradient, isView: true)
    }

    /// Any box of elements: `shape`, `strides` and `from` in elements, as an index gives them.
    package static let strided: Operator = view("strided") { (_, attributes) throws(TensorError) in
        let layout = Layout(shape: try attributes.axes("shape"), strides: try attributes.axes("strides"))
        return (layout, try attributes.integer("from", default: 0))
    }

    package static let broadcast: Operator = view("broadcast", gradient: Gradient.ofBroadcast) {
        (form, attributes) throws(TensorError) in
        (try form.elements.broadcast(to: try attributes.axes("shape")), 0)
    }

    /// Axes in the order of `axes`, or from last to first.
    package static let transpose: Operator = view("transpose", gradient: Gradient.ofTranspose) {
        (form, attributes) throws(TensorError) in
        guard attributes.values["axes"] != nil else { return (form.elements.reversed, 0) }
        return (try form.elements.permuted(try attributes.axes("axes")), 0)
    }

    /// To `shape`, of which one length may be -1.
    package static let reshape: Operator = view("reshape", gradient: Gradient.ofReshape) {
        (form, attributes) throws(TensorError) in
        let shape = try form.elements.completed(try attributes.axes("shape"))
        return (Layout(contiguous: shape, elementBytes: 1), 0)
    }

    /// For each axis its first index `start`, the number `count` of indices and the `step` between them.
    private static let slice: Operator = view("slice") { (form, attributes) throws(TensorError) in
        let (start, count) = (try attributes.axes("start"), try attributes.axes("count"))
        let step = try attributes.axes("step", default: Axes(repeating: 1, count: form.rank))
        guard start.count == form.rank, count.count == form.rank, step.count == form.rank else {
            throw TensorError(.index, "a slice of \(start.count) axes of an array of \(form.rank)")
        }
        var (layout, from) = (form.elements, 0)
        for axis in form.shape.indices {
            let last = start[axis] + Swift.max(count[axis] - 1, 0) * step[axis]
            let range = 0..<form.shape[axis]
            guard count[axis] >= 0, count[axis] == 0 || range.contains(start[axis]) && range.contains(last) else {
                throw TensorError(.index, "a slice is out of bounds for axis \(axis) with size \(range.count)")
            }
            let part = layout.sliced(axis: axis, start: start[axis], count: count[axis], step: step[axis])
            (layout, from) = (part.layout, from + part.offset)
        }
        return (layout, from)
    }

    private static func permutation(
        _ name: String, _ order: @escaping @Sendable (TensorType, Attributes) throws(TensorError) -> Axes
    ) -> Operator {
        view(name) { (form, attributes) throws(TensorError) in
            (try form.elements.permuted(try order(form, attributes)), 0)
        }
    }

    @Sendable private static func matrixOrder(_ form: TensorType, _ attributes: Attributes) throws(TensorError) -> Axes
    {
        guard form.rank >= 2 else { throw TensorError(.value, "matrix transpose with ndim < 2 is undefined") }
        var order = Axes(form.shape.indices)
        order.swapAt(form.rank - 2, form.rank - 1)
        return order
    }

    @Sendable private static func movedOrder(_ form: TensorType, _ attributes: Attributes) throws(TensorError) -> Axes {
        let (from, to) = (try attributes.axes("source"), try attributes.axes("destination"))
        guard from.count == to.count else {
            throw TensorError(.value, "`source` and `destination` arguments must have the same number of elements")
        }
        var pairs: [(to: Int, from: Int)] = []
        for place in from.indices {
            pairs.append((try form.elements.axis(to[place]), try form.elements.axis(from[place])))
        }
        var order = Axes(form.shape.indices.filter { axis in !pairs.contains { $0.from == axis } })
        for pair in pairs.sorted(by: { $0.to < $1.to }) { order.insert(pair.from, at: pair.to) }
        return order
    }

    @Sendable private static func swappedOrder(_ form: TensorType, _ attributes: Attributes) throws(TensorError) -> Axes
    {
        let (first, second) = (
            try form.elements.axis(try attributes.integer("axis1")),
            try form.elements.axis(try attributes.integer("axis2"))
        )
        var order = Axes(form.shape.indices)
        order.swapAt(first, second)
        return order
    }

    /// Some axes, or all, from last to first.
    private static let reversal: Operator = view("flip") { (form, attributes) throws(TensorError) in
        try flipped(form.elements, 0, try attributes.axes("axes", default: Axes(form.shape.indices)))
    }

    private static func flipped(
        _ layout: Layout, _ from: Int, _ axes: Axes
    ) throws(TensorError) -> (Layout, from: Int) {
        var (layout, from) = (layout, from)
        for wanted in axes {
            let axis = try layout.axis(wanted)
            from += Swift.max(layout.shape[axis] - 1, 0) * layout.strides[axis]
            layout.strides[axis] = -layout.strides[axis]
        }
        return (layout, from)
    }

    /// The plane of `axes` turned by `quarters`, from the first to the second.
    private static let turn: Operator = view("rot90") { (form, attributes) throws(TensorError) in
        let axes = try attributes.axes("axes", default: [0, 1])
        guard axes.count == 2 else { throw TensorError(.value, "len(axes) must be 2.") }
        let (first, second) = (try form.elements.axis(axes[0]), try form.elements.axis(axes[1]))
        guard first != second else { throw TensorError(.value, "Axes must be different.") }
        let quarters = ((try attributes.integer("quarters", default: 1)) % 4 + 4) % 4
        if quarters == 0 { return (form.elements, 0) }
        if quarters == 2 { return try flipped(form.elements, 0, [first, second]) }
        var order = Axes(form.shape.indices)
        order.swapAt(first, second)
        if quarters == 1 {
            let (layout, from) = try flipped(form.elements, 0, [second])
            return (try layout.permuted(order), from)
        }
        return try flipped(try form.elements.permuted(order), 0, [second])
    }

    /// A new axis of length 1 at the place `axis` of the result.
    private static let expansion: Operator = view("expand_dims") { (form, attributes) throws(TensorError) in
        let axis = try attributes.integer("axis")
        let place = axis < 0 ? axis + form.rank + 1 : axis
        guard place >= 0, place <= form.rank else {
            throw TensorError(.axis, "axis \(axis) is out of bounds for array of dimension \(form.rank + 1)")
        }
        return (form.elements.expanded(at: place), 0)
    }

    /// Without the `axes` of length 1, or all such.
    private static let squeezing: Operator = view("squeeze") { (form, attributes) throws(TensorError) in
        let ones = Axes(form.shape.indices.filter { form.shape[$0] == 1 })
        var places: [Int] = []
        for axis in try attributes.axes("axes", default: ones) { places.append(try form.elements.axis(axis)) }
        var layout = form.elements
        for axis in Set(places).sorted(by: >) { layout = try layout.squeezed(at: axis) }
        return (layout, 0)
    }

    /// The diagonal of the last two axes, moved by `offset` to the right, as the last axis.
    package static let diagonal: Operator = view("diagonal") { (form, attributes) throws(TensorError) in
        guard form.rank >= 2 else { throw TensorError(.value, "diag requires an array of at least two dimensions") }
        let (rows, columns) = (form.rank - 2, form.rank - 1)
        let offset = try attributes.integer("offset", default: 0)
        let (below, right) = (Swift.max(-offset, 0), Swift.max(offset, 0))
        var layout = form.elements
        let count = Swift.max(0, Swift.min(form.shape[rows] - below, form.shape[columns] - right))
        let step = layout.strides[rows] + layout.strides[columns]
        let from = count == 0 ? 0 : below * layout.strides[rows] + right * layout.strides[columns]
        layout.removeAxis(columns)
        layout.shape[rows] = count
        layout.strides[rows] = step
        return (layout, from)
    }

    /// All windows of `size` elements along `axis`, `step` apart; a new last axis goes through a window.
    private static let window: Operator = view("sliding_window") { (form, attributes) throws(TensorError) in
        let axis = try form.elements.axis(try attributes.integer("axis", default: -1))
        let (size, step) = (try attributes.integer("size"), try attributes.integer("step", default: 1))
        guard size > 0, step > 0, size <= form.shape[axis] else {
            throw TensorError(.value, "a window of \(size) by \(step) does not fit into \(form.shape[axis]) elements")
        }
        var layout = form.elements
        layout.shape.append(size)
        layout.strides.append(layout.strides[axis])
        layout.shape[axis] = (form.shape[axis] - size) / step + 1
        layout.strides[axis] *= step
        return (layout, 0)
    }

    // MARK: several results

    /// The arrays along `axis`.
    private static let unstack: Operator = parts("unstack") { (form, attributes) throws(TensorError) in
        let axis = try form.elements.axis(try attributes.integer("axis", default: 0))
        return (0..<form.shape[axis]).map { index in
            var layout = form.elements
            layout.removeAxis(axis)
            return (layout, index * form.elements.strides[axis])
        }
    }

    /// Parts of some `lengths` along `axis`, which together are the axis.
    private static let split: Operator = parts("split") { (form, attributes) throws(TensorError) in
        let axis = try form.elements.axis(try attributes.integer("axis", default: 0))
        let lengths = try attributes.axes("lengths")
        guard lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) == form.shape[axis] else {
            throw TensorError(.value, "parts of lengths \(lengths) are no division of \(form.shape[axis]) elements")
        }
        var start = 0
        return lengths.map { length in
            let part = form.elements.sliced(axis: axis, start: start, count: length, step: 1)
            start += length
            return (part.layout, part.offset)
        }
    }

    private static func parts(
        _ name: String,
        _ layouts: @escaping @Sendable (TensorType, Attributes) throws(TensorError) -> [(Layout, from: Int)]
    ) -> Operator {
        Operator(
            name, .transform, arity: 1...1,
            infer: { (forms, attributes) throws(TensorError) in
                try layouts(forms[0], attributes).map { TensorType(forms[0].dtype, $0.0.shape) }
            },
            execution: .pieces { (forms, attributes) throws(TensorError) in
                try layouts(forms[0], attributes).map { [Piece(whole: $0.0, from: $0.from)] }
            },
            cost: Cost.movement, isView: true)
    }
}
