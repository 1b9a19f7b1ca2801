package import ArgumentParser

/// `walle stream`: features of event streams, from their definitions.
package struct StreamCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "Run features of event streams, and show what they are.",
        subcommands: [StreamRunCommand.self, StreamExplainCommand.self, StreamSQLCommand.self, StreamBenchCommand.self])

    package init() {}
}
