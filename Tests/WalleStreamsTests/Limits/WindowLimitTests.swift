import Testing

@testable import WalleStreams

/// Keys without end: what a limit of the groups leaves is what is documented, and costs no more memory.
@Suite struct WindowLimitTests {
    static let limit = 100

    private struct Outcome {
        var rows: [ToldRow]
        var dropped: Int
        var evicted: Int
        /// After each batch.
        var bytes: [Int]
    }

    private func run(_ definition: StreamDefinition, _ events: CrowdedEvents, batch: Int = 500) throws -> Outcome {
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(definition, texts: texts)
        var outcome = Outcome(rows: [], dropped: 0, evicted: 0, bytes: [])
        for from in stride(from: 0, to: events.times.count, by: batch) {
            let part = events.batch(from, min(batch, events.times.count - from), texts)
            outcome.rows += try pipeline.process(part).flatMap { ToldRun.rows($0, texts, pipeline.columns) }
            outcome.bytes.append(pipeline.byteCount)
        }
        outcome.rows += try pipeline.advance(to: .max).flatMap { ToldRun.rows($0, texts, pipeline.columns) }
        (outcome.dropped, outcome.evicted) = (pipeline.droppedCount, pipeline.evictedCount)
        return outcome
    }

    private func compare(_ outcome: Outcome, _ naive: NaiveLimit, _ events: CrowdedEvents, columns: Int) {
        let expected = naive.rows.map { row in
            events.values(row.key, columns: columns) + [.time(row.start), .time(row.end), .int(row.count)]
        }
        let told = outcome.rows.map(\.values)
        #expect(told.count == Set(told).count, "no row is given twice")
        #expect(Set(told) == Set(expected))
        #expect(outcome.dropped == naive.dropped && outcome.evicted == naive.evicted)
        expectFlat(outcome)
    }

    private func expectFlat(_ outcome: Outcome) {
        let middle = outcome.bytes.count / 2
        let (before, after) = (outcome.bytes[..<middle].max() ?? 0, outcome.bytes[middle...].max() ?? 0)
        #expect(after <= before + before / 10, "memory stays as it is: \(before), then \(after) bytes")
    }

    @Test(arguments: [1, 2], [1, 4] as [Int64])
    func leavesWindowsWhole(columns: Int, panes: Int64) throws {
        let events = CrowdedEvents(10_000, seed: UInt64(columns))
        let window: WindowKind =
            panes == 1
            ? .tumbling(size: 400, offset: 0) : .hopping(size: 400 * panes, slide: 400, offset: 0)
        let definition = CrowdedEvents.definition(window, columns: columns, limit: Self.limit)
        let naive = NaiveLimit.panes(events, width: 400, panes: panes, limit: Self.limit)
        #expect(naive.dropped > 1000 && (naive.evicted > 0) == (panes > 1))
        compare(try run(definition, events), naive, events, columns: columns)
    }

    @Test(arguments: [1, 2])
    func closesTheSessionThatEndsNext(columns: Int) throws {
        let events = CrowdedEvents(8000, seed: 7 + UInt64(columns))
        let definition = CrowdedEvents.definition(.session(gap: 300), columns: columns, limit: Self.limit)
        let naive = NaiveLimit.sessions(events, gap: 300, limit: Self.limit)
        #expect(naive.evicted > 1000)
        compare(try run(definition, events), naive, events, columns: columns)
    }

    /// Every event has a row, and regulars are never forgotten: they come again before others have.
    @Test(arguments: [1, 2])
    func forgetsWhoIsQuietLongest(columns: Int) throws {
        var events = CrowdedEvents(4000, seed: 11 + UInt64(columns))
        // Without peers, which would see events that come after them.
        for row in events.times.indices { events.times[row] = Int64(row) }
        let definition = CrowdedEvents.definition(.over(size: 5000), columns: columns, limit: Self.limit)
        let naive = NaiveLimit.over(events, size: 5000, limit: Self.limit)
        #expect(naive.evicted > 1000)
        let outcome = try run(definition, events)
        let expected = naive.rows.map { row in
            events.values(row.key, columns: columns) + [.time(row.end), .int(row.count)]
        }
        #expect(outcome.rows.map(\.values) == expected)
        #expect(outcome.evicted == naive.evicted && outcome.dropped == 0)
        expectFlat(outcome)
    }

