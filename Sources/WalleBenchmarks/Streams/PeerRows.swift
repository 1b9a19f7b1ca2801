internal import Foundation
internal import WalleStreams

/// Rows of PyFlink for the log of a shop, by the SQL that definitions print, unchanged: the same as ours.
struct PeerRows {
    /// The log of events, in CSV and compressed.
    let log: String
    let folder: String
    let peer: PeerProcess

    private static let hour: Microseconds = 3_600_000_000
    private static let clicks = StreamSource(
        name: "clicks",
        schema: EventSchema(
            page: nil, time: "timestamp", attributes: [.init("user_id", .text), .init("platform", .text)]),
        delay: 0)

    private static func streams() throws(StreamError) -> [StreamDefinition] {
        let views = Aggregate("views", .count, where: try ExpressionParser.parse("event = 'product_view'"))
        let windows: [(String, String, WindowKind)] = [
            ("hourly", "user_id", .tumbling(size: hour, offset: 0)),
            ("hopping", "user_id", .hopping(size: hour, slide: hour / 6, offset: 0)),
            ("visits", "user_id", .session(gap: hour / 2)),
            ("cumulating", "platform", .cumulating(size: 24 * hour, step: hour, offset: 0)),
        ]
        var over = StreamDefinition(
            name: "over", source: clicks, key: ["user_id"], window: .over(size: hour), aggregates: [])
        over.derived = [.init("size", try ExpressionParser.parse("length(event)"))]
        over.aggregates = [
            Aggregate("n", .count), Aggregate("total", .sum, of: .name("size")),
            Aggregate("least", .min, of: .name("size")), Aggregate("most", .max, of: .name("size")),
        ]
        return windows.map { name, key, window in
            StreamDefinition(
                name: name, source: clicks, key: [key], window: window, aggregates: [Aggregate("n", .count), views])
        } + [over]
    }

    private static func patterns() throws(StreamError) -> [PatternDefinition] {
        let patterns: [(String, [String], String, Contiguity, MatchSkip)] = [
            ("funnel", ["user_id"], "product_view add_to_cart purchase", .relaxed, .pastLastRow),
            ("hesitant", ["user_id"], "product_view{2,} add_to_cart", .relaxed, .toLast("add_to_cart")),
            ("at-once", ["user_id"], "product_view+ add_to_cart", .strict, .toNextRow),
            ("anybody", [], "product_view not purchase add_to_cart", .relaxed, .toNextRow),
        ]
        return try patterns.map { name, key, text, contiguity, skip throws(StreamError) in
            PatternDefinition(
                name: name, source: clicks, key: key,
                pattern: EventPattern(
                    try PatternParser.parse(text), contiguity: contiguity, skip: skip, within: hour))
        }
    }

    func run() throws -> [Measurement] {
        let events = folder + "/clicks.csv"
        let count: Double = try peer.ask("sort_clicks", ["log": .text(log), "path": .text(events)])
        let connector = ["connector": "filesystem", "path": "file://" + events, "format": "csv"]
        var measurements: [Measurement] = []
        for definition in try Self.streams() {
            let sql = try definition.sql(.flink, connector: connector)
            measurements.append(
                try compare(definition.name, sql, Int(count)) { try StreamPipeline(definition, texts: $0) })
        }
        for pattern in try Self.patterns() {
            let sql = try pattern.sql(.flink, connector: connector)
            // All columns but the places of events, which Flink does not know.
            let columns = pattern.key.count + 3
            measurements.append(
                try compare(pattern.name, sql, Int(count), columns: columns) {
                    try PatternPipeline(pattern, texts: $0)
                })
        }
        return measurements
    }

    /// - Parameter columns: So many of the first are compared.
    private func compare(
        _ name: String, _ sql: [String], _ count: Int, columns: Int = .max,
        _ processor: (TextDictionary) throws -> any EventProcessor
    ) throws -> Measurement {
        let path = folder + "/\(name).tsv"
        let statements = sql.joined(separator: ";;")
        let theirCount: Double = try peer.ask("query", ["statements": .text(statements), "path": .text(path)])
        let theirs = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        try BenchmarkError.check(theirs.count == Int(theirCount), "a line for each row of Flink")
        let texts = TextDictionary()
        let ours = try rows(try processor(texts), texts, count, columns)
        let (left, right) = (Self.counted(ours), Self.counted(theirs))
        let onlyOurs = left.filter { right[$0.key] != $0.value }.keys.sorted()
        let onlyTheirs = right.filter { left[$0.key] != $0.value }.keys.sorted()
        let note =
            "\(ours.count) rows of ours, first only \(onlyOurs.first ?? "–"); first only Flink's \(onlyTheirs.first ?? "–")"
        return Measurement(
            "clickstream, \(name): rows that differ", Double(onlyOurs.count + onlyTheirs.count), "rows",
            peer: .init("rows of PyFlink", theirCount), target: .atMost(0), note: note)
    }

    private static func counted(_ rows: [String]) -> [String: Int] {
        Dictionary(rows.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// Lines as the peer writes them.
    private func rows(
        _ processor: any EventProcessor, _ texts: TextDictionary, _ count: Int, _ columns: Int
    ) throws -> [String] {
        var options = IngestOptions()
        // A log is history: no time in it is ahead of a clock that matters.
        options.futureBound = nil
        let (told, replay) = (ToldRows(processor.columns, texts), StreamReplay(processor, inOrderOfTime: true))
        var lines: [String] = []
        _ = try replay.run(file: log, texts: texts, options) { rows in
            for row in 0..<rows.count {
                lines.append(told.values(rows, row).prefix(columns).map(Self.text).joined(separator: "\t"))
            }
        }
        try BenchmarkError.check(replay.eventCount == count, "\(replay.eventCount) of \(count) events")
        return lines
    }

    private static func text(_ value: EventValue) -> String {
        switch value {
        case .null: ""
        case .bool(let value): value ? "True" : "False"
        case .int(let value), .time(let value): "\(value)"
        case .float(let value): "\(value)"
        case .text(let text): text
        }
    }
}
