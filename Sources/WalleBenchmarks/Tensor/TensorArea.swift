internal import ArgumentParser

extension Area {
    static let tensor = Area(
        name: "tensor",
        benchmarks: [
            Benchmark(name: "operations", comparing: Operations.run),
            Benchmark(name: "gemm", comparing: MatrixProducts.run),
            Benchmark(name: "sharing", comparing: Sharing.run),
        ])
}

struct TensorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tensor", abstract: "Arrays of walle.numpy in an isolated interpreter, beside NumPy.",
        discussion: """
            Speeds are those of NumPy at its better setting: as installed, or with its OpenBLAS told what the processor \
            can do. 2 is twice as fast as NumPy.
            """)
    @OptionGroup var options: BenchmarkOptions
    @Option(help: "Threads that ours and NumPy may compute with.") var threads = 1
    @Option(help: "A Python interpreter that has NumPy; without one the figures are ours alone.") var numpy: String?
    @Option(help: "Only the operations of this name or family; may be repeated.") var operation: [String] = []

    func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256, not \(threads)") }
    }

    func run() async throws {
        var plan = options.plan
        plan.fullRounds = 5
        (plan.threads, plan.numpy, plan.operations) = (threads, numpy, operation)
        let arguments =
            ["--threads", "\(threads)"] + (numpy.map { ["--numpy", $0] } ?? [])
            + operation.flatMap { ["--operation", $0] }
        try await Runner(
            area: .tensor, options: options, plan: plan, arguments: arguments,
            environment: ["WALLE_THREADS": "\(threads)"]
        ).run()
    }
}
