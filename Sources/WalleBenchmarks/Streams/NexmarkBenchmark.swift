internal import Foundation
internal import WalleStreams

/// Queries of NEXMark over events of its auction house, beside DuckDB with the SQL that their definitions print.
enum NexmarkBenchmark {
    private static let queries = ["q1", "q2", "q5", "q7", "q11", "q12", "q14", "q15", "q16", "q17", "q18", "q19"]

    static func run(_ plan: Plan) async throws -> Outcome {
        let count = plan.count(500_000)
        let folder = NSTemporaryDirectory() + "walle-bench-\(getpid())-nexmark"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try NexmarkRun(count: count, folder: folder, plan)
        var outcome = Outcome(
            notes: ["\(count) events at 10,000 a second, disorder 2 s, \(plan.rounds) rounds; rows are not stored"])
        for query in queries { outcome.measurements.append(try run.measure(query)) }
        if run.peer != nil { outcome.notes.append("rows of all queries with a peer equal DuckDB's") }
        return outcome
    }
}

/// Events that ours and DuckDB have both.
private final class NexmarkRun {
    private static let batchRows = 8192
    private let texts = TextDictionary()
    private let batches: [EventBatch]
    private let count: Int
    private let rounds: Int
    private let folder: String
    /// Has the events in a table; nil without DuckDB.
    let peer: PeerProcess?

    init(count: Int, folder: String, _ plan: Plan) throws {
        let events = NexmarkEvents(seed: 1, start: 1_700_000_000_000_000, disorder: 2_000_000)
        let texts = texts
        batches = stride(from: 0, to: count, by: Self.batchRows).map { start in
            events.batch(start, min(Self.batchRows, count - start), texts)
        }
        (self.count, rounds, self.folder) = (count, plan.rounds, folder)
        peer = try plan.duckdb.map { try PeerProcess("nexmark", interpreter: $0) }
        if let peer {
            try write("events.jsonl")
            let loaded: Double = try peer.ask("load", ["path": .text(folder + "/events.jsonl")])
            try BenchmarkError.check(Int(loaded) == count, "DuckDB has \(Int(loaded)) of \(count) events")
        }
    }

    private func write(_ name: String) throws {
        var writer = JSONLinesWriter(schema: NexmarkEvents.schema)
        for batch in batches { writer.append(batch) }
        try writer.withBytes { try Data($0).write(to: URL(fileURLWithPath: folder + "/" + name)) }
    }

    func measure(_ name: String) throws -> Measurement {
        let definition = try NexmarkQueries.query(name)
        // When events arrive differs from run to run.
        let sql = definition.source.clock == .arrival ? nil : try definition.sql(.duckdb).joined(separator: ";\n")
        var (speeds, theirs) = (Samples(), Samples())
        for round in 0..<rounds {
            let (seconds, rows, columns) = try ours(definition)
            speeds.add(Double(count) / seconds / 1e6)
            guard let peer, let sql else { continue }
            let seconds2: Double = try peer.ask("run", ["sql": .text(sql)])
            theirs.add(Double(count) / seconds2 / 1e6)
            if round == 0 { try compare(name, rows, columns, peer) }
        }
        let hasPeer = peer != nil && sql != nil
        return Measurement(
            "nexmark \(name)", speeds.median, "M events/s", peer: hasPeer ? .init("DuckDB", theirs.median) : nil,
            note: speeds.spread + (hasPeer ? "" : "; by the time of arrival, which DuckDB does not have"))
    }

    private func ours(_ definition: StreamDefinition) throws -> (Double, [StreamRows], StreamColumns) {
        let pipeline = try StreamPipeline(definition, texts: texts)
        var rows: [StreamRows] = []
        let seconds = try Clock.threadSeconds {
            for batch in batches { rows += try pipeline.process(batch) }
            rows += try pipeline.advance(to: .max)
        }
        try BenchmarkError.check(pipeline.lateCount == 0 && !rows.isEmpty, "every event is in time, and gives rows")
        return (seconds, rows, pipeline.columns)
    }

    /// Whether the rows that stand in the end are those of the peer.
    private func compare(
        _ name: String, _ rows: [StreamRows], _ columns: StreamColumns, _ peer: PeerProcess
    ) throws {
        let path = folder + "/\(name).jsonl"
        try ToldRows(columns, texts).write(rows, to: path)
        let differing: [Double] = try peer.ask("compare", ["path": .text(path)])
        try BenchmarkError.check(
            differing == [0, 0], "\(name): \(differing[0]) rows are ours only, \(differing[1]) DuckDB's only")
        try FileManager.default.removeItem(atPath: path)
    }
}
