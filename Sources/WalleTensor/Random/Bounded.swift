/// Integers from a range without bias, by Lemire, "Fast Random Integer Generation in an Interval" (2019), or by masks,
/// as NumPy's legacy generators.
///
/// The bits come in a row, of the width of the elements: 8 and 16 from words of 32. What is drawn from them is a
/// filter: each draw takes one of the row and is kept or thrown away. So a block never needs more of the row than
/// there are elements left, and nothing is made that is not used.
enum Bounded {
    /// Which numbers of a row become elements.
    struct Filter<Word: FixedWidthInteger & UnsignedInteger & Sendable> {
        /// Numbers are from 0...range; not all of them.
        let range: Word
        let usesMask: Bool
        private let mask: Word
        private let threshold: Word

        init(_ range: Word, usesMask: Bool) {
            (self.range, self.usesMask) = (range, usesMask)
            mask = Word.max >> Word(truncatingIfNeeded: range.leadingZeroBitCount)
            threshold = (Word.max - range) % (range &+ 1)
        }

        /// Whether about one in 256 at most is not kept.
        var keepsMost: Bool {
            usesMask ? mask - range <= mask >> 8 : threshold <= Word.max >> 8
        }

        /// A number, which counts only when it is kept.
        @inline(__always)
        func callAsFunction(_ word: Word) -> (number: Word, isKept: Bool) {
            if usesMask { return (word & mask, word & mask <= range) }
            let product = word.multipliedFullWidth(by: range &+ 1)
            return (product.high, Word(truncatingIfNeeded: product.low) >= threshold)
        }
    }

    /// Numbers from `offset` on, at most `range` above it; sums wrap.
    ///
    /// - Parameter output: Contiguous, of an element of this size.
    static func fill<Word: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ output: UnsafeMutablePointer<Word>, _ count: Int, offset: Word, range: Word, usesMask: Bool,
        rest: inout RestOfWord, _ generator: inout some BitGenerator
    ) {
        if range == 0 { return output.update(repeating: offset, count: count) }
        if Word.bitWidth == 64 && range <= 0xFFFF_FFFF {
            return narrow(output, count, offset, UInt32(truncatingIfNeeded: range), usesMask, &generator)
        }
        var row = Row<Word>(rest)
        defer { rest = row.rest }
        if range == .max {
            row.each(count, inGroups: true, &generator) { index, word in
                output[index] = offset &+ word
                return true
            }
        } else if usesMask {
            let filter = Filter(range, usesMask: true)
            row.each(count, inGroups: filter.keepsMost, &generator) { index, word in
                let (number, isKept) = filter(word)
                output[index] = offset &+ number
                return isKept
            }
        } else {
            let filter = Filter(range, usesMask: false)
            row.each(count, inGroups: filter.keepsMost, &generator) { index, word in
                let (number, isKept) = filter(word)
                output[index] = offset &+ number
                return isKept
            }
        }
    }

    /// Elements of 64 bits whose range needs 32: from words of 32.
    private static func narrow<Word: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ output: UnsafeMutablePointer<Word>, _ count: Int, _ offset: Word, _ range: UInt32, _ usesMask: Bool,
        _ generator: inout some BitGenerator
    ) {
        var row = Row<UInt32>(RestOfWord())
        let filter = Filter(range == .max ? 1 : range, usesMask: usesMask)
        if range == .max {
            row.each(count, inGroups: true, &generator) { index, word in
                output[index] = offset &+ Word(truncatingIfNeeded: word)
                return true
            }
        } else {
            row.each(count, inGroups: filter.keepsMost, &generator) { index, word in
                let (number, isKept) = filter(word)
                output[index] = offset &+ Word(truncatingIfNeeded: number)
                return isKept
            }
        }
    }

    /// Bits, one of a word at a time: both values, or `offset` alone.
    static func fill(
        bools output: UnsafeMutablePointer<UInt8>, _ count: Int, offset: UInt8, range: UInt8,
        _ generator: inout some BitGenerator
    ) {
        if range == 0 { return output.update(repeating: offset, count: count) }
        var index = 0
        while index < count {
            let word = generator.next32()
            if count - index >= 32 {
                let place = UnsafeMutableRawPointer(output + index)
                for part in 0..<4 {
                    let bits = spread(UInt8(truncatingIfNeeded: word >> UInt32(8 * part)))
                    place.storeBytes(of: bits.littleEndian, toByteOffset: 8 * part, as: UInt64.self)
                }
            } else {
                for bit in 0..<UInt32(count - index) { output[index + Int(bit)] = UInt8(word >> bit & 1) }
            }
            index += 32
        }
    }

    /// Each bit as a byte, the lowest first.
    @inline(__always)
    private static func spread(_ bits: UInt8) -> UInt64 {
        let copies = UInt64(bits) &* 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201
        return (copies &+ 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101
    }
}

