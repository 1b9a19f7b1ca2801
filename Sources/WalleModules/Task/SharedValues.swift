internal import Synchronization
package import WallePython
internal import WalleTensor

/// Values that the tasks of a host and its app share by name. Arrays among them are not copied.
package final class SharedValues: Sendable {
    /// As many names as there can be: they are meant for tables and models, not for results.
    package static let mostNames = 4096
    /// Bytes that all values together may have.
    private let byteLimit: Int
    private let entries = Mutex(Entries())

    private struct Entries {
        var values: [String: (value: Value, bytes: Int)] = [:]
        var bytes = 0
    }

    package init(byteLimit: Int = 4 << 30) { self.byteLimit = byteLimit }

    /// Keeps a value in place of the one before; `.none` takes it away.
    ///
    /// - Throws: ``TaskError/sharedFull(_:)`` when there are too many, or they are too large.
    package func set(_ name: String, _ value: Value) throws {
        let bytes = value == .none ? 0 : name.utf8.count + value.approximateBytes
        try entries.withLock { entries in
            let before = entries.values[name]?.bytes ?? 0
            guard value != .none else {
                entries.values[name] = nil
                entries.bytes -= before
                return
            }
            guard entries.bytes - before + bytes <= byteLimit, before > 0 || entries.values.count < Self.mostNames
            else {
                throw TaskError.sharedFull(name)
            }
            entries.values[name] = (value, bytes)
            entries.bytes += bytes - before
        }
    }

    /// `.none` when there is none.
    package func value(of name: String) -> Value { entries.withLock { $0.values[name]?.value } ?? .none }
}

extension Value {
    /// What the value takes in memory, roughly.
    fileprivate var approximateBytes: Int {
        switch self {
        case .tensor(let tensor): 128 + tensor.byteCount
        case .sharedBytes(let bytes): 64 + bytes.count
        case .bytes(let data): 64 + data.count
        case .string(let text): 32 + text.utf8.count
        case .array(let values): values.reduce(64) { $0 + $1.approximateBytes }
        case .set(let values): values.reduce(64) { $0 + $1.approximateBytes }
        case .dictionary(let values): values.reduce(64) { $0 + $1.key.utf8.count + $1.value.approximateBytes }
        default: 32
        }
    }
}
