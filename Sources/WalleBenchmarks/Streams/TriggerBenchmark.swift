internal import WalleStreams

/// What an event costs with ten to ten thousand conditions, and with conditions that are the worst for their index.
enum TriggerBenchmark {
    static func run(_ plan: Plan) async throws -> Outcome {
        let count = plan.count(1_000_000)
        var outcome = Outcome(notes: [
            "\(TriggerEvents.names) names (Zipf), \(TriggerEvents.keys) keys, \(TriggerEvents.window) events of a key in time",
            "\(count) events a round behind as many as fill the time bound, \(plan.rounds) rounds",
        ])
        var costs: [Samples] = []
        let sizes = [10, 100, 1000, 10_000]
        // In turn, so that what else the machine does meets all alike.
        var taken = sizes.map { _ in [Taken]() }
        for _ in 0..<plan.rounds {
            for (index, size) in sizes.enumerated() { taken[index].append(try take(.chains, size, count)) }
        }
        for (size, rounds) in zip(sizes, taken) {
            let cost = Samples(rounds.map(\.nanoseconds))
            costs.append(cost)
            outcome.measurements.append(
                Measurement("\(size) conditions", cost.median, "ns an event", note: note(rounds[0], cost)))
        }
        let most = costs[costs.count - 1].median
        outcome.measurements += [
            Measurement(
                "10,000 conditions, as a multiple of 10", most / costs[0].median, "×", target: .atMost(3)),
            Measurement(
                "10,000 conditions \(TriggerEvents.Form.chains.rawValue)", 1000 / most, "M events/s",
                target: .atLeast(1)),
        ]
        for (form, size) in [
            (TriggerEvents.Form.beginAlike, 10_000), (.endAlike, 10_000), (.optional, 10_000), (.frequentNames, 10_000),
            (.negated, 10_000), (.branched, 1000),
        ] {
            outcome.measurements.append(try worst(form, size, plan))
        }
        return outcome
    }

    private static func worst(_ form: TriggerEvents.Form, _ size: Int, _ plan: Plan) throws -> Measurement {
        let rounds = try (0..<plan.rounds).map { _ in try take(form, size, plan.count(200_000)) }
        let speed = Samples(rounds.map { 1000 / $0.nanoseconds })
        return Measurement(
            "\(size) conditions \(form.rawValue)", speed.median, "M events/s", note: note(rounds[0], speed))
    }

    private static func note(_ taken: Taken, _ samples: Samples) -> String {
        let share = Figure.text(Double(taken.matches) / Double(taken.events) * 100)
        return
            "\(samples.spread), \(share) % of the events end a match, \(taken.logBytes / TriggerEvents.keys) bytes a key"
    }

    private struct Taken {
        var nanoseconds: Double
        var events: Int
        var matches: Int
        var logBytes: Int
    }

    private static func take(_ form: TriggerEvents.Form, _ size: Int, _ count: Int) throws -> Taken {
        var source = TriggerEvents()
        let texts = TextDictionary()
        let index = TriggerIndex(schema: TriggerEvents.schema, texts: texts)
        for id in 0..<size { try index.add(source.condition(form), id: id) }
        let before = TriggerEvents.keys * TriggerEvents.window / StreamEvents.batchRows
        let batches = source.batches(before * StreamEvents.batchRows + count, texts)
        let predicates = PredicateColumns(TriggerEvents.schema)
        var (found, matches) = (TriggerMatches(), 0)
        func take(_ batches: ArraySlice<EventBatch>) throws {
            for batch in batches {
                try index.take(batch, keys: batch.column("user"), predicates: predicates, into: &found)
                matches += found.count
                found.removeAll()
            }
        }
        try take(batches[..<before])
        matches = 0
        let seconds = try Clock.threadSeconds { try take(batches[before...]) }
        try BenchmarkError.check(index.counters.dropped == 0, "nothing is dropped")
        return Taken(
            nanoseconds: seconds / Double(count) * 1e9, events: count, matches: matches, logBytes: index.logByteCount)
    }
}
