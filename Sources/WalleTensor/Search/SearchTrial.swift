/// How often the search picks the best of what it could have picked, on random shapes.
package struct SearchTrial: Sendable {
    /// How much longer than the best a choice may take to count as right.
    package static let tolerance = 1.1
    /// Bytes of the largest array of a trial.
    private static let mostBytes = 40_000_000.0

    private var state: UInt64

    /// - Parameter seed: The same shapes for the same seed.
    package init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    /// A subject of random shape and type, large enough that something is chosen for it.
    package mutating func subject(_ operation: SearchSubject.Operation) -> SearchSubject {
        while true {
            switch operation {
            case .matmul:
                let (m, n, k) = (length(1, 1200), length(1, 1200), length(1, 1200))
                if m * n * k < 1 << 15 { continue }
                return SearchSubject(.matmul, [[m, k], [k, n]], pick([DType.float32, .float64]))
            case .transpose:
                let shape: Axes =
                    next() < 0.75
                    ? [length(2, 4000), length(2, 4000)] : [length(2, 200), length(2, 200), length(2, 200)]
                let dtype = pick([DType.uint8, .float32, .float64, .int16])
                if isFit(shape, dtype, least: 8 << 10) { return SearchSubject(.transpose, [shape], dtype) }
            case .stride:
                let shape: Axes = [length(1, 2000), length(2, 100_000)]
                let dtype = pick([DType.uint8, .float32, .float64])
                if isFit(shape, dtype, least: 8 << 10) { return SearchSubject(.stride, [shape], dtype) }
            case .sum, .max:
                let shape: Axes = [length(1, 100_000), length(1, 100_000)]
                let dtype = pick([DType.float32, .float64, .int64])
                let axis = pick([0, 1, nil])
                if isFit(shape, dtype, least: 32 << 10) { return SearchSubject(operation, [shape], dtype, axis: axis) }
            }
        }
    }

    private func isFit(_ shape: Axes, _ dtype: DType, least: Int) -> Bool {
        let bytes = shape.reduce(1, *) * dtype.byteCount
        return bytes >= least && Double(bytes) <= Self.mostBytes
    }

    private mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int(next() * Double(choices.count))]
    }

    /// With logarithms that are equally likely.
    private mutating func length(_ least: Int, _ most: Int) -> Int {
        let doublings = (Double(most) / Double(least))
        var (low, high) = (Double(least), Double(least) * doublings)
        // Halves the range of logarithms as the digits of a fraction say.
        var fraction = next()
        for _ in 0..<20 {
            let middle = (low * high).squareRoot()
            fraction *= 2
            if fraction >= 1 {
                low = middle
                fraction -= 1
            } else {
                high = middle
            }
        }
        return Int(low.rounded())
    }

    /// From 0 to 1.
    private mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = SearchKey(0)
        mixed.mix(Int(truncatingIfNeeded: state))
        mixed.mix(Int(truncatingIfNeeded: state >> 32))
        return Double(mixed.value >> 11) / Double(1 << 53)
    }
}
