internal import WalleBinding
internal import WalleModules
internal import WallePython

/// A VM with a script, called on its own thread without a host around it.
final class Worker: Sendable {
    let machine: VirtualMachine
    // Used on the VM's thread only, after it was set there.
    nonisolated(unsafe) private var script: Script?

    /// Loads a module of the peers' folder, which may import `modules`.
    init(module: String, function: String, offering modules: [PythonModule] = []) async throws {
        machine = try await VirtualMachine.start(MachineConfiguration())
        let location = Script.Location(importPaths: [PeerProcess.folder], module: module, function: function)
        try await machine.perform { [self] (interpreter) throws(PythonFailure) in
            interpreter.offer(modules)
            interpreter.arrayExchange = WalleModules.arrayExchange
            script = try Script(location, in: interpreter)
        }
    }

    /// Calls `body` on the VM's thread.
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable (Interpreter, Script) throws(PythonFailure) -> Result
    ) async throws -> Result {
        try await machine.perform { [self] (interpreter) throws(PythonFailure) -> Result in
            guard let script else { throw .mismatch(expected: "a script", got: "none", path: "worker") }
            return try body(interpreter, script)
        }
    }

    func call(_ input: Int) async throws -> Int {
        try await perform { (_, script) throws(PythonFailure) in
            try script.run(input, as: Int.self, resultBytes: 1 << 20)
        }
    }
}

/// What `Peers/work.py` computes.
enum Work {
    static func result(_ iterations: Int) -> Int {
        (0..<iterations).reduce(0) { ($0 * 31 + $1) % 1_000_003 }
    }

    /// Iterations that keep one core of this machine busy for about `seconds`.
    static func iterations(seconds: Double, on worker: Worker) async throws -> Int {
        let probe = 200_000
        var samples = Samples()
        for _ in 0..<5 { samples.add(try await Clock.seconds { _ = try await worker.call(probe) }) }
        return max(100, Int(seconds / samples.median * Double(probe)))
    }
}
