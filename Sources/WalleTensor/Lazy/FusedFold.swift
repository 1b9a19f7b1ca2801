internal import CWalleKernels

/// A fold that takes the pieces of a program as they are computed, so that its operand is never in memory.
struct FusedFold {
    let node: Node
    let program: Program
    let operation: FoldOperation
    /// The type of the elements that are folded.
    let computing: DType
    let output: UnsafeMutableRawPointer
    let outputBytes: Int
    let outputType: DType
    /// The kept axes but for the row; the first memory is the output.
    let kept: LoopNest
    let folded: LoopNest
    /// The innermost axis, when it stays: its length and the strides of all memory.
    let row: (length: Int, strides: [Int])?

    /// Elements that are folded one after the other before they join the tree.
    private static let sequentialElements = 1 << 14
    private static let parallelCount = 1 << 18
    /// Chunks that threads take at once.
    static let unit = 1 << 16

    /// Nil when the operation has no kernel for rows that stay.
    init?(
        _ node: Node, _ lowering: Lowering, _ value: Lowering.Value, _ operation: FoldOperation, to output: View
    ) {
        let computing = node.inputs[0].form.dtype
        let axes = lowering.lengths.indices.filter { lowering.lengths[$0] != 1 }
        let row = axes.last.flatMap { lowering.groups[$0] == 0 ? $0 : nil }
        if row != nil, operation == .any || operation == .all { return nil }
        let strides = lowering.places.map { lowering.accesses[$0.access].strides }
        let keptAxes = axes.filter { lowering.groups[$0] == 0 }
        let bytes = output.dtype.byteCount
        var outputStrides = Axes(repeating: 0, count: lowering.lengths.count)
        var step = bytes
        for axis in keptAxes.reversed() {
            outputStrides[axis] = step
            step *= lowering.lengths[axis]
        }
        self.node = node
        program = Program(lowering, result: value, order: axes)
        self.operation = operation
        self.computing = computing
        self.output = output.base.unsafelyUnwrapped
        (outputBytes, outputType) = (bytes, output.dtype)
        kept = LoopNest(lowering.lengths, [outputStrides] + strides, order: keptAxes.filter { $0 != row })
        folded = LoopNest(lowering.lengths, strides, order: axes.filter { lowering.groups[$0] == 1 })
        self.row = row.map { axis in (lowering.lengths[axis], strides.map { $0[axis] }) }
    }

    func run(_ graph: Graph) throws {
        let exceptions = Exceptions()
        if let row {
            try foldRows(row, graph, exceptions)
        } else if folded.elementCount >= Self.parallelCount && folded.count > 1 {
            try foldLong(graph, exceptions)
        } else {
            try foldShort(graph, exceptions)
        }
        exceptions.report(program.steps, fold: node, to: graph)
    }

    var combining: walle_binary_kernel {
        let type = operation == .any || operation == .all ? DType.bool : computing
        return walle_kernels_binary(
            walle_kernels_shared(), Int32(operation.combination.rawValue), Int32(type.kernel)
        ).unsafelyUnwrapped
    }

    // MARK: elements that lie next to one another

    /// Many results, each of few elements: threads take results.
    private func foldShort(_ graph: Graph, _ exceptions: Exceptions) throws {
        let grain = max(1, Self.unit / max(1, folded.elementCount * kept.chunk))
        try forEachUnit(kept.count, grain, kept.elementCount * folded.elementCount) { units in
            withRunner(exceptions) { runner, tree in
                kept.forEach(units) { offsets, strides, count in
                    for index in 0..<count {
                        withOffsets(offsets + 1, strides + 1, index) { base in
                            var results = PairwiseResults(
                                combining, width: 1, elementBytes: outputBytes, in: tree)
                            fold(0..<folded.count, base, runner, &results)
                            results.finish(output + offsets[0] + index * strides[0], outputBytes)
                        }
                    }
                }
            }
        }
    }

    /// Results of many elements each: threads take ranges of these. The ranges, and so the result, are the same for any
    /// number of threads.
    private func foldLong(_ graph: Graph, _ exceptions: Exceptions) throws {
        let grain = max(1, Self.unit / folded.chunk)
        let units = (folded.count + grain - 1) / grain
        let partials = UnsafeMutableRawPointer.allocate(byteCount: units * 16, alignment: 64)
        defer { partials.deallocate() }
        for position in 0..<kept.count {
            var places: [(offsets: [Int], output: Int)] = []
            kept.forEach(position..<position + 1) { offsets, strides, count in
                for index in 0..<count {
                    places.append(
                        (
                            (1..<kept.operands).map { offsets[$0] + index * strides[$0] },
                            offsets[0] + index * strides[0]
                        ))
                }
            }
            for place in places {
                try place.offsets.withUnsafeBufferPointer { base in
                    let base = UnsafePointer(base.baseAddress.unsafelyUnwrapped)
                    try forEachUnit(units, 1, folded.elementCount) { range in
                        withRunner(exceptions) { runner, tree in
                            for unit in range {
                                var results = PairwiseResults(
                                    combining, width: 1, elementBytes: outputBytes, in: tree)
                                let end = min(folded.count, (unit + 1) * grain)
                                fold(unit * grain..<end, base, runner, &results)
                                results.finish(partials + unit * 16, outputBytes)
                            }
                        }
                    }
                }
                combine(partials, units, to: output + place.output)
            }
        }
    }

