internal import WalleMemory

extension Tensor {
    /// The elements of every lane along an axis in order, NaN last.
    ///
    /// - Parameter isStable: Whether zeros of different signs keep their order; all else that is equal is the same.
    /// - Throws: `.index` for an axis that is not there.
    public func sorted(axis: Int = -1, descending: Bool = false, isStable: Bool = true) throws(TensorError) -> Tensor {
        let axis = try Sorting.axis(axis, of: layout)
        let result = try Tensor(uninitialized: shape, dtype)
        Sorting.sort(view, axis: axis, descending: descending, isStable: isStable, to: result.view)
        return result
    }

    /// The positions that put every lane along an axis in order; equal elements stay in theirs.
    ///
    /// - Throws: `.index` for an axis that is not there.
    public func sortingOrder(axis: Int = -1, descending: Bool = false) throws(TensorError) -> Tensor {
        let axis = try Sorting.axis(axis, of: layout)
        let result = try Tensor(uninitialized: shape, .int64)
        Sorting.order(view, axis: axis, descending: descending, to: result.view)
        return result
    }

    /// Every lane along an axis with the elements of some ranks where sorting would put them, smaller ones before them and
    /// greater ones after.
    ///
    /// - Throws: `.index` for an axis that is not there; `.value` for a rank that is out of bounds.
    public func partitioned(at ranks: [Int], axis: Int = -1) throws(TensorError) -> Tensor {
        let axis = try Sorting.axis(axis, of: layout)
        let ranks = try Sorting.ranks(ranks, length: shape[axis])
        let result = try Tensor(uninitialized: shape, dtype)
        Sorting.sort(view, axis: axis, ranks: ranks, to: result.view)
        return result
    }

    /// The positions of what `partitioned` gives.
    ///
    /// - Throws: As `partitioned`.
    public func partitioningOrder(at ranks: [Int], axis: Int = -1) throws(TensorError) -> Tensor {
        let axis = try Sorting.axis(axis, of: layout)
        let ranks = try Sorting.ranks(ranks, length: shape[axis])
        let result = try Tensor(uninitialized: shape, .int64)
        Sorting.order(view, axis: axis, ranks: ranks, to: result.view)
        return result
    }

    /// Where values belong in this sorted array of one axis; both are promoted to one type.
    ///
    /// - Parameter after: Behind elements that are equal, instead of before them.
    /// - Throws: `.value` for an array of other than one axis.
    public func places(of values: Tensor, after: Bool = false) throws(TensorError) -> Tensor {
        guard rank == 1 else {
            throw TensorError(.value, "a sorted array has one axis, not the \(rank) of shape \(shape)")
        }
        let type = DType.promoted(dtype, values.dtype)
        let (sorted, wanted) = (cast(to: type), values.cast(to: type))
        let result = try Tensor(uninitialized: values.shape, .int64)
        Search.places(of: wanted.view, in: sorted.view, after: after, to: result.view)
        withExtendedLifetime((sorted, wanted)) {}
        return result
    }

    /// The place of the first greatest element of every lane along an axis, or of the first NaN; of all elements in order
    /// without an axis.
    ///
    /// - Throws: `.index` for an axis that is not there; `.value` when a lane has no element.
    public func placesOfGreatest(axis: Int? = nil) throws(TensorError) -> Tensor {
        try extremes(axis, ofGreatest: true)
    }

    /// As `placesOfGreatest`, of the least elements.
    ///
    /// - Throws: As `placesOfGreatest`.
    public func placesOfLeast(axis: Int? = nil) throws(TensorError) -> Tensor {
        try extremes(axis, ofGreatest: false)
    }

    private func extremes(_ axis: Int?, ofGreatest: Bool) throws(TensorError) -> Tensor {
        guard let axis else { return try reshaped([count]).extremes(0, ofGreatest: ofGreatest) }
        let counted = try layout.axis(axis)
        let result = try Tensor(uninitialized: Search.shapeOfExtremes(shape, axis: counted), .int64)
        Search.extremes(view, axis: counted, ofGreatest: ofGreatest, to: result.view)
        withExtendedLifetime(self) {}
        return result
    }
}
