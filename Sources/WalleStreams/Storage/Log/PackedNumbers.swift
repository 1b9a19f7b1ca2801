// Whole numbers in few bits. So many at a time are stored as their least one and the distance of each from it, in as many
// bits as the longest needs; either the numbers or the differences between them, whichever is shorter (frame of reference,
// as in Lemire and Boytsov, "Decoding billions of integers per second through vectorization", 2015).
enum PackedNumbers {
    /// Numbers of a block: at b bits each b words.
    static let block = 64

    /// The bits that each number of a block needs, and the least one.
    @inline(__always) static func frame(_ words: UnsafePointer<Int64>, _ count: Int) -> (bits: Int, least: Int64) {
        var (least, most) = (words[0], words[0])
        for index in 1..<max(count, 1) {
            least = min(least, words[index])
            most = max(most, words[index])
        }
        return (64 - UInt64(bitPattern: most &- least).leadingZeroBitCount, least)
    }

    /// Lays out the numbers from one on, or their differences to the one before.
    @inline(__always)
    static func lay(
        _ values: UnsafePointer<Int64>, from first: Int, _ count: Int, deltas: Bool,
        to words: UnsafeMutablePointer<Int64>
    ) {
        if !deltas { return words.update(from: values + first, count: count) }
        words[0] = first == 0 ? values[0] : values[first] &- values[first - 1]
        for index in 1..<max(count, 1) { words[index] = values[first + index] &- values[first + index - 1] }
    }

    /// Bits of all blocks.
    static func cost(
        _ values: UnsafePointer<Int64>, _ count: Int, deltas: Bool, _ words: UnsafeMutablePointer<Int64>
    ) -> Int {
        var cost = 0
        for first in stride(from: 0, to: count, by: block) {
            let length = min(block, count - first)
            lay(values, from: first, length, deltas: deltas, to: words)
            let (bits, least) = frame(words, length)
            cost += bits * length + 64 - zigzag(least).leadingZeroBitCount
        }
        return cost
    }

    /// Small numbers of either sign as small ones without.
    @inline(__always) static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }
    /// The bytes of a varint: seven bits each, the lowest first.
    @inline(__always) static func forEachByte(ofVarint value: UInt64, _ body: (UInt8) -> Void) {
        var rest = value
        while rest >= 0x80 {
            body(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        body(UInt8(rest))
    }

    @inline(__always) static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}

extension ByteWriter {
    mutating func append(varint value: UInt64) { PackedNumbers.forEachByte(ofVarint: value) { append($0) } }

    /// Numbers, whose count the reader must know.
    mutating func append(packed values: UnsafePointer<Int64>, _ count: Int) {
        guard count > 0 else { return }
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: PackedNumbers.block) { scratch in
            let words = scratch.baseAddress.unsafelyUnwrapped
            let plain = PackedNumbers.cost(values, count, deltas: false, words)
            let deltas = plain > 0 && PackedNumbers.cost(values, count, deltas: true, words) < plain
            append(deltas ? 1 : 0)
            for first in stride(from: 0, to: count, by: PackedNumbers.block) {
                let length = min(PackedNumbers.block, count - first)
                PackedNumbers.lay(values, from: first, length, deltas: deltas, to: words)
                appendBlock(words, length)
            }
        }
    }

    private mutating func appendBlock(_ words: UnsafePointer<Int64>, _ count: Int) {
        let (bits, least) = PackedNumbers.frame(words, count)
        append(UInt8(bits))
        append(varint: PackedNumbers.zigzag(least))
        guard bits > 0 else { return }
        let place = UnsafeMutableRawPointer(room(bits * 8 + 8))
        var (packed, filled, word): (UInt64, Int, Int) = (0, 0, 0)
        for index in 0..<count {
            let value = UInt64(bitPattern: words[index] &- least)
            packed |= value << UInt64(filled)
            filled += bits
            guard filled >= 64 else { continue }
            place.storeBytes(of: packed, toByteOffset: word, as: UInt64.self)
            word += 8
            filled -= 64
            packed = filled > 0 ? value >> UInt64(bits - filled) : 0
        }
        place.storeBytes(of: packed, toByteOffset: word, as: UInt64.self)
        advance((count * bits + 7) / 8)
    }
}

/// Reads what was packed. Whatever the bytes are, it reads within them and the padding behind.
struct PackedReader {
    /// Bytes that must be there behind the end.
    static let padding = 16
    private let base: UnsafeRawPointer
    private let end: Int
    private var place = 0

    /// - Parameter bytes: Valid as long as the reader is used, with padding behind.
    init(_ bytes: UnsafeRawBufferPointer) {
        base = bytes.baseAddress.unsafelyUnwrapped
        end = bytes.count - Self.padding
    }

    var isAtEnd: Bool { place == end }

    mutating func take(_ count: Int) throws(StreamError) -> UnsafeRawPointer {
        try StateFormat.check(count >= 0 && count <= end - place, "it ends too early")
        defer { place += count }
        return base + place
    }

    mutating func readByte() throws(StreamError) -> UInt8 { try take(1).load(as: UInt8.self) }

    mutating func readVarint() throws(StreamError) -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while true {
            let byte = try readByte()
            try StateFormat.check(shift < 64, "a number is too long")
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// How many things follow, of which a block has so many at most.
    mutating func readCount(_ most: Int) throws(StreamError) -> Int {
        let count = try readVarint()
        try StateFormat.check(count <= UInt64(most), "\(count) values where \(most) may be")
        return Int(count)
    }

    mutating func readPacked(_ count: Int, into values: UnsafeMutablePointer<Int64>) throws(StreamError) {
        guard count > 0 else { return }
        let hasDeltas = try readByte() != 0
        for first in stride(from: 0, to: count, by: PackedNumbers.block) {
            try readBlock(min(PackedNumbers.block, count - first), into: values + first)
        }
        guard hasDeltas else { return }
        for index in 1..<max(count, 1) { values[index] &+= values[index - 1] }
    }

    private mutating func readBlock(_ count: Int, into values: UnsafeMutablePointer<Int64>) throws(StreamError) {
        let bits = Int(try readByte())
        try StateFormat.check(bits <= 64, "numbers of \(bits) bits")
        let least = PackedNumbers.unzigzag(try readVarint())
        guard bits > 0 else { return values.update(repeating: least, count: count) }
        let packed = try take((count * bits + 7) / 8)
        let mask = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
        for index in 0..<count {
            let bit = index &* bits
            let (byte, shift) = (bit >> 3, UInt64(bit & 7))
            var value = packed.loadUnaligned(fromByteOffset: byte, as: UInt64.self) &>> shift
            // Seven bits at most are in the byte behind.
            if bits > 57, shift > 0 {
                value |= packed.loadUnaligned(fromByteOffset: byte &+ 8, as: UInt64.self) &<< (64 &- shift)
            }
            values[index] = Int64(bitPattern: value & mask) &+ least
        }
    }
}
