#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// What NumPy drew in another way before 1.17, to the last rounding; all else is as in `DrawSource`.
extension DistributionBody {
    func drawLegacy(_ source: inout LegacyDraws) {
        switch distribution {
        case .beta: real(&source) { $3.legacyBeta($0, $1) }
        case .pareto: real(&source) { a, _, _, source in exp(source.standardExponential() / a) - 1 }
        case .power: real(&source) { a, _, _, source in pow(1 - exp(-source.standardExponential()), 1 / a) }
        case .rayleigh: real(&source) { a, _, _, source in a * (-2 * log1p(-source.nextDouble())).squareRoot() }
        case .wald: real(&source) { $3.legacyWald($0, $1) }
        case .vonMises: real(&source) { $3.wrappedVonMises($0, $1) }
        case .noncentralChiSquare: real(&source) { $3.legacyNoncentralChiSquare($0, $1) }
        case .noncentralFisher:
            real(&source) { numerator, denominator, offset, source in
                let above = source.legacyNoncentralChiSquare(numerator, offset) * denominator
                return above / (source.chiSquare(denominator) * numerator)
            }
        default: drawLegacyCounts(&source)
        }
    }

    private func drawLegacyCounts(_ source: inout LegacyDraws) {
        var binomial = Binomial(isLegacy: true)
        switch distribution {
        case .binomial:
            each(&source) { n, p, _, source in
                UInt64(bitPattern: Int64(binomial.draw(Int(bitPattern: UInt(n)), Double(bitPattern: p), from: &source)))
            }
        case .hypergeometric:
            each(&source) { good, bad, sample, source in
                UInt64(bitPattern: Int64(source.legacyHypergeometric(Int(good), Int(bad), Int(sample))))
            }
        case .geometric: count(&source) { a, _, source in source.legacyGeometric(a) }
        case .zipf: count(&source) { a, _, source in source.legacyZipf(a) }
        case .logSeries: count(&source) { a, _, source in source.legacyLogSeries(a) }
        default: draw(&source)
        }
    }
}

extension LegacyDraws {
    /// Of trials how many are of each kind, for rows of one vector of probabilities.
    ///
    /// - Parameter counts: Rows as long as the probabilities.
    package mutating func drawMultinomial(
        _ trials: Int, _ probabilities: [Double], rows: Int, to counts: UnsafeMutablePointer<Int>
    ) {
        var binomial = Binomial(isLegacy: true)
        probabilities.withUnsafeBufferPointer { probabilities in
            for row in 0..<rows where probabilities.count > 0 {
                multinomial(trials, probabilities, counts + row * probabilities.count, &binomial)
            }
        }
    }

    /// Vectors whose elements sum to 1.
    ///
    /// - Parameter output: Rows as long as `alpha`.
    package mutating func drawDirichlet(_ alpha: [Double], rows: Int, to output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows {
            let vector = output + row * alpha.count
            var sum = 0.0
            for (index, shape) in alpha.enumerated() {
                vector[index] = standardGamma(shape)
                sum += vector[index]
            }
            let inverse = 1 / sum
            for index in alpha.indices { vector[index] *= inverse }
        }
    }

    fileprivate mutating func legacyBeta(_ a: Double, _ b: Double) -> Double {
        guard a <= 1 && b <= 1 else {
            let first = standardGamma(a)
            return first / (first + standardGamma(b))
        }
        while true {
            let u = nextDouble()
            let v = nextDouble()
            let (x, y) = (pow(u, 1 / a), pow(v, 1 / b))
            guard x + y <= 1 else { continue }
            if x + y > 0 { return x / (x + y) }
            var (logX, logY) = (log(u) / a, log(v) / b)
            let greatest = logX > logY ? logX : logY
            logX -= greatest
            logY -= greatest
            return exp(logX - log(exp(logX) + exp(logY)))
        }
    }

    fileprivate mutating func legacyNoncentralChiSquare(_ freedom: Double, _ offset: Double) -> Double {
        if offset.isNaN && !(1 < freedom) {
            // The words are used before it is seen that there is no result.
            let events = poisson(offset / 2)
            _ = chiSquare(freedom + Double(2 &* events))
            return .nan
        }
        if offset.isNaN {
            _ = chiSquare(freedom - 1)
            return standardNormal() + offset
        }
        return noncentralChiSquare(freedom, offset)
    }

