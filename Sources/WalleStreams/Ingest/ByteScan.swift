/// Looks at eight bytes at once in a word (SWAR: SIMD within a register). Readers end their bytes with a line feed, at
/// which every scan stops, and have room for one word behind it, so that no scan asks where it is.
enum ByteScan {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highs: UInt64 = 0x8080_8080_8080_8080
    /// Bytes of memory behind the line feed that ends the bytes of a reader.
    static let padding = 64

    @inline(__always) static func word(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    }

    @inline(__always) static func half(_ bytes: UnsafePointer<UInt8>) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self))
    }

    /// The high bit of each byte that is zero. Only the lowest bit set is certain: a borrow may set ones above it.
    @inline(__always) static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    /// The index in memory of the first byte whose high bit is set.
    @inline(__always) static func first(_ marks: UInt64) -> Int { marks.trailingZeroBitCount &>> 3 }

    /// The first quote, backslash, control character or byte that is not ASCII.
    @inline(__always) static func stringStop(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var bytes = bytes
        while true {
            let word = word(bytes)
            // A byte that is not ASCII stops by itself, so nothing has to mask its high bit in the differences.
            let quotes = (word ^ 0x2222_2222_2222_2222) &- ones
            let backslashes = (word ^ 0x5c5c_5c5c_5c5c_5c5c) &- ones
            let controls = word &- 0x2020_2020_2020_2020
            let marks = (quotes | backslashes | controls | word) & highs
            if marks != 0 { return bytes + first(marks) }
            bytes += 8
        }
    }

    /// The first line feed or byte of another kind, and all bytes seen, one laid upon the other.
    ///
    /// - Parameter other: The byte in every place of a word.
    @inline(__always)
    static func lineFeed(or other: UInt64, _ bytes: UnsafePointer<UInt8>, seen: inout UInt64) -> UnsafePointer<UInt8> {
        var bytes = bytes
        while true {
            let word = word(bytes)
            seen |= word
            let marks = zeros(word ^ 0x0a0a_0a0a_0a0a_0a0a) | zeros(word ^ other)
            if marks != 0 { return bytes + first(marks) }
            bytes += 8
        }
    }

    /// The first quote, and all bytes seen, one laid upon the other.
    @inline(__always)
    static func quote(_ bytes: UnsafePointer<UInt8>, seen: inout UInt64) -> UnsafePointer<UInt8> {
        var bytes = bytes
        while true {
            let word = word(bytes)
            seen |= word
            let marks = zeros(word ^ 0x2222_2222_2222_2222)
            if marks != 0 { return bytes + first(marks) }
            bytes += 8
        }
    }

    /// The first line feed.
    @inline(__always) static func lineFeed(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var bytes = bytes
        while true {
            let marks = zeros(word(bytes) ^ 0x0a0a_0a0a_0a0a_0a0a)
            if marks != 0 { return bytes + first(marks) }
            bytes += 8
        }
    }

    /// What follows the mark that some programs put before UTF-8.
    static func afterByteOrderMark(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        word(bytes) & 0xff_ffff == 0xbf_bbef ? bytes + 3 : bytes
    }

    /// The first byte that is neither a space nor a tab nor a carriage return.
    @inline(__always) static func afterSpaces(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        if bytes[0] > 0x20 { return bytes }
        return afterSomeSpaces(bytes)
    }

    private static func afterSomeSpaces(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var bytes = bytes
        while bytes[0] == 0x20 || bytes[0] == 0x09 || bytes[0] == 0x0d { bytes += 1 }
        return bytes
    }
}

/// Well-formed sequences of bytes, Unicode 16.0 table 3-7.
enum UTF8Sequence {
    /// The length of the sequence of more than one byte that begins here; 0 when it is none. A line feed is within reach.
    @inline(__always) static func length(_ bytes: UnsafePointer<UInt8>) -> Int {
        switch bytes[0] {
        case 0xc2...0xdf: isContinuation(bytes[1]) ? 2 : 0
        case 0xe0...0xef: isThree(bytes) ? 3 : 0
        case 0xf0...0xf4: isFour(bytes) ? 4 : 0
        default: 0
        }
    }

    @inline(__always) private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }

    @inline(__always) private static func isThree(_ bytes: UnsafePointer<UInt8>) -> Bool {
        let least: UInt8 = bytes[0] == 0xe0 ? 0xa0 : 0x80
        let most: UInt8 = bytes[0] == 0xed ? 0x9f : 0xbf
        return bytes[1] >= least && bytes[1] <= most && isContinuation(bytes[2])
    }

    @inline(__always) private static func isFour(_ bytes: UnsafePointer<UInt8>) -> Bool {
        let least: UInt8 = bytes[0] == 0xf0 ? 0x90 : 0x80
        let most: UInt8 = bytes[0] == 0xf4 ? 0x8f : 0xbf
        return bytes[1] >= least && bytes[1] <= most && isContinuation(bytes[2]) && isContinuation(bytes[3])
    }

    /// The first byte from here on that is ASCII; nil when a sequence before it is none.
    static func end(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        var bytes = bytes
        while bytes[0] >= 0x80 {
            let length = length(bytes)
            if length == 0 { return nil }
            bytes += length
        }
        return bytes
    }

    /// Whether all of it is well-formed. A line feed follows it.
    static func isValid(_ start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Bool {
        var bytes = start
        while bytes < end {
            if end - bytes >= 8, ByteScan.word(bytes) & ByteScan.highs == 0 {
                bytes += 8
            } else if bytes[0] < 0x80 {
                bytes += 1
            } else {
                guard let next = Self.end(bytes) else { return false }
                bytes = next
            }
        }
        return true
    }

    /// Writes a scalar value.
    ///
    /// - Returns: Bytes written, 4 at most.
    static func encode(_ scalar: UInt32, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        if scalar < 0x80 {
            bytes[0] = UInt8(scalar)
            return 1
        }
        let length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
        var rest = scalar
        for index in (1..<length).reversed() {
            bytes[index] = UInt8(rest & 0x3f) | 0x80
            rest >>= 6
        }
        bytes[0] = UInt8(rest) | (length == 2 ? 0xc0 : length == 3 ? 0xe0 : 0xf0)
        return length
    }
}
