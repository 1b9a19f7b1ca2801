internal import Synchronization
internal import Walle

/// Runs without an answer while versions change under full load.
enum SwapLoss {
    private struct Counts: Sendable {
        var submitted = 0
        var answered = 0
        /// Refused or stopped with a typed error.
        var failed = 0
        /// Answered with what no version gives.
        var wrong = 0
    }

    private final class Tally: Sendable {
        let counts = Mutex(Counts())
        let isOver = Atomic(false)
    }

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folders = try ["1.0.0", "2.0.0"].map { version in
            try TaskFolder(
                "turn", version: version, instances: 2, queue: 64,
                source: TaskFolder.peerSource("work").replacing("def run", with: "def work")
                    + "\ndef run(value):\n    work(1000)\n    return [value, \"\(version)\"]\n")
        }
        let host = try TaskHost()
        try await host.load(folders[0].path)
        let tally = Tally()
        let callers = (0..<16).map { _ in Task { await call(host, tally) } }
        let swaps = plan.count(1000)
        let seconds = try await Clock.seconds {
            for index in 1...swaps { try await host.swap("turn", to: folders[index % 2].path) }
        }
        tally.isOver.store(true, ordering: .relaxed)
        for caller in callers { await caller.value }
        let final = tally.counts.withLock { $0 }
        try BenchmarkError.check(final.wrong == 0, "\(final.wrong) wrong results")
        try BenchmarkError.check(final.answered > swaps, "no load: \(final.answered) runs")
        let lost = final.submitted - final.answered - final.failed
        return [
            Measurement(
                "runs lost in \(swaps) swaps under full load", Double(lost), "runs", target: .atMost(0),
                note: "\(final.submitted) runs, \(final.failed) with a typed error, 16 callers, 2 instances, "
                    + "\(Figure.text(Double(swaps) / seconds)) swaps/s")
        ]
    }

    private static func call(_ host: TaskHost, _ tally: Tally) async {
        var value = 0
        while !tally.isOver.load(ordering: .relaxed) {
            value += 1
            tally.counts.withLock { $0.submitted += 1 }
            do {
                let result: Value = try await host.run("turn", .integer(value))
                let isRight = result == [.integer(value), "1.0.0"] || result == [.integer(value), "2.0.0"]
                tally.counts.withLock { counts in
                    counts.answered += 1
                    if !isRight { counts.wrong += 1 }
                }
            } catch {
                tally.counts.withLock { $0.failed += 1 }
            }
        }
    }
}
