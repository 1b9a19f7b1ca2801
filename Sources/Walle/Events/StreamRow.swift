internal import Synchronization

/// A row that a stream of a host gave.
public struct StreamRow: Sendable, Hashable {
    /// What a row does to earlier ones of its key and window.
    public enum Change: Sendable, Hashable {
        /// There was none.
        case insertion
        /// It replaces the one before.
        case update
        /// It takes back the one before, which it repeats.
        case retraction
    }

    public var stream: String
    public var change: Change
    /// By the names of the columns: of the key, of the window's bounds in microseconds, of the aggregates or selected values.
    public var values: [String: Value]

    public subscript(name: String) -> Value? { values[name] }
}

extension StreamRow {
    static func rows(_ rows: StreamRows, _ columns: StreamColumns, of stream: String, _ texts: TextDictionary) -> [Self]
    {
        (0..<rows.count).map { row in
            let change: Change =
                switch rows.results.change(of: row) {
                case .insertion: .insertion
                case .update: .update
                case .retraction: .retraction
                }
            var values: [String: Value] = [:]
            for (name, value) in zip(columns.names, rows.values(row, columns, texts)) { values[name] = Value(value) }
            return StreamRow(stream: stream, change: change, values: values)
        }
    }
}

extension Value {
    fileprivate init(_ value: RowValue) {
        self =
            switch value {
            case .value(let value): Value(value)
            case .list(let values): .array(values.map { Value($0) })
            case .counted(let values): .array(values.map { [Value($0.value), .integer(Int($0.count))] })
            }
    }
}

/// The rows of a stream as a reader sees them, from its subscription on. A slow reader loses the oldest.
public struct StreamRowSequence: AsyncSequence, Sendable {
    public typealias Element = StreamRow
    let stream: AsyncStream<StreamRow>

    public func makeAsyncIterator() -> AsyncStream<StreamRow>.Iterator { stream.makeAsyncIterator() }
}

/// Tells every reader of the rows of its stream.
final class RowHub: Sendable {
    private struct State {
        var next = 0
        var readers: [String: [Int: AsyncStream<StreamRow>.Continuation]] = [:]
        var hasEnded = false
    }
    private let state = Mutex(State())
    private let buffer: Int

    init(buffer: Int) { self.buffer = buffer }

    func subscribe(_ stream: String) -> StreamRowSequence {
        let (rows, continuation) = AsyncStream.makeStream(
            of: StreamRow.self, bufferingPolicy: .bufferingNewest(buffer))
        let id = state.withLock { state -> Int? in
            guard !state.hasEnded else { return nil }
            state.next += 1
            state.readers[stream, default: [:]][state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return StreamRowSequence(stream: rows)
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.readers[stream]?.removeValue(forKey: id) }
        }
        return StreamRowSequence(stream: rows)
    }

    func isRead(_ stream: String) -> Bool { state.withLock { $0.readers[stream]?.isEmpty == false } }

    func send(_ rows: [StreamRow], of stream: String) {
        let readers = state.withLock { Array(($0.readers[stream] ?? [:]).values) }
        for reader in readers { for row in rows { reader.yield(row) } }
    }

    func finish() {
        let readers = state.withLock { state in
            state.hasEnded = true
            return state.readers.values.flatMap { $0.values }
        }
        readers.forEach { $0.finish() }
    }
}
