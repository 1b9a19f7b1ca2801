internal import CWalleKernels

/// How nodes get their elements.
extension Graph {
    /// Computes nodes, together where they have one shape.
    ///
    /// - Throws: what allocating throws, and `CancellationError` when it is interrupted; nodes that were not reached stay
    ///   virtual and can be computed again.
    package func materialize(_ nodes: [Node]) throws {
        for node in nodes where node.isVirtual {
            guard node.isElementwise else {
                try compute(node)
                continue
            }
            try computeTogether(
                nodes.filter { $0.isVirtual && $0.isElementwise && $0.form.shape == node.form.shape })
        }
    }

    /// The elements of a node.
    package func tensor(of node: Node) throws -> Tensor {
        try compute(node)
        let memory = node.memory.unsafelyUnwrapped
        let result = try Tensor(uninitialized: node.form.shape, node.form.dtype)
        Raster.copy(memory.view, to: result.view)
        return result
    }

    func compute(_ node: Node) throws {
        guard node.isVirtual, let operation = node.operation else { return }
        switch operation.execution {
        case .unary, .binary, .cast, .select: try computeTogether([node])
        case .fold(let fold): try computeFold(node, fold)
        default: try computeMovement(node)
        }
    }

    /// What was computed while work was interrupted is undefined, and no node may have it.
    ///
    /// - Throws: `CancellationError`
    static func checkInterruption() throws {
        if Interruption.isAsked { throw CancellationError() }
    }

    func report(_ name: String, _ tag: Int, _ flags: UInt32) {
        let report = Report(name: name, tag: tag, flags: flags)
        if !reports.contains(report) { reports.append(report) }
    }

    /// Memory for the elements of a node.
    func room(_ form: TensorType, _ layout: Layout) throws -> Memory {
        let memory = try allocate(form, layout)
        counters.arrays += 1
        counters.bytes += form.byteCount
        return memory
    }

    /// A copy without gaps.
    func packed(_ view: View) throws -> Memory {
        let form = TensorType(view.dtype, view.layout.shape)
        let copy = try room(form, form.layout)
        Raster.copy(view, to: copy.view)
        try Self.checkInterruption()
        counters.regions += 1
        return copy
    }

    // MARK: elementwise

    /// Elementwise nodes of one shape in one pass, and with them nodes below that somebody holds.
    private func computeTogether(_ nodes: [Node]) throws {
        var wanted = nodes
        while true {
            wanted.removeAll { !$0.isVirtual }
            guard let first = wanted.first else { return }
            guard first.form.count > 0 else {
                for node in wanted { node.settle(try room(node.form, node.form.layout)) }
                return
            }
            var lowering = Lowering(self, first.form.shape)
            let access = lowering.inOrder()
            for node in wanted { _ = try lowering.lower(node, access) }
            // Lowering computes what cannot be fused, and on the way perhaps what it met before.
            if lowering.steps.contains(where: { !$0.node.isVirtual }) { continue }
            return try run(&lowering, wanted, access)
        }
    }

    private func run(_ lowering: inout Lowering, _ wanted: [Node], _ access: Int) throws {
        var outputs: [(node: Node, memory: Memory)] = []
        var leading: Int?
        for place in lowering.steps.indices {
            let step = lowering.steps[place]
            let isWanted = wanted.contains { $0 === step.node } || step.node.exposures > 0
            guard isWanted, step.access == access else { continue }
            let memory = try room(
                step.node.form, step.node.layout.compacted(elementBytes: step.node.form.dtype.byteCount))
            outputs.append((step.node, memory))
            lowering.steps[place].target = lowering.bytes(memory.view, access)
            leading = leading ?? lowering.steps[place].target
        }
        if let leading {
            let program = Program(lowering, result: .memory(leading), leading: leading)
            try lowering.keepingMemory { try program.run(self) }
            counters.programs += 1
            counters.steps += program.steps.count
        }
        for output in outputs { output.node.settle(output.memory) }
    }

    // MARK: movement

    /// The pieces of a node, merged with those of transforms below, each once.
    private func merged(_ node: Node) throws -> [(piece: Piece, source: Node)] {
        var result: [(piece: Piece, source: Node)] = []
        var seen: Set<Piece> = []
        for piece in node.pieces where piece.count > 0 && seen.insert(piece).inserted {
            try merge(piece, node.inputs[piece.input], into: &result)
        }
        return result
    }

    /// More pieces than this are not merged further.
    private static let mostPieces = 4096

