internal import CWalleKernels

/// Looks for places in sorted arrays, and for the extreme elements of any.
package enum Search {
    /// Where values belong in a sorted array so that it stays sorted, in the order of `Sorting`.
    ///
    /// - Parameters:
    ///   - values: Of the type of `sorted`.
    ///   - sorted: Of one axis, ascending.
    ///   - after: Behind elements that are equal, instead of before them.
    ///   - output: `int64`, of the values' shape.
    package static func places(of values: View, in sorted: View, after: Bool, to output: View) {
        guard let from = values.base, let to = output.base else { return }
        let kernel = walle_kernels_search(walle_kernels_shared(), Int32(sorted.dtype.kernel)).unsafelyUnwrapped
        // An empty array has no memory, nor is any read.
        let (base, length, step) = (sorted.base ?? to, sorted.layout.shape[0], sorted.layout.strides[0])
        let layouts: InlineArray<2, Layout> = [output.layout, values.layout]
        Walk.forEach(layouts.span) { count, offsets, strides in
            kernel(
                count, from + offsets[1], strides[1], length, base, step, after, to + offsets[0], strides[0])
        }
    }

    /// The shape of the places of extremes along an axis.
    ///
    /// - Parameter axis: Counted from the start.
    /// - Throws: `.value` when there is a lane but no element in it.
    package static func shapeOfExtremes(_ shape: Axes, axis: Int) throws(TensorError) -> Axes {
        var result = shape
        result.remove(at: axis)
        if shape[axis] == 0 && !result.contains(0) {
            throw TensorError(.value, "attempt to get argmax of an empty sequence")
        }
        return result
    }

    /// The place along an axis of the first greatest or least element, or of the first NaN.
    ///
    /// - Parameters:
    ///   - axis: Counted from the start.
    ///   - output: `int64`, of the shape without the axis.
    package static func extremes(_ input: View, axis: Int, ofGreatest: Bool, to output: View) {
        guard let from = input.base, let to = output.base, input.layout.count > 0 else { return }
        let kernel = walle_kernels_place(walle_kernels_shared(), ofGreatest, Int32(input.dtype.kernel))
            .unsafelyUnwrapped
        let (length, step) = (input.layout.shape[axis], input.layout.strides[axis])
        let layouts: InlineArray<2, Layout> = [output.layout, input.layout.without(axis)]
        Walk.forEach(layouts.span) { count, offsets, strides in
            for index in 0..<count {
                let place = kernel(length, from + offsets[1] + index * strides[1], step)
                (to + offsets[0] + index * strides[0]).storeBytes(of: Int64(place), as: Int64.self)
            }
        }
    }
}
