internal import ArgumentParser

/// `walle-bench AREA`: our figures and those of the peers, from one run.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walle-bench", abstract: "Measures Walle beside its peers.",
        subcommands: [VMCommand.self, TensorCommand.self, StreamsCommand.self])
}

struct VMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vm", abstract: "Interpreters, runs, swaps and stops.")
    @OptionGroup var options: BenchmarkOptions

    func run() async throws { try await Runner(area: .vm, options: options, plan: options.plan).run() }
}
