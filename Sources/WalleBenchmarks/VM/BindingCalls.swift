internal import CWalleBenchmarks
internal import WalleBinding
internal import WallePython

/// Python calls a Swift function of a declared module: two `int` in, one out.
enum BindingCalls {
    private static let source = """
        import time
        from itertools import repeat

        def nanoseconds(function, count):
            start = time.perf_counter_ns()
            for _ in repeat(None, count):
                function(20, 22)
            return (time.perf_counter_ns() - start) / count
        """

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let machine = try await VirtualMachine.start(MachineConfiguration())
        let module = PythonModule("bench") {
            Function("add", "a", "b") { (a: Int, b: Int) in a + b }
        }
        let (calls, rounds) = (plan.count(1_000_000), plan.rounds)
        let (ours, theirs) = try await machine.perform { (interpreter) throws(PythonFailure) -> (Samples, Samples) in
            interpreter.offer([module])
            let namespace = try interpreter.execute(source)
            let measure = try interpreter.item("nanoseconds", of: namespace.pointer)
            let swift = try interpreter.find("add", in: "bench")
            let c = try Owned(walle_bench_make_add())
            var (ours, theirs) = (Samples(), Samples())
            for _ in 0..<rounds {
                ours.add(try nanoseconds(measure, swift.pointer, calls, interpreter))
                theirs.add(try nanoseconds(measure, c.pointer, calls, interpreter))
            }
            return (ours, theirs)
        }
        return [
            Measurement(
                "Python calls Swift, two Int in, one out", ours.median, "ns", peer: .init("C function", theirs.median),
                target: .atMost(50), note: "loop included; \(ours.spread) of \(calls) calls; peer \(theirs.spread)")
        ]
    }

    private static func nanoseconds(
        _ measure: PythonPointer, _ function: PythonPointer, _ calls: Int, _ interpreter: Interpreter
    ) throws(PythonFailure) -> Double {
        let count = try interpreter.object(encoding: calls)
        let result = try Owned(walle_bench_measure(measure, function, count.pointer))
        var bounds = ConversionBounds(bytes: 1000)
        return try interpreter.decode(Double.self, from: result.pointer, bounds: &bounds)
    }
}
