internal import CWalleKernels

/// How operators over nodes become nodes.
extension Graph {
    /// The results of an operator.
    ///
    /// What has a kernel of its own runs at once, on computed operands; all else stays virtual.
    ///
    /// - Throws: a `TensorError` for operands that do not fit, and what computing operands throws.
    package func apply(
        all operation: Operator, _ inputs: [Node], _ attributes: Attributes = .none
    ) throws -> [Node] {
        guard operation.arity.contains(inputs.count) else {
            throw TensorError(.value, "\(operation.name) takes \(operation.arity) operands, got \(inputs.count)")
        }
        let operands = inputs.map(\.form)
        let forms = try operation.infer(operands, attributes)
        switch operation.execution {
        case .unary(let unary): return [try self.unary(operation, unary, inputs[0], forms[0])]
        case .binary(let binary): return [try self.binary(operation, binary, inputs, forms[0])]
        case .cast: return [try cast(inputs[0], to: forms[0].dtype)]
        case .select: return [try select(operation, inputs, forms[0])]
        case .fold(let fold): return [try self.fold(operation, fold, inputs[0], forms[0], attributes)]
        case .pieces(let make):
            let pieces = try make(operands, attributes)
            var results: [Node] = []
            for place in pieces.indices {
                results.append(try move(operation, inputs, forms[place], pieces[place], attributes))
            }
            return results
        case .expression(let make): return try make(self, inputs, attributes)
        case .kernel(let kernel):
            if isSymbolic {
                symbolicCost = symbolicCost + operation.cost(operands, forms, attributes)
                return forms.map(placeholder)
            }
            return try run(kernel, inputs, forms, attributes)
        }
    }

    /// The result of an operator that has one.
    package func apply(_ operation: Operator, _ inputs: [Node], _ attributes: Attributes = .none) throws -> Node {
        try apply(all: operation, inputs, attributes)[0]
    }

    // MARK: elementwise

    private func unary(_ record: Operator, _ operation: UnaryOperation, _ input: Node, _ form: TensorType) throws
        -> Node
    {
        guard let type = operation.computing(input.form.dtype) else {
            throw TensorError(.type, "\(record.name) is not defined for \(input.form.dtype)")
        }
        let computing = type.computing
        let found = walle_kernels_unary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        guard found != nil else { return try trivial(record, operation, input, form) }
        return try elementwise(
            record, [input], computing: computing, raw: operation.result(computing), result: form.dtype)
    }

    /// What needs no computation for the type: an integer is its own floor, and finite.
    private func trivial(
        _ record: Operator, _ operation: UnaryOperation, _ input: Node, _ form: TensorType
    ) throws -> Node {
        switch operation {
        case .floor, .ceil, .truncate, .round, .absolute, .conjugate, .real: return input
        case .imaginary, .isNaN, .isInfinite, .signBit:
            return try broadcast(constant(0, form.dtype), to: form.shape)
        case .isFinite: return try broadcast(constant(1, form.dtype), to: form.shape)
        case .bitwiseNot where input.form.dtype == .bool:
            return try apply(Operator.named("logical_not"), [input])
        default: throw TensorError(.type, "\(record.name) is not defined for \(input.form.dtype)")
        }
    }

    private func binary(
        _ record: Operator, _ operation: BinaryOperation, _ inputs: [Node], _ form: TensorType
    ) throws -> Node {
        let promoted = DType.promoted(inputs[0].form.dtype, inputs[1].form.dtype)
        guard let type = operation.computing(promoted),
            walle_kernels_binary(walle_kernels_shared(), Int32(operation.rawValue), Int32(type.computing.kernel)) != nil
        else {
            throw TensorError(
                .type, "\(record.name) is not defined for \(inputs[0].form.dtype) and \(inputs[1].form.dtype)")
        }
        return try elementwise(
            record, inputs, computing: type.computing, raw: operation.result(type.computing), result: form.dtype)
    }

    /// Operands are cast and broadcast; a result of a type that is only stored is cast to it.
    ///
    /// - Parameters:
    ///   - computing: The type of the kernel's operands.
    ///   - raw: The type of what it gives.
    package func elementwise(
        _ record: Operator, _ inputs: [Node], computing: DType, raw: DType, result: DType
    ) throws -> Node {
        var shape = inputs[0].form.shape
        for input in inputs.dropFirst() { shape = try Layout.broadcast(shape, input.form.shape) }
        _ = try Layout.checkedCount(shape, elementBytes: 16)
        let layout = resultLayout(inputs, shape, raw)
        var operands = inputs
        for place in operands.indices {
            let operand = try cast(operands[place], to: computing)
            // A number is read without steps.
            operands[place] = operand.isNumber ? operand : try broadcast(operand, to: shape)
        }
        let node = try self.node(record, operands, TensorType(raw, shape), layout)
        return raw == result ? node : try cast(node, to: result, of: record)
    }

    /// In the order in memory of the first operand that has one, as NumPy's `order="K"`.
    private func resultLayout(_ inputs: [Node], _ shape: Axes, _ type: DType) -> Layout {
        for input in inputs where input.form.shape == shape && shape.count > 1 {
            if input.layout.isContiguous(elementBytes: input.form.dtype.byteCount) { break }
            if input.layout.strides.contains(where: { $0 != 0 }) {
                return input.layout.compacted(elementBytes: type.byteCount)
            }
        }
        return Layout(contiguous: shape, elementBytes: type.byteCount)
    }

