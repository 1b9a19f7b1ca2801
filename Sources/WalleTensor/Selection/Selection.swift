internal import CWalleKernels

/// Takes and puts elements at positions of an axis.
///
/// The axes before it and after it stay: behind every position lies a block, of one element where the axis is the last.
package enum Selection {
    /// The shape of what is taken: the axis gives way to those of the indices.
    ///
    /// - Parameter axis: Counted from the start.
    /// - Throws: `.type` when the indices are no integers; `.index` when there are some but the axis is empty.
    package static func shape(
        taking indices: Axes, of type: DType, from shape: Axes, axis: Int
    ) throws(TensorError) -> Axes {
        try Positions.check(type: type)
        var result = Axes(repeating: 0, count: shape.count + indices.count - 1)
        for place in result.indices {
            let index = place - axis
            result[place] =
                index < 0 ? shape[place] : index < indices.count ? indices[index] : shape[place - indices.count + 1]
        }
        if shape[axis] == 0 && !result.contains(0) {
            throw TensorError(.index, "cannot do a non-empty take from an empty axes.")
        }
        return result
    }

    /// The blocks at some positions; negative ones count from the end.
    ///
    /// - Parameters:
    ///   - indices: Integers of any type and shape.
    ///   - output: Of the shape that `shape(taking:of:from:axis:)` gives and the source's type, contiguous.
    /// - Throws: `.index` for a position that is out of bounds, naming it; some of the output is written then.
    package static func take(
        _ source: View, at indices: View, axis: Int, to output: View
    ) throws(TensorError) {
        let positions = Positions(indices: indices, length: source.layout.shape[axis], axis: axis)
        guard let from = source.base, let to = output.base, output.layout.count > 0 else {
            return try positions.check()
        }
        let blocks = AxisBlocks(source.layout, axis, indices.layout.count, source.dtype.byteCount)
        try positions.forEachPiece { start, positions, count in
            blocks.forEach { offset, place in
                blocks.gather(from + offset, positions, count, to: to + place + start * blocks.bytes)
            }
        }
    }

    /// Writes blocks to some positions, in order: of those that come again the last stays.
    ///
    /// - Parameters:
    ///   - values: Of the shape that `shape(taking:of:from:axis:)` gives and the target's type, contiguous, or one
    ///     element that is repeated by strides of 0.
    ///   - indices: Integers of any type and shape.
    /// - Throws: `.index` for a position that is out of bounds, naming it; nothing is written then.
    package static func put(
        _ values: View, at indices: View, axis: Int, of target: View
    ) throws(TensorError) {
        let positions = Positions(indices: indices, length: target.layout.shape[axis], axis: axis)
        // A single piece is checked before anything is written.
        if indices.layout.rank > 1 || indices.layout.count > Positions.piece { try positions.check() }
        guard let to = target.base, let from = values.base, values.layout.count > 0 else {
            return try positions.check()
        }
        let blocks = AxisBlocks(target.layout, axis, indices.layout.count, target.dtype.byteCount)
        if values.layout.strides.allSatisfy({ $0 == 0 }) && blocks.areElements {
            return try positions.forEachPiece { _, positions, count in
                blocks.forEach { offset, _ in blocks.scatter(one: from, positions, count, to: to + offset) }
            }
        }
        try positions.forEachPiece { start, positions, count in
            blocks.forEach { offset, place in
                blocks.scatter(from + place + start * blocks.bytes, positions, count, to: to + offset)
            }
        }
    }
}

/// What lies behind the positions of an axis, on the side of the array, and next to one another on the other side.
struct AxisBlocks {
    /// Of a block.
    let bytes: Int
    private let before: Layout
    private let after: Layout
    private let isWhole: Bool
    private let stride: Int
    private let elementBytes: Int
    private let positions: Int
    private let kernels = walle_kernels_selection(walle_kernels_shared()).unsafelyUnwrapped

    /// - Parameter positions: How many there are.
    init(_ layout: Layout, _ axis: Int, _ positions: Int, _ elementBytes: Int) {
        before = layout.axes(0..<axis)
        after = layout.axes(axis + 1..<layout.rank)
        isWhole = after.isContiguous(elementBytes: elementBytes)
        bytes = after.count * elementBytes
        stride = layout.strides[axis]
        self.elementBytes = elementBytes
        self.positions = positions
    }

    /// Calls `body` with the offsets, on both sides, of what the indices before the axis select.
    @inline(__always)
    func forEach(_ body: (_ array: Int, _ other: Int) -> Void) {
        if before.rank == 0 { return body(0, 0) }
        let other = Layout(contiguous: before.shape, elementBytes: positions * bytes)
        let layouts: InlineArray<2, Layout> = [other, before]
        Walk.forEach(layouts.span) { count, offsets, strides in
            for index in 0..<count { body(offsets[1] + index * strides[1], offsets[0] + index * strides[0]) }
        }
    }

    func gather(
        _ array: UnsafeMutableRawPointer, _ at: UnsafeMutablePointer<Int64>, _ count: Int,
        to other: UnsafeMutableRawPointer
    ) {
        if isWhole && Self.isElement(bytes) {
            let kernel = walle_selection_gather(kernels, bytes).unsafelyUnwrapped
            kernel(count, array, stride, at, other, bytes)
        } else if isWhole {
            kernels.pointee.gather_blocks(count, array, stride, at, other, bytes, bytes)
        } else {
            forEachBlock(array, at, count, other) { Raster.copy($0, to: $1) }
        }
    }

    /// Whether a block is an element or so, which one instruction moves.
    var areElements: Bool { isWhole && Self.isElement(bytes) && bytes == elementBytes }

    /// One element to all the positions.
    func scatter(
        one element: UnsafeMutableRawPointer, _ at: UnsafeMutablePointer<Int64>, _ count: Int,
        to array: UnsafeMutableRawPointer
    ) {
        walle_selection_scatter(kernels, bytes).unsafelyUnwrapped(count, element, 0, at, array, stride)
    }

    func scatter(
        _ other: UnsafeMutableRawPointer, _ at: UnsafeMutablePointer<Int64>, _ count: Int,
        to array: UnsafeMutableRawPointer
    ) {
        if isWhole && Self.isElement(bytes) {
            let kernel = walle_selection_scatter(kernels, bytes).unsafelyUnwrapped
            kernel(count, other, bytes, at, array, stride)
        } else if isWhole {
            kernels.pointee.scatter_blocks(count, other, bytes, at, array, stride, bytes)
        } else {
            forEachBlock(array, at, count, other) { Raster.copy($1, to: $0) }
        }
    }

    /// Blocks with gaps, and what they are on the other side. Only the size of an element matters.
    @inline(__always)
    private func forEachBlock(
        _ array: UnsafeMutableRawPointer, _ at: UnsafeMutablePointer<Int64>, _ count: Int,
        _ other: UnsafeMutableRawPointer, _ body: (_ array: View, _ other: View) -> Void
    ) {
        let type = Self.type(of: elementBytes)
        var block = View(base: array, dtype: type, layout: after)
        var whole = View(base: other, dtype: type, layout: Layout(contiguous: after.shape, elementBytes: elementBytes))
        for index in 0..<count {
            block.base = array + Int(at[index]) * stride
            whole.base = other + index * bytes
            body(block, whole)
        }
    }

    private static func type(of bytes: Int) -> DType {
        switch bytes {
        case 1: .uint8
        case 2: .uint16
        case 4: .uint32
        case 8: .uint64
        default: .complex128
        }
    }

    private static func isElement(_ bytes: Int) -> Bool { bytes <= 16 && bytes.nonzeroBitCount == 1 }
}
