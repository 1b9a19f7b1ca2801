package import ArgumentParser
internal import Walle
internal import WalleStreams

/// `walle stream explain`: what a definition says once its names are found and its types known.
package struct StreamExplainCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Check the streams of a definition, and show what they compute.")

    @Argument(help: "The file with the definitions, in TOML.")
    var file: String

    @Option(help: "Only the stream of this name.")
    var stream: String?

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        do {
            for definition in try StreamFile(file).streams(named: stream) {
                for line in try StreamExplanation(definition).lines { console.print(line) }
            }
            return .success
        } catch let error as PackageError.Problem {
            console.say("\(error)")
        } catch let error as StreamError {
            console.say("\(error)")
        }
        return .badPackage
    }
}
