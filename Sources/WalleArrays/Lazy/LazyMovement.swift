internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Movement in a lazy block. Of plain arrays views stay plain; what copies, and all of virtual arrays, becomes a node.
enum LazyMovement {
    private static func show(
        _ node: Node, _ record: Operator, _ layout: Layout, from: Int = 0, isWritable: Bool = true,
        _ state: StatePointer
    ) throws -> PythonPointer {
        guard let block = LazyBlock.active(state) else { throw TensorError.value("no lazy block") }
        let form = TensorType(node.form.dtype, layout.shape)
        let view = try block.graph.move(record, [node], form, [Piece(whole: layout, from: from)], .none)
        return try VirtualArray.make(view, isScalar: false, isWritable: isWritable, block, state)
    }

    /// `array[key]` of a virtual array; nil when it takes values to know.
    static func get(_ array: VirtualArray, _ key: PythonPointer, _ state: StatePointer) throws -> PythonPointer? {
        guard LazyBlock.active(state) != nil, !array.isScalar else { return nil }
        try state.settleKey(key)
        guard walle_Type(array.object) == state.pointee.virtualType else { return nil }
        // The layout of a virtual array counts elements, and so does what the subscript makes of it.
        let parsed = try Subscript(key, of: ArrayPointer(array.object), state)
        defer { parsed.release() }
        guard parsed.positions.isEmpty, parsed.layout.rank > 0 || parsed.hasEllipsis else { return nil }
        return try show(
            array.node, .strided, parsed.layout, from: parsed.offset, isWritable: array.body.pointee.isWritable, state)
    }

    static func reshape(_ array: VirtualArray, _ target: Axes, _ state: StatePointer) throws -> PythonPointer {
        let shape = try array.form.elements.completed(target)
        return try show(array.node, .reshape, Layout(contiguous: shape, elementBytes: 1), state)
    }

    static func permute(_ node: Node, _ order: Axes?, _ state: StatePointer) throws -> PythonPointer {
        let layout = try order.map { try node.form.elements.permuted($0) } ?? node.form.elements.reversed
        return try show(node, .transpose, layout, state)
    }

    static func broadcast(_ node: Node, _ shape: Axes, _ state: StatePointer) throws -> PythonPointer {
        try show(node, .broadcast, try node.form.elements.broadcast(to: shape), isWritable: false, state)
    }

    /// The same elements in memory of their own, in order.
    static func copy(_ array: ArrayPointer, _ state: StatePointer) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state), state.isWorthwhile(array), let node = block.value(array) else {
            return nil
        }
        return try show(node, .copying, node.form.elements, state)
    }

    static func copy(_ array: VirtualArray, _ state: StatePointer) throws -> PythonPointer {
        try show(array.node, .copying, array.form.elements, state)
    }

    static func concatenate(
        _ list: PythonPointer, _ axis: Int, _ dtype: DType?, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state) else { return nil }
        var (nodes, operands, isWorthwhile) = ([Node](), [Operand](), false)
        for index in 0..<walle_Size(list) {
            let object = walle_ListItem(list, index).unsafelyUnwrapped
            if walle_Type(object) == state.pointee.virtualType {
                operands.append(Operand(virtual: ArrayPointer(object), state))
                nodes.append(VirtualArray(object).node)
                isWorthwhile = true
            } else if walle_Type(object) == state.pointee.arrayType, let node = block.value(ArrayPointer(object)) {
                operands.append(Operand(ArrayPointer(object)))
                nodes.append(node)
                isWorthwhile = isWorthwhile || state.isWorthwhile(ArrayPointer(object))
            } else {
                return nil
            }
        }
        guard isWorthwhile else { return nil }
        let (shape, place) = try Movement.joined(operands, axis)
        let type = dtype ?? Movement.common(operands)
        var pieces: [Piece] = []
        var start = Axes(repeating: 0, count: shape.count)
        for (input, node) in nodes.enumerated() {
            pieces.append(
                Piece(
                    input: input, frame: shape, start: start, size: node.form.shape, from: 0,
                    fromStrides: node.form.elements.strides))
            start[place] += node.form.shape[place]
        }
        let joined = try block.graph.move(
            .concatenation, nodes, TensorType(type, shape), pieces, ["axis": .integer(place)])
        return try LazyCalls.wrap(joined, isScalar: false, block, state)
    }

    /// An array with elements of one value before and after each axis.
    static func pad(
        _ object: PythonPointer, _ before: Axes, _ after: Axes, _ value: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let block = LazyBlock.active(state) else { return nil }
        let node: Node?
        if walle_Type(object) == state.pointee.virtualType {
            node = VirtualArray(object).node
        } else {
            let array = try state.array(object)
            node = state.isWorthwhile(array) ? block.value(array) : nil
        }
        guard let node else { return nil }
        var filling = try Operand(reading: value, state)
        defer { filling.release() }
        try filling.settle(as: node.form.dtype, state, place: 0)
        guard filling.rank == 0 else { return nil }
        let number = try block.graph.cast(
            block.graph.constant(filling.dtype, filling.base), to: node.form.dtype)
        let padded = try block.graph.apply(
            .padding, [node, number], ["before": .axes(before), "after": .axes(after)])
        return try LazyCalls.wrap(padded, isScalar: false, block, state)
    }
}
