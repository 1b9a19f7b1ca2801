#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Points of the unit circle, each correctly rounded but for rare cases: the angle is reduced to an eighth of the circle as
/// an integer, and what rounding it to a double loses is added to first order.
enum UnitRoots {
    /// `exp(-2πi · k / count)`.
    ///
    /// - Precondition: `0 <= k < count < 2⁵⁰`.
    static func root(_ k: Int, of count: Int) -> (cosine: Double, sine: Double) {
        // Eighths of the circle, in units of 1 / (8 · count) of it.
        let octant = 8 * k / count
        let rest = 8 * k - octant * count
        let isOdd = octant % 2 == 1
        let (c, s) = eighth(isOdd ? count - rest : rest, count)
        let (cosine, sine) =
            switch octant {
            case 0: (c, s)
            case 1: (s, c)
            case 2: (-s, c)
            case 3: (-c, s)
            case 4: (-c, -s)
            case 5: (-s, -c)
            case 6: (s, -c)
            default: (c, -s)
            }
        return (cosine, -sine)
    }

    /// Cosine and sine of `part / count` eighths of the circle.
    private static func eighth(_ part: Int, _ count: Int) -> (Double, Double) {
        let quotient = Double(part) / Double(count)
        let rest = fma(-quotient, Double(count), Double(part)) / Double(count)
        let (high, low) = (Double.pi / 4, 0x1.1a62633145c07p-55)
        let angle = quotient * high
        // What `angle` lacks: the product's rounding, the quotient's, and the rest of π.
        let lost = fma(quotient, high, -angle) + quotient * low + rest * high
        let (c, s) = (cos(angle), sin(angle))
        return (c - lost * s, s + lost * c)
    }
}
