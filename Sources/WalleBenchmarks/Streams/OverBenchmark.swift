internal import WalleStreams

/// For each event count, sum, least and greatest value of its key in the ten seconds before it.
enum OverBenchmark {
    static func run(_ plan: Plan) async throws -> Outcome {
        let peer = try plan.duckdb.map { try PeerProcess("windows", interpreter: $0) }
        let count = plan.count(2_000_000, least: 500_000)
        let events = StreamEvents(keys: 1000, eventsPerSecond: 100_000, disorder: 0)
        let batches = events.windowBatches(count, values: 3)
        var (speeds, sums) = (Samples(), 0.0)
        for _ in 0..<plan.rounds {
            let runner = try WindowRunner(
                .over(size: 10_000_000), WindowBenchmarks.four, sources: WindowBenchmarks.sources, delay: 0,
                texts: TextDictionary())
            var results: [WindowResults] = []
            let seconds = Clock.threadSeconds {
                for batch in batches { results += runner.process(batch) }
                results += runner.advance(to: .max)
            }
            speeds.add(Double(count) / seconds / 1e6)
            sums = results.reduce(0) { $0 + sum($1.aggregates[1]) }
        }
        var theirs: Double?
        if let peer {
            let answer: [Double] = try peer.ask(
                "over", ["count": .integer(count), "keys": .integer(1000), "rounds": .integer(plan.rounds)])
            try BenchmarkError.check(abs(answer[1] - sums) <= 1e-9 * abs(sums), "the sums are \(answer[1]) and \(sums)")
            theirs = answer[0]
        }
        let ours = Measurement(
            "over 10 s back, 1,000 keys, count, sum, min, max", speeds.median, "M events/s",
            peer: peer.map { _ in .init("DuckDB, all at once", theirs) }, note: speeds.spread)
        let ratio = Measurement(
            "over, as a multiple of DuckDB", theirs.map { speeds.median / $0 }, "×", target: .atLeast(5))
        return Outcome(measurements: [ours, ratio], notes: ["\(count) events a round, \(plan.rounds) rounds"])
    }

    private static func sum(_ column: ResultColumn) -> Double {
        guard case .values(let column) = column else { return .nan }
        return (0..<column.count).reduce(0) { $0 + column.floats[$1] }
    }
}
