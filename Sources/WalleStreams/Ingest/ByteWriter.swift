/// Bytes that grow at their end.
struct ByteWriter: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity = 4096
    private(set) var count = 0

    init() { memory = .allocate(capacity: capacity) }

    deinit { memory.deallocate() }

    /// A closure, since what nobody uses any more may end before the last pointer into it.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    mutating func removeAll() { count = 0 }

    /// Room for so many more bytes, to be written at the result and then counted by `advance`.
    @inline(__always) mutating func room(_ more: Int) -> UnsafeMutablePointer<UInt8> {
        if count &+ more > capacity { grow(more) }
        return memory + count
    }

    @inline(__always) mutating func advance(_ written: Int) { count &+= written }

    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: memory, count: count)
        memory.deallocate()
        memory = larger
    }

    @inline(__always) mutating func append(_ byte: UInt8) {
        room(1)[0] = byte
        advance(1)
    }

    @inline(__always) mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(room(bytes.count)).copyMemory(from: source, byteCount: bytes.count)
        advance(bytes.count)
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// A number in decimal digits.
    @inline(__always) mutating func append(int value: Int64) {
        let place = room(20)
        var length = 0
        if value < 0 {
            place[0] = 0x2d
            length = 1
        }
        var rest = value.magnitude
        let digits = Self.digits(rest)
        for index in (0..<digits).reversed() {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            place[length &+ index] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        advance(length &+ digits)
    }

    @inline(__always) private static func digits(_ value: UInt64) -> Int {
        var (count, bound) = (1, UInt64(10))
        while value >= bound, count < 19 {
            count += 1
            bound &*= 10
        }
        return count
    }

    /// A text as a JSON string, with quotes. What is not ASCII stays as it is.
    ///
    /// - Parameter text: Valid UTF-8.
    mutating func append(jsonString text: UnsafeRawBufferPointer) {
        append(0x22)
        var run = 0
        for index in text.indices where Self.needsEscape(text[index]) {
            append(UnsafeRawBufferPointer(rebasing: text[run..<index]))
            appendEscape(text[index])
            run = index + 1
        }
        append(UnsafeRawBufferPointer(rebasing: text[run...]))
        append(0x22)
    }

    @inline(__always) private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5c
    }

    private mutating func appendEscape(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5c:
            append(0x5c)
            append(byte)
        case 0x0a: append("\\n")
        case 0x0d: append("\\r")
        case 0x09: append("\\t")
        default:
            append("\\u00")
            for digit in [byte >> 4, byte & 0xf] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
    }
}
