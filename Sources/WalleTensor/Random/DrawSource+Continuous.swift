#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Continuous distributions. Which words are used, and every rounding, are those of NumPy's `Generator`, so that the
/// same state gives the same numbers; parameters are checked above (`Distribution`).
extension DrawSource {
    /// By Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000); below 1 by Ahrens and Dieter's
    /// method GS (1974) on exponential draws.
    mutating func standardGamma(_ shape: Double) -> Double {
        if shape == 1 { return standardExponential() }
        if shape == 0 { return 0 }
        if shape < 1 { return smallGamma(shape) }
        let b = shape - 1 / 3
        let c = 1 / (9 * b).squareRoot()
        while true {
            var (x, v) = (0.0, 0.0)
            repeat {
                x = standardNormal()
                v = 1 + c * x
            } while v <= 0
            v = v * v * v
            let u = nextDouble()
            if u < 1 - 0.0331 * (x * x) * (x * x) { return b * v }
            if log(u) < 0.5 * x * x + b * (1 - v + log(v)) { return b * v }
        }
    }

    private mutating func smallGamma(_ shape: Double) -> Double {
        while true {
            let u = nextDouble()
            let v = standardExponential()
            if u <= 1 - shape {
                let x = pow(u, 1 / shape)
                if x <= v { return x }
            } else {
                let y = -log((1 - u) / shape)
                let x = pow(1 - shape + shape * y, 1 / shape)
                if x <= v + y { return x }
            }
        }
    }

    mutating func chiSquare(_ freedom: Double) -> Double { 2 * standardGamma(freedom / 2) }

    mutating func noncentralChiSquare(_ freedom: Double, _ offset: Double) -> Double {
        if offset.isNaN { return .nan }
        if offset == 0 { return chiSquare(freedom) }
        if 1 < freedom {
            let rest = chiSquare(freedom - 1)
            let normal = standardNormal() + offset.squareRoot()
            return rest + normal * normal
        }
        let events = poisson(offset / 2)
        return chiSquare(freedom + Double(2 &* events))
    }

    /// Above 1 a ratio of gammas, else by Jöhnk (1964); where both parameters are so small that only 0 and 1 come out,
    /// by one draw.
    mutating func beta(_ a: Double, _ b: Double) -> Double {
        guard a <= 1 && b <= 1 else {
            let first = standardGamma(a)
            return first / (first + standardGamma(b))
        }
        if a < 3e-103 && b < 3e-103 { return (a + b) * nextDouble() < a ? 1 : 0 }
        while true {
            let u = nextDouble()
            let v = nextDouble()
            let (x, y) = (pow(u, 1 / a), pow(v, 1 / b))
            guard x + y <= 1 && u + v > 0 else { continue }
            if x > 0 && y > 0 { return x / (x + y) }
            let difference = log(u) / a - log(v) / b
            return difference > 0
                ? exp(-log1p(exp(-difference))) : exp(difference - log1p(exp(difference)))
        }
    }

    mutating func fisher(_ numerator: Double, _ denominator: Double) -> Double {
        let above = chiSquare(numerator) * denominator
        return above / (chiSquare(denominator) * numerator)
    }

    mutating func noncentralFisher(_ numerator: Double, _ denominator: Double, _ offset: Double) -> Double {
        let above = noncentralChiSquare(numerator, offset) * denominator
        return above / (chiSquare(denominator) * numerator)
    }

    mutating func student(_ freedom: Double) -> Double {
        let above = standardNormal()
        let below = standardGamma(freedom / 2)
        return (freedom / 2).squareRoot() * above / below.squareRoot()
    }

    mutating func cauchy() -> Double {
        let above = standardNormal()
        return above / standardNormal()
    }

    mutating func pareto(_ a: Double) -> Double { expm1(standardExponential() / a) }

    mutating func weibull(_ a: Double) -> Double { a == 0 ? 0 : pow(standardExponential(), 1 / a) }

    mutating func power(_ a: Double) -> Double { pow(-expm1(-standardExponential()), 1 / a) }

    mutating func rayleigh(_ scale: Double) -> Double { scale * (2 * standardExponential()).squareRoot() }

    mutating func laplace(_ center: Double, _ scale: Double) -> Double {
        while true {
            let u = nextDouble()
            if u >= 0.5 { return center - scale * log(2 - u - u) }
            if u > 0 { return center + scale * log(u + u) }
        }
    }

    mutating func gumbel(_ center: Double, _ scale: Double) -> Double {
        while true {
            let u = 1 - nextDouble()
            if u < 1 { return center - scale * log(-log(u)) }
        }
    }

    mutating func logistic(_ center: Double, _ scale: Double) -> Double {
        while true {
            let u = nextDouble()
            if u > 0 { return center + scale * log(u / (1 - u)) }
        }
    }

    /// The inverse Gaussian, by Michael, Schucany and Haas (1976), without cancellation.
    mutating func wald(_ mean: Double, _ scale: Double) -> Double {
        let normal = standardNormal()
        let y = mean * normal * normal
        let x = mean * (1 - 2 / (1 + (1 + 4 * scale / y).squareRoot()))
        return nextDouble() <= mean / (mean + x) ? x : mean * mean / x
    }

    mutating func triangular(_ left: Double, _ mode: Double, _ right: Double) -> Double {
        let base = right - left
        let before = mode - left
        let (leftProduct, rightProduct) = (before * base, (right - mode) * base)
        let u = nextDouble()
        return u <= before / base
            ? left + (u * leftProduct).squareRoot() : right - ((1 - u) * rightProduct).squareRoot()
    }

    /// By Best and Fisher (1979): the wrapped Cauchy distribution is above it. A normal one where that is as good.
    mutating func vonMises(_ center: Double, _ kappa: Double) -> Double {
        if kappa > 1e6 { return concentratedVonMises(center, kappa) }
        return wrappedVonMises(center, kappa)
    }

    /// The same without looking whether a normal one would be as good.
    mutating func wrappedVonMises(_ center: Double, _ kappa: Double) -> Double {
        if kappa.isNaN { return .nan }
        if kappa < 1e-8 { return .pi * (2 * nextDouble() - 1) }
        let s = vonMisesParameter(kappa)
        var w = 0.0
        while true {
            let z = cos(.pi * nextDouble())
            w = (1 + s * z) / (s + z)
            let y = kappa * (s - w)
            let v = nextDouble()
            if y * (2 - y) - v >= 0 || log(y / v) + 1 - y >= 0 { break }
        }
        let u = nextDouble()
        var angle = acos(w)
        if u < 0.5 { angle = -angle }
        angle += center
        let turned = fmod(abs(angle) + .pi, 2 * .pi) - .pi
        return angle < 0 ? turned * -1 : turned
    }

    private func vonMisesParameter(_ kappa: Double) -> Double {
        if kappa < 1e-5 { return 1 / kappa + kappa }
        let r = 1 + (1 + 4 * kappa * kappa).squareRoot()
        let rho = (r - (2 * r).squareRoot()) / (2 * kappa)
        return (1 + rho * rho) / (2 * rho)
    }

    private mutating func concentratedVonMises(_ center: Double, _ kappa: Double) -> Double {
        var angle = center + (1 / kappa).squareRoot() * standardNormal()
        if angle < -.pi { angle += 2 * .pi }
        if angle > .pi { angle -= 2 * .pi }
        return angle
    }
}
