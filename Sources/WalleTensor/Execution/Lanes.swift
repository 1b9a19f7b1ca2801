/// The elements of an array along one axis, for every index of the other axes.
enum Lanes {
    /// Calls `body` with the first elements of a lane of each of two arrays, whose shapes agree but for the axis.
    @inline(__always)
    static func forEach(
        _ axis: Int, of output: View, and input: View,
        _ body: (_ output: UnsafeMutableRawPointer, _ input: UnsafeMutableRawPointer) -> Void
    ) {
        guard let to = output.base, let from = input.base else { return }
        let layouts: InlineArray<2, Layout> = [output.layout.without(axis), input.layout.without(axis)]
        Walk.forEach(layouts.span) { count, offsets, strides in
            for index in 0..<count {
                if Interruption.isAsked { return }
                body(to + offsets[0] + index * strides[0], from + offsets[1] + index * strides[1])
            }
        }
    }
}

extension Layout {
    /// Some neighbouring axes.
    func axes(_ range: Range<Int>) -> Layout {
        var result = Layout(
            shape: Axes(repeating: 0, count: range.count), strides: Axes(repeating: 0, count: range.count))
        for axis in range {
            result.shape[axis - range.lowerBound] = shape[axis]
            result.strides[axis - range.lowerBound] = strides[axis]
        }
        return result
    }

    /// Of one index of an axis.
    func without(_ axis: Int) -> Layout {
        var result = self
        result.removeAxis(axis)
        return result
    }
}
