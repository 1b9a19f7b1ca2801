#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// What `numpy.random.seed` and the functions beside it draw from: the numbers of NumPy before 1.17, which stay as they
/// are.
///
/// A value; whoever draws from one in two threads must take turns.
package struct LegacyRandom: Sendable {
    package var twister: MT19937
    /// The second number of a pair of normal ones, when it is still to be given.
    package var spare: Double?

    package init(_ twister: MT19937, spare: Double? = nil) { (self.twister, self.spare) = (twister, spare) }

    /// As `numpy.random.seed(seed)`.
    package init(seed: UInt32) { self.init(MT19937(legacySeed: seed)) }

    /// With entropy of the operating system.
    package init() {
        self.init(MT19937(SeedSequence()))
    }

    /// Draws a number for each element, the last axis fastest.
    ///
    /// - Parameters:
    ///   - parameters: Checked, and broadcast to the output's shape.
    ///   - output: Of the distribution's type.
    package mutating func draw(_ distribution: Distribution, _ parameters: [View], to output: View) {
        DistributionBody(distribution: distribution, operands: [output] + parameters).drawLegacy(&self)
    }

    /// From [0, 1).
    package mutating func drawUniform(to output: View) { drawEach(to: output) { $0.nextDouble() } }

    package mutating func drawNormal(to output: View) { drawEach(to: output) { $0.standardNormal() } }

    package mutating func drawExponential(to output: View) { drawEach(to: output) { $0.standardExponential() } }

    @inline(__always)
    private mutating func drawEach(to output: View, _ draw: (inout LegacyRandom) -> Double) {
        precondition(output.dtype == .float64, "legacy numbers are float64")
        Rows.forEach([output]) { count, places, strides in
            for index in 0..<count {
                (places[0] + index * strides[0]).storeBytes(of: draw(&self), as: Double.self)
            }
        }
    }

    /// Integers, orders and bytes are those of `RandomGenerator` with this state, integers by masks.
    package mutating func withGenerator<Result, Failure: Error>(
        _ body: (inout RandomGenerator) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var generator = RandomGenerator(.mt19937(twister))
        defer { if case .mt19937(let twister) = generator.bits { self.twister = twister } }
        return try body(&generator)
    }
}

extension LegacyRandom: DrawSource {
    mutating func next64() -> UInt64 { twister.next64() }
    mutating func next32() -> UInt32 { twister.next32() }
    mutating func nextDouble() -> Double { twister.nextDouble() }

    /// In pairs, by Marsaglia's polar method ("A Convenient Method for Generating Normal Variables", 1964).
    mutating func standardNormal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let x = 2 * nextDouble() - 1
            let y = 2 * nextDouble() - 1
            let square = x * x + y * y
            if square >= 1 || square == 0 { continue }
            let factor = (-2 * log(square) / square).squareRoot()
            spare = factor * x
            return factor * y
        }
    }

    mutating func standardExponential() -> Double { -log(1 - nextDouble()) }
}
