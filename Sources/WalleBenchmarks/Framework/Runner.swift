internal import ArgumentParser
internal import Foundation

/// Runs the benchmarks of an area, each in a process of its own.
struct Runner {
    var area: Area
    var options: BenchmarkOptions
    /// What the area has beside the options of all.
    var plan: Plan
    /// Its options as arguments, for the processes of the benchmarks.
    var arguments: [String] = []
    /// Variables for the processes of the benchmarks.
    var environment: [String: String] = [:]

    func run() async throws {
        if let name = options.child { return try await runHere(name) }
        let chosen = area.benchmarks.filter { options.only.isEmpty || options.only.contains($0.name) }
        guard !chosen.isEmpty else {
            throw ValidationError("--only takes \(area.benchmarks.map(\.name).joined(separator: ", "))")
        }
        var report = Report(area: area.name, environment: try .present(plan))
        for benchmark in chosen {
            note("\(area.name) \(benchmark.name) …")
            do { report.add(try runChild(benchmark.name)) } catch { report.failures[benchmark.name] = "\(error)" }
        }
        report.environment.loadAfter = Environment.load
        print(report.table())
        if let path = options.json { try report.json().write(to: URL(fileURLWithPath: path)) }
        if !report.failures.isEmpty { throw ExitCode.failure }
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    /// Runs one benchmark in a new process of this executable.
    private func runChild(_ name: String) throws -> Outcome {
        let file = NSTemporaryDirectory() + "walle-bench-\(getpid())-\(name).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [area.name, "--child", name, "--json", file] + (options.quick ? ["--quick"] : []) + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let kind = process.terminationReason == .exit ? "status" : "signal"
            throw BenchmarkError("\(kind) \(process.terminationStatus)")
        }
        return try JSONDecoder().decode(Outcome.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    private func runHere(_ name: String) async throws {
        guard let benchmark = area.benchmarks.first(where: { $0.name == name }), let path = options.json else {
            throw ValidationError("no benchmark \(name)")
        }
        let results = try await benchmark.run(plan)
        try JSONEncoder().encode(results).write(to: URL(fileURLWithPath: path))
        // The process ends here: CPython is never finalised, and a condemned VM cannot be waited for.
        exit(0)
    }
}

/// What every area takes.
struct BenchmarkOptions: ParsableArguments {
    @Option(help: "Write the results as JSON to this file.") var json: String?
    @Flag(help: "A tenth of the samples: shows that everything works; the figures are coarse.") var quick = false
    @Option(help: "Only the benchmark of this name; may be repeated.") var only: [String] = []
    @Option(help: .hidden) var child: String?

    var plan: Plan { Plan(isQuick: quick) }
}
