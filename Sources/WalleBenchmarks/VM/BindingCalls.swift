internal import CWalleBenchmarks
internal import WalleBinding
internal import WallePython

/// What the method that is measured belongs to.
private final class Adder: PythonObject {
    let base = 20
}

/// Python calls Swift functions and methods of a declared module: `int` in, one out.
enum BindingCalls {
    private static let source = """
        import time
        from itertools import repeat

        def nanoseconds(function, count):
            start = time.perf_counter_ns()
            for _ in repeat(None, count):
                function(20, 22)
            return (time.perf_counter_ns() - start) / count

        def method_nanoseconds(adder, count):
            start = time.perf_counter_ns()
            for _ in repeat(None, count):
                adder.add(22)
            return (time.perf_counter_ns() - start) / count

        class Adder:
            __slots__ = ("base",)

            def __init__(self):
                self.base = 20

            def add(self, number):
                return self.base + number
        """

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let machine = try await VirtualMachine.start(MachineConfiguration())
        let module = PythonModule("bench") {
            Function("add", "a", "b") { (a: Int, b: Int) in a + b }
            Class(Adder.self) {
                Function("__init__") { Adder() }
                Function("add", "self", "number") { (adder: Adder, number: Int) in adder.base + number }
            }
        }
        let (calls, rounds) = (plan.count(1_000_000), plan.rounds)
        let (ours, theirs, method, twin) = try await machine.perform {
            (interpreter) throws(PythonFailure) -> (Samples, Samples, Samples, Samples) in
            interpreter.offer([module])
            let namespace = try interpreter.execute(source)
            let measure = try interpreter.item("nanoseconds", of: namespace.pointer)
            let swift = try interpreter.find("add", in: "bench")
            let c = try Owned(walle_bench_make_add())
            let measureMethod = try interpreter.item("method_nanoseconds", of: namespace.pointer)
            let adderClass = try interpreter.find("Adder", in: "bench")
            let adder = try interpreter.call(adderClass.pointer)
            let twin = try interpreter.call(try interpreter.item("Adder", of: namespace.pointer))
            var (ours, theirs, method, python) = (Samples(), Samples(), Samples(), Samples())
            for _ in 0..<rounds {
                ours.add(try nanoseconds(measure, swift.pointer, calls, interpreter))
                theirs.add(try nanoseconds(measure, c.pointer, calls, interpreter))
                method.add(try nanoseconds(measureMethod, adder.pointer, calls, interpreter))
                python.add(try nanoseconds(measureMethod, twin.pointer, calls, interpreter))
            }
            return (ours, theirs, method, python)
        }
        return [
            Measurement(
                "Python calls Swift, two Int in, one out", ours.median, "ns", peer: .init("C function", theirs.median),
                target: .atMost(50), note: "loop included; \(ours.spread) of \(calls) calls; peer \(theirs.spread)"),
            Measurement(
                "Python calls a Swift method, one Int in, one out", method.median, "ns",
                peer: .init("Python method", twin.median), target: .atMost(50),
                note: "loop included; \(method.spread) of \(calls) calls; peer \(twin.spread)"),
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
