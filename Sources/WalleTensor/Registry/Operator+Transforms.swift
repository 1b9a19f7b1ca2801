/// Transforms that put elements together: pieces of one or several operands.
extension Operator {
    static let transforms: [Operator] = [
        concatenation, stacking, tiling, repetition, padding, rolling, constantGather, spaceToDepth, depthToSpace,
        lowerTriangle, upperTriangle, filling, copying,
    ]

    private typealias Make = @Sendable ([TensorType], Attributes) throws(TensorError) -> (TensorType, [Piece])

    private static func transform(
        _ name: String, arity: ClosedRange<Int> = 1...1, _ make: @escaping Make
    ) -> Operator {
        Operator(
            name, .transform, arity: arity,
            infer: { (forms, attributes) throws(TensorError) in [try make(forms, attributes).0] },
            execution: .pieces { (forms, attributes) throws(TensorError) in [try make(forms, attributes).1] },
            cost: Cost.movement)
    }

    /// More operands than people write down.
    private static let many = 1...(1 << 20)

    /// Arrays one after the other along `axis`.
    package static let concatenation = transform("concatenate", arity: many) {
        (forms, attributes) throws(TensorError) in
        guard forms[0].rank > 0 else {
            throw TensorError(.value, "zero-dimensional arrays cannot be concatenated")
        }
        return try joined(forms, try forms[0].elements.axis(try attributes.integer("axis", default: 0)))
    }

    private static func joined(_ forms: [TensorType], _ axis: Int) throws(TensorError) -> (TensorType, [Piece]) {
        var (shape, type) = (forms[0].shape, forms[0].dtype)
        for form in forms.dropFirst() {
            var expected = forms[0].shape
            if form.rank == expected.count { expected[axis] = form.shape[axis] }
            guard form.shape == expected else {
                throw TensorError(
                    .value,
                    "arrays of shapes \(forms[0].shape) and \(form.shape) cannot be concatenated along axis \(axis)")
            }
            shape[axis] += form.shape[axis]
            type = DType.promoted(type, form.dtype)
        }
        var start = Axes(repeating: 0, count: shape.count)
        let pieces = forms.enumerated().map { place, form in
            defer { start[axis] += form.shape[axis] }
            return Piece(
                input: place, frame: shape, start: start, size: form.shape, from: 0,
                fromStrides: form.elements.strides)
        }
        return (TensorType(type, shape), pieces)
    }

    /// Arrays of one shape along a new `axis`.
    private static let stacking = transform("stack", arity: many) { (forms, attributes) throws(TensorError) in
        guard forms.allSatisfy({ $0.shape == forms[0].shape }) else {
            throw TensorError(.value, "all input arrays must have the same shape")
        }
        let axis = try attributes.integer("axis", default: 0)
        let place = axis < 0 ? axis + forms[0].rank + 1 : axis
        guard place >= 0, place <= forms[0].rank else {
            throw TensorError(.axis, "axis \(axis) is out of bounds for array of dimension \(forms[0].rank + 1)")
        }
        return try joined(
            forms.map { form in
                var wide = form
                wide.shape.insert(1, at: place)
                return wide
            }, place)
    }

    /// The array `repetitions` times along each axis.
    private static let tiling = transform("tile") { (forms, attributes) throws(TensorError) in
        var (form, times) = (forms[0], try attributes.axes("repetitions"))
        while form.rank < times.count { form.shape.insert(1, at: 0) }
        while times.count < form.rank { times.insert(1, at: 0) }
        guard times.allSatisfy({ $0 >= 0 }) else { throw TensorError(.value, "negative repetitions: \(times)") }
        var (layout, shape) = (Layout(shape: [], strides: []), form.shape)
        for axis in form.shape.indices {
            layout.shape.append(times[axis])
            layout.strides.append(0)
            layout.shape.append(form.shape[axis])
            layout.strides.append(form.elements.strides[axis])
            shape[axis] *= times[axis]
        }
        return (TensorType(form.dtype, shape), [Piece(whole: layout)])
    }

    /// Each element `times` times along `axis`.
    private static let repetition = transform("repeat") { (forms, attributes) throws(TensorError) in
        let axis = try forms[0].elements.axis(try attributes.integer("axis", default: 0))
        let times = try attributes.integer("times")
        guard times >= 0 else { throw TensorError(.value, "repeats may not contain negative values.") }
        var (layout, shape) = (forms[0].elements.expanded(at: axis + 1), forms[0].shape)
        layout.shape[axis + 1] = times
        shape[axis] *= times
        return (TensorType(forms[0].dtype, shape), [Piece(whole: layout)])
    }

