import WalleTensor

/// Arrays as the definition says: a value for each index, found by counting. The oracle of the tests.
struct Reference {
    var shape: [Int]
    var values: [Double]

    var indices: [[Int]] { Self.indices(shape) }

    /// All indices, the last axis fastest.
    static func indices(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { prefixes, length in prefixes.flatMap { prefix in (0..<length).map { prefix + [$0] } } }
    }

    subscript(index: [Int]) -> Double {
        values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }]
    }

    /// An array of a shape whose values come from an index function.
    init(_ shape: [Int], _ value: ([Int]) -> Double) {
        self.shape = shape
        values = Self.indices(shape).map(value)
    }

    init(_ tensor: Tensor) throws {
        shape = Array(tensor.shape)
        values = try tensor.cast(to: .float64).values()
    }

    /// Random small integers, which every type but `bool` holds.
    init(random shape: [Int], _ random: inout some RandomNumberGenerator) {
        self.shape = shape
        values = Self.indices(shape).map { _ in Double(Int.random(in: 0...100, using: &random)) }
    }

    func tensor(_ dtype: DType) throws -> Tensor {
        try Tensor(values).cast(to: dtype).reshaped(Axes(shape))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func shape(axes: ClosedRange<Int> = 0...5, lengths: ClosedRange<Int> = 1...5) -> [Int] {
        (0..<Int.random(in: axes, using: &self)).map { _ in Int.random(in: lengths, using: &self) }
    }
}

extension Tensor {
    /// A random view: transposed, flipped or with steps, and the reference of what it shows.
    static func randomView(
        _ dtype: DType, _ random: inout SeededRandom, axes: ClosedRange<Int> = 0...5
    ) throws -> (Tensor, Reference) {
        var reference = Reference(random: random.shape(axes: axes), &random)
        var tensor = try reference.tensor(dtype)
        if Bool.random(using: &random) {
            let order = Array(tensor.shape.indices).shuffled(using: &random)
            tensor = try tensor.transposed(Axes(order))
            let source = reference
            reference = Reference(order.map { source.shape[$0] }) { index in
                var original = index
                for (place, axis) in order.enumerated() { original[axis] = index[place] }
                return source[original]
            }
        }
        for axis in tensor.shape.indices where Int.random(in: 0..<3, using: &random) == 0 {
            let step = Bool.random(using: &random) ? 2 : -1
            let length = tensor.shape[axis]
            let (start, count) = step == 2 ? (0, (length + 1) / 2) : (length - 1, length)
            tensor = try tensor.sliced(axis: axis, start: start, count: count, step: step)
            let source = reference
            var shape = source.shape
            shape[axis] = count
            reference = Reference(shape) { index in
                var original = index
                original[axis] = start + index[axis] * step
                return source[original]
            }
        }
        return (tensor, reference)
    }
}
