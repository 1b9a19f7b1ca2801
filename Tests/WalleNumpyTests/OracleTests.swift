import Foundation
import Testing
import WalleBinding
import WalleModules
import WallePython

/// Random arrays, layouts and operators beside NumPy, which runs in a process of its own: `Oracle/cases.py`.
///
/// `WALLE_SEED` repeats a run, `WALLE_CASES` sets how many cases it has.
@Suite(.serialized) struct OracleTests {
    /// Whatever is indexed, written or read from a file, the interpreter survives, and errors are those of a script.
    @Test(.timeLimit(.minutes(60))) func survivesWhateverIsIndexedOrRead() async throws {
        let run = try Run(cases: 600)
        defer { run.remove() }
        try await run.answer(kinds: ["file", "read", "write", "index function"], memoryBytes: 96 << 20)
    }

    @Test(
        .enabled(if: Run.numpy != nil, "there is no NumPy to compare with: Scripts/numpy-python installs it"),
        .timeLimit(.minutes(60)))
    func agreesWithNumPy() async throws {
        let run = try Run(cases: 2500)
        defer { run.remove() }
        try await run.answer(kinds: [], memoryBytes: 1 << 30)
        let verdict = try run.judge(#require(Run.numpy))
        print(verdict.text)
        #expect(verdict.status == 0, "\(verdict.text)\nWALLE_SEED=\(run.seed) WALLE_CASES=\(run.count) repeats it")
    }
}

/// Cases of one seed, and the file of what came out.
private struct Run {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle")

    /// A CPython with NumPy, when there is one.
    static let numpy: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
        let made = "\(cache)/walle/bench/numpy-venv/bin/python"
        return [environment["WALLE_NUMPY_PYTHON"], made].compactMap(\.self)
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    let seed: UInt64
    let count: Int
    let path: String

    init(cases: Int) throws {
        let environment = ProcessInfo.processInfo.environment
        seed = environment["WALLE_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999_999)
        count = environment["WALLE_CASES"].flatMap { Int($0) } ?? cases
        path = FileManager.default.temporaryDirectory.appending(path: "walle-cases-\(UUID().uuidString)").path
        print("numpy: seed \(seed), \(count) cases")
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Runs the cases in a process of its own: what ends it is a case that fails, the last line of the file.
    func answer(kinds: [String], memoryBytes: Int) async throws {
        let call = "result = answer(\(seed), 0, \(count), '\(path)', \(kinds))"
        await #expect(processExitsWith: .success, "WALLE_SEED=\(seed), the last case of \(path)") {
            [call = call as String, path = path as String, memoryBytes = memoryBytes as Int] in
            try await Run.answer(call, path, memoryBytes: memoryBytes)
        }
    }

    private static func answer(_ call: String, _ path: String, memoryBytes: Int) async throws {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: memoryBytes, name: "cases"))
        defer { machine.close() }
        let folder = folder.path
        try await machine.perform(limits: RunLimits(time: .seconds(3500), outputBytes: 1 << 20)) {
            (interpreter) throws(PythonFailure) -> Void in
            interpreter.policy = Policy(
                readable: [folder, path], writable: [path], importable: [folder], threads: 4)
            interpreter.offer(WalleModules.all)
            let namespace = try interpreter.execute("import sys; sys.path.insert(0, '\(folder)')")
            try interpreter.execute("from cases import answer\n\(call)", in: namespace.pointer)
        }
    }

    /// What NumPy says to the file.
    func judge(_ python: String) throws -> (status: Int32, text: String) {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-B", Self.folder.appending(path: "cases.py").path, "judge", path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
