/// A part of Walle whose benchmarks are run together: `Scripts/bench AREA`.
struct Area: Sendable {
    var name: String
    var benchmarks: [Benchmark]
}

/// Some measurements that are taken together, in a process of their own: memory that one leaves and threads that one
/// starts do not touch another.
struct Benchmark: Sendable {
    var name: String
    var run: @Sendable (Plan) async throws -> Outcome

    init(name: String, run: @escaping @Sendable (Plan) async throws -> [Measurement]) {
        self.name = name
        self.run = { Outcome(measurements: try await run($0)) }
    }

    init(name: String, comparing run: @escaping @Sendable (Plan) async throws -> Outcome) {
        self.name = name
        self.run = run
    }
}

/// What a benchmark found.
struct Outcome: Codable, Sendable {
    var measurements: [Measurement] = []
    /// Many figures of one kind, that some of the measurements sum up.
    var comparisons: [Comparison] = []
    /// What the reader must know beside the figures.
    var notes: [String] = []
}

/// How much is done, and what with.
struct Plan: Sendable {
    /// A tenth of the samples: shows that everything works; the figures are coarse.
    var isQuick: Bool
    /// Threads that ours and the peers may compute with.
    var threads = 1
    /// A Python interpreter that has NumPy.
    var numpy: String?
    /// A Python interpreter that has DuckDB.
    var duckdb: String?
    /// A Python interpreter that has PyFlink and bytewax; nil: they are not run.
    var streamPeers: String?
    /// The log of events of a shop, as `Scripts/fetch-data` has it.
    var clicks: String?
    /// A folder for pictures of what was measured; nil: none are made.
    var plots: String?
    /// Operations whose name or family is among these; empty for all.
    var operations: [String] = []

    /// `full`, or about a tenth of it, but no less than `least`.
    func count(_ full: Int, least: Int = 1) -> Int { isQuick ? max(least, full / 10) : full }

    /// Times that ours and the peers take turns when it is not quick.
    var fullRounds = 9

    /// Times that ours and the peers take turns.
    var rounds: Int { isQuick ? 3 : fullRounds }
}
