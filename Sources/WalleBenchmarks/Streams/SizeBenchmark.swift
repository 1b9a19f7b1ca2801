internal import WalleStreams

/// What an event costs on a long run and on a short one: texts looked up, windows filled, rows given.
enum SizeBenchmark {
    static func run(_ plan: Plan) async throws -> Outcome {
        let sizes = [100_000, 1_000_000, 10_000_000] + (plan.isQuick ? [] : [100_000_000])
        // Short runs again and again, so that all take about as long.
        let least = plan.count(10_000_000, least: 1_000_000)
        var costs = sizes.map { _ in Samples() }
        for _ in 0..<min(plan.rounds, 3) {
            for (index, size) in sizes.enumerated() {
                let runs = max(1, least / size)
                let seconds = try (0..<runs).reduce(0) { total, run in total + (try pipeline(size, from: first(run))) }
                costs[index].add(seconds / Double(runs * StoredRun.events(size)) * 1e9)
            }
        }
        var measurements = zip(sizes, costs).map { size, cost in
            Measurement("an event in a stream of \(size)", cost.median, "ns", note: cost.spread)
        }
        let medians = costs.map(\.median)
        let (cheapest, dearest) = (medians.min() ?? .nan, medians.max() ?? .nan)
        measurements.append(
            Measurement("the dearest of these over the cheapest", dearest / cheapest, "×", target: .atMost(1.1)))
        return Outcome(measurements: measurements)
    }

    /// Streams begin anywhere in a window: at its edge, where the disorder spans two, events cost most, and a short stream would
    /// have no others.
    private static func first(_ run: Int) -> Int { run * 3_333_333 % 10_000_000 }

    /// Seconds of the thread.
    private static func pipeline(_ count: Int, from first: Int) throws -> Double {
        let run = StoredRun(window: .tumbling(size: 10 * StoredRun.second, offset: 0), events: StoredBenchmark.events)
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(run.definition, texts: texts)
        let (codes, names) = (StreamEvents.eventCodes(texts), run.events.names())
        var rows = 0
        let seconds = try Clock.threadSeconds {
            for start in stride(from: 0, to: count, by: StreamEvents.batchRows) {
                let batch = run.events.batch(first + start, texts, codes, names)
                rows += try pipeline.process(batch).reduce(0) { $0 + $1.count }
            }
            rows += try pipeline.advance(to: .max).reduce(0) { $0 + $1.count }
        }
        try BenchmarkError.check(pipeline.lateCount == 0 && rows > 0, "every event is in time, and gives rows")
        return seconds
    }
}