    @Test(arguments: [1, 2])
    func endsTheVisitThatTimesOutNext(columns: Int) throws {
        let events = CrowdedEvents(10_000, seed: 13 + UInt64(columns))
        let window = WindowKind.visit(timeout: 3000, enter: "enter", exit: "leave")
        let outcome = try run(CrowdedEvents.definition(window, columns: columns, limit: Self.limit), events)
        #expect(outcome.evicted > 1000 && outcome.dropped == 0)
        // Every event that enters begins a visit, which has one row.
        #expect(outcome.rows.count == events.times.indices.count { $0 % 3 != 0 })
        expectFlat(outcome)
    }

    static let windows: [WindowKind] = [
        .tumbling(size: 200, offset: 0), .hopping(size: 600, slide: 200, offset: 0),
        .cumulating(size: 800, step: 200, offset: 0), .session(gap: 150), .over(size: 300),
        .visit(timeout: 150, enter: "enter", exit: "leave"),
    ]

    /// However events come in batches, and after every restart.
    @Test(arguments: windows, [2, 40])
    func isTheSameInAnyBatches(window: WindowKind, limit: Int) throws {
        let events = CrowdedEvents(900, disorder: 60, seed: 3)
        var definition = CrowdedEvents.definition(window, columns: 2, limit: limit, delay: 30)
        var run = events.run
        run.mostRows = 200
        try run.expectTheSameInAnyBatches(definition)
        switch window {
        case .over, .visit: return
        default: definition.lateness = 50
        }
        try run.expectTheSameInAnyBatches(definition)
    }

    /// A limit that is not reached changes nothing.
    @Test(arguments: windows)
    func changesNothingWithRoom(window: WindowKind) throws {
        let events = CrowdedEvents(1500, disorder: 20, seed: 5)
        let (limited, unlimited) = (
            try run(CrowdedEvents.definition(window, columns: 2, limit: 1500, delay: 30), events),
            try run(CrowdedEvents.definition(window, columns: 2, limit: 10_000_000, delay: 30), events)
        )
        #expect(limited.rows == unlimited.rows && limited.dropped + limited.evicted == 0)
    }

    @Test(arguments: [false, true])
    func leavesOutGroups(isRanked: Bool) throws {
        let events = CrowdedEvents(8000, seed: 6)
        var definition = CrowdedEvents.definition(.unbounded, columns: 2, limit: Self.limit)
        if isRanked {
            definition.derived = [.init("place", .name("shop"))]
            (definition.aggregates, definition.select) = ([], ["place"])
            definition.rank = .init(by: [.init(.name("shop"))], first: 1, ties: false, column: nil)
        }
        let outcome = try run(definition, events)
        let known = Set(outcome.rows.map { $0.values.prefix(2) })
        #expect(known.count == Self.limit)
        #expect(outcome.dropped == events.keys.count { !known.contains(events.values($0, columns: 2)[...]) })
        expectFlat(outcome)
    }

    /// A store counts each loss once, whatever restarts come between.
    @Test(arguments: [WindowKind.tumbling(size: 200, offset: 0), .session(gap: 150)])
    func countsLossesInTheStore(window: WindowKind) throws {
        let events = CrowdedEvents(900, seed: 9)
        let definition = CrowdedEvents.definition(window, columns: 2, limit: 20)
        let file = try TemporaryStore()
        for from in stride(from: 0, to: 900, by: 300) {
            let stream = try DurableStream(definition, in: try file.open())
            try stream.process(events.batch(from, 300, stream.texts), now: Int64(from))
            try stream.checkpoint(now: Int64(from))
        }
        let whole = try run(definition, events)
        let counters = try file.open().counters(of: "crowd")
        #expect(counters["dropped"] ?? 0 == whole.dropped && counters["evicted"] ?? 0 == whole.evicted)
        #expect(whole.dropped + whole.evicted > 100)
    }

    @Test(arguments: [1, 2])
    func givesUpTheOldestPartialMatches(columns: Int) throws {
        let events = CrowdedEvents(10_000, seed: 8)
        let texts = TextDictionary()
        let pattern = try EventPattern.parse("*[user >= 0] *[shop < 0]", within: 4000, schema: CrowdedEvents.schema)
        let source = CrowdedEvents.definition(.unbounded, columns: 1, limit: 1).source
        let pipeline = try PatternPipeline(
            PatternDefinition(
                name: "p", source: source, key: columns == 1 ? ["user"] : ["user", "shop"], pattern: pattern,
                mostGroups: Self.limit), texts: texts)
        var bytes: [Int] = []
        for from in stride(from: 0, to: events.times.count, by: 500) {
            _ = try pipeline.process(events.batch(from, 500, texts))
            bytes.append(pipeline.byteCount)
        }
        #expect(pipeline.evictedCount > 5000 && pipeline.droppedCount == 0)
        #expect(bytes[10...].max() ?? 0 <= (bytes[..<10].max() ?? 0) * 11 / 10)
    }
}