    /// The array with elements before and after each axis; the second operand, without axes, is what these are.
    package static let padding = transform("pad", arity: 2...2) { (forms, attributes) throws(TensorError) in
        let (before, after) = (try attributes.axes("before"), try attributes.axes("after"))
        let form = forms[0]
        guard before.count == form.rank, after.count == form.rank, forms[1].rank == 0,
            before.allSatisfy({ $0 >= 0 }), after.allSatisfy({ $0 >= 0 })
        else { throw TensorError(.value, "widths \(before) and \(after) do not fit an array of shape \(form.shape)") }
        var shape = form.shape
        for axis in shape.indices { shape[axis] += before[axis] + after[axis] }
        var pieces = [
            Piece(frame: shape, start: before, size: form.shape, from: 0, fromStrides: form.elements.strides)
        ]
        // What lies outside of the array on this axis, and inside on those before.
        var (start, size) = (Axes(repeating: 0, count: shape.count), shape)
        let still = Axes(repeating: 0, count: shape.count)
        for axis in shape.indices {
            for (first, count) in [(0, before[axis]), (shape[axis] - after[axis], after[axis])] where count > 0 {
                (start[axis], size[axis]) = (first, count)
                pieces.append(Piece(input: 1, frame: shape, start: start, size: size, from: 0, fromStrides: still))
            }
            (start[axis], size[axis]) = (before[axis], form.shape[axis])
        }
        return (TensorType(form.dtype, shape), pieces)
    }

    /// Elements moved by `shift` places along `axis`; those that leave at one end come back at the other.
    private static let rolling = transform("roll") { (forms, attributes) throws(TensorError) in
        let form = forms[0]
        let axis = try form.elements.axis(try attributes.integer("axis", default: 0))
        let length = form.shape[axis]
        let shift = length == 0 ? 0 : (try attributes.integer("shift") % length + length) % length
        var pieces: [Piece] = []
        for (first, to, count) in [(0, shift, length - shift), (length - shift, 0, shift)] where count > 0 {
            let part = form.elements.sliced(axis: axis, start: first, count: count, step: 1)
            var start = Axes(repeating: 0, count: form.rank)
            start[axis] = to
            pieces.append(
                Piece(
                    frame: form.shape, start: start, size: part.layout.shape, from: part.offset,
                    fromStrides: part.layout.strides))
        }
        return (form, pieces)
    }

    /// The `positions` of `axis`, known beforehand: runs of evenly spaced ones are a piece each.
    private static let constantGather = transform("gather_constant") { (forms, attributes) throws(TensorError) in
        let form = forms[0]
        let axis = try form.elements.axis(try attributes.integer("axis", default: 0))
        let positions = try attributes.axes("positions")
        for position in positions where position < 0 || position >= form.shape[axis] {
            throw TensorError(
                .index, "index \(position) is out of bounds for axis \(axis) with size \(form.shape[axis])")
        }
        var (shape, pieces, first) = (form.shape, [Piece](), 0)
        shape[axis] = positions.count
        while first < positions.count {
            var end = first + 1
            let step = end < positions.count ? positions[end] - positions[first] : 1
            while end < positions.count && positions[end] - positions[end - 1] == step { end += 1 }
            let part = form.elements.sliced(axis: axis, start: positions[first], count: end - first, step: step)
            var start = Axes(repeating: 0, count: form.rank)
            start[axis] = first
            pieces.append(
                Piece(
                    frame: shape, start: start, size: part.layout.shape, from: part.offset,
                    fromStrides: part.layout.strides))
            first = end
        }
        return (TensorType(form.dtype, shape), pieces)
    }

