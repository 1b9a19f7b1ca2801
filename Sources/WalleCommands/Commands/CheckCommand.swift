internal import WalleText
package import ArgumentParser
internal import Foundation
internal import Walle
internal import WallePython

/// `walle check`: everything that can be wrong with a package, at once.
package struct CheckCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a task: its package, imports, the types of its entry, its examples.")

    @Argument(help: "The folder of the task.")
    var path = "."

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        var report = CheckReport(console: console, options: common)
        do throws(PackageError) {
            let package = try TaskPackage.load(at: path)
            try await check(package, console, &report)
        } catch {
            for problem in error.problems { report.fail("package", "\(problem)") }
        }
        report.finish()
        return report.failures > 0 ? .failure : .success
    }

    private func check(
        _ package: TaskPackage, _ console: Console, _ report: inout CheckReport
    ) async throws(PackageError) {
        let manifest = package.manifest
        let files = package.files.count == 1 ? "1 file" : "\(package.files.count) files"
        report.pass(
            "package",
            "package \(manifest.name) \(manifest.version): \(files), \(Quantity.text(bytes: package.totalBytes))")
        var configuration = HostConfiguration()
        configuration.logger = ConsoleLogHandler.logger(on: console, quiet: true)
        do throws(TaskError) {
            let host = try TaskHost(configuration: configuration)
            await check(package, on: host, &report)
            await host.shutdown()
        } catch {
            report.fail("host", "\(error)")
        }
    }

    private func check(_ package: TaskPackage, on host: TaskHost, _ report: inout CheckReport) async {
        let entry = package.manifest.entry
        do throws(TaskError) {
            let inspection = try await host.inspect(package)
            if inspection.problems.isEmpty {
                report.pass(
                    "entry", "\(entry) imports in \(Quantity.text(inspection.start)) and takes \(inspection.signature)")
            }
            for problem in inspection.problems { report.fail("entry", "\(entry) \(inspection.signature): \(problem)") }
        } catch {
            // Without an import no example can run: they would all say the same.
            return report.fail("entry", "\(entry) cannot be imported.\n\(error.explanation)")
        }
        if package.examples.isEmpty {
            report.note("no examples: put {\"input\": …, \"output\": …} into examples/first.json")
        }
        for example in package.examples { await check(example, package, host, &report) }
    }

    private func check(
        _ example: TaskExample, _ package: TaskPackage, _ host: TaskHost, _ report: inout CheckReport
    ) async {
        do throws(TaskError) {
            let outcome = try await host.outcome(of: example, in: package)
            if let error = outcome.error { throw error }
            report.pass("example", "\(example.name) gives its output in \(Quantity.text(outcome.duration))")
        } catch {
            if case .example(let name, let difference) = error.kind {
                report.fail("example", "\(name) gives another output.\n\(difference)")
            } else {
                report.fail("example", "\(example.name): \(error.explanation)")
            }
        }
    }
}

/// What `walle check` found, as lines for people or one JSON object.
struct CheckReport {
    let console: Console
    let options: CommonOptions
    private(set) var failures = 0
    private var checks: [Value] = []

    init(console: Console, options: CommonOptions) {
        self.console = console
        self.options = options
    }

    mutating func pass(_ check: String, _ text: String) {
        checks.append(["check": .string(check), "ok": true, "message": .string(text)])
        if options.format == .table, !options.quiet { console.print("ok  \(text)") }
    }

    mutating func fail(_ check: String, _ text: String) {
        failures += 1
        checks.append(["check": .string(check), "ok": false, "message": .string(text)])
        if options.format == .table { console.print("no  " + text.replacing("\n", with: "\n    ")) }
    }

    /// Something to know that is no failure.
    func note(_ text: String) {
        if options.format == .table, !options.quiet { console.say("    \(text)") }
    }

    func finish() {
        guard options.format == .json else { return }
        console.print(JSONText.text(of: ["ok": .bool(failures == 0), "checks": .array(checks)]))
    }
}