    private func select(_ record: Operator, _ inputs: [Node], _ form: TensorType) throws -> Node {
        let operands = [
            try broadcast(try cast(inputs[0], to: .bool), to: form.shape),
            try broadcast(try cast(inputs[1], to: form.dtype), to: form.shape),
            try broadcast(try cast(inputs[2], to: form.dtype), to: form.shape),
        ]
        return try node(record, operands, form, form.layout)
    }

    /// - Parameter record: Whose exceptions the cast's are.
    package func cast(_ input: Node, to type: DType, of record: Operator? = nil) throws -> Node {
        if input.form.dtype == type { return input }
        let layout = input.layout.compacted(elementBytes: type.byteCount)
        let attributes: Attributes = record.map { ["of": .text($0.name)] } ?? .none
        return try node(.cast, [input], TensorType(type, input.form.shape), layout, attributes)
    }

    // MARK: movement and folds

    /// Shows an array repeated to a larger shape.
    package func broadcast(_ input: Node, to shape: Axes) throws -> Node {
        if input.form.shape == shape { return input }
        let elements = try input.form.elements.broadcast(to: shape)
        return try move(.broadcast, [input], TensorType(input.form.dtype, shape), [Piece(whole: elements)], .none)
    }

    /// An array made of pieces of others of its type.
    package func move(
        _ record: Operator, _ inputs: [Node], _ form: TensorType, _ pieces: [Piece], _ attributes: Attributes
    ) throws -> Node {
        _ = try Layout.checkedCount(form.shape, elementBytes: form.dtype.byteCount)
        var operands = inputs
        for place in operands.indices { operands[place] = try cast(operands[place], to: form.dtype) }
        var layout = form.layout
        if record.isView, let shown = Self.shown(operands[0], pieces[0], form) { layout = shown }
        return try node(record, operands, form, layout, attributes, pieces: pieces)
    }

    /// Where a view of an array has its elements.
    private static func shown(_ node: Node, _ piece: Piece, _ form: TensorType) -> Layout? {
        guard case .piece(let found, let divisions) = piece.reading(through: Piece(whole: node.layout)),
            divisions.isEmpty, found.size == form.shape
        else { return nil }
        return Layout(shape: form.shape, strides: found.fromStrides)
    }

    /// - Parameter attributes: `axes` that are folded, of all when there is none; `keeps` leaves them with a length of 1.
    private func fold(
        _ record: Operator, _ fold: FoldOperation, _ input: Node, _ form: TensorType, _ attributes: Attributes
    ) throws -> Node {
        let mask = try input.form.folded(attributes)
        let type = fold.computing(input.form.dtype) ?? input.form.dtype
        return try self.fold(
            record, fold, input, mask, computing: type.computing, result: form.dtype, shape: form.shape)
    }

    /// A fold of some axes, which may show the folded ones with a length of 1.
    ///
    /// - Parameter mask: 1 for each axis that is folded.
    package func fold(
        _ record: Operator, _ fold: FoldOperation, _ input: Node, _ mask: Axes, computing: DType, result: DType,
        shape: Axes
    ) throws -> Node {
        let raw = TensorType(fold.result(computing), shape)
        let folded = try node(record, [try cast(input, to: computing)], raw, raw.layout, ["mask": .axes(mask)])
        return try cast(folded, to: result, of: record)
    }

    // MARK: kernels

    /// Runs what has a kernel of its own, now.
    private func run(
        _ kernel: KernelExecution, _ inputs: [Node], _ forms: [TensorType], _ attributes: Attributes
    ) throws -> [Node] {
        try materialize(inputs)
        let outputs = try forms.map { form in
            counters.arrays += 1
            counters.bytes += form.byteCount
            return try allocate(form, form.layout)
        }
        let bytes = max(1, kernel.scratchBytes(inputs.map(\.form), attributes))
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
        defer { scratch.deallocate() }
        let views = inputs.compactMap { $0.memory?.view }
        try kernel.run(views, outputs.map(\.view), attributes, scratch)
        try Self.checkInterruption()
        withExtendedLifetime(inputs) {}
        return outputs.map { value($0) }
    }
}

extension TensorType {
    /// 1 for each axis that the attribute `axes` names; for all axes without it.
    func folded(_ attributes: Attributes) throws(TensorError) -> Axes {
        guard attributes.values["axes"] != nil else { return Axes(repeating: 1, count: rank) }
        var mask = Axes(repeating: 0, count: rank)
        for wanted in try attributes.axes("axes") {
            let axis = try elements.axis(wanted)
            guard mask[axis] == 0 else { throw TensorError(.value, "duplicate value in 'axis'") }
            mask[axis] = 1
        }
        return mask
    }
}

extension Layout {
    /// The same shape without gaps, the axes in memory in the order that they have here.
    package func compacted(elementBytes: Int) -> Layout {
        if rank < 2 || strides[rank - 1] != 0 && isContiguous(elementBytes: strides[rank - 1]) {
            return Layout(contiguous: shape, elementBytes: elementBytes)
        }
        let order = shape.indices.sorted { abs(strides[$0]) > abs(strides[$1]) }
        var (result, step) = (self, elementBytes)
        for axis in order.reversed() {
            result.strides[axis] = step
            step *= Swift.max(shape[axis], 1)
        }
        return result
    }
}
