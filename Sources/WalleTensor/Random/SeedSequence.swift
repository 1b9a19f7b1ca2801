/// Seeds of any size, mixed into states that have nothing to do with one another.
///
/// The hash is O'Neill's `seed_seq` alternative ("Developing a seed_seq Alternative", pcg-random.org, 2015) in the form
/// NumPy gives it, so that one seed makes the same generators in both. A value: `spawn` counts its children.
///
///     var seeds = SeedSequence(entropy: [42])
///     let generator = PCG64(seeds)
package struct SeedSequence: Sendable, Hashable {
    /// 128 bits.
    package static let defaultPoolSize = 4

    /// Words of 32 bits: of each integer the lowest first.
    package let entropy: [UInt32]
    /// Where this is in the tree of sequences that `spawn` made, as words.
    package let spawnKey: [UInt32]
    package let poolSize: Int
    package private(set) var childrenSpawned: Int
    package let pool: [UInt32]

    /// - Parameters:
    ///   - entropy: The words of all integers of the seed, one after the other (`words(of:)`); an integer 0 is one
    ///     word.
    ///   - poolSize: Words of the pool, at least 4.
    /// - Throws: `.value` for a pool that is too small.
    package init(
        entropy: [UInt32], spawnKey: [UInt32] = [], poolSize: Int = defaultPoolSize, childrenSpawned: Int = 0
    ) throws(TensorError) {
        guard poolSize >= Self.defaultPoolSize else {
            throw TensorError(.value, "The size of the entropy pool should be at least \(Self.defaultPoolSize)")
        }
        self.init(unchecked: entropy, spawnKey, poolSize, childrenSpawned)
    }

    /// With entropy of the operating system.
    package init() {
        var system = SystemRandomNumberGenerator()
        self.init(unchecked: (0..<Self.defaultPoolSize).map { _ in system.next() }, [], Self.defaultPoolSize, 0)
    }

    /// Of one small integer.
    package init(_ seed: UInt64) {
        self.init(unchecked: Self.words(of: seed), [], Self.defaultPoolSize, 0)
    }

    private init(unchecked entropy: [UInt32], _ spawnKey: [UInt32], _ poolSize: Int, _ childrenSpawned: Int) {
        (self.entropy, self.spawnKey, self.poolSize) = (entropy, spawnKey, poolSize)
        self.childrenSpawned = childrenSpawned
        var words = entropy
        // Otherwise a spawn key would act as more entropy.
        if !spawnKey.isEmpty {
            words += Array(repeating: 0, count: Swift.max(0, poolSize - words.count))
        }
        pool = Self.mixed(words + spawnKey, poolSize)
    }

    /// The words of an integer, lowest first.
    package static func words(of seed: UInt64) -> [UInt32] {
        seed >> 32 == 0 ? [UInt32(seed)] : [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)]
    }

    /// The next children: their keys are this one's and a running number.
    package mutating func spawn(_ count: Int) -> [SeedSequence] {
        defer { childrenSpawned += count }
        return (childrenSpawned..<childrenSpawned + count).map { child in
            SeedSequence(unchecked: entropy, spawnKey + Self.words(of: UInt64(child)), poolSize, 0)
        }
    }

    /// Words for the state of a generator.
    package func state(words count: Int) -> [UInt32] {
        var multiplier: UInt32 = 0x8b51_f9dd
        return (0..<count).map { index in
            var word = pool[index % pool.count] ^ multiplier
            multiplier &*= 0x58f3_8ded
            word &*= multiplier
            return word ^ word >> 16
        }
    }

    /// Longer words for the state of a generator.
    package func state(longWords count: Int) -> [UInt64] {
        let words = state(words: 2 * count)
        return (0..<count).map { UInt64(words[2 * $0]) | UInt64(words[2 * $0 + 1]) << 32 }
    }

    // MARK: mixing

    /// Every word of the pool hangs on every word of the entropy.
    private static func mixed(_ entropy: [UInt32], _ size: Int) -> [UInt32] {
        var hash = Hash()
        var pool = (0..<size).map { hash($0 < entropy.count ? entropy[$0] : 0) }
        for source in 0..<size {
            for target in 0..<size where source != target { pool[target] = mix(pool[target], hash(pool[source])) }
        }
        for word in entropy.dropFirst(size) {
            for target in 0..<size { pool[target] = mix(pool[target], hash(word)) }
        }
        return pool
    }

    private static func mix(_ left: UInt32, _ right: UInt32) -> UInt32 {
        let mixed = 0xca01_f9dd &* left &- 0x4973_f715 &* right
        return mixed ^ mixed >> 16
    }

    /// A hash that is another with each use.
    private struct Hash {
        private var multiplier: UInt32 = 0x43b0_d7e5

        mutating func callAsFunction(_ value: UInt32) -> UInt32 {
            var value = value ^ multiplier
            multiplier &*= 0x931e_8875
            value &*= multiplier
            return value ^ value >> 16
        }
    }
}
