internal import CWalleBenchmarks
internal import WallePython

/// Calls on the VM's thread, against the same function called in a loop in C with an argument made beforehand.
enum Calls {
    struct Event: Codable, Sendable, Equatable {
        var item: Int
        var score: Double
    }

    private static let baseline = "C loop over PyObject_Vectorcall"

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let calls = plan.count(50_000)
        let raw: Value = ["item": 7, "score": 1.5]
        let event = Event(item: 7, score: 1.5)
        return [
            try await call("call, raw integer", "same", Value.integer(7), .integer(7), calls, plan, target: 1),
            try await call(
                "call, raw dict of two fields", "event", raw, ["item": 7, "score": 3.0], calls, plan, target: 1),
            try await call(
                "call, Codable struct of two fields", "event", event, Event(item: 7, score: 3), calls, plan,
                target: nil),
            try await batch(plan),
        ]
    }

    private static func call<Input: Codable & Sendable & Equatable>(
        _ name: String, _ function: String, _ input: Input, _ expected: Input, _ calls: Int, _ plan: Plan,
        target: Double?
    ) async throws -> Measurement {
        let worker = try await Worker(module: "events", function: function)
        var ours = Samples()
        var theirs = Samples()
        for _ in 0..<plan.rounds {
            ours.add(try await microseconds(worker, input, expected, calls))
            theirs.add(try await baselineMicroseconds(worker, function, input, calls))
        }
        return Measurement(
            name, ours.median, "µs", peer: .init(baseline, theirs.median), target: target.map { .atMost($0) },
            note: "\(ours.spread) of \(calls) calls; peer \(theirs.spread)")
    }

    /// One call of a list of events; the figure is that of an event.
    private static func batch(_ plan: Plan) async throws -> Measurement {
        let size = 1000
        let batches = plan.count(100)
        let worker = try await Worker(module: "events", function: "events")
        let input = (0..<size).map { Event(item: $0, score: Double($0)) }
        let expected = input.map { Event(item: $0.item, score: $0.score * 2) }
        var ours = Samples()
        var theirs = Samples()
        for _ in 0..<plan.rounds {
            ours.add(try await microseconds(worker, input, expected, batches) / Double(size))
            theirs.add(try await baselineMicroseconds(worker, "event", input[7], batches * size))
        }
        return Measurement(
            "batch of \(size) Codable events, per event", ours.median, "µs", peer: .init(baseline, theirs.median),
            target: .atMost(1), note: "\(ours.spread) of \(batches) batches; peer \(theirs.spread), one event a call")
    }

    private static func microseconds<Input: Codable & Sendable & Equatable>(
        _ worker: Worker, _ input: Input, _ expected: Input, _ calls: Int
    ) async throws -> Double {
        let (seconds, last) = try await worker.perform { (_, script) throws(PythonFailure) -> (Double, Input) in
            var last = input
            let start = ContinuousClock.now
            for _ in 0..<calls { last = try script.run(input, as: Input.self, resultBytes: 1 << 20) }
            return (Clock.seconds(since: start), last)
        }
        try BenchmarkError.check(last == expected, "wrong result \(last)")
        return seconds / Double(calls) * 1e6
    }

    private static func baselineMicroseconds(
        _ worker: Worker, _ function: String, _ input: some Encodable & Sendable, _ calls: Int
    ) async throws -> Double {
        let seconds = try await worker.perform { (interpreter, _) throws(PythonFailure) -> Double in
            let callable = try interpreter.find(function, in: "events")
            let argument = try interpreter.object(encoding: input)
            let start = ContinuousClock.now
            guard walle_bench_call(callable.pointer, argument.pointer, calls) == 0 else { throw .pending }
            return Clock.seconds(since: start)
        }
        return seconds / Double(calls) * 1e6
    }
}
