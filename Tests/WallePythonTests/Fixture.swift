import Foundation
import Testing
import Walle
import WallePython

/// A script of `Fixtures` with what shall become of it, written in its first lines as `# key: value`.
///
/// - `expect`: outcomes as ``Outcome`` writes them, or their beginnings; any of those between bars.
/// - `time`, `cpu` in milliseconds; `memory` in MB; `outputBytes`; `threads`.
/// - `output`: a line that must be printed.
/// - `child`: runs in a process of its own, as it condemns its VM or might end the process.
struct Fixture: Sendable, Codable, CustomTestStringConvertible {
    var name: String
    var source: String
    var keys: [String: String] = [:]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    init(name: String) throws {
        self.name = name
        source = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        for line in source.split(separator: "\n").prefix(while: { $0.hasPrefix("# ") }) {
            let parts = line.dropFirst(2).split(separator: ":", maxSplits: 1)
            if parts.count == 2 { keys[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
    }

    static let all: [Fixture] = {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let scripts = names.filter { $0.hasSuffix(".py") && !$0.hasPrefix("workloads/") }.sorted()
        return scripts.compactMap { try? Fixture(name: $0) }
    }()

    var testDescription: String { name }
    var needsChild: Bool { keys["child"] != nil }

    private func number(_ key: String) -> Int? { keys[key].flatMap { Int($0) } }

    var limits: RunLimits {
        RunLimits(
            time: .milliseconds(number("time") ?? 10_000), cpuTime: number("cpu").map { .milliseconds($0) },
            outputBytes: number("outputBytes") ?? 1 << 20)
    }

    var configuration: MachineConfiguration {
        MachineConfiguration(memoryBytes: (number("memory") ?? 64) << 20)
    }

    func expects(_ outcome: Outcome) -> Bool {
        (keys["expect"] ?? "").split(separator: "|").contains { outcome.description.hasPrefix($0) }
    }

    /// Runs the script on a VM of its own; then another VM must still work.
    func check() async throws {
        StandardModules.install()
        let lines = Lines()
        let machine = try await VirtualMachine.start(configuration)
        _ = try await machine.perform { (interpreter) throws(PythonFailure) in
            interpreter.output.onLine = { lines.append($1) }
        }
        let outcome = await Probe.outcome(
            of: source, limits: limits, policy: Policy(threads: number("threads") ?? 0), on: machine)
        #expect(expects(outcome), "\(name): \(outcome)")
        if let line = keys["output"] { #expect(lines.all.contains(line), "\(name) printed \(lines.all)") }
        if case .unresponsive = outcome { machine.close() } else { await machine.finish() }
        let other = await Probe.outcome(of: "def run(): return sum(range(10))")
        #expect(other.description == "value 45", "a fresh VM after \(name)")
    }
}

/// Lines that a script printed, collected on the VM's thread.
final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func append(_ line: String) { lock.withLock { lines.append(line) } }
    var all: [String] { lock.withLock { lines } }
}
