/// A box of an array's elements, and where it takes them from: a region that knows the place it has in the output.
///
/// Element `i` of the box, whose index in the output is `start + i` in terms of the axes `frame`, is the element
/// `from + Σ i·fromStrides` of the input, counted in order from its first. The frame has as many elements as the output,
/// whose own axes it may divide; so a change of shape is a piece like any other.
package struct Piece: Sendable, Hashable {
    /// Which of the inputs.
    package var input: Int
    package var frame: Axes
    package var start: Axes
    package var size: Axes
    package var from: Int
    package var fromStrides: Axes

    package init(input: Int = 0, frame: Axes, start: Axes, size: Axes, from: Int, fromStrides: Axes) {
        self.input = input
        self.frame = frame
        self.start = start
        self.size = size
        self.from = from
        self.fromStrides = fromStrides
    }

    /// One that is the whole output.
    package init(input: Int = 0, whole layout: Layout, from: Int = 0) {
        self.init(
            input: input, frame: layout.shape, start: Axes(repeating: 0, count: layout.rank), size: layout.shape,
            from: from, fromStrides: layout.strides)
    }

    /// Elements.
    package var count: Int { size.reduce(1, *) }

    /// Whether it is all of the output.
    package var isWhole: Bool { size == frame }

    /// The same as the executing operator takes it.
    package var region: Region {
        let strides = Layout(contiguous: frame, elementBytes: 1).strides
        return Region(
            input: input, size: size, from: from, fromStrides: fromStrides, to: start.dot(strides), toStrides: strides)
    }

    /// The piece as a view of the memory of its input; nil when strides do not say it.
    package func view(of memory: View, _ form: TensorType) -> View? {
        guard isWhole, size == form.shape, let base = memory.base else { return nil }
        let bytes = memory.dtype.byteCount
        if memory.layout.isContiguous(elementBytes: bytes) {
            let layout = Layout(shape: size, strides: fromStrides.scaled(by: bytes))
            return View(base: base + from * bytes, dtype: memory.dtype, layout: layout)
        }
        guard case .piece(let found, let divisions) = reading(through: Piece(whole: memory.layout)), divisions.isEmpty
        else { return nil }
        return View(
            base: base + found.from, dtype: memory.dtype,
            layout: Layout(shape: found.size, strides: found.fromStrides))
    }

    /// Makes two axes of one, the second of a length.
    ///
    /// - Returns: false when the box would be none any more.
    mutating func divide(_ axis: Int, by inner: Int) -> Bool {
        guard frame[axis] % inner == 0, start[axis] % inner == 0, size[axis] % inner == 0 else { return false }
        frame.divide(axis, by: inner)
        size.divide(axis, by: inner)
        start[axis] /= inner
        start.insert(0, at: axis + 1)
        fromStrides.insert(fromStrides[axis], at: axis + 1)
        fromStrides[axis] *= inner
        return true
    }
}

extension Axes {
    /// Two lengths for one.
    mutating func divide(_ axis: Int, by inner: Int) {
        self[axis] /= inner
        insert(inner, at: axis + 1)
    }

    func dot(_ other: Axes) -> Int {
        var sum = 0
        for axis in indices { sum += self[axis] * other[axis] }
        return sum
    }

    /// The index of the element of a number, in an array of these lengths.
    func index(of number: Int) -> Axes {
        var (rest, result) = (number, self)
        for axis in indices.reversed() {
            result[axis] = rest % Swift.max(self[axis], 1)
            rest /= Swift.max(self[axis], 1)
        }
        return result
    }
}
