import Foundation
import Testing
import Walle
import WallePython

/// Ordinary scripts under limits that end them anywhere: CPython must survive each.
///
/// `WALLE_FUZZ_RUNS` and `WALLE_FUZZ_SEED` set count and seed; the seed `fresh` is another one each time.
extension RuntimeTests {
    @Suite(.serialized) struct FuzzTests {
        @Test(.timeLimit(.minutes(60))) func survivesLimits() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                let environment = ProcessInfo.processInfo.environment
                let wanted = environment["WALLE_FUZZ_SEED"] ?? ""
                let seed = wanted == "fresh" ? .random(in: 0...999_999_999) : UInt64(wanted) ?? 11
                try await Fuzz(seed: seed).run(count: environment["WALLE_FUZZ_RUNS"].flatMap { Int($0) } ?? 200)
            }
            if let result { print(String(decoding: result.standardOutputContent, as: UTF8.self)) }
        }
    }
}

struct Fuzz {
    var seed: UInt64

    private struct Case {
        var workload: String
        var source: String
        var memoryBytes: Int
        var limits: RunLimits
        var runs: Int
        var description: String {
            "\(workload) memory \(memoryBytes >> 20) MB, time \(limits.time.map { "\($0)" } ?? "none")"
        }
    }

    func run(count: Int) async throws {
        StandardModules.install()
        print("fuzz: seed \(seed), \(count) runs")
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Two at a time, so that VMs come and go beside running ones.
            for worker in 0..<2 {
                group.addTask { try await work(count / 2, seed: seed &+ UInt64(worker) &* 7919, counts) }
            }
            try await group.waitForAll()
        }
        for (kind, count) in counts.all.sorted(by: { $0.value > $1.value }) { print("fuzz: \(count)  \(kind)") }
        let other = await Probe.outcome(of: "def run(): return 45")
        #expect(other.description == "value 45")
        fflushAll()
    }

    private func work(_ count: Int, seed: UInt64, _ counts: Counts) async throws {
        var random = SplitMix64(state: seed)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Fixture.folder.appending(path: "workloads").path
        ).filter { $0.hasSuffix(".py") }.sorted()
        let sources = try names.map { try Fixture(name: "workloads/" + $0) }
        for _ in 0..<count {
            let workload = sources.randomElement(using: &random)!
            let milliseconds = Double.random(in: 0...50, using: &random)
            let limits = RunLimits(
                // Bombs that swallow need a limit; what ends by itself also runs without.
                time: Int.random(in: 0..<4, using: &random) == 0
                    ? .seconds(5) : .nanoseconds(Int64(milliseconds * 1e6)),
                grace: .milliseconds(Int.random(in: 0...5, using: &random)))
            let item = Case(
                workload: workload.name, source: workload.source,
                memoryBytes: Int.random(in: 2 << 20...80 << 20, using: &random), limits: limits,
                runs: Int.random(in: 1...3, using: &random))
            try await run(item, counts)
        }
    }

    private func run(_ item: Case, _ counts: Counts) async throws {
        if ProcessInfo.processInfo.environment["WALLE_FUZZ_VERBOSE"] != nil { print(item.description); fflushAll() }
        let machine: VirtualMachine
        do {
            machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: item.memoryBytes))
        } catch {
            return counts.add("not started")
        }
        let policy = Policy(threads: 4)
        for _ in 0..<item.runs {
            let outcome = await Probe.outcome(of: item.source, limits: item.limits, policy: policy, on: machine)
            counts.add(outcome.kind)
            if case .unresponsive = outcome { return machine.close() }
            if case .ended = outcome { break }
        }
        await machine.finish()
    }
}

/// Counts by name, from any thread.
final class Counts: @unchecked Sendable {
    private let lock = NSLock()
    private var counts: [String: Int] = [:]

    func add(_ name: String) { lock.withLock { counts[name, default: 0] += 1 } }
    var all: [String: Int] { lock.withLock { counts } }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What was printed must be out before a crash.
func fflushAll() {
    fflush(nil)
}
