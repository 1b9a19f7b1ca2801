package import ArgumentParser
internal import Walle
internal import WalleStreams

/// `walle stream sql`: streams and patterns as queries of another engine.
package struct StreamSQLCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Print the streams and patterns of a definition as SQL.",
        discussion: """
            Dialects: flink, where one machine is outgrown, duckdb and sqlite, for logs that are there already. Patterns \
            are printed for flink only. What a dialect cannot say is refused, all of it with its fields. Options of \
            Flink's table of events are given with --with. Example: walle stream sql hourly.toml --dialect flink --with \
            connector=filesystem --with format=csv
            """)

    @Argument(help: "The file with the definitions, in TOML.")
    var file: String

    @Option(help: "flink, duckdb or sqlite.")
    var dialect: String

    @Option(help: "Only the stream or pattern of this name.")
    var stream: String?

    @Option(name: .customLong("with"), help: "An option of Flink's connector, as name=value; may be repeated.")
    var connector: [String] = []

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        guard let dialect = SQLDialect(rawValue: dialect) else {
            let known = SQLDialect.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--dialect \(dialect): take one of \(known)")
        }
        do {
            // Several read the same table.
            var printed: Set<String> = []
            let connector = connector.isEmpty ? ["connector": "…"] : try options()
            for part in try StreamFile(file).parts(named: stream) {
                for statement in try part.sql(dialect, connector: connector) where printed.insert(statement).inserted {
                    console.print(statement + ";\n")
                }
            }
            return .success
        } catch let refusal as SQLRefusal {
            console.say("\(refusal)")
            return .failure
        } catch let error as PackageError.Problem {
            console.say("\(error)")
        } catch let error as StreamError {
            console.say("\(error)")
        }
        return .badPackage
    }

    private func options() throws -> [String: String] {
        try Dictionary(
            connector.map { option in
                guard let equals = option.firstIndex(of: "="), equals > option.startIndex else {
                    throw ValidationError("--with \(option): write name=value")
                }
                return (String(option[..<equals]), String(option[option.index(after: equals)...]))
            }, uniquingKeysWith: { _, last in last })
    }
}
