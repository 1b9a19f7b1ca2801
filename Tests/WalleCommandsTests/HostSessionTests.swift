import ArgumentParser
import Foundation
import Testing
import Walle

@testable import WalleCommands

extension CommandSuite {
    @Suite struct HostSessionTests {
        /// Runs a session on a folder of tasks while `body` writes lines and changes files.
        func session(
            _ scratch: Scratch, _ body: (Recorder, (String) -> Void) async throws -> Void
        ) async throws -> Recorder {
            let recorder = Recorder()
            let pipe = Pipe()
            let session = HostSession(
                folder: scratch.path, console: recorder.console(), options: try CommonOptions.parse([]),
                input: pipe.fileHandleForReading, stays: false)
            let running = Task { try await session.run() }
            try await body(recorder) { line in pipe.fileHandleForWriting.write(Data((line + "\n").utf8)) }
            try pipe.fileHandleForWriting.close()
            #expect(try await running.value == .success)
            return recorder
        }

        @Test func linesInAndOut() async throws {
            let scratch = try Scratch()
            try scratch.task("echo", "def run(x):\n    return {'got': x}\n")
            try scratch.task("count", "def run(n):\n    for i in range(n):\n        yield i\n")
            let recorder = try await session(scratch) { recorder, send in
                send(#"{"task": "echo", "input": [1, "ß"], "id": 1}"#)
                send(#"{"task": "count", "input": 2, "id": "s", "stream": true}"#)
                send(#"{"task": "nobody", "id": 2}"#)
                send("garbage")
                send(#"{"task": "count", "input": "x", "id": 3, "deadline": "5s"}"#)
            }
            let lines = Set(recorder.lines)
            #expect(lines.contains(#"{"id": 1, "task": "echo", "output": {"got": [1, "ß"]}}"#))
            #expect(lines.contains(#"{"id": "s", "task": "count", "value": 1}"#))
            #expect(lines.contains(#"{"id": "s", "task": "count", "done": true}"#))
            #expect(lines.contains { $0.hasPrefix(#"{"id": 2, "task": "nobody", "error": {"kind": "notFound""#) })
            #expect(lines.contains { $0.hasPrefix(#"{"id": null, "error": {"kind": "request""#) })
            #expect(lines.contains { $0.contains(#""kind": "script", "message": "TypeError"#) })
            #expect(lines.count == 7)
            #expect(recorder.error.contains("echo 1.0.0: loaded"))
            #expect(recorder.error.contains("healthy"))
        }

        @Test func theFolderIsFollowed() async throws {
            let scratch = try Scratch()
            try scratch.task("a", "def run(x):\n    return 'first'\n")
            let recorder = try await session(scratch) { recorder, send in
                #expect(await recorder.wait { $0.error.contains("a 1.0.0: loaded") })
                try scratch.task("a", "def run(x):\n    return 'second'\n", version: "1.1.0")
                #expect(await recorder.wait { $0.error.contains("a 1.1.0: swapped in for 1.0.0") })
                send(#"{"task": "a", "id": 1}"#)
                #expect(await recorder.wait { $0.output.contains(#"{"id": 1, "task": "a", "output": "second"}"#) })

                try scratch.task("a", "def run(:\n", version: "1.2.0")
                #expect(await recorder.wait { $0.error.contains("a 1.2.0 not swapped in: SyntaxError") })
                #expect(recorder.error.contains("1.1.0 goes on."))
                try scratch.write("[task", to: "a/task.toml")
                #expect(await recorder.wait { $0.error.contains("task.toml:1") })
                send(#"{"task": "a", "id": 2}"#)
                #expect(await recorder.wait { $0.output.contains(#"{"id": 2, "task": "a", "output": "second"}"#) })

                try scratch.task("b", "def run(x):\n    return 'new'\n")
                #expect(await recorder.wait { $0.error.contains("b 1.0.0: loaded") })
                try FileManager.default.removeItem(atPath: scratch.path + "/a")
                #expect(await recorder.wait { $0.error.contains("a 1.1.0: unloaded") })
            }
            #expect(recorder.error.contains("b     1.0.0"))
        }
    }
}
