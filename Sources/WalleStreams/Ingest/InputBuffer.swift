/// The bytes of an input that came and are not lines yet: few of them at a time, however many come at once.
struct InputBuffer: ~Copyable {
    /// Bytes taken at once: they stay in the second cache from copy to parser.
    static let blockBytes = 128 << 10

    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var head = 0
    private(set) var tail = 0
    /// Where the first byte is in the input.
    private(set) var position: InputPosition

    init(position: InputPosition) {
        self.position = position
        capacity = 2 * Self.blockBytes
        memory = .allocate(capacity: capacity + ByteScan.padding)
    }

    deinit { memory.deallocate() }

    var count: Int { tail - head }

    /// Valid until the next call that changes the buffer. A line feed and padding follow the last byte.
    var start: UnsafePointer<UInt8> { UnsafePointer(memory + head) }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// Takes a block of bytes, or what there is.
    ///
    /// - Returns: How many.
    mutating func fill(_ bytes: UnsafeRawBufferPointer) -> Int {
        let taken = min(bytes.count, Self.blockBytes)
        makeRoom(taken)
        if let source = bytes.baseAddress {
            UnsafeMutableRawPointer(memory + tail).copyMemory(from: source, byteCount: taken)
        }
        tail += taken
        seal()
        return taken
    }

    /// Ends the bytes for the scans, which look at whole words: those for a line feed and those for a quote.
    private func seal() {
        (memory + tail).initialize(repeating: 0x22, count: ByteScan.padding)
        memory[tail] = 0x0a
    }

    private mutating func makeRoom(_ more: Int) {
        if tail + more <= capacity { return }
        let count = count
        if count + more <= capacity {
            memory.update(from: memory + head, count: count)
        } else {
            capacity = max(capacity * 2, count + more)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + ByteScan.padding)
            larger.initialize(from: memory + head, count: count)
            memory.deallocate()
            memory = larger
        }
        (head, tail) = (0, count)
    }

    /// Gives up the first bytes, of which so many were line feeds.
    mutating func drop(_ count: Int, lines: Int) {
        head += count
        position.offset += Int64(count)
        position.line += Int64(lines)
        if head == tail { (head, tail) = (0, 0) }
    }

    /// Goes over bytes of the input that nobody keeps. The buffer is empty.
    mutating func skip(_ count: Int, lines: Int) {
        position.offset += Int64(count)
        position.line += Int64(lines)
    }

    /// Goes over the rest of a line that nobody keeps. The buffer is empty.
    ///
    /// - Parameter isInside: Set to whether the line goes on behind the bytes.
    /// - Returns: How many bytes were of the line.
    mutating func skipLine(_ bytes: UnsafeRawBufferPointer, isInside: inout Bool) -> Int {
        let line = bytes.lengthOfLine()
        isInside = line == nil
        skip(line ?? bytes.count, lines: isInside ? 0 : 1)
        return line ?? bytes.count
    }
}

extension UnsafeRawBufferPointer {
    /// How many bytes there are to the first line feed, that one included; nil when there is none.
    func lengthOfLine() -> Int? { firstIndex(of: 0x0a).map { $0 + 1 } }
}
