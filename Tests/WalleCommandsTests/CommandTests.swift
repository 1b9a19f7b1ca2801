import ArgumentParser
import Foundation
import Testing
import Walle

@testable import WalleCommands

/// Everything that owns the process-wide CPython, one after the other.
@Suite(.serialized) enum CommandSuite {}

extension CommandSuite {
    @Suite struct RunCommandTests {
        static let double = "def run(x):\n    return {'z': x['n'] * 2, 'a': [1, None, 0.5]}\n"

        func run(_ arguments: [String], _ recorder: Recorder) async throws -> CommandStatus {
            try await RunCommand.parse(arguments).execute(on: recorder.console())
        }

        @Test func aValueGivesALineInTheScriptsOrder() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("double", Self.double)
            #expect(try await run([task, "--value", #"{"n": 4}"#], recorder) == .success)
            #expect(recorder.output == "{\"z\": 8, \"a\": [1, null, 0.5]}\n")
            #expect(recorder.error == "")
        }

        @Test func aFileGivesLinesInItsOrderAndASummary() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task(
                "order", "import time\ndef run(x):\n    time.sleep(0.1 if x == 0 else 0)\n    return x\n")
            try scratch.write((0..<300).map { "\($0)\n" }.joined() + "\n", to: "inputs.jsonl")
            let status = try await run(
                [task, "--input", scratch.path + "/inputs.jsonl", "--parallel", "2"], recorder)
            #expect(status == .success)
            #expect(recorder.lines == (0..<300).map(String.init))
            let summary = #/300 runs  ████████████████████ 100 %   [\d.]+ m?s   p50 .+   p99 .+   0 failed\n/#
            #expect(recorder.error.wholeMatch(of: summary) != nil, "\(recorder.error)")
        }

        @Test func failuresKeepTheirLineAndSetTheStatus() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("double", Self.double)
            try scratch.write("{\"n\": 1}\n{}\nnot json\n{\"n\": 2}\n", to: "in.jsonl")
            #expect(
                try await run([task, "--input", scratch.path + "/in.jsonl", "--format", "json"], recorder) == .failure)
            #expect(recorder.lines.count == 4)
            #expect(recorder.lines[1].contains(#""kind": "script", "message": "KeyError: 'n'""#))
            #expect(recorder.lines[1].contains(#"  main.py:2 in run\n"#))
            #expect(recorder.lines[2].contains("in.jsonl:3"))
            #expect(recorder.error.contains("double 1.0.0, run "))
            #expect(recorder.error.contains(#""failed": 2"#))
        }

        @Test func repeatWritesTheFirstResultsOnly() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("double", Self.double)
            #expect(try await run([task, "--value", #"{"n": 4}"#, "--repeat", "50"], recorder) == .success)
            #expect(recorder.lines.count == 1)
            #expect(recorder.error.hasPrefix("50 runs"))
        }

        @Test func whatAScriptPrintsIsNoData() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("prints", "def run(x):\n    print('hello')\n    return x\n")
            #expect(try await run([task, "--value", "1"], recorder) == .success)
            #expect(recorder.output == "1\n")
            #expect(recorder.error == "hello\n")
        }

        @Test func aLimitIsToldWithItsPlace() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task(
                "loops", "def run(x):\n    while True: pass\n", more: "[limits]\nrun = \"50ms\"")
            #expect(try await run([task, "--value", "1"], recorder) == .failure)
            #expect(
                recorder.error.contains(
                    "stopped after 50 ms (limits.run in task.toml)\n  main.py:2 in run\n    while True: pass"))
        }

        @Test func aProfileIsATableAndAFlameGraph() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task(
                "busy",
                """
                DATA = list(range(200_000))
                def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
                def run(x):
                    fib(22)
                    return len(sorted(DATA, key=str))
                """)
            let svg = scratch.path + "/p.svg"
            #expect(try await run([task, "--value", "1", "--repeat", "15", "--profile", svg], recorder) == .success)
            #expect(recorder.error.contains("fib "))
            #expect(recorder.error.contains("main.py:2"))
            #expect(recorder.error.contains("C code: return len(sorted(DATA, key=str))"))
            let text = try scratch.read("p.svg")
            #expect(text.contains("<title>run (main.py:3)"))
        }

        @Test func aBadPackage() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            #expect(try await run([scratch.path, "--value", "1"], recorder) == .badPackage)
            #expect(recorder.error.contains("task.toml"))
            let task = try scratch.task("broken", "def run(:\n")
            #expect(try await run([task, "--value", "1"], recorder) == .badPackage)
            #expect(recorder.error.contains("SyntaxError"))
        }

        @Test(arguments: [
            [], ["--value", "1", "--input", "x"], ["--value", "1", "--repeat", "0"],
            ["--value", "1", "--parallel", "0"],
            ["--input", "-", "--repeat", "2"], ["--value", "1", "--debug", "--parallel", "2"],
        ])
        func wrongCommandLines(arguments: [String]) {
            #expect(throws: (any Error).self) { try RunCommand.parse(arguments) }
        }
    }

    @Suite struct CheckCommandTests {
        func check(_ task: String, _ recorder: Recorder, _ more: String...) async throws -> CommandStatus {
            try await CheckCommand.parse([task] + more).execute(on: recorder.console())
        }

        @Test func aGoodTask() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("good", "def run(session: dict) -> dict:\n    return {'n': session['n'] + 1}\n")
            try scratch.write(#"{"input": {"n": 1}, "output": {"n": 2}}"#, to: "good/examples/first.json")
            #expect(try await check(task, recorder) == .success)
            let lines = recorder.lines
            #expect(lines.count == 3)
            #expect(lines[0].hasPrefix("ok  package good 1.0.0: 3 files, "))
            #expect(lines[1].wholeMatch(of: #/ok  main:run imports in .+ and takes \(session: dict\) -> dict/#) != nil)
            #expect(lines[2].wholeMatch(of: #/ok  examples\/first\.json gives its output in .+/#) != nil)
        }

        @Test func allProblemsAreListed() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("bad", "def run(n: int, more) -> int:\n    return n\n")
            try scratch.write(#"{"input": "text", "output": 2}"#, to: "bad/examples/a.json")
            try scratch.write(#"{"input": 1, "output": 2}"#, to: "bad/examples/b.json")
            #expect(try await check(task, recorder, "--format", "json") == .failure)
            #expect(recorder.output.contains("it also needs more"))
            #expect(recorder.output.contains("the input of example 1 does not fit: n is of type str, not int"))
            #expect(recorder.lines.count == 1)
        }

        @Test func anImportThatFails() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("bad", "import nowhere\n\ndef run(x): return x\n")
            #expect(try await check(task, recorder) == .failure)
            #expect(recorder.output.contains("no  main:run cannot be imported."))
            #expect(recorder.output.contains("nowhere"))
        }
    }

    @Suite struct NewCommandTests {
        @Test func aNewTaskIsGood() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let new = try NewCommand.parse(["fresh", "--at", scratch.path])
            #expect(try await new.execute(on: recorder.console()) == .success)
            #expect(try await new.execute(on: recorder.console()) == .failure)
            #expect(recorder.error.contains("there already"))
            let check = try CheckCommand.parse([scratch.path + "/fresh"])
            #expect(try await check.execute(on: recorder.console()) == .success, "\(recorder.output)")
        }
    }
}
