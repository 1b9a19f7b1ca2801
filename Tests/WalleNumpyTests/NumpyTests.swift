import Foundation
import Testing
import WalleBinding
import WalleModules
import WallePython

/// `walle.numpy` as scripts see it: every function `test_…` of the files in `Fixtures` runs in an isolated interpreter.
@Suite(.serialized) struct NumpyTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static let files: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".py") }.sorted()

    @Test(.timeLimit(.minutes(3)), arguments: files) func passes(_ file: String) async throws {
        let outcome = try await Self.run(file)
        #expect(outcome.count > 0, "\(file) has no tests")
        for failure in outcome.failures { Issue.record("\(file) \(failure)") }
    }

    /// Long operations end soon after the limit of a run, and leave the interpreter in order.
    @Test(arguments: [
        "np.linalg.svd(np.ones((1500, 1500)) + np.eye(1500))",
        "np.sort(np.arange(10_000_000) * 7919 % 1_000_003, kind='stable')",
        "np.ones((4000, 4000)) @ np.ones((4000, 4000))", "np.argsort(np.arange(4_000_000) * 7919 % 1_000_003)",
        "np.linalg.eigh(np.ones((1200, 1200)) + np.eye(1200))", "np.exp(np.zeros((3000, 3000))[:, ::2]).sum(axis=1)",
        "np.linalg.solve(np.ones((3000, 3000)) + np.eye(3000), np.ones(3000))",
    ])
    func stops(_ operation: String) async throws {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 2 << 30, name: "stops"))
        defer { machine.close() }
        let source = """
            import walle.numpy as np
            def run():
                while True:
                    \(operation)
            """
        do throws(PerformFailure) {
            // A debug build on a busy machine takes longer to look at the stop than the usual grace; without one the VM
            // would not run again.
            try await machine.perform(limits: RunLimits(time: .milliseconds(1500), grace: .seconds(20))) {
                (interpreter) throws(PythonFailure) in
                interpreter.offer(WalleModules.all)
                let namespace = try interpreter.execute(source)
                _ = try interpreter.call(try interpreter.item("run", of: namespace.pointer))
            }
            Issue.record("\(operation) was not stopped")
        } catch {
            guard case .run(.stopped(.time, _, _)) = error else { throw error }
        }
        let sum = try await machine.perform(limits: RunLimits(time: .seconds(60))) {
            (interpreter) throws(PythonFailure) -> Double in
            let namespace = try interpreter.execute("import walle.numpy as np\nresult = float(np.ones(100_000).sum())")
            return try interpreter.evaluate("result", in: namespace, as: Double.self)
        }
        #expect(sum == 100_000)
    }

    private struct Outcome: Codable, Sendable {
        var count: Int
        var failures: [String]
    }

    /// Calls the functions of a file in order and gathers what they raise.
    private static func run(_ file: String) async throws -> Outcome {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 1 << 30, name: file))
        defer { machine.close() }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "walle-numpy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let source = """
            import os, sys, tempfile, traceback
            def run(path, scratch):
                tempfile.tempdir = scratch
                space = {"__name__": "fixture", "__file__": path}
                with open(path) as file:
                    exec(compile(file.read(), path, "exec"), space)
                tests = [name for name in space if name.startswith("test_")]
                failures = []
                for name in tests:
                    try:
                        space[name]()
                    except Exception:
                        failures.append(name + ": " + traceback.format_exc(limit=-3))
                return {"count": len(tests), "failures": failures}
            """
        let (path, place) = (folder.appending(path: file).path, scratch.path)
        return try await machine.perform(limits: RunLimits(time: .seconds(170))) {
            (interpreter) throws(PythonFailure) -> Outcome in
            interpreter.policy = Policy(
                readable: [folder.path, place], writable: [place], importable: [folder.path], threads: 4)
            interpreter.offer(WalleModules.all)
            let namespace = try interpreter.execute(source)
            let call = "result = run(\(quoted(path)), \(quoted(place)))"
            return try interpreter.evaluate(call, in: namespace, as: Outcome.self)
        }
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "\\'") + "'" }
}

extension Interpreter {
    /// Runs statements in a namespace and reads what they leave as `result`.
    fileprivate func evaluate<Result: Decodable>(
        _ source: String, in namespace: borrowing Owned, as type: Result.Type
    ) throws(PythonFailure) -> Result {
        try execute(source, in: namespace.pointer)
        var bounds = ConversionBounds(bytes: 1 << 20)
        return try decode(type, from: try item("result", of: namespace.pointer), bounds: &bounds)
    }
}
