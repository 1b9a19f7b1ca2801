#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Draws what `numpy.random.seed` and the functions beside it drew before NumPy 1.17: numbers that stay as they are.
///
/// For the length of a call (`RandomGenerator.withLegacy`). Uniform numbers, integers by masks, orders and bytes are
/// those of the generator itself.
package struct LegacyDraws {
    let twister: UnsafeMutablePointer<MT19937>
    var spare: Double?

    /// Draws a number for each element, the last axis fastest.
    ///
    /// - Parameters:
    ///   - parameters: Checked, and broadcast to the output's shape.
    ///   - output: Of the distribution's type.
    package mutating func draw(_ distribution: Distribution, _ parameters: [View], to output: View) {
        DistributionBody(distribution: distribution, operands: [output] + parameters).drawLegacy(&self)
    }

    /// The same for parameters that are single numbers: see `RandomGenerator`.
    package mutating func draw(
        _ distribution: Distribution, _ numbers: InlineArray<3, UInt64>, to start: UnsafeMutableRawPointer, _ count: Int
    ) {
        DistributionBody(distribution: distribution, numbers: numbers, start: start, count: count).drawLegacy(&self)
    }

    package mutating func drawNormal(to output: UnsafeMutableBufferPointer<Double>) {
        for index in output.indices { output[index] = standardNormal() }
    }

    package mutating func drawExponential(to output: UnsafeMutableBufferPointer<Double>) {
        for index in output.indices { output[index] = standardExponential() }
    }
}

extension LegacyDraws: DrawSource {
    mutating func next64() -> UInt64 { twister.pointee.next64() }
    mutating func next32() -> UInt32 { twister.pointee.next32() }
    @inline(__always)
    mutating func nextDouble() -> Double { twister.pointee.nextDouble() }

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