    fileprivate mutating func legacyWald(_ mean: Double, _ scale: Double) -> Double {
        let ratio = mean / (2 * scale)
        let normal = standardNormal()
        let y = mean * normal * normal
        let x = mean + ratio * (y - (4 * scale * y + y * y).squareRoot())
        return nextDouble() <= mean / (mean + x) ? x : mean * mean / x
    }

    fileprivate mutating func legacyGeometric(_ p: Double) -> Int {
        if p >= 0.333333333333333333333333 { return geometric(p) }
        return truncated((log1p(-nextDouble()) / log(1 - p)).rounded(.up))
    }

    fileprivate mutating func legacyZipf(_ a: Double) -> Int {
        let exponent = a - 1
        let b = pow(2, exponent)
        while true {
            let u = 1 - nextDouble()
            let v = nextDouble()
            let x = pow(u, -1 / exponent).rounded(.down)
            if x > Double(Int.max) || x < 1 { continue }
            let t = pow(1 + 1 / x, exponent)
            if v * x * (t - 1) / (b - 1) <= t / b { return truncated(x) }
        }
    }

    fileprivate mutating func legacyLogSeries(_ p: Double) -> Int {
        let r = log(1 - p)
        while true {
            let v = nextDouble()
            if v >= p { return 1 }
            let q = 1 - exp(r * nextDouble())
            guard v <= q * q else { return v >= q ? 1 : 2 }
            let count = truncated((1 + log(v) / log(q)).rounded(.down))
            if count >= 1 && v != 0 { return count }
        }
    }

    fileprivate mutating func legacyHypergeometric(_ good: Int, _ bad: Int, _ sample: Int) -> Int {
        if sample <= 0 { return 0 }
        return sample > 10 ? legacyRatio(good, bad, sample) : legacyUrn(good, bad, sample)
    }

    private mutating func legacyUrn(_ good: Int, _ bad: Int, _ sample: Int) -> Int {
        let rest = bad + good - sample
        let few = Double(min(bad, good))
        var (left, remaining) = (few, sample)
        while left > 0 {
            let u = nextDouble()
            left -= (u + left / Double(rest + remaining)).rounded(.down)
            remaining -= 1
            if remaining == 0 { break }
        }
        let count = truncated(few - left)
        return good > bad ? sample - count : count
    }

    /// HRUA as in `DrawSource.hypergeometric`, with another variance and the logarithm of the gamma function.
    private mutating func legacyRatio(_ good: Int, _ bad: Int, _ sample: Int) -> Int {
        let total = good + bad
        let taken = min(sample, total - sample)
        let (few, many) = (min(good, bad), max(good, bad))
        let p = Double(few) / Double(total)
        let a = Double(taken) * p + 0.5
        let variance = Double(total - taken) * Double(sample) * p * (1 - p) / Double(total - 1)
        let c = (variance + 0.5).squareRoot()
        let h = 1.7155277699214135 * c + 0.8989161620588988
        let mode = truncated((Double(taken + 1) * Double(few + 1) / Double(total + 2)).rounded(.down))
        func weight(_ count: Int) -> Double {
            logGamma(Double(count + 1)) + logGamma(Double(few - count + 1)) + logGamma(Double(taken - count + 1))
                + logGamma(Double(many - taken + count + 1))
        }
        let g = weight(mode)
        let bound = min(Double(min(taken, few)) + 1, (a + 16 * c).rounded(.down))
        var count = 0
        while true {
            let u = nextDouble()
            let x = a + h * (nextDouble() - 0.5) / u
            guard x >= 0 && x < bound else { continue }
            count = truncated(x.rounded(.down))
            let t = g - weight(count)
            if u * (4 - u) - 3 <= t { break }
            if u * (u - t) >= 1 { continue }
            if 2 * log(u) <= t { break }
        }
        if good > bad { count = taken - count }
        return taken < sample ? good - count : count
    }
}
