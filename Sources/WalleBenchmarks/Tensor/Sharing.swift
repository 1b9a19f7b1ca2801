/// Arrays that go from one VM to another, and two VMs that compute at once, against one.
enum Sharing {
    static func run(_ plan: Plan) async throws -> Outcome {
        let workers = [try await WalleSide(.wall), try await WalleSide(.wall)]
        var outcome = Outcome(
            measurements: try await Passing.run(plan), notes: ["two VMs: \(plan.threads) threads a process"])
        for (index, operation) in try await workers[0].cases(of: "sharing").enumerated() {
            outcome.measurements.append(try await atOnce(workers, index, operation, plan))
        }
        return outcome
    }

    /// Throughput of two as a multiple of one.
    private static func atOnce(
        _ workers: [WalleSide], _ index: Int, _ operation: ArrayCase, _ plan: Plan
    ) async throws -> Measurement {
        let name = "two VMs computing at once: \(operation.name), \(operation.dtype), \(operation.size)"
        for worker in workers {
            let prepared = try await worker.prepare("sharing", index)
            if let problem = prepared.failure ?? prepared.missing {
                return Measurement(name, nil, "× one", target: .atLeast(1.9), note: problem)
            }
            try await worker.calibrate(milliseconds: plan.isQuick ? 50 : 300)
        }
        var ratios = Samples()
        for round in 0..<plan.rounds {
            // Either VM is the one that computes alone, in turn.
            let alone = try await workers[round % 2].measure()
            async let first = workers[0].measure()
            async let second = workers[1].measure()
            ratios.add(alone / (try await first) + alone / (try await second))
        }
        for worker in workers { try await worker.finish() }
        return Measurement(name, ratios.median, "× one", target: .atLeast(1.9), note: ratios.spread)
    }
}
