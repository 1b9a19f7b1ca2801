/// Operators that put elements elsewhere. Those of the first half move nothing: they show the same memory.
extension Tensor {
    private func showing(_ layout: Layout, offset: Int = 0) -> Tensor {
        Tensor(dtype: dtype, layout: layout, offset: self.offset + offset, storage: storage)
    }

    /// The axes in the order given; from last to first when none is given.
    ///
    /// - Throws: `.value` when `order` is not a permutation of the axes.
    public func transposed(_ order: Axes? = nil) throws(TensorError) -> Tensor {
        guard let order else { return showing(layout.reversed) }
        return showing(try layout.permuted(order))
    }

    /// The same elements, in order, under another shape. One length may be -1: it is what the others leave.
    ///
    /// - Throws: `.value`, naming both shapes, when they do not have as many elements.
    public func reshaped(_ shape: Axes) throws(TensorError) -> Tensor {
        let target = try layout.completed(shape)
        if let layout = layout.reshaped(target) { return showing(layout) }
        return try copied().reshaped(target)
    }

    /// Repeated to a larger shape.
    ///
    /// - Throws: `.value`, naming both shapes.
    public func broadcast(to shape: Axes) throws(TensorError) -> Tensor {
        showing(try layout.broadcast(to: shape))
    }

    /// Every `step`-th element of an axis from `start` on, `count` of them; all within the axis.
    ///
    /// - Throws: `.index` when one of them is not.
    public func sliced(axis: Int, start: Int, count: Int, step: Int = 1) throws(TensorError) -> Tensor {
        let axis = try layout.axis(axis)
        let last = start + Swift.max(count - 1, 0) * step
        let range = 0..<shape[axis]
        guard count >= 0, step != 0, count == 0 || range.contains(start) && range.contains(last) else {
            throw TensorError(
                .index,
                "\(count) elements from \(start) by \(step) are out of bounds for axis \(axis) with size \(range.count)"
            )
        }
        let slice = layout.sliced(axis: axis, start: start, count: count, step: step)
        return showing(slice.layout, offset: slice.offset)
    }

    /// One index of an axis, which goes; negative ones count from the end.
    ///
    /// - Throws: `.index`
    public func selected(axis: Int, index: Int) throws(TensorError) -> Tensor {
        let selection = try layout.selected(axis: try layout.axis(axis), index: index)
        return showing(selection.layout, offset: selection.offset)
    }

    /// The elements of some axes from last to first; of all axes when none is given.
    ///
    /// - Throws: `.index`
    public func flipped(_ axes: Axes? = nil) throws(TensorError) -> Tensor {
        var result = self
        for axis in axes ?? Axes(layout.shape.indices.map { $0 }) {
            let axis = try layout.axis(axis)
            let length = shape[axis]
            if length > 0 { result = try result.sliced(axis: axis, start: length - 1, count: length, step: -1) }
        }
        return result
    }

    // MARK: by raster

    /// Strides in elements, as regions count them; what is not contiguous must be copied first.
    private var elementLayout: Layout { Layout(contiguous: shape, elementBytes: 1) }

    /// Arrays one after the other along an axis.
    ///
    /// - Throws: `.value` when their shapes differ elsewhere, naming both.
    public static func concatenated(_ tensors: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
        guard let first = tensors.first else { throw TensorError(.value, "need at least one array to concatenate") }
        guard first.rank > 0 else { throw TensorError(.value, "zero-dimensional arrays cannot be concatenated") }
        let axis = try first.layout.axis(axis)
        var dtype = first.dtype
        var shape = first.shape
        for tensor in tensors.dropFirst() {
            var expected = shape
            if tensor.rank == shape.count { expected[axis] = tensor.shape[axis] }
            guard tensor.shape == expected else {
                throw TensorError(
                    .value,
                    "arrays of shapes \(first.shape) and \(tensor.shape) cannot be concatenated along axis \(axis)")
            }
            shape[axis] += tensor.shape[axis]
            dtype = DType.promoted(dtype, tensor.dtype)
        }
        let result = try Tensor(uninitialized: shape, dtype)
        var inputs: [Tensor] = []
        var regions: [Region] = []
        var start = Axes(repeating: 0, count: shape.count)
        for tensor in tensors {
            let input = tensor.cast(to: dtype).contiguous()
            regions.append(Region(input: inputs.count, input.elementLayout, at: start, in: result.elementLayout))
            inputs.append(input)
            start[axis] += tensor.shape[axis]
        }
        result.fill(by: regions, of: inputs)
        return result
    }

    /// Arrays of one shape along a new axis.
    ///
    /// - Throws: `.value` when the shapes differ, naming both.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
        guard let first = tensors.first else { throw TensorError(.value, "need at least one array to stack") }
        let place = axis < 0 ? axis + first.rank + 1 : axis
        guard place >= 0, place <= first.rank else {
            throw TensorError(.index, "axis \(axis) is out of bounds for array of dimension \(first.rank + 1)")
        }
        if let other = tensors.first(where: { $0.shape != first.shape }) {
            throw TensorError(.value, "arrays of shapes \(first.shape) and \(other.shape) cannot be stacked")
        }
        return try concatenated(tensors.map { $0.showing($0.layout.expanded(at: place)) }, axis: place)
    }

    /// The elements of an axis moved by `shift` places; those that leave at one end come back at the other.
    ///
    /// - Throws: `.index`
    public func rolled(by shift: Int, axis: Int) throws(TensorError) -> Tensor {
        let axis = try layout.axis(axis)
        let length = shape[axis]
        guard count > 0 else { return self }
        let split = ((-shift % length) + length) % length
        let (head, tail) = (
            try sliced(axis: axis, start: split, count: length - split), try sliced(axis: axis, start: 0, count: split)
        )
        return try Tensor.concatenated([head, tail], axis: axis)
    }

    /// The array repeated, `repetitions` times along each axis.
    ///
    /// - Throws: `.value` for a negative number.
    public func tiled(_ repetitions: Axes) throws(TensorError) -> Tensor {
        let rank = Swift.max(self.rank, repetitions.count)
        var source = self
        while source.rank < rank { source = source.showing(source.layout.expanded(at: 0)) }
        var times = repetitions
        while times.count < rank { times.insert(1, at: 0) }
        // An axis of repetitions before each of the array's own; the first has stride 0.
        var (wide, shape) = (source, Axes())
        for axis in 0..<rank {
            guard times[axis] >= 0 else { throw TensorError(.value, "negative repetitions: \(repetitions)") }
            wide = wide.showing(wide.layout.expanded(at: 2 * axis))
            wide.layout.shape[2 * axis] = times[axis]
            shape.append(source.shape[axis] * times[axis])
        }
        return try wide.copied().reshaped(shape)
    }

    private func fill(by regions: [Region], of inputs: [Tensor]) {
        Raster.execute(regions, inputs: inputs.map(\.view), output: view)
        withExtendedLifetime(inputs) {}
    }
}
