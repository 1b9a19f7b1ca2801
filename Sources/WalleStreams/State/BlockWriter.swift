#if _endian(big)
    #error("States are written with the least significant byte first, as they lie in memory.")
#endif

/// Writes state as bytes: numbers of fixed width, the least significant byte first.
struct BlockWriter {
    private var bytes: [UInt8]

    init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity + StateFormat.headerBytes)
        bytes.append(contentsOf: repeatElement(0, count: StateFormat.headerBytes))
    }

    mutating func write<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }
    mutating func write(_ value: Double) { write(value.bitPattern) }

    mutating func write(words: UnsafePointer<UInt64>, count: Int) {
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: words, count: count * 8))
    }

    /// With their number before them.
    mutating func write(counted: UnsafeRawBufferPointer) {
        write(counted.count)
        bytes.append(contentsOf: counted)
    }

    mutating func write(counted: [UInt64]) {
        write(counted.count)
        counted.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    mutating func write(text: String) {
        var text = text
        text.withUTF8 { write(counted: UnsafeRawBufferPointer($0)) }
    }

    /// The bytes with their header, and their checksum.
    consuming func finish(_ item: StateItem, _ index: Int) -> (bytes: [UInt8], checksum: UInt64) {
        let header = StateFormat.headerBytes
        let checksum = bytes.withUnsafeMutableBytes { bytes in
            let checksum = StateFormat.checksum(UnsafeRawBufferPointer(rebasing: bytes[header...]), item, index)
            bytes.storeBytes(of: StateFormat.magic, as: UInt32.self)
            bytes.storeBytes(of: StateFormat.version, toByteOffset: 4, as: UInt32.self)
            bytes.storeBytes(of: checksum, toByteOffset: 8, as: UInt64.self)
            return checksum
        }
        return (bytes, checksum)
    }
}
