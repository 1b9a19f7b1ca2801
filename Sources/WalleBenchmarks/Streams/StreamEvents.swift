internal import WalleStreams

/// Events that `Peers/windows.py` makes as well, by the same formulas: number i has a key, a time and a value of its own.
struct StreamEvents {
    var keys: Int
    var eventsPerSecond: Int
    /// Microseconds by which an event may be earlier than those before it.
    var disorder: Int
    /// So many keys have events at a time, others after every 20 seconds; nil: all. Sessions end only where keys rest.
    var awake: Int?

    private static let rows = 8192

    func key(_ index: Int) -> Int {
        let hash = ((index &* 2_654_435_761) & 0xffff_ffff) >> 8
        guard let awake else { return hash % keys }
        return (hash % awake + index / (eventsPerSecond * 20) * awake) % keys
    }

    /// Microseconds since 1970.
    func time(_ index: Int) -> Int64 {
        Self.start + Int64(index * 1_000_000 / eventsPerSecond - index &* 40_503 % 65_536 * disorder / 65_536)
    }

    /// A multiple of ten seconds.
    static let start: Int64 = 1_700_000_000_000_000

    func value(_ index: Int) -> Double { Double(index &* 7919 % 1000) / 10 }

    /// Batches for windows without an expression: integer keys, one column of values.
    func windowBatches(_ count: Int, values: Int) -> [WindowBatch] {
        stride(from: 0, to: count, by: Self.rows).map { start in
            let rows = start..<min(start + Self.rows, count)
            var times = ColumnBuilder(.time)
            var column = ColumnBuilder(.float)
            for index in rows {
                times.append(int: time(index))
                column.append(float: value(index))
            }
            let shared = column.finish()
            return WindowBatch(
                times: times.finish(), keys: rows.map { UInt64(key($0)) },
                values: [nil] + Array(repeating: shared, count: values),
                filters: Array(repeating: nil, count: values + 1), offset: Int64(start))
        }
    }

    static let schema = EventSchema(page: nil, time: "at", attributes: [.init("user", .text), .init("price", .float)])

    /// Texts of the keys, as an input would have them.
    func names() -> [[UInt8]] { (0..<keys).map { Array("user_\(1_000_000 + $0)".utf8) } }

    /// Codes of the names of events, which take turns.
    static func eventCodes(_ texts: TextDictionary) -> [UInt32] {
        ["view", "search", "scroll", "click", "hover", "cart", "like", "share"].map { texts.code(of: $0) }
    }

    /// Events whose keys are still texts: `user` is looked up by who takes them.
    func batch(
        _ start: Int, _ texts: TextDictionary, _ codes: [UInt32], _ names: [[UInt8]],
        count: Int = StreamEvents.batchRows
    ) -> EventBatch {
        var times = ColumnBuilder(.time)
        var events = ColumnBuilder(.text)
        var pages = ColumnBuilder(.text)
        var users = ColumnBuilder(.text)
        var prices = ColumnBuilder(.float)
        for index in start..<start + count {
            times.append(int: time(index))
            events.append(code: codes[index & 7])
            pages.appendNull()
            names[key(index)].withUnsafeBytes { users.append(code: texts.code(of: $0)) }
            prices.append(float: value(index))
        }
        return EventBatch(
            schema: Self.schema, times: times.finish(), events: events.finish(), pages: pages.finish(),
            attributes: [users.finish(), prices.finish()], texts: texts, offset: Int64(start))
    }

    static var batchRows: Int { rows }
}
