internal import WalleMemory

/// What events tell beside the attributes of their schema: of each row some bytes, of most rows none.
///
/// An attribute is the length of its name as a varint, the name, a byte for what it is, and its value: whole numbers and
/// times as varints with the sign in the lowest bit, floats as eight bytes, texts with their length before them. Nulls are
/// left out.
package struct FreeAttributes: Sendable {
    enum Kind: UInt8 {
        case no, yes, int, float, text, time
    }

    /// Where the bytes of each row end, an `Int` a row.
    let ends: SharedStorage
    /// With padding behind.
    let bytes: SharedStorage

    init(ends: SharedStorage, bytes: SharedStorage) { (self.ends, self.bytes) = (ends, bytes) }

    init(ends: [Int], bytes: [UInt8]) {
        self.ends = ends.withUnsafeBytes { SharedStorage(copying: $0) }
        self.bytes = SharedStorage(zeroed: bytes.count + PackedReader.padding)
        bytes.withUnsafeBytes(self.bytes.bytes.copyMemory)
    }

    var count: Int { ends.bytes.count / MemoryLayout<Int>.stride }
    var byteCount: Int { ends.bytes.count + bytes.bytes.count }

    /// The bytes of a row. Valid while the column is.
    func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        precondition((0..<count).contains(row), "a row of the column")
        let ends = ends.bytes.assumingMemoryBound(to: Int.self)
        return UnsafeRawBufferPointer(rebasing: bytes.bytes[(row == 0 ? 0 : ends[row - 1])..<ends[row]])
    }

    /// The attributes of a row by their names; of two with one name the last.
    package func attributes(_ row: Int) -> [String: EventValue] {
        let bytes = bytes(row)
        return bytes.isEmpty ? [:] : Self.attributes(bytes)
    }

    /// - Parameter bytes: Of one row, with padding behind.
    static func attributes(_ bytes: UnsafeRawBufferPointer) -> [String: EventValue] {
        var attributes: [String: EventValue] = [:]
        guard let base = bytes.baseAddress else { return attributes }
        var reader = PackedReader(UnsafeRawBufferPointer(start: base, count: bytes.count + PackedReader.padding))
        // Bytes that a store has damaged tell what comes before.
        while !reader.isAtEnd, let (name, value) = try? reader.readAttribute() { attributes[name] = value }
        return attributes
    }

    /// Only the rows at the given positions, in that order; nil when these have none.
    func taking(_ rows: UnsafeBufferPointer<UInt32>) -> FreeAttributes? {
        var builder = FreeAttributesBuilder()
        for (index, row) in rows.enumerated() { builder.append(bytes(Int(row)), to: index) }
        return builder.finish(rows: rows.count)
    }

    /// The rows of batches one behind the other; nil when they have none.
    static func joined(_ batches: [EventBatch], count: Int) -> FreeAttributes? {
        guard batches.contains(where: { $0.free != nil }) else { return nil }
        var builder = FreeAttributesBuilder()
        var first = 0
        for batch in batches {
            if let free = batch.free {
                for row in 0..<batch.count { builder.append(free.bytes(row), to: first + row) }
            }
            first += batch.count
        }
        return builder.finish(rows: count)
    }
}

/// Collects the free attributes of events. It takes no memory as long as there are none.
struct FreeAttributesBuilder: ~Copyable {
    private var ends: [Int] = []
    private var bytes: [UInt8] = []
    /// Where the row that is being written began.
    private var rowStart = 0

    /// Bytes of the row that is being written.
    var rowByteCount: Int { bytes.count - rowStart }

    /// Writes an attribute of the current row.
    mutating func append(_ name: String, _ value: EventValue) {
        var name = name
        name.withUTF8 { name in
            switch value {
            case .null: break
            case .bool(let value): append(UnsafeRawBufferPointer(name), bool: value)
            case .int(let value): append(UnsafeRawBufferPointer(name), int: value)
            case .time(let value): append(UnsafeRawBufferPointer(name), int: value, .time)
            case .float(let value): append(UnsafeRawBufferPointer(name), float: value)
            case .text(var value):
                value.withUTF8 { append(UnsafeRawBufferPointer(name), text: UnsafeRawBufferPointer($0)) }
            }
        }
    }

    mutating func append(_ name: UnsafeRawBufferPointer, bool value: Bool) {
        begin(name, value ? .yes : .no)
    }

    mutating func append(_ name: UnsafeRawBufferPointer, int value: Int64, _ kind: FreeAttributes.Kind = .int) {
        begin(name, kind)
        append(varint: PackedNumbers.zigzag(value))
    }

    mutating func append(_ name: UnsafeRawBufferPointer, float value: Double) {
        begin(name, .float)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ name: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer) {
        begin(name, .text)
        append(varint: UInt64(text.count))
        bytes.append(contentsOf: text)
    }

    private mutating func begin(_ name: UnsafeRawBufferPointer, _ kind: FreeAttributes.Kind) {
        append(varint: UInt64(name.count))
        bytes.append(contentsOf: name)
        bytes.append(kind.rawValue)
    }

    private mutating func append(varint value: UInt64) {
        PackedNumbers.forEachByte(ofVarint: value) { bytes.append($0) }
    }

    /// Forgets what was written of the current row.
    mutating func abandonRow() { bytes.removeLast(rowByteCount) }

    /// Ends a row, before which rows may have been that wrote nothing.
    mutating func endRow(_ row: Int) {
        guard rowByteCount > 0 else { return }
        ends.append(contentsOf: repeatElement(rowStart, count: row - ends.count))
        ends.append(bytes.count)
        rowStart = bytes.count
    }

    /// A row's bytes as another column has them.
    mutating func append(_ other: UnsafeRawBufferPointer, to row: Int) {
        bytes.append(contentsOf: other)
        endRow(row)
    }

    /// What was written of so many rows; nil when that is nothing. The builder is empty after it.
    mutating func finish(rows: Int) -> FreeAttributes? {
        guard !ends.isEmpty else { return nil }
        ends.append(contentsOf: repeatElement(rowStart, count: rows - ends.count))
        defer { (ends, bytes, rowStart) = ([], [], 0) }
        return FreeAttributes(ends: ends, bytes: bytes)
    }
}

extension PackedReader {
    fileprivate mutating func readAttribute() throws(StreamError) -> (String, EventValue) {
        let name = try readText()
        guard let kind = FreeAttributes.Kind(rawValue: try readByte()) else {
            throw StateFormat.damaged("an attribute of no kind")
        }
        let value: EventValue =
            switch kind {
            case .no: .bool(false)
            case .yes: .bool(true)
            case .int: .int(PackedNumbers.unzigzag(try readVarint()))
            case .time: .time(PackedNumbers.unzigzag(try readVarint()))
            case .float: .float(Double(bitPattern: UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))))
            case .text: .text(try readText())
            }
        return (name, value)
    }

    private mutating func readText() throws(StreamError) -> String {
        let length = try readCount(Int(Int32.max))
        return String(decoding: UnsafeRawBufferPointer(start: try take(length), count: length), as: UTF8.self)
    }
}
