import Foundation
import Testing
import Walle

extension HostSuite {
    /// Scripts that misbehave: the caller gets a typed error, and the next run of a well-behaved task is not disturbed.
    @Suite struct BadTaskTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var name: String
            var main: String
            var mention: String
            var kind: @Sendable (TaskError.Kind) -> Bool
            var testDescription: String { name }
        }

        static func script(_ name: String, _ main: String, _ mention: String) -> Case {
            Case(name: name, main: main, mention: mention) { if case .script = $0 { true } else { false } }
        }

        static func limit(_ name: String, _ main: String, _ limit: TaskError.Limit, _ mention: String = "") -> Case {
            Case(name: name, main: main, mention: mention) { $0 == .limit(limit) }
        }

        static func mismatch(_ name: String, _ main: String, _ mention: String) -> Case {
            Case(name: name, main: main, mention: mention) { if case .mismatch = $0 { true } else { false } }
        }

        static let cases: [Case] = [
            script("exception", "def run(x):\n    raise ValueError('no such user')", "main.py:2 in run"),
            script("sys.exit", "import sys\ndef run(x): sys.exit(3)", "SystemExit"),
            script("recursion", "def run(x): return run(x)", "RecursionError"),
            script(
                "recursion in sorted", "def f(x): return sorted([1, 2], key=f)\ndef run(x): return f(1)",
                "RecursionError"),
            script("file outside", "def run(x): return open('/etc/passwd').read()", "permissions.files"),
            script("writing", "def run(x): open(__file__, 'w')", "permissions.write"),
            script(
                "socket", "import socket\ndef run(x): socket.create_connection(('example.org', 80))",
                "permissions.network"),
            script("subprocess", "import subprocess\ndef run(x): subprocess.run(['ls'])", "permissions.processes"),
            script("os.system", "import os\ndef run(x): os.system('ls')", "permissions.processes"),
            script("fork", "import os\ndef run(x): os.fork()", "refused"),
            script("_exit", "import os\ndef run(x): os._exit(0)", "refused"),
            script("abort", "import os\ndef run(x): os.abort()", "refused"),
            script("kill", "import os\ndef run(x): os.kill(os.getpid(), 9)", "refused"),
            script("close(1)", "import os\ndef run(x): os.close(1)", "refused"),
            script("alarm", "import signal\ndef run(x): signal.alarm(1)", "refused"),
            script("raise_signal", "import signal\ndef run(x): signal.raise_signal(9)", "refused"),
            script(
                "thread", "import threading\ndef run(x): threading.Thread(target=print).start()", "permissions.threads"),
            script("refused module", "def run(x):\n    import tkinter", "tkinter"),
            script("numpy", "def run(x):\n    import numpy", "numpy"),
            mismatch("no counterpart", "def run(x): return object()", "object"),
            mismatch("a function", "def run(x): return [1, run]", "result[1]"),
            mismatch("cyclic", "def run(x):\n    a = []\n    a.append(a)\n    return a", "cyclic"),
            mismatch(
                "deep", "def run(x):\n    a = []\n    for _ in range(10000): a = [a]\n    return a", "deeper"),
            mismatch("large", "def run(x): return [0] * 6_000_000", "limits.result"),
            limit("loop", "def run(x):\n    while True: pass", .time, "main.py:2 in run"),
            limit("sleep", "import time\ndef run(x): time.sleep(100)", .time, "limits.run"),
            limit(
                "swallow",
                "def run(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
                .time),
            limit("list", "def run(x):\n    a = []\n    while True: a.append('x' * 1000)", .memory, "limits.memory"),
            limit("bytes", "def run(x): return len(bytearray(10**9))", .memory),
            limit("print", "def run(x):\n    while True: print('x' * 100)", .output, "limits.output"),
            limit("C loop", "def run(x): return sum(range(10**9))", .time, "C call"),
        ]

        @Test(arguments: cases) func isAnswered(_ bad: Case) async throws {
            // A debug build on a busy machine takes its time; only those that shall run out of it get little.
            let time = bad.kind(.limit(.time)) ? "300ms" : "60s"
            let package = try TestPackage(
                name: "bad",
                toml: "[limits]\nrun = \"\(time)\"\nmemory = \"64MB\"\nresult = \"50MB\"\noutput = \"100kB\"",
                bad.main)
            let good = try TestPackage(name: "good", "def run(x): return x")
            try await withHost(package, good) { (host: TaskHost) async throws in
                let error = await failure { () async throws(TaskError) in try await host.run("bad", .none) }
                let kind = try #require(error?.kind, "it did not fail")
                #expect(bad.kind(kind), "\(error as Any)")
                #expect(bad.mention.isEmpty || "\(error as Any)".contains(bad.mention), "\(error as Any)")
                #expect(try await host.run("good", 5) == 5)
            }
        }

        @Test func aHangingTaskIsRefusedAtItsCeiling() async throws {
            var configuration = quiet
            configuration.condemnedPerTask = 2
            let package = try TestPackage(toml: "[limits]\nrun = \"100ms\"", "def run(x): return sum(range(6 * 10**7))")
            try await withHost(package, configuration: configuration) { (host: TaskHost) async throws in
                for _ in 0..<2 {
                    let error = await failure { () async throws(TaskError) in try await host.run("sample", .none) }
                    #expect(error?.kind == .limit(.time))
                }
                let error = await failure { () async throws(TaskError) in try await host.run("sample", .none) }
                guard case .refused(let why) = error?.kind else { return #expect(Bool(false), "\(error as Any)") }
                #expect(why.contains("condemnedPerTask"))
                #expect(!host.status.isHealthy)
                // When the calls return, the task is taken again.
                for _ in 0..<900 where host.status.condemned > 0 { try await Task.sleep(for: .milliseconds(100)) }
                #expect(host.status.condemned == 0)
                let last = await failure { () async throws(TaskError) in try await host.run("sample", .none) }
                #expect(last?.kind == .limit(.time), "\(last as Any)")
            }
        }

        @Test func aHangingRunDoesNotHoldUpTheShutdown() async throws {
            let package = try TestPackage("def run(x): return sum(range(6 * 10**7))")
            let host = try TaskHost(configuration: quiet)
            try await host.load(package.path)
            async let stopped = failure { () async throws(TaskError) in try await host.run("sample", .none) }
            while host.status.tasks.first?.running != 1 { try await Task.sleep(for: .milliseconds(10)) }
            await host.shutdown(patience: .milliseconds(100))
            #expect(await stopped?.kind == .stopped(.shutdown))
        }

        @Test func mismatchNamesThePath() async throws {
            struct Output: Codable, Sendable { var top: [Int] }
            let package = try TestPackage("def run(x): return {'top': [1, 'two']}")
            try await withHost(package) { (host: TaskHost) async throws in
                let error = await failure { () async throws(TaskError) in
                    try await host.run("sample", 1, as: Output.self)
                }
                #expect(error?.kind == .mismatch(expected: "Int", got: "str 'two'", path: "result.top[1]"))
            }
        }

        @Test func unknownTasksAndFolders() async throws {
            try await withHost { (host: TaskHost) async throws in
                let missing = await failure { () async throws(TaskError) in try await host.run("nobody", .none) }
                #expect(missing?.kind == .notFound)
                let folder = await failure { () async throws(TaskError) in try await host.load("/nowhere") }
                #expect("\(folder as Any)".contains("/nowhere"))
            }
        }
    }
}
