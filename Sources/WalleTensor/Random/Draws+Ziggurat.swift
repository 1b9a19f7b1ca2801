#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Normal and exponential draws from layers (see `Ziggurat`): where a word does not settle it, the rare branch looks at
/// the density, or at the tail (Marsaglia, "Generating a Variable from the Tail of the Normal Distribution", 1964).
extension Draws {
    /// Density exp(-x²/2) / sqrt(2 pi).
    @inline(__always)
    mutating func standardNormal() -> Double {
        while true {
            let word = next64()
            let index = Int(word & 0xFF)
            let bits = word >> 9 & 0xF_FFFF_FFFF_FFFF
            let layer = normal.layers[index]
            let place = Double(Int64(bitPattern: bits)) * layer.scale
            // The sign is put in as a bit: it is random, and a branch would be guessed wrong every other time.
            let signed = Double(bitPattern: place.bitPattern ^ (word >> 8 & 1) << 63)
            if bits < layer.threshold { return signed }
            if let settled = settleNormal(index, bits, signed) { return settled }
        }
    }

    @inline(never)
    private mutating func settleNormal(_ index: Int, _ bits: UInt64, _ place: Double) -> Double? {
        guard index == 0 else {
            let (above, below) = (normal.densities[index - 1], normal.densities[index])
            return (above - below) * nextDouble() + below < exp(-0.5 * place * place) ? place : nil
        }
        while true {
            let beyond = -ZigguratTail.normalInverse * log1p(-nextDouble())
            let height = -log1p(-nextDouble())
            if height + height > beyond * beyond {
                let value = ZigguratTail.normal + beyond
                return bits >> 8 & 1 == 1 ? -value : value
            }
        }
    }

    /// Density exp(-x).
    @inline(__always)
    mutating func standardExponential() -> Double {
        while true {
            let word = next64() >> 3
            let index = Int(word & 0xFF)
            let bits = word >> 8
            let layer = exponential.layers[index]
            let place = Double(Int64(bitPattern: bits)) * layer.scale
            if bits < layer.threshold { return place }
            if let settled = settleExponential(index, place) { return settled }
        }
    }

    @inline(never)
    private mutating func settleExponential(_ index: Int, _ place: Double) -> Double? {
        if index == 0 { return ZigguratTail.exponential - log1p(-nextDouble()) }
        let (above, below) = (exponential.densities[index - 1], exponential.densities[index])
        return (above - below) * nextDouble() + below < exp(-place) ? place : nil
    }

    /// As `standardNormal`, of 32 bits.
    @inline(__always)
    mutating func standardNormalFloat() -> Float {
        while true {
            let word = next32()
            let index = Int(word & 0xFF)
            let bits = word >> 9
            let layer = normalFloat.layers[index]
            let place = Float(Int32(bitPattern: bits)) * layer.scale
            let signed = Float(bitPattern: place.bitPattern ^ (word >> 8 & 1) << 31)
            if bits < layer.threshold { return signed }
            if let settled = settleNormalFloat(index, bits, signed) { return settled }
        }
    }

    @inline(never)
    private mutating func settleNormalFloat(_ index: Int, _ bits: UInt32, _ place: Float) -> Float? {
        guard index == 0 else {
            let (above, below) = (normalFloat.densities[index - 1], normalFloat.densities[index])
            return Double((above - below) * nextFloat() + below) < exp(-0.5 * Double(place) * Double(place))
                ? place : nil
        }
        while true {
            let beyond = -Float(ZigguratTail.normalInverse) * log1pf(-nextFloat())
            let height = -log1pf(-nextFloat())
            if height + height > beyond * beyond {
                let value = Float(ZigguratTail.normal) + beyond
                return bits >> 8 & 1 == 1 ? -value : value
            }
        }
    }

    /// As `standardExponential`, of 32 bits.
    @inline(__always)
    mutating func standardExponentialFloat() -> Float {
        while true {
            let word = next32() >> 1
            let index = Int(word & 0xFF)
            let bits = word >> 8
            let layer = exponentialFloat.layers[index]
            let place = Float(Int32(bitPattern: bits)) * layer.scale
            if bits < layer.threshold { return place }
            if let settled = settleExponentialFloat(index, place) { return settled }
        }
    }

    @inline(never)
    private mutating func settleExponentialFloat(_ index: Int, _ place: Float) -> Float? {
        if index == 0 { return Float(ZigguratTail.exponential) - log1pf(-nextFloat()) }
        let (above, below) = (exponentialFloat.densities[index - 1], exponentialFloat.densities[index])
        return (above - below) * nextFloat() + below < expf(-place) ? place : nil
    }

    /// By Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000), in single precision.
    mutating func standardGammaFloat(_ shape: Float) -> Float {
        if shape == 1 { return standardExponentialFloat() }
        if shape == 0 { return 0 }
        if shape < 1 { return smallGammaFloat(shape) }
        let b = shape - 1 / 3
        let c = 1 / (9 * b).squareRoot()
        while true {
            var (x, v): (Float, Float) = (0, 0)
            repeat {
                x = standardNormalFloat()
                v = 1 + c * x
            } while v <= 0
            v = v * v * v
            let u = nextFloat()
            if u < 1 - 0.0331 * (x * x) * (x * x) { return b * v }
            if logf(u) < 0.5 * x * x + b * (1 - v + logf(v)) { return b * v }
        }
    }

    private mutating func smallGammaFloat(_ shape: Float) -> Float {
        while true {
            let u = nextFloat()
            let v = standardExponentialFloat()
            if u <= 1 - shape {
                let x = powf(u, 1 / shape)
                if x <= v { return x }
            } else {
                let y = -logf((1 - u) / shape)
                let x = powf(1 - shape + shape * y, 1 / shape)
                if x <= v + y { return x }
            }
        }
    }
}
