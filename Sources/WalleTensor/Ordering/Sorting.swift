internal import CWalleKernels

/// Sorts and partitions along an axis. NaN comes last, ascending or descending; complex numbers are ordered by real, then
/// imaginary part, and those with NaN come last: with an imaginary NaN first, then with a real one, then with both.
package enum Sorting {
    /// The axis counted from the start.
    ///
    /// - Throws: `.index` when it is not there; `.value` for more elements than positions can be packed for.
    package static func axis(_ axis: Int, of layout: Layout) throws(TensorError) -> Int {
        let axis = try layout.axis(axis)
        guard layout.shape[axis] <= LaneOrder.mostPackedElements else {
            throw TensorError(.value, "an axis of \(layout.shape[axis]) elements is too long to be sorted")
        }
        return axis
    }

    /// Ranks counted from the start, rising.
    ///
    /// - Throws: `.value` for one that is out of bounds, naming it.
    package static func ranks(_ ranks: [Int], length: Int) throws(TensorError) -> [Int] {
        var result: [Int] = []
        for rank in ranks {
            guard rank >= -length && rank < length else {
                throw TensorError(.value, "kth(=\(rank)) out of bounds (\(length))")
            }
            result.append(rank < 0 ? rank + length : rank)
        }
        return result.sorted()
    }

    /// - Parameters:
    ///   - axis: Counted from the start.
    ///   - isStable: Whether zeros of different signs keep their order: nothing else that is equal differs, but NaN, which
    ///     loses its sign and payload.
    ///   - ranks: Rising. When given, only the elements of these ranks are where sorting puts them, with smaller ones
    ///     before and greater ones after.
    ///   - output: Of the same shape and type; the input itself, or apart from it.
    package static func sort(
        _ input: View, axis: Int, descending: Bool = false, isStable: Bool = false, ranks: [Int]? = nil,
        to output: View
    ) {
        let length = input.layout.shape[axis]
        guard input.layout.count > 0 else { return }
        if input.dtype.kind == .complex { return sortComplex(input, axis, descending, ranks, output) }
        let lane = LaneSort(
            input.dtype, length: length, descending: descending, isStable: isStable,
            strides: (output.layout.strides[axis], input.layout.strides[axis]))
        LargeScratch.with(byteCount: lane.scratchBytes + 64) { scratch in
            if let ranks {
                Lanes.forEach(axis, of: output, and: input) {
                    lane.sort($1, to: $0, scratch: scratch, ranks: ranks.span)
                }
            } else {
                Lanes.forEach(axis, of: output, and: input) { lane.sort($1, to: $0, scratch: scratch) }
            }
        }
    }

    /// Elements of two keys are taken in the order of their positions.
    private static func sortComplex(_ input: View, _ axis: Int, _ descending: Bool, _ ranks: [Int]?, _ output: View) {
        let (length, bytes) = (input.layout.shape[axis], input.dtype.byteCount)
        let (from, to) = (input.layout.strides[axis], output.layout.strides[axis])
        let order = LaneOrder(input.dtype, length: length, descending: descending, inputStride: from)
        let shared = walle_kernels_shared()
        let copy = walle_kernels_copy(shared, bytes).unsafelyUnwrapped
        let gather = walle_selection_gather(walle_kernels_selection(shared), bytes).unsafelyUnwrapped
        // What is sorted in place must be taken out first.
        let taken = output.base == input.base ? (length * bytes).roundedUp(to: 64) : 0
        let size = order.scratchBytes + (8 * length).roundedUp(to: 64) + taken + 64
        LargeScratch.with(byteCount: size) { start in
            let positions = (start + taken).assumingMemoryBound(to: Int64.self)
            let scratch = start + taken + (8 * length).roundedUp(to: 64)
            Lanes.forEach(axis, of: output, and: input) { output, input in
                if let ranks {
                    order.find(input, positions, scratch: scratch, ranks: ranks.span)
                } else {
                    order.find(input, positions, scratch: scratch)
                }
                if taken == 0 { return gather(length, input, from, positions, output, to) }
                gather(length, input, from, positions, start, bytes)
                copy(length, start, bytes, output, to)
            }
        }
    }

    /// The positions that sort an axis, always stable: equal elements stay in their order, descending ones too.
    ///
    /// - Parameters:
    ///   - axis: Counted from the start.
    ///   - ranks: Rising. When given, only the positions of these ranks are where sorting puts them.
    ///   - output: `int64`, of the same shape, apart from the input.
    package static func order(
        _ input: View, axis: Int, descending: Bool = false, ranks: [Int]? = nil, to output: View
    ) {
        let (length, stride) = (input.layout.shape[axis], output.layout.strides[axis])
        guard input.layout.count > 0 else { return }
        let lane = LaneOrder(
            input.dtype, length: length, descending: descending, inputStride: input.layout.strides[axis])
        let copy = walle_kernels_copy(walle_kernels_shared(), 8).unsafelyUnwrapped
        // Positions are found next to one another, in the output itself where they are there.
        let gathered = stride == 8 ? 0 : length * 8
        let size = lane.scratchBytes + gathered.roundedUp(to: 64) + 64
        LargeScratch.with(byteCount: size) { start in
            let scratch = start + gathered.roundedUp(to: 64)
            Lanes.forEach(axis, of: output, and: input) { output, input in
                let positions = (gathered == 0 ? output : start).assumingMemoryBound(to: Int64.self)
                if let ranks {
                    lane.find(input, positions, scratch: scratch, ranks: ranks.span)
                } else {
                    lane.find(input, positions, scratch: scratch)
                }
                if gathered != 0 { copy(length, positions, 8, output, stride) }
            }
        }
    }
}
