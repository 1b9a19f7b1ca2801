/// A number for each axis of an array: lengths, or strides in bytes. Up to four are kept inline.
public struct Axes: Sendable {
    @usableFromInline static let inlineCount = 4

    public private(set) var count: Int
    private var few: InlineArray<4, Int>
    /// All of them, when there are more than four.
    private var many: [Int]?

    /// None.
    public init() { self.init(repeating: 0, count: 0) }

    /// `count` times the same number.
    public init(repeating value: Int, count: Int) {
        self.count = count
        few = InlineArray(repeating: value)
        many = count > Self.inlineCount ? Array(repeating: value, count: count) : nil
    }

    public init(_ values: some Collection<Int>) {
        self.init(repeating: 0, count: values.count)
        for (index, value) in values.enumerated() { self[index] = value }
    }

    public subscript(axis: Int) -> Int {
        get {
            precondition(axis >= 0 && axis < count, "axis \(axis) of \(count)")
            return many?[axis] ?? few[axis]
        }
        set {
            precondition(axis >= 0 && axis < count, "axis \(axis) of \(count)")
            if many != nil { many?[axis] = newValue } else { few[axis] = newValue }
        }
    }

    public mutating func append(_ value: Int) { insert(value, at: count) }

    public mutating func insert(_ value: Int, at axis: Int) {
        var longer = Axes(repeating: 0, count: count + 1)
        for index in 0..<longer.count {
            longer[index] = index < axis ? self[index] : index == axis ? value : self[index - 1]
        }
        self = longer
    }

    public mutating func remove(at axis: Int) {
        var shorter = Axes(repeating: 0, count: count - 1)
        for index in 0..<shorter.count { shorter[index] = self[index < axis ? index : index + 1] }
        self = shorter
    }
}

extension Axes: RandomAccessCollection, MutableCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
}

extension Axes: Hashable {
    public static func == (left: Axes, right: Axes) -> Bool { left.elementsEqual(right) }

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
