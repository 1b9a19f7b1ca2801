internal import WallePython

/// Resident memory of VMs that do nothing.
enum IdleMemory {
    private static let modules =
        "json, re, dataclasses, typing, collections, datetime, functools, itertools, enum, math"

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let count = plan.count(100, least: 20)
        let peer = try PeerProcess("memory")
        var results: [Measurement] = []
        for (name, modules, target) in [("bare", "", 1.8), ("with ten common modules", modules, 5.0)] {
            let ours = try await bytes(count, modules)
            let theirs: Double = try peer.ask("idle", ["count": .integer(count), "modules": .text(modules)])
            results.append(
                Measurement(
                    "idle VM, \(name)", ours / 1e6, "MB", peer: .init("stock CPython", theirs / 1e6),
                    target: .atMost(target),
                    note: "anonymous resident bytes, mean of \(count)" + (modules.isEmpty ? "" : "; \(modules)")))
        }
        return results
    }

    private static func bytes(_ count: Int, _ modules: String) async throws -> Double {
        var machines = [try await machine(modules)]
        let before = Resources.residentBytes
        for _ in 0..<count { machines.append(try await machine(modules)) }
        try await Task.sleep(for: .milliseconds(500))
        let grown = Resources.residentBytes - before
        // Every one of them lives to the end of the measurement.
        try BenchmarkError.check(machines.allSatisfy { $0.state == .ready }, "a VM ended")
        return grown / Double(count)
    }

    private static func machine(_ modules: String) async throws -> VirtualMachine {
        let machine = try await VirtualMachine.start(MachineConfiguration())
        try await machine.perform { (interpreter) throws(PythonFailure) in
            if !modules.isEmpty { _ = try interpreter.execute("import \(modules)") }
            // As a host does with a VM that has loaded its task.
            interpreter.trim()
        }
        return machine
    }
}
