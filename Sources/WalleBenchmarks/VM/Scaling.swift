/// Two CPU-bound VMs on two cores against one.
enum Scaling {
    static func run(_ plan: Plan) async throws -> [Measurement] {
        let workers = [
            try await Worker(module: "work", function: "run"), try await Worker(module: "work", function: "run"),
        ]
        let peer = try PeerProcess("scaling")
        let iterations = try await Work.iterations(seconds: plan.isQuick ? 0.1 : 0.5, on: workers[0])
        let kinds = ["threads", "multiprocessing", "_interpreters"]
        var ours = Samples()
        var theirs = kinds.map { _ in Samples() }
        for _ in 0..<plan.rounds {
            ours.add(try await speedup(workers, iterations))
            for (index, kind) in kinds.enumerated() {
                theirs[index].add(
                    try peer.ask("speedup", ["kind": .text(kind), "iterations": .integer(iterations)]) as Double)
            }
        }
        let names = ["threads under one GIL", "multiprocessing", "CPython's _interpreters"]
        return zip(names, theirs).map { name, samples in
            Measurement(
                "two CPU-bound VMs on two cores", ours.median, "× one", peer: .init(name, samples.median),
                target: .atLeast(1.9), note: "\(ours.spread); peer \(samples.spread)")
        }
    }

    private static func speedup(_ workers: [Worker], _ iterations: Int) async throws -> Double {
        let expected = Work.result(iterations)
        var results: [Int] = []
        let one = try await Clock.seconds { results.append(try await workers[0].call(iterations)) }
        let two = try await Clock.seconds {
            async let first = workers[0].call(iterations)
            async let second = workers[1].call(iterations)
            results += [try await first, try await second]
        }
        try BenchmarkError.check(results == [expected, expected, expected], "wrong results")
        return 2 * one / two
    }
}
