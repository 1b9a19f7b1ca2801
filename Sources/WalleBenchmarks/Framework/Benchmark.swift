/// A part of Walle whose benchmarks are run together: `Scripts/bench AREA`.
struct Area: Sendable {
    var name: String
    var benchmarks: [Benchmark]
}

/// Some measurements that are taken together, in a process of their own: memory that one leaves and threads that one
/// starts do not touch another.
struct Benchmark: Sendable {
    var name: String
    var run: @Sendable (Plan) async throws -> [Measurement]
}

/// How much is done.
struct Plan: Sendable {
    /// A tenth of the samples: shows that everything works; the figures are coarse.
    var isQuick: Bool

    /// `full`, or about a tenth of it, but no less than `least`.
    func count(_ full: Int, least: Int = 1) -> Int { isQuick ? max(least, full / 10) : full }

    /// Times that ours and the peers take turns.
    var rounds: Int { isQuick ? 3 : 9 }
}
