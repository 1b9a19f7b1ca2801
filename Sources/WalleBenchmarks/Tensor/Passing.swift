internal import WalleModules
internal import WallePython

/// A large array that a VM made goes to another.
enum Passing {
    private static let bytes = 100_000_000

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let (giver, taker) = (try await worker(), try await worker())
        try check(try await giver.exchange(.integer(bytes)))
        var (times, copies) = (Samples(), Samples())
        _ = try await pass(from: giver, to: taker)
        let before = Resources.residentBytes
        for _ in 0..<plan.count(200) { times.add(try await pass(from: giver, to: taker)) }
        let growth = Resources.residentBytes - before
        for _ in 0..<plan.rounds {
            guard let time = try await taker.exchange(.string("copy")).number else {
                throw BenchmarkError("the copy was not timed")
            }
            copies.add(time)
        }
        return [
            Measurement(
                "100 MB array to another interpreter", times.median, "µs", peer: .init("copying it", copies.median),
                target: .atMost(100), note: "two calls, on the threads of two VMs; \(times.summary("µs"))"),
            Measurement(
                "memory that holding it in both takes", growth / 1e6, "MB", target: .atMost(1),
                note: "resident, after \(times.count) more times"),
        ]
    }

    private static func worker() async throws -> Worker {
        try await Worker(module: "passing", function: "run", offering: WalleModules.all)
    }

    /// Microseconds until the other VM has read an element.
    private static func pass(from giver: Worker, to taker: Worker) async throws -> Double {
        var read = Value.none
        let seconds = try await Clock.seconds {
            read = try await taker.exchange(try await giver.exchange(.string("give")))
        }
        try check(read)
        return seconds * 1e6
    }

    private static func check(_ element: Value) throws {
        try BenchmarkError.check(element == .double(7), "the element is \(element), not 7")
    }
}

extension Worker {
    fileprivate func exchange(_ input: Value) async throws -> Value {
        try await perform { (_, script) throws(PythonFailure) in
            try script.run(input, as: Value.self, resultBytes: 1 << 30)
        }
    }
}
