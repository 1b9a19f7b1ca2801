extension DecimalNumber {
    /// The nearest double, ties to even; infinite beyond the largest.
    ///
    /// - Parameter text: The number's text, for the few that only long arithmetic decides.
    @inline(__always) func double(_ text: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Double {
        // Both are exact doubles, so one operation rounds once (W. D. Clinger, "How to read floating point numbers
        // accurately", 1990).
        if isExact, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            let value = Double(Int64(bitPattern: mantissa))
            let power = PowersOfTen.exact[abs(exponent)]
            let scaled = exponent < 0 ? value / power : value * power
            return isNegative ? -scaled : scaled
        }
        return hardDouble(text, to: end)
    }

    private func hardDouble(_ text: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Double {
        if mantissa == 0 { return isNegative ? -0.0 : 0.0 }
        if let value = nearest(mantissa) {
            // Digits that were cut off lie between this mantissa and the next; mostly both round alike.
            if isExact || nearest(mantissa &+ 1) == value { return isNegative ? -value : value }
        }
        return Double(String(decoding: UnsafeBufferPointer(start: text, count: end - text), as: UTF8.self)) ?? .nan
    }

    /// Rounds by a product of 128 bits (D. Lemire, "Number parsing at a gigabyte per second", 2021; that the product
    /// always decides: N. Mushtak and D. Lemire, "Fast number parsing without fallback", 2022).
    ///
    /// - Returns: Nil when the power of ten is not in the table.
    private func nearest(_ mantissa: UInt64) -> Double? {
        guard abs(exponent) <= PowersOfTen.most, mantissa != 0 else { return nil }
        let power = PowersOfTen.wide[exponent + PowersOfTen.most]
        let shift = mantissa.leadingZeroBitCount
        let normal = mantissa << UInt64(shift)
        var product = normal.multipliedFullWidth(by: power.high)
        // Nine bits below the 55 that matter: only when all are set can the lower half of the power carry into them.
        if product.high & 0x1ff == 0x1ff {
            let (low, overflow) = product.low.addingReportingOverflow(normal.multipliedFullWidth(by: power.low).high)
            product = (overflow ? product.high &+ 1 : product.high, low)
        }
        let upper = product.high >> 63
        var bits = product.high >> (upper + 9)
        var exponent2 = (217_706 * exponent) >> 16 + 63 + Int(upper) - shift + 1023
        // Exactly between two doubles, where the even one is meant.
        let isTie = product.low <= 1 && exponent >= -4 && exponent <= 23 && bits & 3 == 1
        if isTie, bits << (upper + 9) == product.high { bits &= ~1 }
        bits = (bits + (bits & 1)) >> 1
        if bits >= 2 << 52 {
            bits = 1 << 52
            exponent2 += 1
        }
        return Double(bitPattern: bits & ~(1 << 52) | UInt64(exponent2) << 52)
    }
}

private enum PowersOfTen {
    /// Those that a double holds exactly.
    static let exact: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }

    /// 5^54 has 126 bits, the most that the division below may have. Rarer numbers take the long way.
    static let most = 54

    /// The first 128 bits of 10^-54 to 10^54; powers of two do not matter to them.
    static let wide: [(high: UInt64, low: UInt64)] = (-most...most).map { exponent in
        let five = (0..<abs(exponent)).reduce(UInt128(1)) { power, _ in power * 5 }
        let bits = exponent < 0 ? reciprocal(of: five, exponent) : five << UInt128(five.leadingZeroBitCount)
        return (UInt64(truncatingIfNeeded: bits >> 64), UInt64(truncatingIfNeeded: bits))
    }

    /// The first 128 bits of 1 / power: rounded up where the product of the power with it must not be less than one
    /// for exact quotients to be seen as exact, down otherwise, as the proof has it.
    private static func reciprocal(of power: UInt128, _ exponent: Int) -> UInt128 {
        var (quotient, remainder) = (UInt128(0), UInt128(1))
        while quotient.leadingZeroBitCount > 0 {
            remainder <<= 1
            quotient <<= 1
            if remainder >= power {
                remainder -= power
                quotient |= 1
            }
        }
        return exponent >= -27 ? quotient + 1 : quotient
    }
}
