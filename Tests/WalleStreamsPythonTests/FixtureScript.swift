import Foundation
import WalleBinding
import WalleModules
import WallePython

/// A file of `Fixtures`, to be run in an interpreter of its own.
struct FixtureScript {
    struct Outcome: Codable, Sendable {
        var count: Int
        var failures: [String]
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    private let file: String

    init(_ file: String) { self.file = file }

    /// Calls the functions `test_…` in order and gathers what they raise.
    func outcome() async throws -> Outcome {
        let call = """
            import traceback
            tests = [name for name in globals() if name.startswith("test_")]
            failures = []
            for name in tests:
                try:
                    globals()[name]()
                except Exception:
                    failures.append(name + ": " + traceback.format_exc(limit=-3))
            result = {"count": len(tests), "failures": failures}
            """
        return try await value(call, as: Outcome.self)
    }

    /// What statements behind the file leave as `result`.
    func value<Result: Codable & Sendable>(_ statements: String, as type: Result.Type) async throws -> Result {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 1 << 30, name: file))
        defer { machine.close() }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "walle-streams-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let source = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let (folder, place) = (Self.folder.path, scratch.path)
        let live = PythonModule("live") { Function("live") { Interpreter.current?.liveBytes ?? 0 } }
        return try await machine.perform(limits: RunLimits(time: .seconds(110))) {
            (interpreter) throws(PythonFailure) -> Result in
            interpreter.policy = Policy(readable: [folder, place], writable: [place], importable: [folder], threads: 4)
            interpreter.offer(WalleModules.all + [live])
            let namespace = try interpreter.execute(
                """
                import sys, tempfile
                sys.path.insert(0, "\(folder)")
                tempfile.tempdir = "\(place)"
                from live import live

                """ + source)
            return try interpreter.evaluated(statements, in: namespace.pointer, as: type)
        }
    }
}

extension Interpreter {
    /// Runs statements in a namespace and reads what they leave as `result`.
    func evaluated<Result: Decodable>(
        _ source: String, in namespace: PythonPointer, as type: Result.Type
    ) throws(PythonFailure) -> Result {
        try execute(source, in: namespace)
        var bounds = ConversionBounds(bytes: 1 << 20)
        return try decode(type, from: try item("result", of: namespace), bounds: &bounds)
    }
}
