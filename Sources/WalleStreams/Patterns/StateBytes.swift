/// Writes the state of an operator: integers with the lowest byte first, texts and parts behind their lengths.
package struct StateWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) {
        put(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// A part that a reader may skip.
    mutating func putPart(_ write: (inout StateWriter) -> Void) {
        var part = StateWriter()
        write(&part)
        put(UInt32(part.bytes.count))
        bytes.append(contentsOf: part.bytes)
    }
}

/// Reads what a `StateWriter` wrote. Bytes that no writer wrote are an error, never a trap.
package struct StateReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    static let damaged = StreamError(
        .storage, "the kept state is damaged",
        remedy: "Restore the store from a copy, or delete it and replay the events.")

    mutating func take<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(StreamError) -> Value {
        let count = MemoryLayout<Value>.size
        guard bytes.endIndex - position >= count else { throw Self.damaged }
        var value = Value.zero
        for index in (0..<count).reversed() { value = value << 8 | Value(truncatingIfNeeded: bytes[position + index]) }
        position += count
        return value
    }

    /// A number that counted events: not negative, and room is left to count on.
    mutating func takeCounter() throws(StreamError) -> Int64 {
        let value: Int64 = try take()
        try Self.check((0..<(1 << 62)).contains(value))
        return value
    }

    /// A count of things of at least `width` bytes each.
    mutating func takeCount(width: Int) throws(StreamError) -> Int {
        let count = Int(try take(UInt32.self))
        guard count <= (bytes.endIndex - position) / width else { throw Self.damaged }
        return count
    }

    mutating func takeText() throws(StreamError) -> String {
        let count = try takeCount(width: 1)
        position += count
        return String(decoding: bytes[(position - count)..<position], as: UTF8.self)
    }

    mutating func takePart() throws(StreamError) -> StateReader {
        let count = try takeCount(width: 1)
        position += count
        return StateReader(bytes[(position - count)..<position])
    }

    static func check(_ isSound: Bool) throws(StreamError) { if !isSound { throw damaged } }
}
