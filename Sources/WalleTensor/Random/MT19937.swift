/// The Mersenne Twister (Matsumoto and Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform
/// Pseudo-Random Number Generator", 1998).
///
/// The state can be read and set; it is that of NumPy's `bit_generator.state`.
package struct MT19937: Sendable, Hashable {
    package static let length = 624
    private static let middle = 397

    package private(set) var key: [UInt32]
    /// The next word of the key to give; `length` when all are given.
    package private(set) var position: Int

    /// - Throws: `.value` when the key has not 624 words or the position is outside of it.
    package init(key: [UInt32], position: Int) throws(TensorError) {
        guard key.count == Self.length, (0...Self.length).contains(position) else {
            throw TensorError(
                .value,
                "a state of MT19937 has a key of \(Self.length) words and a position up to that, not \(key.count) "
                    + "words and position \(position)")
        }
        self.init(unchecked: key, position: position)
    }

    init(unchecked key: [UInt32], position: Int) { (self.key, self.position) = (key, position) }

    /// As NumPy's `MT19937(seed)`.
    package init(_ seeds: SeedSequence) {
        var key = seeds.state(words: Self.length)
        key[0] = 0x8000_0000
        self.init(unchecked: key, position: Self.length - 1)
    }

    /// As `numpy.random.seed(seed)`, after Knuth.
    package init(legacySeed seed: UInt32) {
        key = []
        var word = seed
        for place in 0..<Self.length {
            key.append(word)
            word = 1_812_433_253 &* (word ^ word >> 30) &+ UInt32(place + 1)
        }
        position = Self.length
    }

    /// As `numpy.random.seed([...])`: `init_by_array` of the authors' implementation of 2002.
    ///
    /// - Throws: `.value` for no words.
    package init(legacySeed words: [UInt32]) throws(TensorError) {
        guard !words.isEmpty else { throw TensorError(.value, "Seed must be non-empty") }
        self.init(legacySeed: 19_650_218)
        var place = 1
        for round in 0..<Swift.max(Self.length, words.count) {
            let word = words[round % words.count] &+ UInt32(truncatingIfNeeded: round % words.count)
            mix(&place) { ($0 ^ $1 &* 1_664_525) &+ word }
        }
        for _ in 1..<Self.length {
            let number = UInt32(place)
            mix(&place) { ($0 ^ $1 &* 1_566_083_941) &- number }
        }
        key[0] = 0x8000_0000
        position = Self.length
    }

    private mutating func mix(_ place: inout Int, _ combine: (UInt32, UInt32) -> UInt32) {
        let before = key[place - 1]
        key[place] = combine(key[place], before ^ before >> 30)
        place += 1
        if place == Self.length {
            key[0] = key[Self.length - 1]
            place = 1
        }
    }

    private mutating func twist() {
        let (length, middle) = (Self.length, Self.middle)
        key.withUnsafeMutableBufferPointer { key in
            for place in 0..<length {
                let next = place + 1 == length ? 0 : place + 1
                let word = key[place] & 0x8000_0000 | key[next] & 0x7fff_ffff
                let far = place + middle < length ? place + middle : place + middle - length
                key[place] = key[far] ^ word >> 1 ^ (0 &- (word & 1)) & 0x9908_b0df
            }
        }
        position = 0
    }
}

extension MT19937: BitGenerator {
    mutating func next32() -> UInt32 {
        if position == Self.length { twist() }
        var word = key[position]
        position += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9d2c_5680
        word ^= word << 15 & 0xefc6_0000
        return word ^ word >> 18
    }

    mutating func next64() -> UInt64 {
        let high = UInt64(next32()) << 32
        return high | UInt64(next32())
    }

    mutating func nextDouble() -> Double {
        let high = Double(next32() >> 5)
        return (high * 67_108_864 + Double(next32() >> 6)) * 0x1p-53
    }

    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt64>) {
        for index in words.indices { words[index] = next64() }
    }

    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>) {
        for index in words.indices { words[index] = next32() }
    }
}