    /// Blocks of `block` by `block` elements of the last two axes as channels, the axis before: ONNX's `SpaceToDepth`.
    private static let spaceToDepth = transform("space_to_depth") { (forms, attributes) throws(TensorError) in
        let (form, block) = (forms[0], try attributes.integer("block"))
        guard form.rank >= 3, block > 0, form.shape[form.rank - 1] % block == 0, form.shape[form.rank - 2] % block == 0
        else { throw TensorError(.value, "blocks of \(block) do not divide the last two axes of shape \(form.shape)") }
        let lead = form.rank - 3
        let (channels, rows, columns) = (form.shape[lead], form.shape[lead + 1] / block, form.shape[lead + 2] / block)
        let strides = form.elements.strides
        var layout = form.elements.axes(0..<lead)
        for (length, stride) in [
            (block, strides[lead + 1]), (block, strides[lead + 2]), (channels, strides[lead]),
            (rows, strides[lead + 1] * block), (columns, strides[lead + 2] * block),
        ] {
            layout.shape.append(length)
            layout.strides.append(stride)
        }
        var shape = form.shape
        (shape[lead], shape[lead + 1], shape[lead + 2]) = (channels * block * block, rows, columns)
        return (TensorType(form.dtype, shape), [Piece(whole: layout)])
    }

    /// The inverse: ONNX's `DepthToSpace` of mode DCR.
    private static let depthToSpace = transform("depth_to_space") { (forms, attributes) throws(TensorError) in
        let (form, block) = (forms[0], try attributes.integer("block"))
        guard form.rank >= 3, block > 0, form.shape[form.rank - 3] % (block * block) == 0 else {
            throw TensorError(.value, "blocks of \(block) do not divide the channels of shape \(form.shape)")
        }
        let lead = form.rank - 3
        let channels = form.shape[lead] / (block * block)
        let (rows, columns) = (form.shape[lead + 1], form.shape[lead + 2])
        let strides = form.elements.strides
        var layout = form.elements.axes(0..<lead)
        for (length, stride) in [
            (channels, strides[lead]), (rows, strides[lead + 1]), (block, strides[lead] * channels * block),
            (columns, strides[lead + 2]), (block, strides[lead] * channels),
        ] {
            layout.shape.append(length)
            layout.strides.append(stride)
        }
        var shape = form.shape
        (shape[lead], shape[lead + 1], shape[lead + 2]) = (channels, rows * block, columns * block)
        return (TensorType(form.dtype, shape), [Piece(whole: layout)])
    }

    /// The lower triangle of the last two axes, up to the diagonal `offset`; the second operand is what lies above.
    private static let lowerTriangle = triangle("tril") { row, columns, offset in
        let count = Swift.min(Swift.max(row + offset + 1, 0), columns)
        return (0..<count, count..<columns)
    }

    private static let upperTriangle = triangle("triu") { row, columns, offset in
        let first = Swift.min(Swift.max(row + offset, 0), columns)
        return (first..<columns, 0..<first)
    }

    private static func triangle(
        _ name: String, _ parts: @escaping @Sendable (Int, Int, Int) -> (kept: Range<Int>, filled: Range<Int>)
    ) -> Operator {
        transform(name, arity: 2...2) { (forms, attributes) throws(TensorError) in
            let form = forms[0]
            guard form.rank >= 2, forms[1].rank == 0 else {
                throw TensorError(.value, "\(name) takes matrices and what fills them, not \(form.shape)")
            }
            let offset = try attributes.integer("offset", default: 0)
            let (rows, columns) = (form.rank - 2, form.rank - 1)
            let strides = form.elements.strides
            var pieces: [Piece] = []
            for row in 0..<form.shape[rows] {
                let (kept, filled) = parts(row, form.shape[columns], offset)
                for (range, input) in [(kept, 0), (filled, 1)] where !range.isEmpty {
                    var (start, size) = (Axes(repeating: 0, count: form.rank), form.shape)
                    (start[rows], size[rows], start[columns], size[columns]) = (row, 1, range.lowerBound, range.count)
                    pieces.append(
                        Piece(
                            input: input, frame: form.shape, start: start, size: size,
                            from: input == 0 ? row * strides[rows] + range.lowerBound : 0,
                            fromStrides: input == 0 ? strides : Axes(repeating: 0, count: form.rank)))
                }
            }
            return (form, pieces)
        }
    }

    /// The same elements in memory of their own.
    package static let copying: Operator = transform("copy") { (forms, _) throws(TensorError) in
        (forms[0], [Piece(whole: forms[0].elements)])
    }

    /// The element of the operand, without axes, everywhere in `shape`.
    private static let filling = transform("full") { (forms, attributes) throws(TensorError) in
        let shape = try attributes.axes("shape")
        return (
            TensorType(forms[0].dtype, shape),
            [Piece(whole: Layout(shape: shape, strides: Axes(repeating: 0, count: shape.count)))]
        )
    }
}
