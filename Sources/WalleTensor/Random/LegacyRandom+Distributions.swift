#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// What NumPy's `Generator` draws in another way than its legacy functions, drawn as these do: they keep the roundings,
/// and the mistakes, that the numbers of old programs have.
extension LegacyRandom {
    /// Draws what is of its own; false for what is not.
    mutating func drawOwn(_ body: DistributionBody) -> Bool {
        var binomial = Binomial(isLegacy: true)
        switch body.distribution {
        case .beta: body.real(&self) { $3.legacyBeta($0, $1) }
        case .pareto: body.real(&self) { a, _, _, source in exp(source.standardExponential() / a) - 1 }
        case .power: body.real(&self) { a, _, _, source in pow(1 - exp(-source.standardExponential()), 1 / a) }
        case .rayleigh: body.real(&self) { a, _, _, source in a * (-2 * log1p(-source.nextDouble())).squareRoot() }
        case .wald: body.real(&self) { $3.legacyWald($0, $1) }
        case .geometric: body.count(&self) { a, _, source in source.legacyGeometric(a) }
        case .zipf: body.count(&self) { a, _, source in source.legacyZipf(a) }
        case .logSeries: body.count(&self) { a, _, source in source.legacyLogSeries(a) }
        case .binomial:
            body.each(&self) { n, p, _, source in
                let count = binomial.draw(Int(truncatingIfNeeded: n), Double(bitPattern: p), from: &source)
                return UInt64(bitPattern: Int64(count))
            }
        default: return false
        }
        return true
    }

    private mutating func legacyBeta(_ a: Double, _ b: Double) -> Double {
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
            let (logX, logY) = (log(u) / a, log(v) / b)
            let larger = logX > logY ? logX : logY
            return exp((logX - larger) - log(exp(logX - larger) + exp(logY - larger)))
        }
    }

    private mutating func legacyWald(_ mean: Double, _ scale: Double) -> Double {
        let normal = standardNormal()
        let y = mean * normal * normal
        let x = mean + mean / (2 * scale) * (y - (4 * scale * y + y * y).squareRoot())
        return nextDouble() <= mean / (mean + x) ? x : mean * mean / x
    }

    private mutating func legacyGeometric(_ p: Double) -> Int {
        p >= 0.333333333333333333333333
            ? geometric(p) : truncated((log1p(-nextDouble()) / log(1 - p)).rounded(.up))
    }

    private mutating func legacyZipf(_ a: Double) -> Int {
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

    private mutating func legacyLogSeries(_ p: Double) -> Int {
        let r = log(1 - p)
        while true {
            let v = nextDouble()
            if v >= p { return 1 }
            let q = 1 - exp(r * nextDouble())
            guard v <= q * q else { return v >= q ? 1 : 2 }
            let count = floored(1 + log(v) / log(q))
            if count >= 1 && v != 0 { return count }
        }
    }
}
