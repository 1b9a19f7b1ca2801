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

    @Option(help: "The event log: ecom.csv.gz, or unpacked.")
    var data: String = "\(Self.cache)/walle/data/ecom.csv.gz"

    func validate() throws {
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
        let report = try await Demo(
            stream: stream, packages: Self.packages, length: length, screen: screen
        ).run()
        screen.print("\n" + report.lines.joined(separator: "\n"))
        if let plot = report.findings.purchases?.plot {
            let file = "\(Self.cache)/walle/purchase.svg"
            try? plot.write(toFile: file, atomically: true, encoding: .utf8)
            screen.print("\nThe purchase model, drawn by its task: \(file)")
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
