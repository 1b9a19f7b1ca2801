#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Counts. As in `DrawSource+Continuous`, the numbers are those of NumPy's `Generator`.
extension DrawSource {
    mutating func poisson(_ mean: Double) -> Int {
        var poisson = Poisson()
        return poisson.draw(mean, from: &self)
    }

    mutating func negativeBinomial(_ n: Double, _ p: Double) -> Int {
        poisson((1 - p) / p * standardGamma(n))
    }

    /// By search from 1/3 on, else by inversion.
    mutating func geometric(_ p: Double) -> Int {
        guard p >= 0.333333333333333333333333 else {
            let count = (-standardExponential() / log1p(-p)).rounded(.up)
            return count >= 0x1p63 ? .max : truncated(count)
        }
        var (count, sum, product) = (1, p, p)
        let u = nextDouble()
        while u > sum {
            product *= 1 - p
            sum += product
            count += 1
        }
        return count
    }

    /// By Devroye, "Non-Uniform Random Variate Generation" (1986), X.6, without what would be too large.
    mutating func zipf(_ a: Double) -> Int {
        if a >= 1025 { return 1 }
        let exponent = a - 1
        let b = pow(2, exponent)
        let least = pow(Double(Int.max), -exponent)
        while true {
            let unit = nextDouble()
            let u = unit * least + (1 - unit)
            let v = nextDouble()
            let x = pow(u, -1 / exponent).rounded(.down)
            if x > Double(Int.max) || x < 1 { continue }
            let t = pow(1 + 1 / x, exponent)
            if v * x * (t - 1) / (b - 1) <= t / b { return truncated(x) }
        }
    }

    /// By Kemp, "Efficient Generation of Logarithmically Distributed Pseudo-Random Variables" (1981).
    mutating func logSeries(_ p: Double) -> Int {
        let r = log1p(-p)
        while true {
            let v = nextDouble()
            if v >= p { return 1 }
            let q = -expm1(r * nextDouble())
            if v <= q * q {
                let count = (1 + log(v) / log(q)).rounded(.down)
                if truncated(count) < 1 || v == 0 { continue }
                return truncated(count)
            }
            return v >= q ? 1 : 2
        }
    }

    /// Uniform of 0...limit, by masked rejection.
    @inline(__always)
    mutating func interval(_ limit: UInt64) -> UInt64 {
        if limit == 0 { return 0 }
        let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
        while true {
            let value = (limit <= 0xFFFF_FFFF ? UInt64(next32()) : next64()) & mask
            if value <= limit { return value }
        }
    }

    /// Of `trials` draws how many are of each kind, by binomial draws; writes as many counts as probabilities.
    mutating func multinomial(
        _ trials: Int, _ probabilities: UnsafeBufferPointer<Double>, _ counts: UnsafeMutablePointer<Int>,
        _ binomial: inout Binomial
    ) {
        let kinds = probabilities.count
        counts.update(repeating: 0, count: kinds)
        var (left, rest) = (trials, 1.0)
        for kind in 0..<kinds - 1 {
            counts[kind] = binomial.draw(left, probabilities[kind] / rest, from: &self)
            left -= counts[kind]
            if left <= 0 { break }
            rest -= probabilities[kind]
        }
        if left > 0 { counts[kinds - 1] = left }
    }

    /// One vector whose sum is 1: gammas divided by their sum, or sticks broken where all parameters are so small that
    /// the gammas could all be 0.
    mutating func dirichlet(
        _ alpha: UnsafeBufferPointer<Double>, _ result: UnsafeMutablePointer<Double>
    ) {
        guard let largest = alpha.max() else { return }
        if largest < 0.1 { return brokenSticks(alpha, result) }
        var sum = 0.0
        for index in alpha.indices {
            result[index] = standardGamma(alpha[index])
            sum += result[index]
        }
        let inverse = 1 / sum
        for index in alpha.indices { result[index] *= inverse }
    }

    private mutating func brokenSticks(
        _ alpha: UnsafeBufferPointer<Double>, _ result: UnsafeMutablePointer<Double>
    ) {
        result.update(repeating: 0, count: alpha.count)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: alpha.count) { sums in
            var sum = 0.0
            for index in alpha.indices.reversed() {
                sum += alpha[index]
                sums[index] = sum
            }
            guard sum > 0 else { return }
            var rest = 1.0
            for index in 0..<alpha.count - 1 {
                let part = beta(alpha[index], sums[index + 1])
                result[index] = rest * part
                rest *= 1 - part
                if sums[index + 1] == 0 { break }
            }
            result[alpha.count - 1] = rest
        }
    }
}

/// As C converts to an integer: what does not fit becomes the lowest.
@inline(__always)
func truncated(_ value: Double) -> Int { value > -0x1p63 && value < 0x1p63 ? Int(value) : .min }

/// The logarithm of the gamma function, by Stirling's series from 7 on (Zhang and Jin, "Computation of Special
/// Functions", 1996, section 3.1.2).
func logGamma(_ x: Double) -> Double {
    if x == 1 || x == 2 { return 0 }
    let steps = x < 7 ? Int(7 - x) : 0
    var place = x + Double(steps)
    let square = (1 / place) * (1 / place)
    // B(2k) / (2k (2k - 1)) of the Bernoulli numbers.
    let last = -1.39243221690590
    let sum =
        (((((((((last * square + 0.1796443723688307) * square - 0.02955065359477124) * square
            + 0.006410256410256410) * square - 0.001917526917526918) * square + 8.417508417508418e-4) * square
            - 5.952380952380952e-4) * square + 7.936507936507937e-4) * square - 2.777777777777778e-3) * square
            + 8.333333333333333e-2)
    var result = sum / place + 0.5 * 1.8378770664093453 + (place - 0.5) * log(place) - place
    for _ in 0..<(x < 7 ? steps : 0) {
        result -= log(place - 1)
        place -= 1
    }
    return result
}
