/// A linear congruential generator of 128 bits whose output is permuted (O'Neill, "PCG: A Family of Simple Fast
/// Space-Efficient Statistically Good Algorithms for Random Number Generation", 2014).
///
/// The state can be read and set; it is that of NumPy's `bit_generator.state`.
package struct PermutedCongruential<Variant: PermutedCongruentialVariant>: Sendable, Hashable, BitwiseCopyable {
    package var state: UInt128
    /// Odd: which of the 2^127 sequences.
    package var increment: UInt128
    /// Whether half of the last word that `next32` took is still to be given.
    package var hasHalf: Bool
    /// That half; what it was when there is none.
    package var half: UInt32

    package init(state: UInt128, increment: UInt128, hasHalf: Bool = false, half: UInt32 = 0) {
        (self.state, self.increment, self.hasHalf, self.half) = (state, increment, hasHalf, half)
    }

    /// As NumPy seeds it: both variants with the steps of the first.
    package init(_ seeds: SeedSequence) { self.init(seedWords: seeds.state(longWords: 4)) }

    /// - Parameter words: Four.
    package init(seedWords words: [UInt64]) {
        let words = words.map { UInt128($0) }
        let increment = (words[2] << 64 | words[3]) << 1 | 1
        let sum = increment &+ (words[0] << 64 | words[1])
        self.init(state: sum &* RotatingVariant.multiplier &+ increment, increment: increment)
    }

    @inline(__always)
    mutating func step() { state = state &* Variant.multiplier &+ increment }

    /// Leaves out `steps` numbers of 64 bits, or goes back with the difference to 2^128, as well as the half kept.
    ///
    /// - Complexity: O(log steps), after Brown, "Random Number Generation with Arbitrary Stride" (1994).
    package mutating func advance(_ steps: UInt128) {
        let (factor, summand) = Self.leap(steps, increment)
        state = state &* factor &+ summand
        (hasHalf, half) = (false, 0)
    }

    /// The generator so far ahead that as many jumps and as much use never meet: 2^128 times the golden ratio's
    /// fraction.
    package func jumped(_ times: UInt128 = 1) -> Self {
        var other = self
        other.advance(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835 &* times)
        return other
    }

    /// Steps in one: the factor and summand that take a state as many steps further.
    static func leap(_ steps: UInt128, _ increment: UInt128) -> (factor: UInt128, summand: UInt128) {
        var (factor, summand): (UInt128, UInt128) = (1, 0)
        var (power, sum) = (Variant.multiplier, increment)
        var rest = steps
        while rest > 0 {
            if rest & 1 == 1 {
                factor &*= power
                summand = summand &* power &+ sum
            }
            sum = (power &+ 1) &* sum
            power &*= power
            rest >>= 1
        }
        return (factor, summand)
    }
}

/// What makes bits of a state.
package protocol PermutedCongruentialVariant: Sendable {
    static var multiplier: UInt128 { get }
    /// Whether the output is that of the state before the step.
    static var outputsFirst: Bool { get }
    static func output(_ state: UInt128) -> UInt64
}

/// NumPy's default: the halves' exclusive or, rotated by the upper bits.
package typealias PCG64 = PermutedCongruential<RotatingVariant>
/// Halves multiplied, and a multiplier of 64 bits.
package typealias PCG64DXSM = PermutedCongruential<MultiplyingVariant>

package enum RotatingVariant: PermutedCongruentialVariant {
    @inline(__always)
    package static var multiplier: UInt128 { 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645 }
    @inline(__always)
    package static var outputsFirst: Bool { false }

    @inline(__always)
    package static func output(_ state: UInt128) -> UInt64 {
        let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let turn = UInt64(truncatingIfNeeded: state >> 122)
        return folded &>> turn | folded &<< (0 &- turn)
    }
}

package enum MultiplyingVariant: PermutedCongruentialVariant {
    @inline(__always)
    package static var multiplier: UInt128 { 0xda94_2042_e4dd_58b5 }
    @inline(__always)
    package static var outputsFirst: Bool { true }

    @inline(__always)
    package static func output(_ state: UInt128) -> UInt64 {
        var high = UInt64(truncatingIfNeeded: state >> 64)
        high ^= high >> 32
        high &*= 0xda94_2042_e4dd_58b5
        high ^= high >> 48
        return high &* (UInt64(truncatingIfNeeded: state) | 1)
    }
}

extension PermutedCongruential: BitGenerator {
    @inline(__always)
    mutating func next64() -> UInt64 {
        let earlier = state
        step()
        return Variant.output(Variant.outputsFirst ? earlier : state)
    }

    /// The lower half of a word, then its upper one.
    @inline(__always)
    mutating func next32() -> UInt32 {
        if let half = takeHalf() { return half }
        let word = next64()
        keepHalf(UInt32(truncatingIfNeeded: word >> 32))
        return UInt32(truncatingIfNeeded: word)
    }

    static var looksAhead: Bool { true }

    @inline(__always)
    mutating func takeHalf() -> UInt32? {
        guard hasHalf else { return nil }
        hasHalf = false
        return half
    }

    @inline(__always)
    mutating func keepHalf(_ half: UInt32) {
        hasHalf = true
        self.half = half
    }

    mutating func resume(from earlier: Self, after words: Int) {
        let (factor, summand) = Self.leap(UInt128(words), increment)
        state = earlier.state &* factor &+ summand
    }

    /// Four sequences, each a fourth of this one, hide the latency of a step.
    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt64>) {
        guard let start = words.baseAddress else { return }
        let whole = words.count & ~3
        if whole > 0 {
            let (factor, summand) = Self.leap(4, increment)
            if !Variant.outputsFirst { step() }
            var (a, b) = (state, state &* Variant.multiplier &+ increment)
            var c = b &* Variant.multiplier &+ increment
            var d = c &* Variant.multiplier &+ increment
            var last = d
            var index = 0
            while index < whole {
                start[index] = Variant.output(a)
                start[index + 1] = Variant.output(b)
                start[index + 2] = Variant.output(c)
                start[index + 3] = Variant.output(d)
                last = d
                a = a &* factor &+ summand
                b = b &* factor &+ summand
                c = c &* factor &+ summand
                d = d &* factor &+ summand
                index += 4
            }
            state = Variant.outputsFirst ? a : last
        }
        for index in whole..<words.count { start[index] = next64() }
    }

    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>) {
        guard let start = words.baseAddress, words.count > 0 else { return }
        var index = 0
        if hasHalf {
            start[0] = next32()
            index = 1
        }
        let pairs = (words.count - index) / 2
        // Words of 64 bits lie as their halves do, lower first; they may begin between two multiples of 8 bytes.
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 256) { scratch in
            var done = 0
            while done < pairs {
                let part = UnsafeMutableBufferPointer(rebasing: scratch.prefix(pairs - done))
                fill(part)
                for (place, word) in part.enumerated() {
                    start[index + 2 * place] = UInt32(truncatingIfNeeded: word)
                    start[index + 2 * place + 1] = UInt32(truncatingIfNeeded: word >> 32)
                }
                // As if each half had been given by itself.
                if let word = part.last { half = UInt32(truncatingIfNeeded: word >> 32) }
                index += 2 * part.count
                done += part.count
            }
        }
        if index < words.count { start[index] = next32() }
    }
}
