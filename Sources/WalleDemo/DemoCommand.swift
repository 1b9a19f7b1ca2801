import ArgumentParser
import Foundation

/// Runs real tasks in parallel on real input, swaps one, and stops those that misbehave.
@main
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walle-demo",
        abstract: "Run tasks in parallel on an event log, swap one while it runs, stop those that misbehave.",
        discussion: """
            The input is the e-commerce clickstream of retentioneering 5.2.4 (synthetic, 31,106 events), which \
            Scripts/fetch-data downloads. Exit code 0: all went as it should. 1: a run was lost, a swap failed, or \
            something else happened that should not.
            """)

    @Option(help: "How long the tasks run, in seconds.")
    var seconds: Double = 25

    @Flag(help: "A short run for checks: 5 seconds.")
    var quick = false

    @Option(help: "How many seconds of the log are replayed in one; else all of it in the time there is.")
    var speed: Double?

    @Option(help: "The event log: ecom.csv.gz, or unpacked.")
    var data: String = "\(Self.cache)/walle/data/ecom.csv.gz"

    func validate() throws {
        guard speed.map({ $0 > 0 }) ?? true else { throw ValidationError("--speed is above zero.") }
        guard (2...3600).contains(seconds) else { throw ValidationError("--seconds is between 2 and 3600.") }
    }

    func run() async throws {
        let screen = Screen()
        let stream = try Clickstream(contentsOf: data)
        let length = Duration.seconds(quick ? 5 : seconds)
        let count = Text.count(stream.events.count)
        screen.print(
            screen.bold("The e-commerce clickstream of retentioneering 5.2.4 (synthetic, \(count) events)")
                + ", replayed for \(Text.duration(length)) on \(MachineUsage.cores) cores")
        let folder = NSTemporaryDirectory() + "walle-demo-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let report = try await Demo(
            stream: stream, packages: Self.packages, length: length, screen: screen, speed: speed,
            store: folder + "/events.sqlite"
        ).run()
        screen.print("\n" + report.lines.joined(separator: "\n"))
        let plots = [
            ("The purchase model", "purchase", report.findings.purchases?.plot),
            ("The log by day, from the rows of its streams", "events", report.plot),
        ]
        for (title, name, plot) in plots {
            guard let plot else { continue }
            let file = "\(Self.cache)/walle/\(name).svg"
            try? plot.write(toFile: file, atomically: true, encoding: .utf8)
            screen.print("\(title), drawn by a task: \(file)")
        }
        if !report.isGood { throw ExitCode(1) }
    }

    private static var cache: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/root")/.cache"
    }

    /// The task packages: beside the executable, where the build puts them, else where this source file lies.
    private static var packages: String {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (executable as NSString).deletingLastPathComponent + "/walle_WalleDemo.resources/Tasks"
        let source = (#filePath as NSString).deletingLastPathComponent + "/Tasks"
        return FileManager.default.fileExists(atPath: beside) ? beside : source
    }
}
