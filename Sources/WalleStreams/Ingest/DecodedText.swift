/// A text with its escapes decoded, in memory that is used again and again.
struct DecodedText: ~Copyable {
    /// Whether the text last read had escapes; it stands as it is in the line otherwise.
    var isUsed = false
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity = 256
    private var length = 0

    init() { memory = .allocate(capacity: capacity + ByteScan.padding) }

    deinit { memory.deallocate() }

    @inline(__always) func start(or plain: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        isUsed ? UnsafePointer(memory) : plain
    }

    @inline(__always) func length(or plain: Int) -> Int { isUsed ? length : plain }

    /// The text has its first escape, or another one.
    mutating func begin() {
        if !isUsed { length = 0 }
        isUsed = true
    }

    mutating func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        // An escape is at most four bytes more.
        if length + count + 4 > capacity { grow(length + count + 4) }
        (memory + length).update(from: bytes, count: count)
        length += count
    }

    /// Puts a line feed behind the text, which ends what scans it.
    func end() { memory[length] = 0x0a }

    private mutating func grow(_ needed: Int) {
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + ByteScan.padding)
        larger.update(from: memory, count: length)
        memory.deallocate()
        memory = larger
    }

    /// Decodes the escape that begins here. `append` has made room for it.
    ///
    /// - Returns: Where it ends; nil when it is none.
    mutating func appendEscape(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        if bytes[1] == 0x75 { return appendScalar(bytes) }
        let byte: UInt8
        switch bytes[1] {
        case 0x22, 0x2f, 0x5c: byte = bytes[1]
        case 0x62: byte = 0x08
        case 0x66: byte = 0x0c
        case 0x6e: byte = 0x0a
        case 0x72: byte = 0x0d
        case 0x74: byte = 0x09
        default: return nil
        }
        memory[length] = byte
        length += 1
        return bytes + 2
    }

    /// `\uXXXX`, or two of them that are a surrogate pair. Half a pair becomes U+FFFD.
    private mutating func appendScalar(_ bytes: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
        guard var scalar = Self.unit(bytes + 2) else { return nil }
        var end = bytes + 6
        if scalar & 0xf800 == 0xd800 {
            let isHigh = scalar < 0xdc00
            // What follows may be an escape that is wrong, which is told when its turn comes.
            if isHigh, end[0] == 0x5c, end[1] == 0x75, let low = Self.unit(end + 2), low & 0xfc00 == 0xdc00 {
                scalar = 0x10000 + (scalar & 0x3ff) << 10 + low & 0x3ff
                end += 6
            } else {
                scalar = 0xfffd
            }
        }
        length += UTF8Sequence.encode(scalar, to: memory + length)
        return end
    }

    /// Four hexadecimal digits; a line feed among them stops it.
    private static func unit(_ bytes: UnsafePointer<UInt8>) -> UInt32? {
        var unit: UInt32 = 0
        for index in 0..<4 {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
