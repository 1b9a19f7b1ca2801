internal import WalleStreams

/// Windows whose rows are stored, with a checkpoint each second; then with every event in the log too.
enum StoredBenchmark {
    private static let second = StoredRun.second
    private static let tumbling = WindowKind.tumbling(size: 10 * second, offset: 0)
    static let events = StreamEvents(keys: 1000, eventsPerSecond: 100_000, disorder: Int(2 * second))
    /// Of whom a quarter are awake at a time: sessions end.
    private static let visitors = StreamEvents(
        keys: 1000, eventsPerSecond: 100_000, disorder: Int(2 * second), awake: 250)
    private static let hopping = WindowKind.hopping(size: 60 * second, slide: 10 * second, offset: 0)

    static func run(_ plan: Plan) async throws -> Outcome {
        let count = plan.count(20_000_000)
        var outcome = Outcome(notes: ["\(count) events a round, 2,000,000 with the log; \(plan.rounds) rounds"])
        outcome.measurements = [
            try measure("tumbling 10 s", StoredRun(window: tumbling, events: events), count, 5, plan),
            try measure("hopping, 1 min every 10 s", StoredRun(window: hopping, events: events), count, 2, plan),
            try measure(
                "sessions, gap 10 s", StoredRun(window: .session(gap: 10 * second), events: visitors), count, 2, plan),
        ]
        outcome.measurements += try logged(plan.count(2_000_000, least: 1_000_000), plan)
        return outcome
    }

    private static func measure(
        _ name: String, _ run: StoredRun, _ count: Int, _ target: Double, _ plan: Plan
    ) throws -> Measurement {
        let rounds = try (0..<plan.rounds).map { _ in try run.run(count) }
        let speeds = speeds(rounds, count)
        return Measurement(
            "\(name), 1,000 text keys, disorder 2 s, stored", speeds.median, "M events/s", target: .atLeast(target),
            note: note(rounds, count, speeds))
    }

    private static func logged(_ count: Int, _ plan: Plan) throws -> [Measurement] {
        let run = StoredRun(window: tumbling, events: events, isLogged: true)
        let rounds = try (0..<plan.rounds).map { _ in try run.run(count) }
        let speeds = speeds(rounds, count)
        let bytes = Samples(rounds.map { Double($0.fileBytes) / Double(StoredRun.events(count)) })
        return [
            Measurement(
                "tumbling 10 s, stored, with the log of all events", speeds.median, "M events/s",
                target: .atLeast(0.25), note: note(rounds, count, speeds)),
            Measurement("file of the store, an event with its log", bytes.median, "bytes", note: bytes.range),
        ]
    }

    private static func speeds(_ rounds: [StoredRun.Figures], _ count: Int) -> Samples {
        Samples(rounds.map { Double(StoredRun.events(count)) / $0.seconds / 1e6 })
    }

    private static func note(_ rounds: [StoredRun.Figures], _ count: Int, _ speeds: Samples) -> String {
        let walls = Samples(rounds.map { Double(StoredRun.events(count)) / $0.wallSeconds / 1e6 })
        let checkpoints = rounds.map(\.checkpoints).max() ?? 0
        return "\(speeds.spread); by the clock \(Figure.text(walls.median)); \(rounds[0].rows) rows, up to "
            + "\(checkpoints) checkpoints a round"
    }
}
