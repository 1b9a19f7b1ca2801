package import ArgumentParser
internal import Foundation
internal import Walle

/// `walle host`: a folder of tasks that take requests as lines of JSON.
package struct HostCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Host a folder of tasks: requests and answers as lines of JSON.",
        discussion: """
            Reads {"task": "next-item", "input": …} from standard input, a request a line, with these members if wanted: \
            "id", "deadline": "200ms", "priority": "high", "route", "trace", "stream": true. Writes {"id", "task", \
            "output"} or {"id", "task", "error": {"kind", "message", "traceback"}} as runs end; a stream gives {"id", \
            "task", "value"} for each value and {"id", "task", "done": true}.

            With --events, a line without "task" is an event: {"event": "product_view", "timestamp": …, "user_id": …}. It \
            may start tasks by the triggers of their task.toml; what these give is written as {"id": null, "task", \
            "trigger", "run", "output"}. An event that is not taken is answered with an error; one without a time happened now.

            Watches the folder: save a file and its task is swapped. SIGUSR1 writes the status to standard error; SIGINT, \
            SIGTERM and the end of the input let what runs finish and end the host.
            """)

    @Option(help: "The folder whose subfolders are the tasks.")
    var tasks: String

    @Option(help: "A file in TOML with the source of events, and streams and patterns that read it.")
    var events: String?

    @Option(help: "Keep rows, state and runs that are not done in this SQLite file. With --events.")
    var store: String?

    @Flag(help: "Go on after the end of standard input, until a signal.")
    var stay = false

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func validate() throws {
        if store != nil, events == nil { throw ValidationError("--store keeps what is made of --events.") }
    }

    package func execute(on console: Console) async throws -> CommandStatus {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: tasks, isDirectory: &isFolder), isFolder.boolValue else {
            console.say("\(tasks): there is no such folder")
            return .badPackage
        }
        let session = HostSession(
            folder: tasks, console: console, options: common, input: .standardInput, stays: stay,
            events: events, store: store)
        do {
            return try await session.run()
        } catch let error as TaskError {
            console.say("\(error)")
            return .failure
        }
    }
}
