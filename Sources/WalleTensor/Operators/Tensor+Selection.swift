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
        let shape = try Selection.shape(taking: indices.shape, of: indices.dtype, from: self.shape, axis: axis)
        let result = try Tensor(uninitialized: shape, dtype)
        try Selection.take(view, at: indices.view, axis: axis, to: result.view)
        return result
    }

    /// The array with values at some positions of an axis; of positions that come again the last value stays.
    ///
    /// - Parameter values: Broadcast to what `taking` would give, and cast to this array's type.
    /// - Throws: `.index` for a position that is out of bounds; `.type` when the positions are no integers; `.value` when
    ///   the values do not broadcast.
    public func putting(_ values: Tensor, at indices: Tensor, axis: Int) throws(TensorError) -> Tensor {
        let axis = try layout.axis(axis)
        let shape = try Selection.shape(taking: indices.shape, of: indices.dtype, from: self.shape, axis: axis)
        let (result, values) = (copied(), try values.cast(to: dtype).broadcast(to: shape).contiguous())
        try Selection.put(values.view, at: indices.view, axis: axis, of: result.view)
        withExtendedLifetime(values) {}
        return result
    }

    /// The array with values combined into positions of the first axis, one after the other.
    ///
    /// - Parameter values: Broadcast to what `taking` would give, and cast to this array's type.
    /// - Throws: As `putting`; `.type` also when the operation gives another type than this array's.
    public func combining(
        _ operation: BinaryOperation, _ values: Tensor, at indices: Tensor
    ) throws(TensorError) -> Tensor {
        let combination = try Combination(operation, dtype)
        let axis = try layout.axis(0)
        var shape = try Selection.shape(taking: indices.shape, of: indices.dtype, from: self.shape, axis: axis)
        let values = try values.cast(to: dtype).broadcast(to: shape)
        shape = [indices.count]
        for length in self.shape.dropFirst() { shape.append(length) }
        let (result, flat, positions) = (copied(), try values.reshaped(shape), try indices.reshaped([indices.count]))
        try combination.run(flat.view, at: positions.view, of: result.view)
        withExtendedLifetime((flat, positions)) {}
        return result
    }

    /// The elements where a condition holds, in order: the axes of the condition become one.
    ///
    /// - Throws: `.index` when the condition's shape is not that of the first axes; `.type` when it is not boolean.
    public func selecting(where condition: Tensor) throws(TensorError) -> Tensor {
        try condition.checkCondition(on: shape)
        var shape = Axes([Masks.count(condition.view)])
        for length in self.shape.dropFirst(condition.rank) { shape.append(length) }
        let result = try Tensor(uninitialized: shape, dtype)
        Masks.select(view, where: condition.view, to: result.view)
        return result
    }

    /// The array with values where a condition holds.
    ///
    /// - Parameter values: Broadcast to what `selecting` gives, and cast to this array's type.
    /// - Throws: As `selecting`; `.value` when the values do not broadcast.
    public func putting(_ values: Tensor, where condition: Tensor) throws(TensorError) -> Tensor {
        try condition.checkCondition(on: shape)
        let count = Masks.count(condition.view)
        if values.rank == 1 && values.count != 1 && condition.rank == rank && values.count != count {
            throw TensorError(
                .value,
                "NumPy boolean array indexing assignment cannot assign \(values.count) input values to the \(count) "
                    + "output values where the mask is true")
        }
        var shape = Axes([count])
        for length in self.shape.dropFirst(condition.rank) { shape.append(length) }
        var values = try values.cast(to: dtype).broadcast(to: shape)
        if condition.rank < rank { values = values.contiguous() }
        let result = copied()
        Masks.put(values.view, where: condition.view, of: result.view)
        withExtendedLifetime(values) {}
        return result
    }

    /// How many elements are not zero.
    public func countNonzero() -> Int { Masks.count(view) }

    /// The positions along each axis of the elements that are not zero.
    ///
    /// - Throws: `.value` for an array without axes.
    public func nonzero() throws(TensorError) -> [Tensor] {
        guard rank > 0 else {
            throw TensorError(.value, "nonzero is not defined for arrays without axes: reshape to (1,) first")
        }
        let count = Masks.count(view)
        var positions: [Tensor] = []
        for _ in shape.indices { positions.append(try Tensor(uninitialized: [count], .int64)) }
        Masks.positions(view, to: positions.map(\.view))
        withExtendedLifetime(positions) {}
        return positions
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

    /// Whether this is a condition on the first axes of an array.
    private func checkCondition(on shape: Axes) throws(TensorError) {
        try Masks.check(self.shape, of: dtype, on: shape)
    }
}
