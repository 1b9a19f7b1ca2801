#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Draws of binomial distributions, and what the last one's parameters made it compute.
///
/// By inversion where the mean is up to 30, else by Kachitvichyanukul and Schmeiser's BTPE, "Binomial Random Variate
/// Generation" (1988), with its error terms set right.
struct Binomial {
    /// Whether the roundings and the error terms are those of NumPy before 1.17.
    private let isLegacy: Bool
    private var n = -1
    private var p = Double.nan
    private var inversion = Inversion()
    private var envelope = Envelope()

    init(isLegacy: Bool = false) { self.isLegacy = isLegacy }

    @inline(__always)
    mutating func draw(_ n: Int, _ p: Double, from source: inout some DrawSource) -> Int {
        // A number is used for them by the old algorithm.
        if !isLegacy && (n == 0 || p == 0) { return 0 }
        if p <= 0.5 { return small(n, p, &source) }
        return n - small(n, 1 - p, &source)
    }

    private mutating func small(_ n: Int, _ p: Double, _ source: inout some DrawSource) -> Int {
        let isSame = n == self.n && p == self.p
        (self.n, self.p) = (n, p)
        if p * Double(n) <= 30 {
            if !isSame { inversion = Inversion(n, p, isLegacy) }
            return inversion.draw(&source)
        }
        if !isSame { envelope = Envelope(n, p, isLegacy) }
        return envelope.draw(&source)
    }
}

/// Sums probabilities up to a uniform number.
private struct Inversion {
    private var (n, p, q, first, bound) = (0, 0.0, 0.0, 0.0, 0)

    init() {}

    init(_ n: Int, _ p: Double, _ isLegacy: Bool) {
        (self.n, self.p) = (n, p)
        q = 1 - p
        first = exp(Double(n) * (isLegacy ? log(q) : log1p(-p)))
        let mean = Double(n) * p
        bound = truncated(min(Double(n), mean + 10 * (mean * q + 1).squareRoot()))
    }

    func draw(_ source: inout some DrawSource) -> Int {
        var (count, probability) = (0, first)
        var u = source.nextDouble()
        while u > probability {
            count += 1
            if count > bound {
                (count, probability) = (0, first)
                u = source.nextDouble()
            } else {
                u -= probability
                probability = Double(n - count + 1) * p * probability / (Double(count) * q)
            }
        }
        return count
    }
}

/// Triangle, parallelograms and exponential tails above the distribution; p is at most 1/2.
private struct Envelope {
    private var (n, m) = (0, 0)
    private var (r, q, p1, middle, left, right, c) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    private var (leftRate, rightRate, p2, p3, p4) = (0.0, 0.0, 0.0, 0.0, 0.0)
    private var variance = 0.0
    private var isLegacy = false

    init() {}

    init(_ n: Int, _ p: Double, _ isLegacy: Bool) {
        (self.n, self.isLegacy) = (n, isLegacy)
        r = min(p, 1 - p)
        q = 1 - r
        let mode = Double(n) * r + r
        m = truncated(mode.rounded(.down))
        p1 = (2.195 * (Double(n) * r * q).squareRoot() - 4.6 * q).rounded(.down) + 0.5
        middle = Double(m) + 0.5
        (left, right) = (middle - p1, middle + p1)
        c = 0.134 + 20.5 / (15.3 + Double(m))
        var a = (mode - left) / (mode - left * r)
        leftRate = a * (1 + a / 2)
        a = (right - mode) / (right * q)
        rightRate = a * (1 + a / 2)
        p2 = p1 * (1 + 2 * c)
        p3 = p2 + c / leftRate
        p4 = p3 + c / rightRate
        variance = Double(n) * r * q
    }

    func draw(_ source: inout some DrawSource) -> Int {
        while true {
            let u = source.nextDouble() * p4
            var v = source.nextDouble()
            if u <= p1 { return truncated((middle - p1 * v + u).rounded(.down)) }
            guard let count = propose(u, &v) else { continue }
            if accepts(count, v) { return count }
        }
    }

    /// What the part of the envelope beneath `u` gives; `v` becomes the height to compare with the distribution.
    private func propose(_ u: Double, _ v: inout Double) -> Int? {
        if u <= p2 {
            let x = left + (u - p1) / c
            v = v * c + 1 - abs(Double(m) - x + 0.5) / p1
            return v > 1 ? nil : truncated(x.rounded(.down))
        }
        if v == 0 { return nil }
        if u <= p3 {
            let count = truncated((left + log(v) / leftRate).rounded(.down))
            v = v * (u - p2) * leftRate
            return count < 0 ? nil : count
        }
        let count = truncated((right - log(v) / rightRate).rounded(.down))
        v = v * (u - p3) * rightRate
        return count > n ? nil : count
    }

    private func accepts(_ count: Int, _ v: Double) -> Bool {
        let distance = abs(count - m)
        guard distance > 20 && Double(distance) < variance / 2 - 1 else { return v <= ratio(count) }
        let k = Double(distance)
        let width = (k / variance) * ((k * (k / 3 + 0.625) + 0.16666666666666666) / variance + 0.5)
        let center = -k * k / (2 * variance)
        let height = log(v)
        if height < center - width { return true }
        if height > center + width { return false }
        return height <= logarithm(count)
    }

    /// The probability of a count over that of the mode, by the recurrence.
    private func ratio(_ count: Int) -> Double {
        let s = r / q
        let a = s * Double(n + 1)
        var ratio = 1.0
        if m < count {
            for index in m + 1...count { ratio *= a / Double(index) - s }
        } else if m > count {
            for index in count + 1...m { ratio /= a / Double(index) - s }
        }
        return ratio
    }

    /// The same as a logarithm, by Stirling's formula.
    private func logarithm(_ count: Int) -> Double {
        let (x, f) = (Double(count) + 1, Double(m) + 1)
        let z = Double(n) + 1 - Double(m)
        let w = Double(n) - Double(count) + 1
        let main =
            middle * log(f / x) + (Double(n - m) + 0.5) * log(z / w) + Double(count - m) * log(w * r / (x * q))
        if isLegacy {
            return main + Self.legacyCorrection(f) + Self.legacyCorrection(z) + Self.legacyCorrection(x)
                + Self.legacyCorrection(w)
        }
        return main + Self.correction(f) + Self.correction(z) - Self.correction(x) - Self.correction(w)
    }

    private static func legacyCorrection(_ x: Double) -> Double {
        let square = x * x
        return (13680 - (462 - (132 - (99 - 140 / square) / square) / square) / square) / x / 166320
    }

    private static func correction(_ x: Double) -> Double {
        let square = x * x
        return (13860 - (462 - (132 - (99 - 140 / square) / square) / square) / square) / x / 166320
    }
}
