import Foundation
import Synchronization
import Testing
import Walle

extension HostSuite {
    @Suite struct SwapTests {
        static func version(_ version: String, toml: String = "", _ main: String, example: String? = nil) throws
            -> TestPackage
        {
            try TestPackage(
                version: version, toml: toml, files: example.map { ["examples/first.json": $0] } ?? [:], main)
        }

        @Test func newRunsGetTheNewVersion() async throws {
            let old = try Self.version("1.0.0", "def run(x): return 'old'")
            let new = try Self.version("1.1.0", "def run(x): return 'new'")
            try await withHost(old) { (host: TaskHost) async throws in
                #expect(try await host.run("sample", .none) == "old")
                try await host.swap("sample", to: new.path)
                #expect(try await host.run("sample", .none) == "new")
                #expect(host.status.tasks.first?.version == "1.1.0")
            }
        }

        @Test func runsThatBeganFinishOnTheOldVersion() async throws {
            let old = try Self.version("1.0.0", "import time\ndef run(x):\n    time.sleep(0.4)\n    return 'old'")
            let new = try Self.version("1.1.0", "def run(x): return 'new'")
            try await withHost(old) { (host: TaskHost) async throws in
                async let began = host.run("sample", .none)
                try await Task.sleep(for: .milliseconds(50))
                async let waited = host.run("sample", .none)
                try await Task.sleep(for: .milliseconds(20))
                try await host.swap("sample", to: new.path)
                #expect(try await waited == "new")
                #expect(try await began == "old")
            }
        }

        @Test func anAppsNumberOfInstancesOutlivesASwap() async throws {
            let old = try Self.version("1.0.0", "def run(x): return 'old'")
            let new = try Self.version("1.1.0", toml: "instances = 2", "def run(x): return 'new'")
            try await withHost { host in
                try await host.load(old.path, instances: 3)
                #expect(host.status.tasks.first?.instances == 3)
                try await host.swap("sample", to: new.path)
                #expect(host.status.tasks.first?.instances == 3)
            }
        }

        @Test func noRunIsLost() async throws {
            let versions = try (0..<2).map { number in
                try Self.version("1.0.\(number)", toml: "instances = 2", "def run(x): return x + \(number) - \(number)")
            }
            try await withHost(versions[0]) { (host: TaskHost) async throws in
                let answered = Mutex(0)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<4 {
                        group.addTask { @Sendable in
                            for number in 0..<400 {
                                let result = try await host.run("sample", worker * 1000 + number, as: Int.self)
                                #expect(result == worker * 1000 + number)
                                answered.withLock { $0 += 1 }
                            }
                        }
                    }
                    for swap in 1...10 { try await host.swap("sample", to: versions[swap % 2].path) }
                    try await group.waitForAll()
                }
                #expect(answered.withLock { $0 } == 1600)
            }
        }

        @Test(arguments: [
            ("def run(x:\n    return 1", "SyntaxError"),
            ("raise ValueError('at import')\ndef run(x): return 1", "at import"),
            ("def other(x): return 1", "run"),
            ("run = 5", "function"),
            ("def warm_up(): raise KeyError('cold')\ndef run(x): return 1", "cold"),
            ("while True: pass", "limits.start"),
            ("import numpy\ndef run(x): return 1", "numpy"),
        ])
        func aVersionThatFailsChangesNothing(main: String, mention: String) async throws {
            let old = try Self.version("1.0.0", "def run(x): return 'old'")
            let new = try Self.version("1.1.0", toml: "[limits]\nstart = \"300ms\"", main)
            try await withHost(old) { (host: TaskHost) async throws in
                let error = await failure { () async throws(TaskError) in try await host.swap("sample", to: new.path) }
                #expect("\(error as Any)".contains(mention), "\(error as Any)")
                #expect(try await host.run("sample", .none) == "old")
                #expect(host.status.tasks.first?.version == "1.0.0")
            }
        }

