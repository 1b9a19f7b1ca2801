extension Layout {
    /// The shape that arrays of both shapes broadcast to: axes are aligned at the end, and a length of 1 stretches.
    ///
    /// - Throws: `.value`, naming both shapes.
    public static func broadcast(_ left: Axes, _ right: Axes) throws(TensorError) -> Axes {
        if left == right { return left }
        let rank = Swift.max(left.count, right.count)
        var result = Axes(repeating: 1, count: rank)
        for axis in 0..<rank {
            let a = axis + left.count >= rank ? left[axis + left.count - rank] : 1
            let b = axis + right.count >= rank ? right[axis + right.count - rank] : 1
            guard a == b || a == 1 || b == 1 else {
                throw TensorError(
                    .value, "operands could not be broadcast together with shapes \(left) \(right)")
            }
            result[axis] = a == 1 ? b : a
        }
        return result
    }

    /// The same elements seen as a larger shape, repeated by strides of 0.
    ///
    /// - Throws: `.value`, naming both shapes.
    public func broadcast(to target: Axes) throws(TensorError) -> Layout {
        if shape == target { return self }
        guard rank <= target.count else { throw Self.cannotBroadcast(shape, target) }
        let missing = target.count - rank
        var strides = Axes(repeating: 0, count: target.count)
        for axis in 0..<rank {
            if shape[axis] == target[axis + missing] {
                strides[axis + missing] = self.strides[axis]
            } else if shape[axis] != 1 {
                throw Self.cannotBroadcast(shape, target)
            }
        }
        return Layout(shape: target, strides: strides)
    }

    private static func cannotBroadcast(_ shape: Axes, _ target: Axes) -> TensorError {
        TensorError(.value, "an array of shape \(shape) cannot be broadcast to shape \(target)")
    }
}
