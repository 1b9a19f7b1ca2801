internal import Foundation
internal import WalleStreams

/// What an event costs as keys get more: windows of ten seconds beside a bare table of the same states, in turn.
enum KeyBenchmark {
    private static let counts = [10, 100, 1000, 10_000, 100_000, 1_000_000]
    /// Those that the target speaks of.
    private static let judged: Set<Int> = [10, 1000, 100_000, 1_000_000]

    static func run(_ plan: Plan) async throws -> Outcome {
        let count = plan.count(20_000_000)
        var outcome = Outcome(notes: ["\(count) events a round in windows of 10,000,000, \(plan.rounds) rounds"])
        var plot = LinePlot(
            title: "An event in windows of 10 s: count, sum, min, max", x: "integer keys", y: "nanoseconds an event",
            series: [.init(name: "Walle, windows and their rows"), .init(name: "bare open-addressing table")])
        for keys in counts {
            let (ours, bare) = try nanoseconds(keys, count, plan)
            plot.series[0].points.append((Double(keys), ours.median))
            plot.series[1].points.append((Double(keys), bare.median))
            guard judged.contains(keys) else { continue }
            outcome.measurements.append(
                Measurement(
                    "tumbling 10 s, \(keys) integer keys, four aggregates", ours.median, "ns an event",
                    peer: .init("bare table", bare.median), note: "\(ours.range); bare \(bare.range)"))
            outcome.measurements.append(
                Measurement("as a multiple of the bare table", ours.median / bare.median, "×", target: .atMost(1.3)))
        }
        if let folder = plan.plots {
            let path = folder + "/streams-keys.svg"
            try plot.svg.write(toFile: path, atomically: true, encoding: .utf8)
            outcome.notes.append("plot of the cost over keys: \(path)")
        }
        return outcome
    }

    private static func nanoseconds(_ keys: Int, _ count: Int, _ plan: Plan) throws -> (ours: Samples, bare: Samples) {
        let events = StreamEvents(keys: keys, eventsPerSecond: 1_000_000, disorder: 0)
        let batches = events.windowBatches(count, values: 3)
        var (ours, bare) = (Samples(), Samples())
        for _ in 0..<plan.rounds {
            ours.add(try windows(batches) / Double(count) * 1e9)
            let table = BareTable(keys: keys)
            bare.add(Clock.threadSeconds { for batch in batches { table.add(batch) } } / Double(count) * 1e9)
            try BenchmarkError.check(table.totals.events == count, "the bare table has all events")
        }
        return (ours, bare)
    }

    /// Seconds.
    private static func windows(_ batches: [WindowBatch]) throws -> Double {
        let runner = try WindowRunner(
            .tumbling(size: 10_000_000, offset: 0), WindowBenchmarks.four, sources: WindowBenchmarks.sources, delay: 0,
            texts: TextDictionary())
        var rows = 0
        let seconds = Clock.threadSeconds {
            for batch in batches { rows += runner.process(batch).reduce(0) { $0 + $1.count } }
            rows += runner.advance(to: .max).reduce(0) { $0 + $1.count }
        }
        try BenchmarkError.check(runner.lateCount == 0 && rows > 0, "every event is in time, and gives rows")
        return seconds
    }
}
