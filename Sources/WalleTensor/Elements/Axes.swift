/// A number for each axis of an array: lengths, or strides in bytes. Up to four are kept inline.
public struct Axes: Sendable {
    @usableFromInline static let inlineCount = 4

    @usableFromInline var length: Int
    @usableFromInline var few: InlineArray<4, Int>
    /// All of them, when there are more than four.
    @usableFromInline var many: [Int]?

    @inlinable public var count: Int { length }

    /// Whether the memory of the value is all there is of it: bytes can be copied without counting references.
    @inlinable public var isInline: Bool { many == nil }

    /// None.
    @inlinable public init() { self.init(repeating: 0, count: 0) }

    /// `count` times the same number.
    @inlinable
    public init(repeating value: Int, count: Int) {
        length = count
        few = InlineArray(repeating: value)
        many = count > Self.inlineCount ? Array(repeating: value, count: count) : nil
    }

    public init(_ values: some Collection<Int>) {
        self.init(repeating: 0, count: values.count)
        for (index, value) in values.enumerated() { self[index] = value }
    }

    @inlinable @inline(__always)
    public subscript(axis: Int) -> Int {
        get {
            precondition(axis >= 0 && axis < count)
            return many == nil ? few[axis] : many.unsafelyUnwrapped[axis]
        }
        set {
            precondition(axis >= 0 && axis < count)
            if many == nil { few[axis] = newValue } else { many?[axis] = newValue }
        }
    }

    @inlinable public mutating func append(_ value: Int) { insert(value, at: count) }

    @inlinable
    public mutating func insert(_ value: Int, at axis: Int) {
        guard length < Self.inlineCount else { return insertLong(value, at: axis) }
        var index = length
        while index > axis {
            few[index] = few[index - 1]
            index -= 1
        }
        few[axis] = value
        length += 1
    }

    @usableFromInline
    mutating func insertLong(_ value: Int, at axis: Int) {
        var longer = Axes(repeating: 0, count: count + 1)
        for index in 0..<longer.count {
            longer[index] = index < axis ? self[index] : index == axis ? value : self[index - 1]
        }
        self = longer
    }

    @inlinable
    public mutating func remove(at axis: Int) {
        precondition(axis >= 0 && axis < count)
        if many == nil {
            for index in axis..<count - 1 { few[index] = few[index + 1] }
            length -= 1
            return
        }
        removeLong(at: axis)
    }

    @usableFromInline
    mutating func removeLong(at axis: Int) {
        var shorter = Axes(repeating: 0, count: count - 1)
        for index in 0..<shorter.count { shorter[index] = self[index < axis ? index : index + 1] }
        self = shorter
    }
}

extension Axes: RandomAccessCollection, MutableCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    /// The last axis first.
    package var backwards: Axes {
        var result = self
        for axis in 0..<count { result[axis] = self[count - 1 - axis] }
        return result
    }
}

extension Axes: Hashable {
    public static func == (left: Axes, right: Axes) -> Bool {
        guard left.count == right.count else { return false }
        for axis in 0..<left.count where left[axis] != right[axis] { return false }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for value in self { hasher.combine(value) }
    }
}

extension Axes: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Axes: CustomStringConvertible {
    /// As Python writes a tuple.
    public var description: String {
        count == 1 ? "(\(self[0]),)" : "(" + map(String.init).joined(separator: ", ") + ")"
    }
}
