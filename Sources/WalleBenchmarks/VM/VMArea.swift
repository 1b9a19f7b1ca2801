extension Area {
    static let vm = Area(
        name: "vm",
        benchmarks: [
            Benchmark(name: "scaling", run: Scaling.run),
            Benchmark(name: "throughput", run: Throughput.run),
            Benchmark(name: "calls", run: Calls.run),
            Benchmark(name: "latency", run: Latency.run),
            Benchmark(name: "idle-cpu", run: IdleProcessor.run),
            Benchmark(name: "binding", run: BindingCalls.run),
            Benchmark(name: "swap", run: SwapLatency.run),
            Benchmark(name: "swap-memory", run: SwapMemory.run),
            Benchmark(name: "idle-memory", run: IdleMemory.run),
            Benchmark(name: "stops", run: Stops.run),
            Benchmark(name: "swap-loss", run: SwapLoss.run),
        ])
}
