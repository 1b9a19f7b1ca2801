internal import Foundation
internal import WalleStreams

/// Events whose keys are texts on the path that a host takes: columns are made, keys looked up, windows filled, and rows,
/// state and place go to SQLite, with a checkpoint each second by the clock and one at the end.
struct StoredRun {
    var window: WindowKind
    var events: StreamEvents
    /// Whether every event goes to the store as well.
    var isLogged = false

    struct Figures {
        /// Of the thread, for all events.
        var seconds: Double
        var wallSeconds: Double
        var checkpoints = 0
        var rows = 0
        /// Of the file of the store in the end.
        var fileBytes = 0
        /// Key, end of the window and aggregates; empty unless they were asked for.
        var table: [[EventValue]] = []
    }

    static let second: Int64 = 1_000_000
    static let aggregates = [
        Aggregate("count", .count), Aggregate("sum", .sum, of: .name("price")),
        Aggregate("min", .min, of: .name("price")), Aggregate("max", .max, of: .name("price")),
    ]

    var definition: StreamDefinition {
        StreamDefinition(
            name: "features", source: StreamSource(name: "shop", schema: StreamEvents.schema, delay: 2 * Self.second),
            key: ["user"], window: window, aggregates: Self.aggregates)
    }

    /// Runs so many events, rounded up to whole batches, in a store that is new and goes away.
    ///
    /// - Parameter exactly: Whether it is not rounded, and the rows are read.
    func run(_ count: Int, exactly: Bool = false) throws -> Figures {
        let folder = NSTemporaryDirectory() + "walle-bench-\(getpid())-store"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try StreamStore(path: folder + "/events.sqlite")
        let engine = try EventEngine(definition.source, in: store, logging: isLogged ? EventLog.Options() : nil)
        try engine.add(StreamPipeline(definition, texts: engine.texts))
        let start = ContinuousClock.now
        var figures = Figures(seconds: 0, wallSeconds: 0)
        figures.seconds = try Clock.threadSeconds { try feed(engine, count, exactly, &figures) }
        figures.wallSeconds = Clock.seconds(since: start)
        let written = try engine.writtenStore().query("SELECT count(*), sum(count) FROM features").rows
        try BenchmarkError.check(engine.status.late == 0, "every event is in time")
        try check(written, taken: Int64(exactly ? count : Self.events(count)), rows: figures.rows)
        if exactly {
            let columns = #"user, window_end, "count", "sum", "min", "max""#
            figures.table = try engine.writtenStore().query("SELECT \(columns) FROM features").rows
        }
        figures.fileBytes = Self.size(folder + "/events.sqlite") + Self.size(folder + "/events.sqlite-wal")
        return figures
    }

    private static func batches(_ count: Int) -> Int { (count + StreamEvents.batchRows - 1) / StreamEvents.batchRows }

    /// Events that are taken for a count.
    static func events(_ count: Int) -> Int { batches(count) * StreamEvents.batchRows }

    private func feed(_ engine: EventEngine, _ count: Int, _ exactly: Bool, _ figures: inout Figures) throws {
        let (codes, names) = (StreamEvents.eventCodes(engine.texts), events.names())
        var last = ContinuousClock.now
        for batch in 0..<Self.batches(count) {
            let start = batch * StreamEvents.batchRows
            let rows = exactly ? min(StreamEvents.batchRows, count - start) : StreamEvents.batchRows
            let batch = events.batch(start, engine.texts, codes, names, count: rows)
            figures.rows += try engine.take(batch).rowCount
            guard last.duration(to: .now) >= .seconds(1) else { continue }
            try engine.checkpoint()
            figures.checkpoints += 1
            last = .now
        }
        figures.rows += try engine.advance(to: .max).rowCount
        try engine.checkpoint()
        figures.checkpoints += 1
    }

    private func check(_ written: [[EventValue]], taken: Int64, rows: Int) throws {
        guard case .int(let stored)? = written.first?.first, case .int(let counted)? = written.first?.last else {
            throw BenchmarkError("the store gives no counts")
        }
        try BenchmarkError.check(stored == rows, "\(stored) rows of \(rows) are stored")
        guard case .hopping(let size, let slide, _) = window else {
            return try BenchmarkError.check(counted == taken, "\(counted) events of \(taken) are in rows")
        }
        let wanted = taken * (size / slide)
        try BenchmarkError.check(counted == wanted, "\(counted) events of \(wanted) are in rows")
    }

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

extension EngineOutput {
    /// Rows of all streams.
    fileprivate var rowCount: Int { rows.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.count } } }
}
