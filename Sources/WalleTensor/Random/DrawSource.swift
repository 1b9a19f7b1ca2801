/// What distributions are drawn from: bits, and the two densities that most others are made of.
protocol DrawSource {
    mutating func next64() -> UInt64
    mutating func next32() -> UInt32
    /// From [0, 1), a multiple of 2^-53.
    mutating func nextDouble() -> Double
    mutating func standardNormal() -> Double
    mutating func standardExponential() -> Double
}

extension DrawSource {
    /// From [0, 1), a multiple of 2^-24.
    @inline(__always)
    mutating func nextFloat() -> Float { Float(Int32(bitPattern: next32() >> 8)) * 0x1p-24 }
}

/// A generator for the length of a call, with words made in advance.
///
/// Words come in blocks, which hides the latency of a step; at the end the generator is put where it would be had they
/// come one by one.
struct Draws<Generator: BitGenerator>: DrawSource {
    /// Words of a block: an eighth of a first-level cache.
    static var blockWords: Int { 512 }

    private var generator: Generator
    /// As it was before the block.
    private var earlier: Generator
    private let block: UnsafeMutableBufferPointer<UInt64>
    private var position = 0
    private var end = 0
    let normal = Ziggurat<Double, UInt64>.normal
    let exponential = Ziggurat<Double, UInt64>.exponential
    let normalFloat = Ziggurat<Float, UInt32>.normal
    let exponentialFloat = Ziggurat<Float, UInt32>.exponential

    /// - Parameter expected: About how many words are needed.
    @inline(__always)
    static func with<Result>(
        _ generator: inout Generator, expected: Int, _ body: (inout Self) -> Result
    ) -> Result {
        // For a few numbers the latency is less than what a block needs.
        let words = Generator.looksAhead && expected > 32 ? min(expected, blockWords) : 0
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { block in
            var draws = Self(generator, block)
            let result = body(&draws)
            if draws.position < draws.end {
                draws.generator.resume(from: draws.earlier, after: draws.position)
            }
            generator = draws.generator
            return result
        }
    }

    private init(_ generator: Generator, _ block: UnsafeMutableBufferPointer<UInt64>) {
        self.generator = generator
        earlier = generator
        self.block = block
    }

    @inline(never)
    private mutating func refill() {
        earlier = generator
        generator.fill(block)
        (position, end) = (0, block.count)
    }

    @inline(__always)
    mutating func next64() -> UInt64 {
        guard Generator.looksAhead else { return generator.next64() }
        if position == end {
            if block.isEmpty { return generator.next64() }
            refill()
        }
        defer { position &+= 1 }
        return block.baseAddress.unsafelyUnwrapped[position]
    }

    @inline(__always)
    mutating func next32() -> UInt32 {
        guard Generator.looksAhead else { return generator.next32() }
        if let half = generator.takeHalf() { return half }
        let word = next64()
        generator.keepHalf(UInt32(truncatingIfNeeded: word >> 32))
        return UInt32(truncatingIfNeeded: word)
    }

    @inline(__always)
    mutating func nextDouble() -> Double {
        Generator.looksAhead ? Generator.unit(next64()) : generator.nextDouble()
    }
}
