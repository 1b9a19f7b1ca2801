public import ArgumentParser

/// The `walle` command.
public struct WalleCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "walle",
        abstract: "Write, check and run machine-learning tasks in Python.",
        discussion: """
            Data goes to standard output, everything else to standard error. Exit codes: 0 all went well, 1 a run, an \
            example or a check failed, 2 a package cannot be used, 64 the command line is wrong.
            """,
        version: "0.1.0",
        subcommands: [
            NewCommand.self, CheckCommand.self, RunCommand.self, HostCommand.self, AddCommand.self, ModulesCommand.self,
            TensorCommand.self, StreamCommand.self,
        ])

    public init() {}

    /// Executes the process's command line and ends the process.
    public static func start() async { await main() }
}
