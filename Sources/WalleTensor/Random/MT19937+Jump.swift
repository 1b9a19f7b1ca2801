/// Jumps of 2^128 steps, by Haramoto, Matsumoto, Nishimura, Panneton and L'Ecuyer, "Efficient Jump Ahead for F2-Linear
/// Random Number Generators" (2008): a step is a linear map, and its power a polynomial of it.
extension MT19937 {
    /// The generator that many jumps ahead.
    ///
    /// The words from the position on count as the oldest, as in NumPy, whose numbers these are.
    package func jumped(_ times: Int = 1) -> MT19937 {
        var other = self
        for _ in 0..<times { other.jump() }
        return other
    }

    /// Horner's rule: steps, and where the polynomial has a coefficient, the present state is added.
    private mutating func jump() {
        let start = RingState(key: key, first: position % Self.length)
        var sum = start
        let polynomial = Self.jumpPolynomial
        var power = polynomial.degree
        guard power > 0 else { return }
        sum.step()
        power -= 1
        while power > 0 {
            if polynomial[power] { sum.add(start) }
            sum.step()
            power -= 1
        }
        if polynomial[0] { sum.add(start) }
        self = MT19937(unchecked: sum.key, position: sum.first)
    }

    /// x^(2^128) modulo the characteristic polynomial. Computed once, and never freed.
    private static let jumpPolynomial: BitPolynomial = {
        let modulus = characteristic
        let lower = (0..<modulus.degree).filter { modulus[$0] }
        var power = BitPolynomial(words: 2 * BitPolynomial.wordCount)
        power.flip(1)
        for _ in 0..<128 {
            power = power.squared()
            power.reduce(degree: modulus.degree, lower: lower)
        }
        return power
    }()

    /// From the appendix of Matsumoto and Nishimura (1998), for words of which one bit of 32 is used at an end.
    private static var characteristic: BitPolynomial {
        let matrix: UInt32 = 0x9908_b0df
        var product = BitPolynomial(words: BitPolynomial.wordCount)
        product.flip(length)
        product.flip(middle)
        var sum = BitPolynomial(words: BitPolynomial.wordCount)
        if matrix >> 31 & 1 == 1 { sum.flip(0) }
        for bit in (0..<31).reversed() {
            if matrix >> UInt32(bit) & 1 == 1 { sum.add(product, shiftedBy: 0) }
            var next = BitPolynomial(words: BitPolynomial.wordCount)
            next.add(product, shiftedBy: length - 1)
            next.add(product, shiftedBy: middle - 1)
            product = next
        }
        sum.add(product, shiftedBy: 0)
        return sum
    }
}

/// The words of a state as a ring.
private struct RingState {
    var key: [UInt32]
    /// Where the oldest word is.
    var first: Int

    mutating func step() {
        let length = MT19937.length
        let next = first + 1 == length ? 0 : first + 1
        let far = first + MT19937.middle < length ? first + MT19937.middle : first + MT19937.middle - length
        key[first] = MT19937.twisted(key[first], key[next], key[far])
        first = next
    }

    mutating func add(_ other: RingState) {
        let length = key.count
        let (mine, others) = (first, other.first)
        key.withUnsafeMutableBufferPointer { key in
            other.key.withUnsafeBufferPointer { words in
                var (to, from) = (mine, others)
                for _ in 0..<length {
                    key[to] ^= words[from]
                    to = to + 1 == length ? 0 : to + 1
                    from = from + 1 == length ? 0 : from + 1
                }
            }
        }
    }
}

/// A polynomial with coefficients 0 and 1.
private struct BitPolynomial {
    /// For every degree up to that of the characteristic polynomial.
    static let wordCount = 19_937 / 64 + 1

    private var words: [UInt64]

    init(words count: Int) { words = Array(repeating: 0, count: count) }

    subscript(power: Int) -> Bool { words[power / 64] >> UInt64(power % 64) & 1 == 1 }

    var degree: Int {
        guard let last = words.lastIndex(where: { $0 != 0 }) else { return -1 }
        return 64 * last + 63 - words[last].leadingZeroBitCount
    }

    mutating func flip(_ power: Int) { words[power / 64] ^= 1 << UInt64(power % 64) }

    /// Adds another times a power of x; what is beyond the words must be zero.
    mutating func add(_ other: BitPolynomial, shiftedBy shift: Int) {
        for (index, word) in other.words.enumerated() where word != 0 { add(word, at: 64 * index + shift) }
    }

    private mutating func add(_ word: UInt64, at power: Int) {
        let (index, bit) = (power / 64, UInt64(power % 64))
        words[index] ^= word << bit
        if bit > 0 && word >> (64 - bit) != 0 { words[index + 1] ^= word >> (64 - bit) }
    }

    /// Its square: the coefficients, each at twice its power. Its own words must be at most half used.
    func squared() -> BitPolynomial {
        var result = BitPolynomial(words: words.count)
        for index in 0..<words.count / 2 {
            result.words[2 * index] = Self.spread(words[index] & 0xFFFF_FFFF)
            result.words[2 * index + 1] = Self.spread(words[index] >> 32)
        }
        return result
    }

    /// A zero after each of 32 bits.
    private static func spread(_ bits: UInt64) -> UInt64 {
        var bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
        bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
        bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333
        return (bits | bits << 1) & 0x5555_5555_5555_5555
    }

    /// The remainder by a polynomial of this degree, whose next lower power is more than 64 beneath.
    ///
    /// - Parameter lower: Its other powers.
    mutating func reduce(degree: Int, lower: [Int]) {
        for index in (degree / 64..<words.count).reversed() {
            // Of the last word only what is beyond the degree goes.
            let keptBits = UInt64(max(0, degree - 64 * index))
            let word = (words[index] >> keptBits) << keptBits
            guard word != 0 else { continue }
            words[index] ^= word
            for power in lower { add(word >> keptBits, at: 64 * index + Int(keptBits) - degree + power) }
        }
    }
}
