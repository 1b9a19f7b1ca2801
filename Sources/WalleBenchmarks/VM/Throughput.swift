internal import Walle

/// Runs of three sizes through a host on two cores, against two threads under one GIL that call the same function in a
/// plain loop: theirs costs nothing beside the work, ours is a whole `await host.run`.
enum Throughput {
    private struct Size {
        var name: String
        var seconds: Double
        var runs: Int
        var target: Double
        /// Gain of the paper's system, in per cent.
        var paper: Double
    }

    private static let sizes = [
        Size(name: "light (50 µs)", seconds: 50e-6, runs: 8000, target: 60, paper: 52),
        Size(name: "middle (5 ms)", seconds: 5e-3, runs: 80, target: 85, paper: 144),
        Size(name: "heavy (500 ms)", seconds: 0.5, runs: 4, target: 85, paper: 26),
    ]

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folder = try TaskFolder("work", instances: 2, source: TaskFolder.peerSource("work"))
        let host = try TaskHost()
        try await host.load(folder.path)
        let worker = try await Worker(module: "work", function: "run")
        let peer = try PeerProcess("scaling")
        var results: [Measurement] = []
        for size in sizes {
            results.append(try await measure(size, plan, host, peer, worker))
        }
        return results
    }

    private static func measure(
        _ size: Size, _ plan: Plan, _ host: TaskHost, _ peer: PeerProcess, _ worker: Worker
    ) async throws -> Measurement {
        let iterations = try await Work.iterations(seconds: size.seconds, on: worker)
        let runs = plan.count(size.runs, least: 4)
        var gains = Samples()
        var ours = Samples()
        for _ in 0..<plan.rounds {
            let seconds = try await Self.seconds(runs, iterations, host)
            let oneGIL: Double = try peer.ask("one_gil", ["iterations": .integer(iterations), "count": .integer(runs)])
            gains.add((oneGIL / seconds - 1) * 100)
            ours.add(Double(runs) / seconds)
        }
        return Measurement(
            "throughput, \(size.name)", gains.median, "% over one GIL", peer: .init("Walle's paper", size.paper),
            target: .atLeast(size.target), note: "\(Figure.text(ours.median)) runs/s; \(gains.spread); at most +100")
    }

    /// So many callers that both VMs of the task always find a run in its queue: a caller whose run ended needs a core to
    /// ask for the next, which it has to wait for.
    private static let callers = 32

    private static func seconds(_ runs: Int, _ iterations: Int, _ host: TaskHost) async throws -> Double {
        let callers = min(Self.callers, runs)
        var results: [Int] = []
        let seconds = try await Clock.seconds {
            results = try await withThrowingTaskGroup(of: [Int].self) { group in
                for caller in 0..<callers {
                    let share = runs / callers + (caller < runs % callers ? 1 : 0)
                    group.addTask {
                        var results: [Int] = []
                        for _ in 0..<share { results.append(try await host.run("work", iterations)) }
                        return results
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        let expected = Work.result(iterations)
        try BenchmarkError.check(results.count == runs && results.allSatisfy { $0 == expected }, "wrong results")
        return seconds
    }
}
