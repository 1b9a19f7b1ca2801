/// Where the elements of an array lie: the lengths of its axes, and how many bytes apart neighbours along each are.
///
/// A stride of 0 repeats one element along the axis; a negative one runs backwards.
public struct Layout: Sendable, Hashable {
    public var shape: Axes
    /// In bytes.
    public var strides: Axes

    /// As many axes as NumPy has at most.
    public static let mostAxes = 64

    @inlinable
    public init(shape: Axes, strides: Axes) {
        precondition(shape.count == strides.count, "a stride an axis")
        self.shape = shape
        self.strides = strides
    }

    /// Without gaps, the last axis closest together.
    @inlinable
    public init(contiguous shape: Axes, elementBytes: Int) {
        self.init(shape: shape, strides: shape)
        pack(elementBytes: elementBytes)
    }

    /// Puts the elements one after the other, the last axis closest together.
    @inlinable
    public mutating func pack(elementBytes: Int) {
        var (step, axis) = (elementBytes, shape.count - 1)
        while axis >= 0 {
            strides[axis] = step
            step *= Swift.max(shape[axis], 1)
            axis -= 1
        }
    }

    @inlinable public var rank: Int { shape.count }

    /// Whether the memory of the value is all there is of it, as with up to four axes.
    @inlinable public var isInline: Bool { shape.isInline && strides.isInline }

    /// Elements: 1 without axes.
    @inlinable public var count: Int {
        var count = 1
        for axis in 0..<shape.count { count *= shape[axis] }
        return count
    }

    /// Whether the elements lie one after the other, in order.
    @inlinable
    public func isContiguous(elementBytes: Int) -> Bool {
        var (step, axis) = (elementBytes, shape.count - 1)
        while axis >= 0 {
            let length = shape[axis]
            if length == 0 { return true }
            if length != 1 {
                if strides[axis] != step { return false }
                step *= length
            }
            axis -= 1
        }
        return true
    }

    /// A new axis of length 1 before another one.
    @inlinable
    public mutating func insertAxis(_ axis: Int) {
        shape.insert(1, at: axis)
        strides.insert(0, at: axis)
    }

    /// Takes the axes from last to first.
    @inlinable
    public mutating func reverse() {
        var (low, high) = (0, rank - 1)
        while low < high {
            (shape[low], shape[high]) = (shape[high], shape[low])
            (strides[low], strides[high]) = (strides[high], strides[low])
            low += 1
            high -= 1
        }
    }

    @inlinable
    public mutating func removeAxis(_ axis: Int) {
        shape.remove(at: axis)
        strides.remove(at: axis)
    }

    /// The bytes from the first to the last element, relative to the first index: where it begins and ends.
    package func extent(elementBytes: Int) -> Range<Int> {
        var (low, high) = (0, elementBytes)
        for axis in shape.indices {
            if shape[axis] == 0 { return 0..<0 }
            let span = (shape[axis] - 1) * strides[axis]
            if span < 0 { low += span } else { high += span }
        }
        return low..<high
    }

    /// - Throws: `.value` for a negative length, or more bytes than an address can count.
    package static func checkedCount(_ shape: Axes, elementBytes: Int) throws(TensorError) -> Int {
        guard shape.count <= mostAxes else {
            throw TensorError(.value, "\(shape.count) axes; at most \(mostAxes) are possible")
        }
        var (count, isEmpty) = (1, false)
        for length in shape {
            guard length >= 0 else { throw TensorError(.value, "negative lengths are not allowed: \(shape)") }
            if length == 0 {
                isEmpty = true
                continue
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow, product <= Int.max / 2 / elementBytes else {
                throw TensorError(.value, "an array of shape \(shape) is larger than memory can be addressed")
            }
            count = product
        }
        return isEmpty ? 0 : count
    }
}
