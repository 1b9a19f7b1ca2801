public import Foundation
internal import WalleMemory

/// Bytes that Swift and scripts hold together, without a copy.
///
/// Given to a run, they are a `walle.Buffer` there: `memoryview(b)` and whatever else knows the buffer protocol sees this
/// very memory, read-only, on as many VMs at once as one likes. A `walle.Buffer` that a script made comes back as
/// `SharedBytes` with the memory it has. `Data` is copied each way, which is faster for short ones.
///
/// The memory lies outside of every VM's heap and lives as long as anybody holds it. A VM that holds it is charged for
/// it. As every value in Swift, one is changed alone: ``withUnsafeMutableBytes(_:)`` copies what others hold too.
///
///     let image = SharedBytes(try Data(contentsOf: file))
///     let label: String = try await host.run("classify", image)
public struct SharedBytes: Sendable {
    private(set) var storage: SharedStorage

    init(storage: SharedStorage) { self.storage = storage }

    /// A copy of some bytes.
    public init(_ bytes: some Sequence<UInt8>) {
        let array = ContiguousArray(bytes)
        storage = array.withUnsafeBytes { SharedStorage(copying: $0) }
    }

    /// A copy of some bytes.
    public init(_ data: Data) {
        storage = data.withUnsafeBytes { SharedStorage(copying: $0) }
    }

    /// Memory of `count` bytes, all zero, which `fill` may write to.
    public init<Failure: Error>(
        count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        storage = SharedStorage(zeroed: count)
        try fill(storage.bytes)
    }

    public var count: Int { storage.bytes.count }

    /// Reads the bytes where they lie; the pointer is valid during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeRawBufferPointer(storage.bytes))
    }

    /// Writes the bytes, in memory of their own: what others hold does not change.
    public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
        return try body(storage.bytes)
    }

    /// A copy.
    public var data: Data { withUnsafeBytes { Data($0) } }
}

extension SharedBytes: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(index: Int) -> UInt8 {
        precondition(indices.contains(index), "byte \(index) of \(count)")
        return storage.bytes[index]
    }
}

extension SharedBytes: Hashable {
    public static func == (left: SharedBytes, right: SharedBytes) -> Bool {
        left.storage === right.storage || left.count == right.count && left.storage.equals(right.storage)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(storage.bytes)) }
}

extension SharedBytes: Codable {
    /// From anything but a run's result: a copy.
    public init(from decoder: any Decoder) throws { self.init(try Data(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try data.encode(to: encoder) }
}

extension SharedBytes: CustomStringConvertible {
    public var description: String { "\(count) bytes" }
}
