/// A number as its text says it: mantissa · 10^exponent, not yet rounded to anything.
struct DecimalNumber {
    var mantissa: UInt64 = 0
    var exponent = 0
    var isNegative = false
    /// Written without fraction and exponent.
    var isWhole = true
    /// Whether the mantissa has all digits; it has the first 19 that matter otherwise.
    var isExact = true

    /// An exponent further from zero makes zero or infinity of every mantissa, and sums of exponents must not overflow.
    private static let mostExponent = 100_000

    /// Reads a number as JSON writes it.
    ///
    /// - Returns: Where it ends; nil when it is none.
    @inline(__always)
    mutating func read(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var bytes = start
        if bytes[0] == 0x2d {
            isNegative = true
            bytes += 1
        }
        let first = bytes
        bytes = digits(bytes)
        let length = bytes - first
        if length == 0 || (first[0] == 0x30 && length > 1) { return nil }
        // A point, or e or E.
        if bytes[0] == 0x2e || bytes[0] | 0x20 == 0x65 { return readRest(first, bytes) }
        if length > 19 { readLong(first, bytes) }
        return bytes
    }

    /// Reads a number as people and other programs write it: also with a plus, zeros before it, or without a digit before
    /// or behind its point.
    mutating func readLoosely(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var bytes = start
        isNegative = bytes[0] == 0x2d
        if isNegative || bytes[0] == 0x2b { bytes += 1 }
        while bytes[0] == 0x30, bytes[1] &- 0x30 <= 9 { bytes += 1 }
        let first = bytes
        bytes = digits(bytes)
        let isBare = bytes[0] == 0x2e && bytes[1] &- 0x30 > 9
        if bytes == first && (isBare || bytes[0] != 0x2e) { return nil }
        if isBare {
            if bytes - first > 19 { readLong(first, bytes) }
            return bytes[1] | 0x20 == 0x65 ? readExponent(bytes + 2) : bytes + 1
        }
        if bytes[0] == 0x2e || bytes[0] | 0x20 == 0x65 { return readRest(first, bytes) }
        if bytes - first > 19 { readLong(first, bytes) }
        return bytes
    }

    private mutating func readRest(
        _ first: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8>? {
        isWhole = false
        var bytes = end
        var length = end - first
        if bytes[0] == 0x2e {
            let fraction = bytes + 1
            bytes = digits(fraction)
            if bytes == fraction { return nil }
            exponent = fraction - bytes
            length += bytes - fraction
        }
        if length > 19 { readLong(first, bytes) }
        return bytes[0] | 0x20 == 0x65 ? readExponent(bytes + 1) : bytes
    }

    mutating func readExponent(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var bytes = start
        let isBelow = bytes[0] == 0x2d
        if isBelow || bytes[0] == 0x2b { bytes += 1 }
        let first = bytes
        var value = 0
        while bytes[0] &- 0x30 <= 9 {
            value = min(value * 10 + Int(bytes[0] &- 0x30), Self.mostExponent)
            bytes += 1
        }
        exponent += isBelow ? -value : value
        return bytes == first ? nil : bytes
    }

    /// Appends the digits that begin here to the mantissa, eight at once. It overflows beyond 19 of them.
    ///
    /// - Returns: Where they end.
    @inline(__always) mutating func digits(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var bytes = start
        while true {
            let word = ByteScan.word(bytes) ^ 0x3030_3030_3030_3030
            // A digit is at most 9, so 0x76 more leaves its high bit clear. What it carries over comes after the end.
            let marks = ((word &+ 0x7676_7676_7676_7676) | word) & ByteScan.highs
            if marks == 0 {
                mantissa = mantissa &* 100_000_000 &+ Self.eightDigits(word)
                bytes += 8
                continue
            }
            let count = ByteScan.first(marks)
            if count == 0 { return bytes }
            mantissa = mantissa &* Self.power(count) &+ Self.eightDigits(word &<< UInt64(64 &- 8 &* count))
            return bytes + count
        }
    }

    /// The number whose digits are the bytes of a word, the first in memory the largest: pairs, then fours, then eight
    /// are joined at once, each with one product (D. Lemire, "Quickly parsing eight digits", 2022).
    @inline(__always) private static func eightDigits(_ digits: UInt64) -> UInt64 {
        let pairs = (digits &* 2561) &>> 8 & 0x00ff_00ff_00ff_00ff
        let fours = (pairs &* 6_553_601) &>> 16 & 0x0000_ffff_0000_ffff
        return (fours &* 42_949_672_960_001) &>> 32
    }

    /// 10^count for 1 to 7.
    @inline(__always) private static func power(_ count: Int) -> UInt64 {
        let square: UInt64 = count & 2 == 0 ? 1 : 100
        let fourth: UInt64 = count & 4 == 0 ? 1 : 10_000
        return (count & 1 == 0 ? 1 : 10) &* square &* fourth
    }

    /// Reads digits again, perhaps with a point among them, that may be more than a mantissa holds.
    private mutating func readLong(_ first: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        (mantissa, exponent) = (0, 0)
        var (bytes, kept, isFraction) = (first, 0, false)
        while bytes < end {
            let digit = bytes[0] &- 0x30
            if digit > 9 {
                isFraction = true
            } else if kept == 19 {
                isExact = isExact && digit == 0
                exponent += isFraction ? 0 : 1
            } else {
                mantissa = mantissa * 10 + UInt64(digit)
                kept += mantissa == 0 ? 0 : 1
                exponent -= isFraction ? 1 : 0
            }
            bytes += 1
        }
    }
}

// What the number is as a value.
extension DecimalNumber {
    /// Nil when it is not whole, or too large for 64 bits.
    @inline(__always) var int: Int64? {
        guard isWhole, isExact, exponent == 0 else { return scaled(by: 0, exactly: true) }
        return signed(mantissa)
    }

    @inline(__always) private func signed(_ magnitude: UInt64) -> Int64? {
        if magnitude <= UInt64(Int64.max) {
            let value = Int64(bitPattern: magnitude)
            return isNegative ? 0 &- value : value
        }
        return isNegative && magnitude == 1 << 63 ? Int64.min : nil
    }

    /// The number times a power of ten; nil when it is too large for 64 bits.
    ///
    /// - Parameter exactly: Nil also when it is not whole; otherwise it is rounded down.
    func scaled(by power: Int, exactly: Bool) -> Int64? {
        if mantissa == 0 { return 0 }
        let exponent = exponent + power
        if exponent >= 0 {
            guard isExact, exponent < 19 else { return nil }
            let (magnitude, overflow) = mantissa.multipliedReportingOverflow(by: Self.tens(exponent))
            return overflow ? nil : signed(magnitude)
        }
        // Below 10^-20 nothing is left of 64 bits.
        let (quotient, remainder) =
            exponent < -19 ? (0, mantissa) : mantissa.quotientAndRemainder(dividingBy: Self.tens(-exponent))
        let isRounded = remainder != 0 || !isExact
        if isRounded && exactly { return nil }
        return signed(isNegative && isRounded ? quotient + 1 : quotient)
    }

    /// 10^exponent for 0 to 19.
    private static func tens(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
