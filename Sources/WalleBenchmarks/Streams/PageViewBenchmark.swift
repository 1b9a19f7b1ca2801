internal import WalleStreams

/// The item page-view feature on a synthetic stream: what it saves, how many events it takes, and how long it is from the
/// exit of a page to the vector. The paper that it is from tells 19.3 events and 21.2 KB a feature, and 44 ms on a phone.
enum PageViewBenchmark {
    private static let users = 10_000

    static func run(_ plan: Plan) async throws -> Outcome {
        var simulator = PageViewSimulator(seed: 7, users: users)
        let events = simulator.events(plan.count(600_000))
        var outcome = Outcome(notes: [
            "\(events.count) synthetic events of \(users) users at once, \(plan.rounds) rounds"
        ])
        outcome.measurements += try sizes(events)
        outcome.measurements.append(try throughput(events, plan))
        outcome.measurements += try latency(events, plan)
        return outcome
    }

    // MARK: sizes

    /// Means over the visits that began in the first half of the stream: its end cuts later ones short.
    private static func sizes(_ events: [Event]) throws -> [Measurement] {
        var log = PageViewLog(seed: 8)
        let rawBytes = events.reduce(0) { $0 + log.line($1).utf8.count + 1 }
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(ItemPageView.definition(), texts: texts)
        var (visits, featureBytes, taken) = (0, 0, 0)
        let half = events[events.count / 2].time
        for batch in batches(events, texts, rows: 8192) {
            for rows in try pipeline.process(batch) { add(rows) }
        }
        for rows in try pipeline.advance(to: .max) { add(rows) }
        func add(_ rows: StreamRows) {
            for row in 0..<rows.count where rows.results.starts[row] < half {
                visits += 1
                featureBytes += rows.json(row, pipeline.columns, texts).utf8.count
                if case .values(let counts) = rows.results.aggregates[0] { taken += Int(counts.ints[row]) }
            }
        }
        try BenchmarkError.check(visits > 0 && pipeline.outsideCount == 0, "every event is in a visit")
        let count = Double(visits)
        let raw = Double(rawBytes) / Double(events.count) * Double(taken) / count
        let feature = Double(featureBytes) / count
        return [
            Measurement("events of a visit", Double(taken) / count, "events", note: "\(visits) visits"),
            Measurement("raw events of a visit as JSON", raw / 1000, "KB"),
            Measurement("feature of a visit as JSON", feature, "bytes", note: "1/\(Figure.text(raw / feature))"),
            Measurement(
                "encoding of a visit", Double(MemoryLayout<SIMD32<Float>>.size), "bytes", target: .atMost(128)),
        ]
    }

    private static func batches(_ events: [Event], _ texts: TextDictionary, rows: Int) -> [EventBatch] {
        stride(from: 0, to: events.count, by: rows).map { start in
            let part = events[start..<min(start + rows, events.count)]
            var builder = EventBatchBuilder(
                schema: PageViewSimulator.schema, texts: texts, capacity: part.count, offset: Int64(start))
            for event in part { builder.append(event) }
            return builder.finish()
        }
    }

    // MARK: speed

    private static func throughput(_ events: [Event], _ plan: Plan) throws -> Measurement {
        let texts = TextDictionary()
        let batches = batches(events, texts, rows: 8192)
        var speeds = Samples()
        for _ in 0..<plan.rounds {
            let pipeline = try StreamPipeline(ItemPageView.definition(), texts: texts)
            var rows = 0
            let seconds = try Clock.threadSeconds {
                for batch in batches { rows += try pipeline.process(batch).reduce(0) { $0 + $1.count } }
            }
            try BenchmarkError.check(rows > 0, "visits end")
            speeds.add(Double(events.count) / seconds / 1e6)
        }
        return Measurement(
            "item page views, in batches", speeds.median, "M events/s", note: speeds.spread)
    }

    /// From the exit of a visit, which comes as a batch of its own, to the vector.
    private static func latency(_ events: [Event], _ plan: Plan) throws -> [Measurement] {
        let texts = TextDictionary()
        let batches = batches(events, texts, rows: 1)
        let encoder = ItemPageViewEncoder(texts: texts)
        var (samples, busy, sum) = (Samples(), Samples(), Float())
        for _ in 0..<min(plan.rounds, 3) {
            let pipeline = try StreamPipeline(ItemPageView.definition(), texts: texts)
            for batch in batches {
                let start = ContinuousClock.now
                let startOfThread: Double = Clock.threadSeconds
                let results = try pipeline.process(batch)
                guard let rows = results.first else { continue }
                sum += encoder.vector(rows, row: 0, at: batch.times.ints[0])[0]
                busy.add((Clock.threadSeconds - startOfThread) * 1e6)
                samples.add(Clock.seconds(since: start) * 1e6)
            }
        }
        try BenchmarkError.check(sum > 0, "vectors of visits")
        let name = "last event of a visit to its vector, \(users) users at once"
        return [
            Measurement(name, samples.median, "µs p50", target: .atMost(1000), note: samples.summary("µs")),
            Measurement(name, samples.quantile(0.99), "µs p99", target: .atMost(1000)),
            Measurement("\(name), processor time", busy.median, "µs p50", note: busy.summary("µs")),
        ]
    }
}
