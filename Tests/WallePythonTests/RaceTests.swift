import Foundation
import Testing
import WallePython

/// Stops that come just as their run ends.
extension RuntimeTests {
    @Suite(.serialized) struct RaceTests {
        /// A run whose deadline equals its length, then one that must not be hit. `WALLE_RACE_RUNS` sets how many.
        @Test(.timeLimit(.minutes(30))) func noRunIsHitByAnothersStop() async throws {
            let count = ProcessInfo.processInfo.environment["WALLE_RACE_RUNS"].flatMap { Int($0) } ?? 20_000
            let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 64 << 20))
            let tally = await withUnsafeContinuation { (continuation: UnsafeContinuation<Tally?, Never>) in
                machine.submit { interpreter in
                    continuation.resume(returning: try? Tally(count: count, on: interpreter))
                }
            }
            await machine.finish()
            let found = try #require(tally)
            print("race: \(count) runs, \(found.stopped) stopped, \(found.completed) completed")
            #expect(found.others == 0)
            #expect(found.hit == 0)
        }

        /// A caller that cancels just as the run ends.
        @Test(.timeLimit(.minutes(5))) func noRunIsHitByAnothersCancel() async throws {
            let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 64 << 20))
            // A long grace: a busy machine must not force the run and so use up the VM.
            let limits = RunLimits(time: nil, grace: .seconds(10))
            for _ in 0..<1000 {
                let task = Task {
                    try await machine.perform(limits: limits) { (interpreter) throws(PythonFailure) -> Int in
                        _ = try interpreter.execute("for _ in range(200): pass")
                        return 1
                    }
                }
                if Bool.random() { await Task.yield() }
                task.cancel()
                _ = await task.result
                let other = await Probe.outcome(of: "def run(): return 45", on: machine)
                #expect(other.description == "value 45")
            }
            await machine.finish()
        }
    }
}

private struct Tally: Sendable {
    var stopped = 0
    var completed = 0
    /// Runs without a limit that were stopped.
    var hit = 0
    var others = 0

    init(count: Int, on interpreter: Interpreter) throws {
        let source = "def run():\n    for _ in range(2000): pass"
        let namespace = try interpreter.execute(source)
        let function = try interpreter.item("run", of: namespace.pointer)
        for _ in 0..<200 { _ = try interpreter.call(function) }
        let clock = ContinuousClock()
        let length = try clock.measure { for _ in 0..<1000 { _ = try interpreter.call(function) } } / 1000
        for index in 0..<count {
            // From half the length to more than twice, so that the deadline meets every instruction of begin and end.
            let time = length * (Double(index % 300) / 150 + 0.5)
            add(interpreter, function, RunLimits(time: time, grace: .milliseconds(20)))
            do { try Self.call(interpreter, function, .none) } catch { hit += 1 }
        }
    }

    private mutating func add(_ interpreter: Interpreter, _ function: PythonPointer, _ limits: RunLimits) {
        do throws(RunFailure) {
            try Self.call(interpreter, function, limits)
            completed += 1
        } catch {
            if case .stopped(.time, _, _) = error { stopped += 1 } else { others += 1 }
        }
    }

    private static func call(
        _ interpreter: Interpreter, _ function: PythonPointer, _ limits: RunLimits
    ) throws(RunFailure) {
        try interpreter.run(Interpreter.nextRun(), limits: limits) { () throws(PythonFailure) in
            _ = try interpreter.call(function)
        }
    }
}
