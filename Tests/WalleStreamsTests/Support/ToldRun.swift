import Testing

@testable import WalleStreams

/// A row as a stream tells it.
struct ToldRow: Hashable {
    var change: WindowResults.Change
    var values: [EventValue]
}

/// Runs a definition, its events cut into batches at random.
struct ToldRun {
    /// Events by the place of the first and how many they are.
    var batch: (Int, Int, TextDictionary) -> EventBatch
    var count: Int
    var mostRows = 900
    var seed: UInt64 = 0
    /// Saves after every batch, and goes on with a restored pipeline.
    var stops = false
    var isWhole = false

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
            let end = isWhole ? count : min(count, from + Int.random(in: 1...mostRows, using: &random))
            told += try pipeline.process(batch(from, end - from, texts)).flatMap {
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
        return try told + pipeline.advance(to: .max).flatMap { Self.rows($0, texts, pipeline.columns) }
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

    /// Whole, in batches, and in batches with a pipeline that is restored before each.
    func expectTheSameInAnyBatches(_ definition: StreamDefinition) throws {
        var run = self
        run.isWhole = true
        let whole = try run.rows(definition)
        #expect(!whole.isEmpty)
        run.isWhole = false
        for stops in [false, true] {
            run.seed += 1
            run.stops = stops
            let told = try run.rows(definition)
            let what = "\(definition.name), seed \(run.seed), stops: \(stops)"
            // Rows of one window stand in no order.
            if definition.form == .windows {
                #expect(Self.counted(told) == Self.counted(whole), "\(what)")
            } else {
                #expect(told == whole, "\(what)")
            }
        }
    }

    private static func counted(_ rows: [ToldRow]) -> [ToldRow: Int] {
        Dictionary(rows.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