        @Test func anExampleThatDiffersIsNotSwappedIn() async throws {
            let old = try Self.version("1.0.0", "def run(x): return [9, 4, 1]")
            let new = try Self.version(
                "1.1.0", "def run(x): return [4, 9, 1]", example: #"{"input": 1, "output": [9, 4, 1]}"#)
            try await withHost(old) { (host: TaskHost) async throws in
                let error = await failure { () async throws(TaskError) in try await host.swap("sample", to: new.path) }
                let text = "\(error as Any)"
                #expect(text.contains("first.json") && text.contains("expected") && text.contains("got"), "\(text)")
                #expect(try await host.run("sample", .none) == [9, 4, 1])
            }
        }

        static let counting = """
            n = 0
            def run(x):
                global n
                n += x
                return n
            def export_state(): return {"n": n}
            def import_state(state):
                global n
                n = state["n"]
            def merge_state(states): return {"n": sum(s["n"] for s in states)}
            """

        @Test(arguments: [(1, 1), (2, 1), (1, 2)])
        func stateIsHandedOver(from: Int, to: Int) async throws {
            let old = try Self.version("1.0.0", toml: "instances = \(from)", Self.counting)
            let new = try Self.version("1.1.0", toml: "instances = \(to)", Self.counting)
            try await withHost(old) { (host: TaskHost) async throws in
                var total = 0
                for number in 1...20 {
                    _ = try await host.run("sample", number, as: Int.self)
                    total += number
                }
                try await host.swap("sample", to: new.path)
                #expect(try await host.run("sample", 0, as: Int.self) == total)
            }
        }

        @Test func unequalCountsNeedMergeState() async throws {
            let without = Self.counting.split(separator: "\n").dropLast().joined(separator: "\n")
            let old = try Self.version("1.0.0", toml: "instances = 2", without)
            let new = try Self.version("1.1.0", toml: "instances = 1", without)
            try await withHost(old) { (host: TaskHost) async throws in
                let error = await failure { () async throws(TaskError) in try await host.swap("sample", to: new.path) }
                #expect("\(error as Any)".contains("merge_state"))
                _ = try await host.run("sample", 1, as: Int.self)
            }
        }

        @Test func aStateThatDoesNotFitChangesNothing() async throws {
            let old = try Self.version("1.0.0", Self.counting)
            let new = try Self.version(
                "1.1.0", "def run(x): return 'new'\ndef import_state(s): raise ValueError('strange state')")
            try await withHost(old) { (host: TaskHost) async throws in
                _ = try await host.run("sample", 5, as: Int.self)
                let error = await failure { () async throws(TaskError) in try await host.swap("sample", to: new.path) }
                #expect("\(error as Any)".contains("strange state"))
                #expect(try await host.run("sample", 1, as: Int.self) == 6)
            }
        }

        @Test func aSwapDuringASwapIsRefused() async throws {
            let old = try Self.version("1.0.0", "def run(x): return 'old'")
            let slow = try Self.version("1.1.0", "import time\ntime.sleep(0.4)\ndef run(x): return 'slow'")
            try await withHost(old) { (host: TaskHost) async throws in
                async let first: Void = host.swap("sample", to: slow.path)
                try await Task.sleep(for: .milliseconds(100))
                let error = await failure { () async throws(TaskError) in try await host.swap("sample", to: slow.path) }
                guard case .refused(let why) = error?.kind else { return #expect(Bool(false), "\(error as Any)") }
                #expect(why.contains("another swap"))
                try await first
                #expect(try await host.run("sample", .none) == "slow")
            }
        }

        @Test func theHardLimitStopsWhatStillRuns() async throws {
            let old = try Self.version(
                "1.0.0", toml: "[limits]\ndrain = \"50ms\"\ndrain_hard = \"200ms\"",
                "def run(x):\n    while True: pass")
            let new = try Self.version("1.1.0", "def run(x): return 'new'")
            try await withHost(old) { (host: TaskHost) async throws in
                let began = Task { await failure { () async throws(TaskError) in try await host.run("sample", .none) } }
                try await Task.sleep(for: .milliseconds(50))
                try await host.swap("sample", to: new.path)
                #expect(try await host.run("sample", .none) == "new")
                #expect(await began.value?.kind == .stopped(.drain))
            }
        }

        @Test func shutdownDuringPreparation() async throws {
            let old = try Self.version("1.0.0", "def run(x): return 'old'")
            let slow = try Self.version("1.1.0", "import time\ntime.sleep(0.5)\ndef run(x): return 'slow'")
            let host = try TaskHost(configuration: quiet)
            try await host.load(old.path)
            let swap = Task {
                await failure { () async throws(TaskError) in try await host.swap("sample", to: slow.path) }
            }
            try await Task.sleep(for: .milliseconds(100))
            await host.shutdown()
            let stopped = await swap.value
            #expect(stopped?.kind == .stopped(.shutdown), "\(stopped as Any)")
            let late = await failure { () async throws(TaskError) in try await host.run("sample", .none) }
            #expect(late?.kind == .stopped(.shutdown))
        }
    }
}
