internal import WalleStreams

/// Windows of ten seconds over a thousand keys, and over other numbers of keys.
enum WindowBenchmarks {
    private static let second: Int64 = 1_000_000
    private static let tumbling = WindowKind.tumbling(size: 10 * second, offset: 0)
    static let four: [(function: AggregateFunction, type: ColumnType?)] = [
        (.count, nil), (.sum, .float), (.min, .float), (.max, .float),
    ]
    /// All but the count are of one column, as a stream's definition says.
    static let sources = [0, 1, 1, 1]

    static func run(_ plan: Plan) async throws -> Outcome {
        let peer = try plan.duckdb.map { try PeerProcess("windows", interpreter: $0) }
        let count = plan.count(20_000_000)
        var outcome = Outcome(notes: ["\(count) events a round, \(plan.rounds) rounds"])
        outcome.measurements.append(try alone(count, plan, peer))
        outcome.measurements.append(try texts(plan.count(8_000_000), plan))
        for (name, window) in [
            ("hopping, 1 min every 10 s", WindowKind.hopping(size: 60 * second, slide: 10 * second, offset: 0)),
            ("sessions, gap 10 s", .session(gap: 10 * second)),
        ] {
            let events = StreamEvents(keys: 1000, eventsPerSecond: 100_000, disorder: 2_000_000)
            let (speed, _) = try speed(window, events, plan.count(4_000_000), plan, delay: 2 * second)
            outcome.measurements.append(
                Measurement(
                    "\(name), 1,000 keys, disorder 2 s, four aggregates", speed.median, "M events/s",
                    target: .atLeast(2), note: speed.spread))
        }
        return outcome
    }

    private static func alone(_ count: Int, _ plan: Plan, _ peer: PeerProcess?) throws -> Measurement {
        let events = StreamEvents(keys: 1000, eventsPerSecond: 1_000_000, disorder: 0)
        let (speed, total) = try speed(tumbling, events, count, plan, delay: 0)
        var theirs: Double?
        if let peer {
            let answer: [Double] = try peer.ask(
                "tumbling", ["count": .integer(count), "keys": .integer(1000), "rounds": .integer(plan.rounds)])
            try BenchmarkError.check(Int(answer[1]) == total, "DuckDB gives \(answer[1]) rows, ours \(total)")
            theirs = answer[0]
        }
        return Measurement(
            "tumbling 10 s, 1,000 integer keys, in order, four aggregates", speed.median, "M events/s",
            peer: peer.map { _ in .init("DuckDB, all at once", theirs) }, target: .atLeast(40), note: speed.spread)
    }

    /// Millions of events a second, and the rows given.
    private static func speed(
        _ window: WindowKind, _ events: StreamEvents, _ count: Int, _ plan: Plan, delay: Int64
    ) throws -> (Samples, rows: Int) {
        let batches = events.windowBatches(count, values: four.count - 1)
        var (samples, rows) = (Samples(), 0)
        for _ in 0..<plan.rounds {
            let runner = try WindowRunner(window, four, sources: sources, delay: delay, texts: TextDictionary())
            rows = 0
            let seconds = Clock.threadSeconds {
                for batch in batches { rows += runner.process(batch).reduce(0) { $0 + $1.count } }
                rows += runner.advance(to: .max).reduce(0) { $0 + $1.count }
            }
            try BenchmarkError.check(runner.lateCount == 0 && rows > 0, "every event is in time, and gives rows")
            samples.add(Double(count) / seconds / 1e6)
        }
        return (samples, rows)
    }

    /// A pipeline from texts on: keys are looked up, expressions evaluated, windows filled.
    private static func texts(_ count: Int, _ plan: Plan) throws -> Measurement {
        let events = StreamEvents(keys: 1000, eventsPerSecond: 1_000_000, disorder: 2_000_000)
        let definition = StreamDefinition(
            name: "a", source: StreamSource(name: "s", schema: StreamEvents.schema, delay: 2 * second), key: ["user"],
            window: tumbling,
            aggregates: [
                Aggregate("count", .count), Aggregate("sum", .sum, of: .name("price")),
                Aggregate("min", .min, of: .name("price")), Aggregate("max", .max, of: .name("price")),
            ])
        var samples = Samples()
        let names = events.names()
        for _ in 0..<plan.rounds {
            let texts = TextDictionary()
            let codes = StreamEvents.eventCodes(texts)
            let pipeline = try StreamPipeline(definition, texts: texts)
            var rows = 0
            let taken = count / StreamEvents.batchRows
            // Making the columns is timed as well: it stands for an input that has texts.
            let seconds = try Clock.threadSeconds {
                for batch in 0..<taken {
                    let batch = events.batch(batch * StreamEvents.batchRows, texts, codes, names)
                    rows += try pipeline.process(batch).reduce(0) { $0 + $1.count }
                }
                rows += try pipeline.advance(to: .max).reduce(0) { $0 + $1.count }
            }
            try BenchmarkError.check(pipeline.lateCount == 0 && rows > 0, "every event is in time, and gives rows")
            samples.add(Double(taken * StreamEvents.batchRows) / seconds / 1e6)
        }
        return Measurement(
            "tumbling 10 s, 1,000 text keys, disorder 2 s, four aggregates, not stored", samples.median, "M events/s",
            target: .atLeast(5), note: samples.spread)
    }
}
