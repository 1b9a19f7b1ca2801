/// Operations that show the same elements in another way. None of them moves data.
extension Layout {
    /// An axis counted from the end when it is negative.
    ///
    /// - Throws: `.axis`
    public func axis(_ axis: Int) throws(TensorError) -> Int {
        guard axis >= -rank && axis < rank else {
            throw TensorError(.axis, "axis \(axis) is out of bounds for array of dimension \(rank)")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// The axes in another order.
    ///
    /// - Throws: `.value` when `order` is not a permutation of the axes.
    public func permuted(_ order: Axes) throws(TensorError) -> Layout {
        guard order.count == rank else {
            throw TensorError(.value, "axes \(order) do not match an array of \(rank) axes")
        }
        var result = self
        var seen = Axes(repeating: 0, count: rank)
        for (index, wanted) in order.enumerated() {
            let axis = try self.axis(wanted)
            guard seen[axis] == 0 else { throw TensorError(.value, "repeated axis \(wanted) in \(order)") }
            seen[axis] = 1
            result.shape[index] = shape[axis]
            result.strides[index] = strides[axis]
        }
        return result
    }

    /// The axes from last to first.
    public var reversed: Layout {
        Layout(shape: shape.backwards, strides: strides.backwards)
    }

    /// Every `step`-th element of an axis from `start` on; `count` of them. Gives the offset of the first in bytes.
    public func sliced(axis: Int, start: Int, count: Int, step: Int) -> (layout: Layout, offset: Int) {
        var result = self
        let offset = count == 0 ? 0 : start * strides[axis]
        result.shape[axis] = count
        result.strides[axis] = strides[axis] * step
        return (result, offset)
    }

    /// One index of an axis, which goes.
    ///
    /// - Throws: `.index` when it is out of bounds; negative ones count from the end.
    public func selected(axis: Int, index: Int) throws(TensorError) -> (layout: Layout, offset: Int) {
        let length = shape[axis]
        guard index >= -length && index < length else {
            throw TensorError(.index, "index \(index) is out of bounds for axis \(axis) with size \(length)")
        }
        var result = self
        result.shape.remove(at: axis)
        result.strides.remove(at: axis)
        return (result, (index < 0 ? index + length : index) * strides[axis])
    }

    /// A new axis of length 1.
    public func expanded(at axis: Int) -> Layout {
        var result = self
        result.insertAxis(axis)
        return result
    }

    /// Without an axis of length 1.
    ///
    /// - Throws: `.value` when it is longer.
    public func squeezed(at axis: Int) throws(TensorError) -> Layout {
        guard shape[axis] == 1 else {
            throw TensorError(.value, "cannot squeeze axis \(axis) of shape \(shape): its size is not one")
        }
        var result = self
        result.shape.remove(at: axis)
        result.strides.remove(at: axis)
        return result
    }

    /// The same elements in the same order under another shape; nil when they must be copied for that.
    ///
    /// Axes are taken in groups of equal products; a group can be divided anew when its axes lie in one another.
    public func reshaped(_ target: Axes) -> Layout? {
        if rank == 1 || isContiguous(elementBytes: rank == 0 ? 1 : strides[rank - 1]) {
            // Evenly spaced, in order.
            return Layout(contiguous: target, elementBytes: rank == 0 ? 1 : strides[rank - 1])
        }
        var result = Layout(shape: target, strides: Axes(repeating: 0, count: target.count))
        if count == 0 { return result }
        let old = shape.indices.filter { shape[$0] != 1 }
        var (from, to) = (0, 0)
        while from < old.count {
            var (last, next) = (from, to)
            var (before, after) = (shape[old[from]], 1)
            while before != after {
                if after < before {
                    after *= target[next]
                    next += 1
                } else {
                    last += 1
                    before *= shape[old[last]]
                }
            }
            for index in from..<last
            where strides[old[index]] != strides[old[index + 1]] * shape[old[index + 1]] {
                return nil
            }
            var step = strides[old[last]]
            for axis in (to..<next).reversed() {
                result.strides[axis] = step
                step *= target[axis]
            }
            (from, to) = (last + 1, next)
        }
        return result
    }

    /// A shape for the same elements, of which one length may be -1: it is what the others leave.
    ///
    /// - Throws: `.value`, naming both shapes.
    package func completed(_ shape: Axes) throws(TensorError) -> Axes {
        var (result, known, unknown) = (shape, 1, -1)
        for axis in 0..<shape.count {
            if shape[axis] == -1 {
                guard unknown < 0 else { throw TensorError(.value, "can only specify one unknown dimension: \(shape)") }
                unknown = axis
                continue
            }
            let (product, overflow) = known.multipliedReportingOverflow(by: shape[axis])
            guard shape[axis] >= 0, !overflow else { throw cannotReshape(to: shape) }
            known = product
        }
        if unknown >= 0 {
            guard known != 0, count % known == 0 else { throw cannotReshape(to: shape) }
            result[unknown] = count / known
        } else if known != count {
            throw cannotReshape(to: shape)
        }
        return result
    }

    @inline(never)
    private func cannotReshape(to target: Axes) -> TensorError {
        TensorError(.value, "cannot reshape array of shape \(shape) into shape \(target)")
    }
}
