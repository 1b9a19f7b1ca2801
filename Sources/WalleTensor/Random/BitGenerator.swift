/// A source of random bits, as NumPy's bit generators are: the same state gives the same numbers.
protocol BitGenerator {
    mutating func next64() -> UInt64
    mutating func next32() -> UInt32
    /// From [0, 1), a multiple of 2^-53.
    mutating func nextDouble() -> Double
    /// As many calls of `next64`.
    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt64>)
    /// As many calls of `next32`.
    mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>)

    /// Whether a step gives 32 bits.
    static var isNarrow: Bool { get }
    /// Whether words can be made in advance: `next64` is a step, `next32` half of one, and `resume` goes back.
    static var looksAhead: Bool { get }
    /// The half of a word that `next32` would give, which is then gone.
    mutating func takeHalf() -> UInt32?
    mutating func keepHalf(_ half: UInt32)
    /// Goes on from where the state was earlier, after some words; the half that is kept stays.
    mutating func resume(from earlier: Self, after words: Int)
}

extension BitGenerator {
    @inline(__always)
    mutating func nextDouble() -> Double { Self.unit(next64()) }

    @inline(__always)
    static func unit(_ word: UInt64) -> Double { Double(Int64(bitPattern: word >> 11)) * 0x1p-53 }

    static var isNarrow: Bool { false }
    static var looksAhead: Bool { false }
    mutating func takeHalf() -> UInt32? { nil }
    mutating func keepHalf(_ half: UInt32) {}
    mutating func resume(from earlier: Self, after words: Int) {}
}
