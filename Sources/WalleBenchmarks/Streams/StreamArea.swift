internal import ArgumentParser

extension Area {
    static let streams = Area(
        name: "streams",
        benchmarks: [
            Benchmark(name: "windows", comparing: WindowBenchmarks.run),
            Benchmark(name: "over", comparing: OverBenchmark.run),
            Benchmark(name: "reading", comparing: ReadingBenchmark.run),
            Benchmark(name: "triggers", comparing: TriggerBenchmark.run),
            Benchmark(name: "latency", run: TriggerLatency.run),
            Benchmark(name: "page-views", comparing: PageViewBenchmark.run),
        ])
}

struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams", abstract: "Windows over event streams, beside DuckDB.",
        discussion: """
            Ours takes events in batches as they come, on one thread, by its processor time; DuckDB has them all in a table, on \
            one thread. Both give the same rows, which is checked outside of the time.
            """)
    @OptionGroup var options: BenchmarkOptions
    @Option(help: "A Python interpreter that has DuckDB; without one the figures are ours alone.") var duckdb: String?

    func run() async throws {
        var plan = options.plan
        plan.fullRounds = 5
        plan.duckdb = duckdb
        try await Runner(
            area: .streams, options: options, plan: plan, arguments: duckdb.map { ["--duckdb", $0] } ?? []
        ).run()
    }
}
