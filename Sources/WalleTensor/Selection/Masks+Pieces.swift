internal import CWalleKernels

extension Masks {
    /// Where a piece lies in a second array: the offset of its first element, and what neighbours are apart, in bytes.
    struct Place {
        var offset = 0
        var stride = 0
    }

    /// Calls `body` with pieces of an array in order, as bytes that are 0 where an element is: the number of elements
    /// before it, its length, the bytes, and its place in an array of another layout.
    @inline(__always)
    static func forEachPiece(
        of elements: View, and other: Layout? = nil,
        _ body: (_ start: Int, _ count: Int, _ mask: UnsafePointer<UInt8>, _ place: Place) -> Void
    ) {
        guard let base = elements.base else { return }
        let (kernel, isBytes) = (truth(elements.dtype), elements.dtype.byteCount == 1)
        withUnsafeTemporaryAllocation(byteCount: min(piece, elements.layout.count), alignment: 1) { memory in
            let bytes = memory.baseAddress.unsafelyUnwrapped
            forEachRow(of: elements.layout, and: other) { start, count, offset, stride, place in
                var done = 0
                while done < count {
                    let length = min(piece, count - done)
                    var mask = base + offset + done * stride
                    if !isBytes || stride != 1 && length > 1 {
                        kernel(length, mask, stride, bytes, 1)
                        mask = bytes
                    }
                    body(
                        start + done, length, UnsafePointer(mask.assumingMemoryBound(to: UInt8.self)),
                        Place(offset: place.offset + done * place.stride, stride: place.stride))
                    done += length
                }
            }
        }
    }

    /// Calls `body` with rows of an array in order: the number of elements before it, its length, the offset of its first
    /// element, what neighbours are apart, and its place in an array of another layout. One axis needs no walk.
    @inline(__always)
    private static func forEachRow(
        of layout: Layout, and other: Layout?,
        _ body: (_ start: Int, _ count: Int, _ offset: Int, _ stride: Int, _ place: Place) -> Void
    ) {
        if layout.rank == 1 {
            return body(0, layout.shape[0], 0, layout.strides[0], Place(stride: other?.strides[0] ?? 0))
        }
        // The first operand makes the walk go in order.
        let order = Layout(contiguous: layout.shape, elementBytes: 1)
        let layouts: InlineArray<3, Layout> = [order, layout, other ?? order]
        Walk.forEach(layouts.span) { body($1[0], $0, $1[1], $2[1], Place(offset: $1[2], stride: $2[2])) }
    }

    /// Whether elements are not zero, as bytes: those of one byte are that already.
    private static func truth(_ type: DType) -> walle_unary_kernel {
        let shared = walle_kernels_shared()
        if type.byteCount == 1 { return walle_kernels_copy(shared, 1).unsafelyUnwrapped }
        return walle_kernels_cast(shared, Int32(type.kernel), Int32(DType.bool.kernel)).unsafelyUnwrapped
    }

    static func selectBlocks(_ source: View, _ condition: View, _ output: View) {
        guard let from = source.base, let to = output.base else { return }
        let joined = JoinedBlocks(source, condition.layout)
        forEachTrue(condition) { written, offsets, count in
            for index in 0..<count {
                let position = Int(offsets[index])
                joined.copy(from + joined.offset(position), to: to + (written + index) * joined.bytes, isTaken: true)
            }
        }
    }

    static func putBlocks(_ values: View, _ condition: View, _ target: View) {
        guard let from = values.base, let to = target.base else { return }
        let joined = JoinedBlocks(target, condition.layout)
        forEachTrue(condition) { read, offsets, count in
            for index in 0..<count {
                let position = Int(offsets[index])
                joined.copy(from + (read + index) * joined.bytes, to: to + joined.offset(position), isTaken: false)
            }
        }
    }

    /// Calls `body` with the positions, in order, where a condition holds, and how many came before.
    @inline(__always)
    private static func forEachTrue(
        _ condition: View, _ body: (_ before: Int, _ positions: UnsafeMutablePointer<Int64>, _ count: Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: min(piece, condition.layout.count)) { memory in
            let positions = memory.baseAddress.unsafelyUnwrapped
            var before = 0
            forEachPiece(of: condition) { start, count, mask, _ in
                let total = selection.pointee.count_mask(count, mask, 1)
                selection.pointee.mask_positions(count, mask, start, total, positions)
                body(before, positions, total)
                before += total
            }
        }
    }
}

/// The blocks behind the elements of a condition, in an array of any strides.
private struct JoinedBlocks {
    let bytes: Int
    private let condition: Layout
    private let block: Layout
    private let dtype: DType
    private let isWhole: Bool

    init(_ array: View, _ condition: Layout) {
        let rank = condition.rank
        self.condition = Layout(shape: condition.shape, strides: Axes(array.layout.strides.prefix(rank)))
        block = Layout(
            shape: Axes(array.layout.shape.dropFirst(rank)), strides: Axes(array.layout.strides.dropFirst(rank)))
        dtype = array.dtype
        bytes = block.count * dtype.byteCount
        isWhole = block.isContiguous(elementBytes: dtype.byteCount)
    }

    /// Of the block behind an element of the condition, counted in order, in bytes.
    func offset(_ position: Int) -> Int {
        if condition.rank == 1 { return position * condition.strides[0] }
        var (rest, offset) = (position, 0)
        for axis in condition.shape.indices.reversed() {
            offset += rest % condition.shape[axis] * condition.strides[axis]
            rest /= condition.shape[axis]
        }
        return offset
    }

    /// A block, between the array and contiguous memory.
    func copy(_ from: UnsafeMutableRawPointer, to: UnsafeMutableRawPointer, isTaken: Bool) {
        if isWhole { return to.copyMemory(from: from, byteCount: bytes) }
        let whole = Layout(contiguous: block.shape, elementBytes: dtype.byteCount)
        Raster.copy(
            View(base: from, dtype: dtype, layout: isTaken ? block : whole),
            to: View(base: to, dtype: dtype, layout: isTaken ? whole : block))
    }
}