    private func merge(_ piece: Piece, _ source: Node, into result: inout [(piece: Piece, source: Node)]) throws {
        if source.isVirtual, !source.pieces.isEmpty || source.operation.map(Self.isMovement) ?? false {
            if source.exposures == 0, result.count < Self.mostPieces, let pieces = piece.reading(through: source.pieces)
            {
                for each in pieces where each.count > 0 { try merge(each, source.inputs[each.input], into: &result) }
                return
            }
            try compute(source)
        }
        result.append((piece, source))
    }

    private static func isMovement(_ operation: Operator) -> Bool {
        if case .pieces = operation.execution { true } else { false }
    }

    private func computeMovement(_ node: Node) throws {
        let merged = try merged(node)
        var read: [ObjectIdentifier: Int] = [:]
        for (piece, source) in merged { read[ObjectIdentifier(source), default: 0] += piece.count }
        for (_, source) in merged where source.isVirtual {
            // Evaluated in place, unless elements would be evaluated twice or are wanted as an array as well.
            let isOnce =
                source.isElementwise && source.exposures == 0
                && read[ObjectIdentifier(source), default: 0] <= source.form.count
            if !isOnce { try compute(source) }
        }
        let memory = try room(node.form, node.layout.compacted(elementBytes: node.form.dtype.byteCount))
        for (piece, source) in merged { try fill(piece, source, memory.view) }
        try Self.checkInterruption()
        counters.regions += merged.count
        node.settle(memory)
    }

    /// Writes a piece of the output: copies, or evaluates what it is made of right there.
    private func fill(_ piece: Piece, _ source: Node, _ output: View) throws {
        var lowering = Lowering(self, piece.size)
        let region = piece.region
        let from = lowering.add(.init(from: region.from, strides: region.fromStrides))
        let to = lowering.add(.init(from: region.to, strides: region.toStrides))
        let value = try lowering.lower(source, from)
        guard let target = lowering.bytes(output, to) else {
            throw TensorError(.value, "a region is no box of an array of shape \(output.layout.shape)")
        }
        let type = output.dtype
        switch value {
        case .memory(let place):
            lowering.keepingMemory { Raster.copy(lowering.view(place, type), to: lowering.view(target, type)) }
        case .step(let last):
            lowering.steps[last].target = target
            let program = Program(lowering, result: .memory(target), leading: target)
            try lowering.keepingMemory { try program.run(self) }
            counters.programs += 1
            counters.steps += program.steps.count
        }
    }

    // MARK: folds

    private func computeFold(_ node: Node, _ operation: FoldOperation) throws {
        var source = node.inputs[0]
        let computing = source.form.dtype
        let mask = try node.attributes.axes("mask")
        if source.isVirtual, source.exposures > 0 || source.consumers > 1 && source.isElementwise {
            try compute(source)
        }
        let memory = try room(node.form, node.form.layout)
        guard node.form.count > 0 else { return node.settle(memory) }
        guard source.form.count > 0 else {
            let empty = View(base: nil, dtype: computing, layout: source.form.layout)
            fold(operation, empty, mask, computing, memory.view, node)
            return node.settle(memory)
        }
        // A cast of memory is the fold's own, as it reads.
        if source.isVirtual, case .cast? = source.operation?.execution, source.inputs[0].memory != nil {
            source = source.inputs[0]
        }
        var lowering = Lowering(self, source.form.shape, groups: mask)
        let value = try lowering.lower(source, lowering.inOrder())
        let output = memory.view
        switch value {
        case .memory(let place):
            lowering.keepingMemory {
                fold(operation, lowering.view(place, source.form.dtype), lowering.groups, computing, output, node)
            }
        case .step:
            guard
                let fused = FusedFold(node, lowering, value, operation, to: output)
            else {
                try compute(source)
                let view = source.memory.unsafelyUnwrapped.view
                fold(operation, view, mask, computing, output, node)
                break
            }
            try lowering.keepingMemory { try fused.run(self) }
            counters.programs += 1
            counters.steps += lowering.steps.count
        }
        try Self.checkInterruption()
        node.settle(memory)
    }

    private func fold(
        _ operation: FoldOperation, _ view: View, _ mask: Axes, _ computing: DType, _ output: View, _ node: Node
    ) {
        var kept = Axes()
        for axis in mask.indices where mask[axis] == 0 { kept.append(view.layout.shape[axis]) }
        let target = View(
            base: output.base, dtype: output.dtype,
            layout: Layout(contiguous: kept, elementBytes: output.dtype.byteCount))
        walle_float_status_clear()
        Folding.run(operation, view, folded: mask, to: target, computing: computing)
        let raised = walle_float_status()
        if raised != 0 { report("reduce", node.tag, raised) }
    }
}
