package import ArgumentParser
internal import Foundation
internal import Walle
internal import WallePython

/// `walle run`: a task over one value or a file of them.
package struct RunCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a task over one value or a file of values.",
        discussion: """
            Writes one line of JSON for each input to standard output, in the order of the inputs. A run that fails \
            gives {"error": …} there and is explained on standard error; the exit code is 1 then.
            """)

    @Argument(help: "The folder of the task.")
    var path = "."

    @Option(help: "The input as JSON.")
    var value: String?

    @Option(help: "A file with an input as JSON on each line; - for standard input.")
    var input: String?

    @Option(help: "VMs that run at a time, instead of task.instances in task.toml.")
    var parallel: Int?

    @Option(name: .customLong("repeat"), help: "How often to run over all inputs. The first results are written.")
    var repeats = 1

    @Option(help: "Write a flame graph of where the time goes to this SVG file, and a table to standard error.")
    var profile: String?

    @Flag(help: "Open pdb at breakpoint() and where an exception is raised. Limits of time and memory are off.")
    var debug = false

    @OptionGroup var common: CommonOptions

    package init() {}

    package func validate() throws {
        guard (value == nil) != (input == nil) else {
            throw ValidationError("Give --value JSON or --input FILE.jsonl.")
        }
        guard repeats >= 1 else { throw ValidationError("--repeat is at least 1.") }
        guard (1...256).contains(parallel ?? 1) else { throw ValidationError("--parallel is from 1 to 256.") }
        guard repeats == 1 || input != "-" else {
            throw ValidationError("--repeat needs a file: standard input is read once.")
        }
        guard !debug || (parallel ?? 1) == 1 && profile == nil && input != "-" else {
            throw ValidationError(
                "--debug needs the terminal and one VM: leave out --parallel, --profile and --input -.")
        }
    }

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        let package: TaskPackage
        do throws(PackageError) {
            package = try load()
        } catch {
            console.say("\(error)")
            return .badPackage
        }
        do throws(TaskError) {
            let host = try TaskHost(configuration: configuration(console))
            let status = await Interruption.during {
                await runAll(package, on: host, console)
            } onSignal: {
                await host.shutdown(patience: .seconds(1))
            }
            await host.shutdown()
            return status ?? .failure
        } catch {
            console.say("\(error)")
            return .badPackage
        }
    }

    private var source: InputSource {
        if let value { return .value(value) }
        return input == "-" ? .standardInput : .file(input ?? "")
    }

    private func load() throws(PackageError) -> TaskPackage {
        try TaskPackage.load(at: path).adjusting { manifest in
            manifest.instances = debug ? 1 : parallel ?? manifest.instances
            if debug { manifest.beDebugged() }
        }
    }

    private func configuration(_ console: Console) -> HostConfiguration {
        var configuration = HostConfiguration()
        configuration.logger = ConsoleLogHandler.logger(on: console, quiet: common.quiet)
        configuration.spares = 0
        configuration.isDebugging = debug
        return configuration
    }

    private func runAll(_ package: TaskPackage, on host: TaskHost, _ console: Console) async -> CommandStatus {
        do throws(TaskError) {
            _ = try await host.load(package)
        } catch {
            console.say("\(error)")
            return .badPackage
        }
        let reader: InputReader
        do throws(InputError) { reader = try InputReader(source) } catch {
            console.say("\(error)")
            return .failure
        }
        let sampler = profile.map { _ in StackSampler() }
        sampler?.start()
        var report = RunReport(console: console, options: common, total: total(console), showsErrorLines: input != nil)
        await repeatedly(reader, package, host, &report)
        report.runsEnded()
        if let sampler, !writeProfile(sampler.stop(), of: package, on: host, &report, console) { return .failure }
        report.finish()
        return report.summary.failed > 0 || report.summary.isInterrupted ? .failure : .success
    }

    private func total(_ console: Console) -> Int? {
        guard console.isTerminal, !common.quiet, !debug else { return nil }
        return InputReader.count(source).map { $0 * repeats }
    }

    private func repeatedly(
        _ first: InputReader, _ package: TaskPackage, _ host: TaskHost, _ report: inout RunReport
    ) async {
        let manifest = package.manifest
        let batch = RunBatch(host: host, task: manifest.name, window: manifest.instances)
        for pass in 0..<repeats {
            guard var reader = pass == 0 ? first : try? InputReader(source) else { return }
            await batch.run(
                next: { reader.next() }, receive: { report.receive($0, isFirstPass: pass == 0) })
        }
    }

    private func writeProfile(
        _ profile: StackProfile, of package: TaskPackage, on host: TaskHost, _ report: inout RunReport,
        _ console: Console
    ) -> Bool {
        guard let path = self.profile else { return true }
        let manifest = package.manifest
        let named = ProfileNames(folder: host.folder(of: manifest.name)).apply(profile)
        let graph = FlameGraph(named, title: "\(manifest.name) \(manifest.version)")
        do {
            try Data(graph.svg.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            console.say("\(path): the flame graph cannot be written: \(error.localizedDescription)")
            return false
        }
        report.summary.profilePath = path
        report.profile = ProfileTable(named)
        return true
    }
}

extension TaskManifest {
    /// A person at a prompt takes longer than any limit, and pdb more memory than many.
    fileprivate mutating func beDebugged() {
        let forever = Duration.seconds(365 * 86400)
        limits.run = forever
        limits.start = forever
        limits.cpu = nil
        limits.runMemoryBytes = nil
        limits.memoryBytes = 8 << 30
        permissions.debugging = true
    }
}
