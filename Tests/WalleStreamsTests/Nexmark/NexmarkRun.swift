import Testing

@testable import WalleStreams

/// A bid, as naive implementations take it.
struct Bid: Hashable {
    /// Its number among all events.
    var place: Int
    var time: Int64
    var auction: Int64
    var bidder: Int64
    var price: Int64
    var channel: String
    var url: String
    var extra: String

    static func all(_ batch: EventBatch) -> [Bid] {
        func column(_ name: String) -> (Int) -> EventValue {
            { row in batch.column(name)?.value(at: row, texts: batch.texts) ?? .null }
        }
        let (auction, bidder, price) = (column("auction"), column("bidder"), column("price"))
        let (channel, url, extra, event) = (column("channel"), column("url"), column("extra"), column("event"))
        return (0..<batch.count).filter { event($0) == .text("bid") }.map { row in
            Bid(
                place: Int(batch.offset) + row, time: batch.times.ints[row], auction: auction(row).int,
                bidder: bidder(row).int, price: price(row).int, channel: channel(row).string, url: url(row).string,
                extra: extra(row).string)
        }
    }
}

extension EventValue {
    var int: Int64 { if case .int(let value) = self { value } else { 0 } }
    var string: String { if case .text(let value) = self { value } else { "" } }
}

/// A row as a stream tells it.
struct ToldRow: Hashable {
    var change: WindowResults.Change
    var values: [EventValue]
}

/// Runs a query, its events cut into batches at random.
struct NexmarkRun {
    static let second: Int64 = 1_000_000
    /// Ten seconds before midnight, so that days change.
    static let start: Int64 = 1_700_006_390_000_000

    var events = NexmarkEvents(seed: 1, start: Self.start, eventsPerSecond: 100)
    var count = 5000
    var seed: UInt64 = 0
    /// Saves after every batch, and goes on with a restored pipeline.
    var stops = false
    var isWhole = false

    var bids: [Bid] { Bid.all(events.batch(0, count, TextDictionary())) }

    /// - Parameter onBatch: What was told so far, and how many events were.
    func rows(
        _ definition: StreamDefinition, onBatch: ((Int, [ToldRow]) throws -> Void)? = nil
    ) throws -> [ToldRow] {
        var random = SeededRandom(seed)
        var texts = TextDictionary()
        var pipeline = try StreamPipeline(definition, texts: texts)
        var (recorder, saved) = (StateRecorder(), SavedBlocks())
        var told: [ToldRow] = []
        var from = 0
        while from < count {
            let end = isWhole ? count : min(count, from + Int.random(in: 1...900, using: &random))
            told += pipeline.process(events.batch(from, end - from, texts)).flatMap {
                Self.rows($0, texts, pipeline.columns)
            }
            from = end
            try onBatch?(from, told)
            guard stops else { continue }
            saved.apply(pipeline.changes(recorder))
            recorder.commit()
            let copy = TextDictionary()
            for code in 0..<texts.count { _ = copy.code(of: texts.text(UInt32(code))) }
            texts = copy
            pipeline = try StreamPipeline(definition, texts: texts)
            recorder = try pipeline.restore(try saved.state())
        }
        return told + pipeline.advance(to: .max).flatMap { Self.rows($0, texts, pipeline.columns) }
    }

    static func rows(_ rows: StreamRows, _ texts: TextDictionary, _ columns: StreamColumns) -> [ToldRow] {
        let results = rows.results
        return (0..<rows.count).map { row in
            let keys = rows.keys.map { $0.value(at: row, texts: texts) }
            let bounds = [results.starts[row], results.ends[row]].prefix(columns.bounds.count).map(EventValue.time)
            let values = results.aggregates.map { column -> EventValue in
                switch column {
                case .values(let column): column.value(at: row, texts: texts)
                case .texts(let texts): texts[row].map(EventValue.text) ?? .null
                case .lists(let lists): .text("\(lists[row])")
                case .counted(let counted): .text("\(counted[row])")
                }
            }
            return ToldRow(change: results.change(of: row), values: keys + bounds + values)
        }
    }

    /// The rows that stand after all that was told; nil when something was taken back that did not stand.
    static func standing(_ told: [ToldRow]) -> [[EventValue]: Int]? {
        var rows: [[EventValue]: Int] = [:]
        for row in told {
            rows[row.values, default: 0] += row.change == .retraction ? -1 : 1
            if let count = rows[row.values], count < 0 { return nil }
            if rows[row.values] == 0 { rows[row.values] = nil }
        }
        return rows
    }
}
