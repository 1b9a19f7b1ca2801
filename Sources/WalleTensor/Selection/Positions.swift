internal import CWalleKernels

/// Integers as positions within an axis, read piece by piece: cast, counted from the end where negative, and checked.
struct Positions {
    /// Positions that are read at once.
    static let piece = 1024

    let indices: View
    let length: Int
    let axis: Int

    /// - Throws: `.type` when the positions are no integers.
    static func check(type: DType) throws(TensorError) {
        guard type.kind == .integer else {
            throw TensorError(.type, "positions must be integers, not \(type)")
        }
    }

    /// Calls `body` with pieces of the positions in order: the number of those before it, itself and its length.
    ///
    /// - Throws: `.index` for a position that is out of bounds, naming it; the pieces before it have been visited.
    @inline(__always)
    func forEachPiece(
        _ body: (_ start: Int, _ positions: UnsafeMutablePointer<Int64>, _ count: Int) -> Void
    ) throws(TensorError) {
        guard let base = indices.base else { return }
        var outside: Int64?
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: min(Self.piece, indices.layout.count)) { memory in
            let positions = memory.baseAddress.unsafelyUnwrapped
            forEachRow { start, offset, stride, count in
                var done = 0
                while done < count && outside == nil {
                    let (from, piece) = (base + offset + done * stride, min(Self.piece, count - done))
                    outside = read(from, stride, piece, positions)
                    if outside == nil { body(start + done, positions, piece) }
                    done += piece
                }
            }
        }
        if let outside {
            let shown = indices.dtype == .uint64 ? "\(UInt64(bitPattern: outside))" : "\(outside)"
            throw TensorError(.index, "index \(shown) is out of bounds for axis \(axis) with size \(length)")
        }
    }

    /// Calls `body` with rows of the indices in order: the number of those before it, the offset of its first, what
    /// neighbours are apart, and its length. One axis needs no walk.
    @inline(__always)
    private func forEachRow(_ body: (_ start: Int, _ offset: Int, _ stride: Int, _ count: Int) -> Void) {
        let layout = indices.layout
        if layout.rank == 1 { return body(0, 0, layout.strides[0], layout.shape[0]) }
        // The first operand makes the walk go in order.
        let layouts: InlineArray<2, Layout> = [Layout(contiguous: layout.shape, elementBytes: 1), layout]
        Walk.forEach(layouts.span) { body($1[0], $1[1], $2[1], $0) }
    }

    /// Whether all are within bounds.
    func check() throws(TensorError) { try forEachPiece { _, _, _ in } }

    /// Gives the first position that is out of bounds.
    private func read(
        _ from: UnsafeMutableRawPointer, _ stride: Int, _ count: Int, _ positions: UnsafeMutablePointer<Int64>
    ) -> Int64? {
        let check = walle_kernels_selection(walle_kernels_shared()).unsafelyUnwrapped.pointee.positions
            .unsafelyUnwrapped
        if indices.dtype == .int64 {
            let good = check(count, from, stride, length, positions)
            return good == count ? nil : (from + good * stride).load(as: Int64.self)
        }
        let cast = walle_kernels_cast(
            walle_kernels_shared(), Int32(indices.dtype.kernel), Int32(DType.int64.kernel)
        ).unsafelyUnwrapped
        cast(count, from, stride, positions, 8)
        // What only an unsigned number holds is out of any bounds, and negative now.
        if indices.dtype == .uint64 {
            for index in 0..<count where positions[index] < 0 { return positions[index] }
        }
        let good = check(count, positions, 8, length, positions)
        return good == count ? nil : positions[good]
    }
}
