/// The Mersenne Twister (Matsumoto and Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed Uniform
/// Pseudo-Random Number Generator", 1998).
///
/// The state can be read and set; it is that of NumPy's `bit_generator.state`. A plain value without references, so
/// that it can lie in memory that is given back without a word.
package struct MT19937: Sendable, BitwiseCopyable {
    package static let length = 624
    static let middle = 397

    private var words: InlineArray<624, UInt32>
    /// The next word of the key to give; `length` when all are given.
    package private(set) var position: Int

    package var key: [UInt32] { (0..<Self.length).map { words[$0] } }

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

    /// Of zeros, for a place that is not in use.
    init() { (words, position) = (InlineArray(repeating: 0), 0) }

    init(unchecked key: [UInt32], position: Int) {
        words = InlineArray { key[$0] }
        self.position = position
    }

    /// As NumPy's `MT19937(seed)`.
    package init(_ seeds: SeedSequence) { self.init(seedWords: seeds.state(words: Self.length)) }

    /// - Parameter words: As many as a key has.
    package init(seedWords words: [UInt32]) {
        var key = words
        key[0] = 0x8000_0000
        self.init(unchecked: key, position: Self.length - 1)
    }

    /// As `numpy.random.seed(seed)`, after Knuth.
    package init(legacySeed seed: UInt32) {
        var word = seed
        words = InlineArray { place in
            defer { word = 1_812_433_253 &* (word ^ word >> 30) &+ UInt32(place + 1) }
            return word
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
        self.words[0] = 0x8000_0000
        position = Self.length
    }

    private mutating func mix(_ place: inout Int, _ combine: (UInt32, UInt32) -> UInt32) {
        let before = words[place - 1]
        words[place] = combine(words[place], before ^ before >> 30)
        place += 1
        if place == Self.length {
            words[0] = words[Self.length - 1]
            place = 1
        }
    }

    /// The next key, in three loops without a remainder in them.
    @inline(never)
    private mutating func twist() {
        let (length, middle) = (Self.length, Self.middle)
        withUnsafeMutablePointer(to: &words) { words in
            let key = UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt32.self)
            for place in 0..<length - middle {
                key[place] = Self.twisted(key[place], key[place &+ 1], key[place &+ middle])
            }
            for place in length - middle..<length - 1 {
                key[place] = Self.twisted(key[place], key[place &+ 1], key[place &+ middle &- length])
            }
            key[length - 1] = Self.twisted(key[length - 1], key[0], key[middle - 1])
        }
        position = 0
    }

    @inline(__always)
    static func twisted(_ first: UInt32, _ second: UInt32, _ far: UInt32) -> UInt32 {
        let word = first & 0x8000_0000 | second & 0x7fff_ffff
        return far ^ word >> 1 ^ (0 &- (word & 1)) & 0x9908_b0df
    }
}

/// A Mersenne Twister where it lies: its state is long.
struct TwisterReference: BitGenerator {
    let twister: UnsafeMutablePointer<MT19937>

    static var isNarrow: Bool { true }

    @inline(__always)
    mutating func next32() -> UInt32 { twister.pointee.next32() }
    @inline(__always)
    mutating func next64() -> UInt64 { twister.pointee.next64() }
    @inline(__always)
    mutating func nextDouble() -> Double { twister.pointee.nextDouble() }

    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt64>) {
        for index in words.indices { words[index] = next64() }
    }

    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>) { twister.pointee.fill(words) }
}

extension MT19937 {
    @inline(__always)
    mutating func next32() -> UInt32 {
        if position == Self.length { twist() }
        defer { position += 1 }
        return Self.tempered(words[position])
    }

    /// As many calls of `next32`.
    mutating func fill(_ output: UnsafeMutableBufferPointer<UInt32>) {
        guard let start = output.baseAddress else { return }
        var done = 0
        while done < output.count {
            if position == Self.length { twist() }
            let part = min(output.count - done, Self.length - position)
            withUnsafePointer(to: &words) { words in
                let key = UnsafeRawPointer(words).assumingMemoryBound(to: UInt32.self) + position
                let target = start + done
                for index in 0..<part { target[index] = Self.tempered(key[index]) }
            }
            position += part
            done += part
        }
    }

    @inline(__always)
    private static func tempered(_ word: UInt32) -> UInt32 {
        var word = word
        word ^= word >> 11
        word ^= word << 7 & 0x9d2c_5680
        word ^= word << 15 & 0xefc6_0000
        return word ^ word >> 18
    }

    @inline(__always)
    mutating func next64() -> UInt64 {
        let high = UInt64(next32()) << 32
        return high | UInt64(next32())
    }

    @inline(__always)
    mutating func nextDouble() -> Double {
        let high = Double(next32() >> 5)
        return (high * 67_108_864 + Double(next32() >> 6)) * 0x1p-53
    }
}
