internal import Synchronization
internal import WallePython

/// Loops without end, stopped at their deadline.
enum Stops {
    private static let plain = "def run():\n while True:\n  pass\n"
    /// The exception comes inside a call: CPython does not cover every instruction of a `try` itself.
    private static let swallowing = """
        def spin():
         while True:
          pass
        def run():
         while True:
          try:
           spin()
          except BaseException:
           pass
        """
    private static let limit = 20.0
    private static let grace = 5.0
    /// The target is for one runnable thread a core: a thread that waited longer for its core had a rival.
    private static let longestWait = 0.5
    private static let peerName = "PyThreadState_SetAsyncExc from a helper thread"

    static func run(_ plan: Plan) async throws -> [Measurement] {
        // One process for each runnable thread of ours.
        let peers = [try PeerProcess("stops"), try PeerProcess("stops")]
        var (asked, theirs) = (Samples(), Samples())
        var (forced, forcedWithoutCore) = (Samples(), Samples())
        var machines = try await Self.machines(2, plain)
        for _ in 0..<plan.rounds {
            for _ in 0..<plan.count(50) { asked.add(try await lateAndReplace(&machines).map(\.late)) }
            theirs.add(try await late(peers, plan.count(50)))
            for _ in 0..<plan.count(30) {
                for stop in try await lateAndEnd(2) {
                    if stop.waited < longestWait { forced.add(stop.late) } else { forcedWithoutCore.add(stop.late) }
                }
            }
        }
        let swallowed: Double = try peers[0].ask("swallowed", ["milliseconds": .double(limit)])
        return [
            Measurement(
                "runaway loop stopped, past its deadline", asked.quantile(0.99), "ms p99",
                peer: .init(peerName, theirs.quantile(0.99)), target: .atMost(1),
                note: "one thread a core; \(asked.summary("ms")); peer \(theirs.summary("ms"))"),
            Measurement(
                "the same, exceptions swallowed", forced.quantile(0.99), "ms p99",
                peer: .init(peerName, swallowed == 0 ? nil : .nan), target: .atMost(grace + 1),
                note: "grace of \(Figure.text(grace)) ms included; \(forced.summary("ms")); apart, as other processes "
                    + "took the thread's core for \(Figure.text(longestWait)) ms or more, for which the grace waits: "
                    + forcedWithoutCore.summary("ms")),
        ] + [try await oversubscribed(plan)]
    }

    private static func oversubscribed(_ plan: Plan) async throws -> Measurement {
        var asked = Samples()
        var machines = try await Self.machines(4, plain)
        for _ in 0..<plan.rounds {
            for _ in 0..<plan.count(20) { asked.add(try await lateAndReplace(&machines).map(\.late)) }
        }
        return Measurement(
            "runaway loop stopped, two threads a core", asked.quantile(0.99), "ms p99", note: asked.summary("ms"))
    }

    private static func machines(_ count: Int, _ source: String) async throws -> [Looper] {
        var machines: [Looper] = []
        for _ in 0..<count { machines.append(try await Looper(source)) }
        return machines
    }

    /// The ends of loops that run at the same time.
    private static func late(_ machines: [Looper]) async throws -> [Stop] {
        try await withThrowingTaskGroup(of: Stop.self) { group in
            for machine in machines { group.addTask { try await machine.late(limit: limit, grace: grace) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// The same; a VM that needed the second step, as one may on a busy machine, gives way to another.
    private static func lateAndReplace(_ machines: inout [Looper]) async throws -> [Stop] {
        let late = try await late(machines)
        for index in machines.indices where machines[index].isSpent {
            await machines[index].end()
            machines[index] = try await Looper(plain)
        }
        return late
    }

    /// The same for loops that need the second step, which ends their VMs.
    private static func lateAndEnd(_ count: Int) async throws -> [Stop] {
        let machines = try await machines(count, swallowing)
        let late = try await late(machines)
        for machine in machines { await machine.end() }
        return late
    }

    private static func late(_ peers: [PeerProcess], _ count: Int) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for peer in peers {
                group.addTask { try peer.ask("late", ["count": .integer(count), "milliseconds": .double(limit)]) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

/// How a loop ended: milliseconds past its deadline, and those of the whole run in which it had no core.
private struct Stop: Sendable {
    let late: Double
    let waited: Double
}

/// A VM with a function that does not end.
private final class Looper: Sendable {
    let machine: VirtualMachine
    // Used on the VM's thread only; the interpreter keeps it.
    nonisolated(unsafe) private var function: PythonPointer?
    private let spent = Atomic(false)
    /// True when the VM may not run anything more.
    var isSpent: Bool { spent.load(ordering: .acquiring) }

    init(_ source: String) async throws {
        machine = try await VirtualMachine.start(MachineConfiguration())
        try await machine.perform { [self] (interpreter) throws(PythonFailure) in
            let namespace = try interpreter.execute(source)
            let function = Owned(borrowing: try interpreter.item("run", of: namespace.pointer))
            self.function = try interpreter.keep(function.take())
        }
    }

    /// Measured around the run, on the VM's thread: what the caller's wake-up takes is another benchmark's.
    func late(limit: Double, grace: Double) async throws -> Stop {
        let limits = RunLimits(time: .milliseconds(limit), grace: .milliseconds(grace))
        let result: Result<Stop, BenchmarkError> = await withUnsafeContinuation { continuation in
            machine.submit { [self] interpreter in
                let (start, waited) = (ContinuousClock.now, Resources.millisecondsWithoutCore)
                var failure = "it ended by itself"
                do throws(RunFailure) {
                    try interpreter.run(Interpreter.nextRun(), limits: limits) { () throws(PythonFailure) in
                        guard let function else { return }
                        _ = try interpreter.call(function)
                    }
                } catch {
                    if case .stopped(.time, _, _) = error { failure = "" } else { failure = "\(error)" }
                }
                spent.store(!interpreter.isUsable, ordering: .releasing)
                let late = Clock.seconds(since: start) * 1e3 - limit
                continuation.resume(
                    returning: failure.isEmpty
                        ? .success(Stop(late: late, waited: Resources.millisecondsWithoutCore - waited))
                        : .failure(BenchmarkError("a loop: \(failure)")))
            }
        }
        return try result.get()
    }

    func end() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            machine.close { continuation.resume() }
        }
    }
}
