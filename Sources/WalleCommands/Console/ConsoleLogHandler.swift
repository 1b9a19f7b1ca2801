internal import Foundation
package import Logging

/// Logs to a console as an author wants to read it: what the script prints as it is, the rest with task and run.
package struct ConsoleLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let console: Console
    /// Said already by the line around it.
    private static let hidden: Set<String> = ["task", "version", "run", "stream", "trace_id"]

    package init(console: Console, logLevel: Logger.Level) {
        self.console = console
        self.logLevel = logLevel
    }

    package static func logger(on console: Console, quiet: Bool) -> Logger {
        Logger(label: "walle") { _ in ConsoleLogHandler(console: console, logLevel: quiet ? .error : .info) }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        if all["stream"] != nil { return console.say("\(event.message)") }
        var line = "\(event.level)"
        if let task = all["task"] { line += " \(task)" }
        if let run = all["run"], "\(run)" != "" { line += ", run \(run)" }
        line += ": \(event.message)"
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where !Self.hidden.contains(key) {
            line += " \(key)=\(value)"
        }
        console.say(line)
    }
}
