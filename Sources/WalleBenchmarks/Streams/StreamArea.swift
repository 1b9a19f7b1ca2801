internal import ArgumentParser

extension Area {
    static let streams = Area(
        name: "streams",
        benchmarks: [
            Benchmark(name: "windows", comparing: WindowBenchmarks.run),
            Benchmark(name: "stored", comparing: StoredBenchmark.run),
            Benchmark(name: "keys", comparing: KeyBenchmark.run),
            Benchmark(name: "sizes", comparing: SizeBenchmark.run),
            Benchmark(name: "over", comparing: OverBenchmark.run),
            Benchmark(name: "nexmark", comparing: NexmarkBenchmark.run),
            Benchmark(name: "reading", comparing: ReadingBenchmark.run),
            Benchmark(name: "functions", run: FunctionBenchmark.run),
            Benchmark(name: "triggers", comparing: TriggerBenchmark.run),
            Benchmark(name: "latency", run: TriggerLatency.run),
            Benchmark(name: "page-views", comparing: PageViewBenchmark.run),
            Benchmark(name: "peers", comparing: PeerBenchmark.run),
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
    @Option(help: "A Python interpreter that has PyFlink and bytewax, which are run once.") var peers: String?
    @Option(help: "The log of events that rows of PyFlink are compared on.") var clicks: String?
    @Option(help: "A folder for pictures of what was measured.") var plots: String?

    func run() async throws {
        var plan = options.plan
        plan.fullRounds = 5
        (plan.duckdb, plan.streamPeers, plan.clicks, plan.plots) = (duckdb, peers, clicks, plots)
        let given = ["--duckdb": duckdb, "--peers": peers, "--clicks": clicks, "--plots": plots]
        let arguments = given.flatMap { name, value in value.map { [name, $0] } ?? [] }
        try await Runner(area: .streams, options: options, plan: plan, arguments: arguments).run()
    }
}
