internal import CWalleKernels

/// Counts, finds, takes and puts elements where a condition is true. A condition is of type `bool`.
package enum Masks {
    /// Elements that are looked at once: as bytes they stay in the first cache.
    static let piece = 4096

    /// - Throws: `.type` when a condition is not boolean; `.index` when its shape is not that of an array's first axes.
    package static func check(_ condition: Axes, of type: DType, on shape: Axes) throws(TensorError) {
        guard type == .bool else { throw TensorError(.type, "a condition must be bool, not \(type)") }
        for axis in condition.indices where axis >= shape.count || condition[axis] != shape[axis] {
            let length = axis < shape.count ? "\(shape[axis])" : "no such axis"
            throw TensorError(
                .index,
                "boolean index did not match indexed array along axis \(axis); size of axis is \(length) but size of "
                    + "corresponding boolean axis is \(condition[axis])")
        }
    }

    /// How many elements are not zero.
    package static func count(_ elements: View) -> Int {
        guard let base = elements.base else { return 0 }
        var total = 0
        if let kernel = walle_kernels_count(walle_kernels_shared(), Int32(elements.dtype.kernel)) {
            let layouts: InlineArray<1, Layout> = [elements.layout]
            Walk.forEach(layouts.span) { total += kernel($0, base + $1[0], $2[0]) }
            return total
        }
        let kernel = selection.pointee.count_mask.unsafelyUnwrapped
        forEachPiece(of: elements) { _, count, mask, _ in total += kernel(count, mask, 1) }
        return total
    }

    /// The positions along each axis of the elements that are not zero.
    ///
    /// - Parameter outputs: For each axis `int64` of as many elements as `count` gives, contiguous.
    package static func positions(_ elements: View, to outputs: [View]) {
        let rank = elements.layout.rank
        guard let last = outputs.last?.base, elements.layout.count > 0 else { return }
        let shape = elements.layout.shape
        let length = shape[rank - 1]
        // The walk is over all elements in order; a piece may hold many rows, or be a part of one.
        var written = 0
        forEachPiece(of: elements) { start, count, mask, _ in
            let kernels = selection.pointee
            if rank == 1 {
                let total = kernels.count_mask(count, mask, 1)
                kernels.mask_positions(
                    count, mask, start, total, last.assumingMemoryBound(to: Int64.self) + written)
                written += total
                return
            }
            var done = 0
            while done < count {
                let (row, column) = ((start + done) / length, (start + done) % length)
                let piece = min(length - column, count - done)
                let total = kernels.count_mask(piece, mask + done, 1)
                kernels.mask_positions(
                    piece, mask + done, column, total, last.assumingMemoryBound(to: Int64.self) + written)
                if total > 0 { writeOuter(row, shape, outputs, written, total) }
                written += total
                done += piece
            }
        }
    }

    /// The indices of a row along the axes before the last, once for each of its elements.
    private static func writeOuter(_ row: Int, _ shape: Axes, _ outputs: [View], _ start: Int, _ count: Int) {
        var rest = row
        for axis in (0..<shape.count - 1).reversed() {
            guard let base = outputs[axis].base else { continue }
            let index = Int64(rest % shape[axis])
            (base.assumingMemoryBound(to: Int64.self) + start).update(repeating: index, count: count)
            rest /= shape[axis]
        }
    }

    /// The blocks where a condition holds, in order.
    ///
    /// - Parameters:
    ///   - condition: Of the shape of the first axes of `source`; a block is what lies behind an element of it.
    ///   - output: As many blocks as the condition has true elements, contiguous.
    package static func select(_ source: View, where condition: View, to output: View) {
        let bytes = source.dtype.byteCount
        guard let from = source.base, let to = output.base, output.layout.count > 0 else { return }
        if condition.layout.rank < source.layout.rank { return selectBlocks(source, condition, output) }
        let kernel = walle_selection_compress(selection, bytes).unsafelyUnwrapped
        var written = 0
        forEachPiece(of: condition, and: source.layout) { _, count, mask, place in
            let total = selection.pointee.count_mask(count, mask, 1)
            if total == 0 { return }
            kernel(count, mask, from + place.offset, place.stride, to + written * bytes, total)
            written += total
        }
    }

    /// Values to where a condition holds, in order.
    ///
    /// - Parameters:
    ///   - values: As many blocks as the condition has true elements: of one axis of any stride when the condition has all
    ///     axes of the target, else contiguous.
    ///   - condition: Of the shape of the first axes of `target`.
    package static func put(_ values: View, where condition: View, of target: View) {
        guard let from = values.base, let to = target.base, values.layout.count > 0 else { return }
        if condition.layout.rank < target.layout.rank { return putBlocks(values, condition, target) }
        let kernel = walle_selection_expand(selection, target.dtype.byteCount).unsafelyUnwrapped
        let step = values.layout.strides[0]
        var read = 0
        forEachPiece(of: condition, and: target.layout) { _, count, mask, place in
            let total = selection.pointee.count_mask(count, mask, 1)
            if total == 0 { return }
            kernel(count, mask, from + read * step, step, to + place.offset, place.stride, total)
            read += total
        }
    }

    static var selection: UnsafePointer<walle_selection> {
        walle_kernels_selection(walle_kernels_shared()).unsafelyUnwrapped
    }
}
