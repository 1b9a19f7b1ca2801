/// A number as the sum of two that do not overlap: about 32 decimal digits.
///
/// After Dekker, "A Floating-Point Technique for Extending the Available Precision" (1971). For tables made at start,
/// not for loops.
struct DoubleDouble {
    let high: Double
    let low: Double

    init(_ high: Double, _ low: Double = 0) {
        self.high = high + low
        self.low = low - (self.high - high)
    }

    static func + (left: Self, right: Self) -> Self {
        let sum = left.high + right.high
        let part = sum - left.high
        let lost = (left.high - (sum - part)) + (right.high - part)
        return Self(sum, lost + (left.low + right.low))
    }

    static func - (left: Self, right: Self) -> Self { left + Self(-right.high, -right.low) }

    static func * (left: Self, right: Self) -> Self {
        let product = left.high * right.high
        let lost = (-product).addingProduct(left.high, right.high)
        return Self(product, lost + (left.high * right.low + left.low * right.high))
    }

    static func / (left: Self, right: Self) -> Self {
        let first = left.high / right.high
        let rest = left - right * Self(first)
        let second = rest.high / right.high
        let third = (rest - right * Self(second)).high / right.high
        return Self(first, second) + Self(third)
    }

    /// The exponential function, for |x| below 700: a Taylor series of the rest after halves of the logarithm of 2, 256
    /// times smaller, squared again.
    var exponential: Self {
        let logarithmOf2 = Self(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)
        let turns = (high / logarithmOf2.high).rounded()
        let rest = (self - logarithmOf2 * Self(turns)) * Self(0x1p-8)
        var (sum, term) = (Self(1), Self(1))
        for index in 1..<14 {
            term = term * rest / Self(Double(index))
            sum = sum + term
        }
        for _ in 0..<8 { sum = sum * sum }
        let scale = Double(sign: .plus, exponent: Int(turns), significand: 1)
        return Self(sum.high * scale, sum.low * scale)
    }

    /// The natural logarithm: an estimate improved twice by Newton's method.
    func logarithm(near estimate: Double) -> Self {
        var result = Self(estimate)
        for _ in 0..<3 { result = result + self * Self(-result.high, -result.low).exponential - Self(1) }
        return result
    }
}
