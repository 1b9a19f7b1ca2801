internal import WalleMemory

/// Operators whose result depends on other arrays of positions or conditions.
extension Tensor {
    /// The elements of an axis at some positions: the axis gives way to the axes of `indices`.
    ///
    /// Negative positions count from the end.
    ///
    /// - Throws: `.index` for a position that is out of bounds, naming it; `.type` when the positions are no integers.
    public func taking(_ indices: Tensor, axis: Int) throws(TensorError) -> Tensor {
        let axis = try layout.axis(axis)
        let positions = try indices.positions(below: shape[axis], axis: axis)
        var shape = Axes(self.shape.prefix(axis))
        for length in indices.shape { shape.append(length) }
        for length in self.shape.dropFirst(axis + 1) { shape.append(length) }
        let result = try Tensor(uninitialized: shape, dtype)
        guard result.count > 0 else { return result }
        // Before the axis, the positions, after it: of these, what lies behind an element of the axis is one block.
        let source = contiguous()
        let before = self.shape.prefix(axis).reduce(1, *)
        let block = self.shape.dropFirst(axis + 1).reduce(1, *) * dtype.byteCount
        let row = self.shape[axis] * block
        let from = source.storage.bytes.baseAddress.unsafelyUnwrapped + source.offset
        var to = result.storage.bytes.baseAddress.unsafelyUnwrapped
        positions.withUnsafeBufferPointer { positions in
            for outer in 0..<before {
                Blocks.gather(from + outer * row, at: positions, blockBytes: block, to: to)
                to += positions.count * block
            }
        }
        withExtendedLifetime(source) {}
        return result
    }

    /// The elements where a condition holds, in order: the axes of the condition become one.
    ///
    /// - Throws: `.index` when the condition's shape is not that of the first axes; `.type` when it is not boolean.
    public func selecting(where condition: Tensor) throws(TensorError) -> Tensor {
        guard condition.dtype == .bool else {
            throw TensorError(.type, "a condition must be bool, not \(condition.dtype)")
        }
        for axis in condition.shape.indices where axis >= rank || condition.shape[axis] != shape[axis] {
            let length = axis < rank ? "\(shape[axis])" : "no such axis"
            throw TensorError(
                .index,
                "boolean index did not match indexed array along axis \(axis); size of axis is \(length) but size of "
                    + "corresponding boolean axis is \(condition.shape[axis])")
        }
        var joined = Axes([condition.count])
        for length in shape.dropFirst(condition.rank) { joined.append(length) }
        return try reshaped(joined).taking(Tensor(try condition.trueOffsets()), axis: 0)
    }

    /// The positions along each axis of the elements that are not zero.
    ///
    /// - Throws: `.value` for an array without axes.
    public func nonzero() throws(TensorError) -> [Tensor] {
        guard rank > 0 else {
            throw TensorError(.value, "nonzero is not defined for arrays without axes: reshape to (1,) first")
        }
        let offsets = try Tensor.applying(.notEqual, self, try Tensor(zeros: [], dtype)).trueOffsets()
        var step = 1
        var positions: [Tensor] = []
        for axis in shape.indices.reversed() {
            let (length, divisor) = (Swift.max(shape[axis], 1), step)
            positions.append(Tensor(offsets.map { $0 / divisor % length }))
            step *= length
        }
        return positions.reversed()
    }

    /// Of one array where a condition holds, of another elsewhere; all three are broadcast.
    ///
    /// - Throws: `.value`, naming the shapes, when they do not broadcast; `.type` when the condition is not boolean.
    public static func selecting(
        _ condition: Tensor, _ left: Tensor, _ right: Tensor
    ) throws(TensorError) -> Tensor {
        guard condition.dtype == .bool else {
            throw TensorError(.type, "a condition must be bool, not \(condition.dtype)")
        }
        let dtype = DType.promoted(left.dtype, right.dtype)
        let shape = try Layout.broadcast(try Layout.broadcast(condition.shape, left.shape), right.shape)
        let result = try Tensor(uninitialized: shape, dtype)
        let (a, b) = (try left.cast(to: dtype).broadcast(to: shape), try right.cast(to: dtype).broadcast(to: shape))
        Elementwise.select(try condition.broadcast(to: shape).view, a.view, b.view, to: result.view)
        withExtendedLifetime((condition, a, b)) {}
        return result
    }

    /// Integers as positions within an axis.
    private func positions(below length: Int, axis: Int) throws(TensorError) -> [Int] {
        guard dtype.kind == .integer else {
            throw TensorError(.type, "positions must be integers, not \(dtype)")
        }
        var positions = try cast(to: .int64).values(of: Int.self)
        for index in positions.indices {
            let position = positions[index]
            if position >= 0 && position < length { continue }
            guard position < 0 && position >= -length else {
                throw TensorError(.index, "index \(position) is out of bounds for axis \(axis) with size \(length)")
            }
            positions[index] = position + length
        }
        return positions
    }

    /// Where a boolean array is true, counting its elements in order.
    private func trueOffsets() throws(TensorError) -> [Int] {
        let values = try values(of: Bool.self)
        var offsets: [Int] = []
        for index in values.indices where values[index] { offsets.append(index) }
        return offsets
    }
}

/// Copies of equal blocks from any positions.
private enum Blocks {
    static func gather(
        _ source: UnsafeMutableRawPointer, at positions: UnsafeBufferPointer<Int>, blockBytes: Int,
        to target: UnsafeMutableRawPointer
    ) {
        switch blockBytes {
        case 1: gather(UInt8.self, source, positions, target)
        case 2: gather(UInt16.self, source, positions, target)
        case 4: gather(UInt32.self, source, positions, target)
        case 8: gather(UInt64.self, source, positions, target)
        default:
            for (index, position) in positions.enumerated() {
                (target + index * blockBytes).copyMemory(from: source + position * blockBytes, byteCount: blockBytes)
            }
        }
    }

    @inline(__always)
    private static func gather<Element: BitwiseCopyable>(
        _: Element.Type, _ source: UnsafeMutableRawPointer, _ positions: UnsafeBufferPointer<Int>,
        _ target: UnsafeMutableRawPointer
    ) {
        let (from, to) = (source.assumingMemoryBound(to: Element.self), target.assumingMemoryBound(to: Element.self))
        for index in positions.indices { to[index] = from[positions[index]] }
    }
}
