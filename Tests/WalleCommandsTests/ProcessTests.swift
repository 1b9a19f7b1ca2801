import Foundation
import Testing

@testable import WalleCommands

/// The executable itself: exit codes, streams, signals, the terminal.
@Suite(.serialized) struct ProcessTests {
    /// Beside the test bundle, where the build puts it.
    static let walle: String = {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let candidates = [executable, CommandLine.arguments[0], Bundle.main.bundlePath]
            .map { ($0 as NSString).deletingLastPathComponent + "/walle" }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "walle"
    }()

    static let commandLines: [([String], Int32)] = [
        (["--help"], 0), (["run"], 64), (["run", "--value", "1", "--nonsense"], 64), (["nonsense"], 64),
        (["run", "/nowhere", "--value", "1"], 2), (["check", "/nowhere"], 1), (["host", "--tasks", "/nowhere"], 2),
        (["modules", "json"], 0), (["modules", "nonsense"], 1),
        (["tensor", "operators"], 0), (["tensor", "operators", "--format", "json"], 0), (["tensor", "nonsense"], 64),
    ]

    @Test(arguments: commandLines)
    func exitCodes(arguments: [String], status: Int32) throws {
        #expect(try Subprocess.run(Self.walle, arguments).status == status)
    }

    @Test func dataAndTheRestAreApart() throws {
        let scratch = try Scratch()
        let task = try scratch.task("echo", "def run(x):\n    print('said')\n    return x\n")
        let result = try Subprocess.run(Self.walle, ["run", task, "--value", "[1]"])
        #expect(result.status == 0)
        #expect(result.output == "[1]\n")
        #expect(result.error == "said\n")
        let failed = try Subprocess.run(Self.walle, ["run", task, "--value", "nonsense"])
        #expect(failed.status == 1)
        #expect(failed.output == "")
    }

    @Test func theHostTellsItsStatusAndEndsOnSignals() async throws {
        let scratch = try Scratch()
        try scratch.task("echo", "def run(x):\n    return x\n")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.walle)
        process.arguments = ["host", "--tasks", scratch.path, "--stay"]
        let error = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = error
        try process.run()
        var lines = LineReader(error.fileHandleForReading)
        #expect(lines.next() == "echo 1.0.0: loaded")
        // The handler is there once the services run, just after the loading.
        try await Task.sleep(for: .milliseconds(500))
        kill(process.processIdentifier, SIGUSR1)
        #expect(lines.next()?.hasPrefix("task") == true)
        kill(process.processIdentifier, SIGTERM)
        while lines.next() != nil {}
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }

    @Test func pdbOpensOnATerminal() throws {
        let scratch = try Scratch()
        let task = try scratch.task(
            "fails",
            """
            def inner(x):
                secret = x + 40
                return secret / 0

            def run(x):
                breakpoint()
                return inner(x)
            """, more: "[limits]\nrun = \"100ms\"")
        try scratch.write(Self.terminal, to: "terminal.py")
        let result = try Subprocess.run(
            "python3", [scratch.path + "/terminal.py", Self.walle, "run", task, "--debug", "--value", "2"])
        #expect(result.output.contains("-> breakpoint()"))
        #expect(result.output.contains("ZeroDivisionError"))
        #expect(result.output.contains("secret is 42"))
        #expect(result.output.contains("status 1"))
    }

    /// Drives a program on a pseudo-terminal, answering each prompt of pdb.
    private static let terminal = """
        import os, pty, select, sys, time

        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        answers = ["p x", "c", "print('secret is', secret)", "q"]
        text, end = "", time.time() + 60
        while time.time() < end:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(terminal, 4096).decode()
            except OSError:
                break
            if not data:
                break
            print(data, end="")
            text += data
            if text.endswith("(Pdb) ") and answers:
                text = ""
                os.write(terminal, (answers.pop(0) + "\\n").encode())
        print("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """
}