    private func combine(_ partials: UnsafeMutableRawPointer, _ count: Int, to place: UnsafeMutableRawPointer) {
        let bytes = PairwiseResults.byteCount(width: 1, elementBytes: outputBytes)
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { tree in
            var results = PairwiseResults(
                combining, width: 1, elementBytes: outputBytes, in: tree.baseAddress.unsafelyUnwrapped)
            for index in 0..<count { results.add(partials + index * 16) }
            results.finish(place, outputBytes)
        }
    }

    /// Folds some chunks of one result's elements.
    private func fold(
        _ chunks: Range<Int>, _ base: UnsafePointer<Int>, _ runner: PieceRunner, _ results: inout PairwiseResults
    ) {
        let kernel = walle_kernels_fold(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
            .unsafelyUnwrapped
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { memory in
            let partial = memory.baseAddress.unsafelyUnwrapped
            var pending = 0
            folded.forEach(chunks) { offsets, strides, count in
                withOffsets(offsets, base) { place in
                    var done = 0
                    while done < count {
                        let some = min(program.piece, count - done)
                        runner.run(some, place, strides, done)
                        let (values, stride) = result(runner, strides)
                        if pending == 0 { begin(partial, values) }
                        kernel(some, values, stride, partial)
                        runner.note(runner.steps.count)
                        done += some
                        pending += some
                        if pending >= Self.sequentialElements {
                            results.add(partial)
                            pending = 0
                        }
                    }
                }
            }
            if pending > 0 { results.add(partial) }
        }
    }

    func result(_ runner: PieceRunner, _ strides: UnsafePointer<Int>) -> (UnsafeMutableRawPointer, Int) {
        (runner.pointers[program.result.index], runner.stride(program.result, strides))
    }

    /// What a partial result starts as.
    private func begin(_ partial: UnsafeMutableRawPointer, _ first: UnsafeMutableRawPointer) {
        switch operation {
        case .minimum, .maximum: partial.copyMemory(from: first, byteCount: outputBytes)
        case .sum, .any: partial.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        case .product, .all:
            let one: UInt8 = 1
            withUnsafeBytes(of: one) { source in
                let from = source.baseAddress.unsafelyUnwrapped
                if outputType == .bool { return partial.copyMemory(from: from, byteCount: 1) }
                let cast = walle_kernels_cast(
                    walle_kernels_shared(), Int32(DType.bool.kernel), Int32(outputType.kernel))
                cast.unsafelyUnwrapped(1, from, 1, partial, outputBytes)
            }
        }
    }

    // MARK: helpers

    func forEachUnit(
        _ count: Int, _ grain: Int, _ elements: Int, _ body: (Range<Int>) -> Void
    ) throws {
        if elements < Self.parallelCount {
            body(0..<count)
        } else {
            ThreadPool.shared.parallel(over: count, grain: grain, body)
        }
        try Graph.checkInterruption()
    }

    /// A runner and room for the tree of partial results.
    func withRunner(
        _ exceptions: Exceptions, width: Int = 1, _ body: (PieceRunner, UnsafeMutableRawPointer) -> Void
    ) {
        let bytes = PairwiseResults.byteCount(width: width, elementBytes: outputBytes) + (width * outputBytes + 64)
        program.withRunner { runner in
            LargeScratch.with(byteCount: bytes) { tree in
                walle_float_status_clear()
                body(runner, tree)
                runner.note(runner.steps.count)
                exceptions.add(runner.flags)
            }
        }
    }

    /// Offsets some steps along an axis.
    @inline(__always)
    func withOffsets(
        _ offsets: UnsafePointer<Int>, _ strides: UnsafePointer<Int>, _ steps: Int,
        _ body: (UnsafeMutablePointer<Int>) -> Void
    ) {
        let count = folded.operands
        withUnsafeTemporaryAllocation(of: Int.self, capacity: count + 1) { sums in
            for memory in 0..<count { sums[memory] = offsets[memory] + steps * strides[memory] }
            body(sums.baseAddress.unsafelyUnwrapped)
        }
    }

    /// The sums of two offsets.
    @inline(__always)
    func withOffsets(
        _ offsets: UnsafePointer<Int>, _ base: UnsafePointer<Int>, _ body: (UnsafeMutablePointer<Int>) -> Void
    ) {
        let count = folded.operands
        withUnsafeTemporaryAllocation(of: Int.self, capacity: count + 1) { sums in
            for memory in 0..<count { sums[memory] = offsets[memory] + base[memory] }
            body(sums.baseAddress.unsafelyUnwrapped)
        }
    }
}
