#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Draws of Poisson distributions, and what the last one's mean made it compute.
///
/// From a mean of 10 on by Hörmann's "The Transformed Rejection Method for Generating Poisson Random Variables" (1993),
/// PTRS, below by Knuth's product of uniforms.
struct Poisson {
    private var mean = 0.0
    /// exp(-mean), for small means.
    private var limit = 1.0
    /// The constants of PTRS and the logarithms it needs.
    private var (a, b, quick, logMean, logInverse) = (0.0, 0.0, 0.0, 0.0, 0.0)

    @inline(__always)
    mutating func draw(_ mean: Double, from source: inout some DrawSource) -> Int {
        if mean == 0 { return 0 }
        if mean != self.mean { prepare(mean) }
        return mean >= 10 ? large(&source) : small(&source)
    }

    private mutating func prepare(_ mean: Double) {
        self.mean = mean
        guard mean >= 10 else { return limit = exp(-mean) }
        b = 0.931 + 2.53 * mean.squareRoot()
        a = -0.059 + 0.02483 * b
        quick = 0.9277 - 3.6224 / (b - 2)
        logMean = log(mean)
        logInverse = log(1.1239 + 1.1328 / (b - 3.4))
    }

    private func small(_ source: inout some DrawSource) -> Int {
        var (count, product) = (0, 1.0)
        while true {
            product *= source.nextDouble()
            guard product > limit else { return count }
            count += 1
        }
    }

    private func large(_ source: inout some DrawSource) -> Int {
        while true {
            let u = source.nextDouble() - 0.5
            let v = source.nextDouble()
            let us = 0.5 - abs(u)
            let count = truncated(((2 * a / us + b) * u + mean + 0.43).rounded(.down))
            if us >= 0.07 && v <= quick { return count }
            if count < 0 || us < 0.013 && v > us { continue }
            let left = log(v) + logInverse - log(a / (us * us) + b)
            if left <= -mean + Double(count) * logMean - logGamma(Double(count) + 1) { return count }
        }
    }
}