/// Bits of a word of 32 that are still to be used, where numbers need fewer: kept between the parts of one array, and
/// lost at its end.
package struct RestOfWord: Sendable {
    var bits: UInt32 = 0
    /// Numbers that are left in it.
    var count = 0

    package init() {}
}

/// Random words of some width, for the length of one array.
struct Row<Word: FixedWidthInteger & UnsignedInteger & Sendable> {
    /// Words of the generator's that a block has at most, of 32 bits or 64.
    private static var blockWords: Int { Word.bitWidth == 64 ? 512 : 1024 }

    private(set) var rest: RestOfWord

    init(_ rest: RestOfWord) { self.rest = rest }

    /// Calls `body` until it kept `count` words, with the number of those that it kept before.
    ///
    /// - Parameter inGroups: Whether it keeps most of them.
    @inline(__always)
    mutating func each(
        _ count: Int, inGroups: Bool, _ generator: inout some BitGenerator, _ body: (Int, Word) -> Bool
    ) {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 64) { block in
            let parts = Word.bitWidth < 32 ? 32 / Word.bitWidth : 1
            var kept = 0
            while rest.count > 0 && kept < count {
                if body(kept, takeRest()) { kept += 1 }
            }
            while kept < count {
                let words = min(Self.blockWords, max(1, (count - kept) / parts))
                fill(UnsafeMutableRawBufferPointer(rebasing: block[0..<words * max(4, Word.bitWidth / 8)]), &generator)
                let row = block.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Word.self)
                var index = 0
                let end = words * parts
                while inGroups && end - index >= Self.groupCount && count - kept >= Self.groupCount {
                    kept += Self.group(row + index, kept, body)
                    index += Self.groupCount
                }
                while index < end && kept < count {
                    if body(kept, Word(littleEndian: row[index])) { kept += 1 }
                    index += 1
                }
                if parts > 1 && index < end {
                    let word = block.loadUnaligned(fromByteOffset: 4 * (words - 1), as: UInt32.self)
                    rest.count = end - index
                    rest.bits = UInt32(littleEndian: word) >> UInt32((parts - rest.count) * Word.bitWidth)
                }
            }
        }
    }

    private static var groupCount: Int { 16 }

    /// Calls `body` for a group as if it kept all of them, which lets them be computed at once, and again when it did
    /// not. Gives how many it kept.
    @inline(__always)
    private static func group(_ row: UnsafePointer<Word>, _ kept: Int, _ body: (Int, Word) -> Bool) -> Int {
        var areKept = true
        for index in 0..<groupCount {
            let isKept = body(kept + index, Word(littleEndian: row[index]))
            areKept = isKept && areKept
        }
        if areKept { return groupCount }
        var count = 0
        for index in 0..<groupCount where body(kept + count, Word(littleEndian: row[index])) { count += 1 }
        return count
    }

    @inline(__always)
    private mutating func takeRest() -> Word {
        defer {
            rest.bits >>= UInt32(Word.bitWidth & 31)
            rest.count -= 1
        }
        return Word(truncatingIfNeeded: rest.bits)
    }

    @inline(__always)
    private func fill(_ block: UnsafeMutableRawBufferPointer, _ generator: inout some BitGenerator) {
        if Word.bitWidth == 64 {
            generator.fill(block.assumingMemoryBound(to: UInt64.self))
        } else {
            generator.fill(block.assumingMemoryBound(to: UInt32.self))
        }
    }

    /// The next word, for draws whose ranges differ: the rest of a word stays for the next.
    @inline(__always)
    mutating func next(_ draws: inout some DrawSource) -> Word {
        if Word.bitWidth == 64 { return Word(truncatingIfNeeded: draws.next64()) }
        if Word.bitWidth == 32 { return Word(truncatingIfNeeded: draws.next32()) }
        if rest.count == 0 {
            rest.bits = draws.next32()
            rest.count = 32 / Word.bitWidth
        }
        return takeRest()
    }
}
