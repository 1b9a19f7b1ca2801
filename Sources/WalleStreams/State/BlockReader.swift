/// Reads what a `BlockWriter` wrote. Whatever the bytes are, it reads within them.
struct BlockReader {
    private let bytes: [UInt8]
    private var place = StateFormat.headerBytes

    /// - Throws: `.storage` for bytes that are not a block of this place, or of another version.
    init(_ block: StateBlock) throws(StreamError) {
        bytes = block.bytes
        let header = StateFormat.headerBytes
        guard bytes.count >= header else { throw StateFormat.damaged("a block of \(bytes.count) bytes") }
        let (magic, version, checksum, actual) = bytes.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(as: UInt32.self), bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                StateFormat.checksum(UnsafeRawBufferPointer(rebasing: bytes[header...]), block.item, block.index)
            )
        }
        guard magic == StateFormat.magic else { throw StateFormat.damaged("a block is no state") }
        guard version == StateFormat.version else {
            throw StreamError(
                .storage, "the saved state is of version \(version), this release reads \(StateFormat.version)",
                remedy: "Run the release that wrote it, or remove the stream's state, so that it begins anew.")
        }
        guard checksum == actual else { throw StateFormat.damaged("a checksum does not fit") }
    }

    private mutating func take(_ count: Int) throws(StreamError) -> Int {
        guard count >= 0, count <= bytes.count - place else { throw StateFormat.damaged("a block ends too early") }
        defer { place += count }
        return place
    }

    mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type = Number.self
    ) throws(StreamError) -> Number {
        let at = try take(MemoryLayout<Number>.size)
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: Number.self) }
    }

    mutating func readBool() throws(StreamError) -> Bool { try read(UInt8.self) != 0 }
    mutating func readDouble() throws(StreamError) -> Double { Double(bitPattern: try read()) }

    mutating func read(words: UnsafeMutablePointer<UInt64>, count: Int) throws(StreamError) {
        guard count >= 0, count <= bytes.count / 8 else { throw StateFormat.damaged("a block ends too early") }
        let at = try take(count * 8)
        bytes.withUnsafeBytes {
            UnsafeMutableRawPointer(words).copyMemory(from: $0.baseAddress! + at, byteCount: count * 8)
        }
    }

    /// How many things follow, each of which takes some bytes.
    mutating func readCount(each least: Int = 1) throws(StreamError) -> Int {
        let count = try read(Int.self)
        guard count >= 0, count <= (bytes.count - place) / least else {
            throw StateFormat.damaged("\(count) values in a block of \(bytes.count) bytes")
        }
        return count
    }

    mutating func readWords() throws(StreamError) -> [UInt64] {
        let count = try readCount(each: 8)
        let at = try take(count * 8)
        return [UInt64](unsafeUninitializedCapacity: count) { words, filled in
            bytes.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(words).copyMemory(from: .init(rebasing: $0[at..<at + count * 8]))
            }
            filled = count
        }
    }

    mutating func readBytes() throws(StreamError) -> ArraySlice<UInt8> {
        let count = try readCount()
        let at = try take(count)
        return bytes[at..<at + count]
    }

    mutating func readText() throws(StreamError) -> String { String(decoding: try readBytes(), as: UTF8.self) }

    /// A number that counted something: not negative, and room is left to count on.
    mutating func readCounter() throws(StreamError) -> Int { try read(in: 0...1 << 62, "a counter") }

    /// A number that must be within bounds for what is made of it.
    mutating func read(in range: ClosedRange<Int>, _ what: String) throws(StreamError) -> Int {
        let value = try read(Int.self)
        guard range.contains(value) else { throw StateFormat.damaged("\(what) is \(value)") }
        return value
    }

    /// - Throws: `.storage` when something is left.
    func finish() throws(StreamError) {
        guard place == bytes.count else { throw StateFormat.damaged("a block is too long") }
    }
}
