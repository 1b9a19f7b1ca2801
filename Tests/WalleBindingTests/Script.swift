import Testing
import WalleBinding
import WallePython

/// All suites of this target: one CPython a process.
@Suite(.serialized) enum Binding {}

/// Runs scripts that use modules declared in Swift.
struct Script {
    var modules: [PythonModule]
    var limits = RunLimits.none
    /// Called on the VM's thread before the script.
    var prepare: @Sendable (Interpreter) -> Void = { _ in }

    init(_ modules: PythonModule...) { self.modules = modules }

    /// The result of the `run` that `source` defines.
    func run(_ source: String) async throws -> Value {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 256 << 20))
        defer { machine.close() }
        return try await run(source, on: machine)
    }

    func run(_ source: String, on machine: VirtualMachine) async throws -> Value {
        try await machine.perform(limits: limits) { [modules, prepare] (interpreter) throws(PythonFailure) -> Value in
            interpreter.policy = Policy(threads: 4)
            interpreter.offer(modules)
            prepare(interpreter)
            let namespace = try interpreter.execute(source)
            let run = try interpreter.item("run", of: namespace.pointer)
            let result = try interpreter.call(run)
            var bounds = ConversionBounds(bytes: 16 << 20)
            return try interpreter.value(of: result.pointer, bounds: &bounds)
        }
    }

    /// The value of an expression after `setUp`.
    func evaluate(_ expression: String, setUp: String = "") async throws -> Value {
        try await run("\(setUp)\ndef run():\n    return \(expression)\n")
    }

    /// Each expression's value, or its exception as `Type: message`.
    func outcomes(_ expressions: [String], setUp: String) async throws -> [Value] {
        let list = expressions.map { "    lambda: \($0),\n" }.joined()
        let source = """
            \(setUp)
            def outcome(call):
                try:
                    return call()
                except Exception as error:
                    return f"{type(error).__name__}: {error}"
            def run():
                return [outcome(call) for call in [
            \(list)]]
            """
        guard case .array(let values) = try await run(source) else { return [] }
        return values
    }
}
