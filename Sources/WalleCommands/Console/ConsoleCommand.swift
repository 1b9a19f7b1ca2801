internal import ArgumentParser

/// How a command ended.
package enum CommandStatus: Int32, Sendable {
    case success = 0
    /// A run, an example or a check failed.
    case failure = 1
    /// A package cannot be used.
    case badPackage = 2
    /// The command line is wrong; swift-argument-parser ends with this by itself.
    case usage = 64
}

/// A command that writes to a console it is given, so that tests can read along.
package protocol ConsoleCommand {
    func execute(on console: Console) async throws -> CommandStatus
}

extension ConsoleCommand {
    /// Executes on the process's own console and ends the process with the status.
    func executeAndExit() async throws {
        let status = try await execute(on: .standard)
        if status != .success { throw ExitCode(status.rawValue) }
    }
}

/// What every command takes.
package struct CommonOptions: ParsableArguments {
    @Option(help: "How to write the summary: table or json.")
    package var format = OutputFormat.table

    @Flag(name: .shortAndLong, help: "Write results and errors only.")
    package var quiet = false

    package init() {}
}

package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json
}
