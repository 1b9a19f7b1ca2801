import Testing

@testable import WalleStreams

/// Windows from one event to another against their definition, on random events out of order, cut into batches at random.
@Suite struct VisitWindowTests {
    private static func window(_ timeout: Int64) -> WindowKind { .visit(timeout: timeout, enter: "in", exit: "out") }

    @Test(arguments: [1, 12, 1000] as [Int64], [0, 1, 17, 300] as [Int64])
    func givesWhatItsDefinitionSays(timeout: Int64, delay: Int64) throws {
        for seed in 0..<4 as Range<UInt64> {
            var random = SeededRandom(seed &* 977 &+ UInt64(timeout &* 31 &+ delay))
            let events = WindowTests.events(300, disorder: Int64.random(in: 0...40, using: &random), &random)
            let naive = NaiveVisits(timeout: timeout, delay: delay).visits(events)
            let runner = try WindowTests.makeRunner(Self.window(timeout), delay: delay, lateness: 0, .final)
            var results: [WindowResults] = []
            var from = 0
            while from < events.count {
                let end = min(events.count, from + Int.random(in: 1...80, using: &random))
                results += runner.process(WindowTests.batch(events[from..<end]))
                from = end
            }
            results += runner.advance(to: .max)
            let place = "seed \(seed), timeout \(timeout), delay \(delay)"
            #expect(runner.lateCount == naive.late && runner.outsideCount == naive.outside, "\(place)")
            compare(results, naive.visits, place)
        }
    }

    /// Events of one batch that are further from one another than what waits may be.
    @Test func takesWhatIsFarApart() throws {
        var random = SeededRandom(3)
        var time: Int64 = 0
        let events = (0..<200).map { row in
            time += .random(in: 0...1500, using: &random)
            return NaiveEvent(time: time, key: .random(in: 0..<3, using: &random), value: Double(row), row: row)
        }
        let naive = NaiveVisits(timeout: 2000, delay: 100).visits(events)
        let runner = try WindowTests.makeRunner(Self.window(2000), delay: 100, lateness: 0, .final)
        compare(runner.process(WindowTests.batch(events[...])) + runner.advance(to: .max), naive.visits, "far apart")
    }

    /// Two visits of a key may begin and end at the same times: those are told apart by what they count.
    private func compare(_ results: [WindowResults], _ visits: [NaiveVisits.Visit], _ place: String) {
        var left = visits
        for (result, index) in results.flatMap({ result in result.keys.indices.map { (result, $0) } }) {
            let values = WindowTests.values(result, index)
            let found = left.firstIndex { visit in
                visit.key == result.keys[index] && visit.start == result.starts[index]
                    && visit.end == result.ends[index] && values[0] == naive(.count, visit.events)
            }
            guard let found else {
                Issue.record("no visit of key \(result.keys[index]) from \(result.starts[index]), \(place)")
                continue
            }
            WindowTests.compare(values, left.remove(at: found).events, place)
        }
        #expect(left.isEmpty, "\(left.count) visits gave no row, \(place)")
    }

    @Test(arguments: [0, 8, 200] as [Int64])
    func goesOnAfterAStopWithTheSameRows(delay: Int64) throws {
        for seed in 0..<4 as Range<UInt64> {
            var random = SeededRandom(seed &+ 71)
            let events = WindowTests.events(250, disorder: 25, &random)
            let make = { try WindowTests.makeRunner(Self.window(30), delay: delay, lateness: 0, .final) }
            let whole = try make()
            let expected = whole.process(WindowTests.batch(events[...])) + whole.advance(to: .max)
            let (rows, late) = try SnapshotTests.interrupted(events, &random, make)
            #expect(late == whole.lateCount, "seed \(seed)")
            #expect(SnapshotTests.lines(rows) == SnapshotTests.lines(expected), "seed \(seed), delay \(delay)")
        }
    }

    /// A row comes with the event that brings the watermark to the exit, not later.
    @Test(arguments: [0, 5] as [Int64])
    func givesItsRowAtTheExit(delay: Int64) throws {
        var rows: [Int] = []
        let (pipeline, texts) = try Self.pipeline(delay: delay)
        let events = [("in", 1), ("scroll", 2), ("out", 4), ("scroll", 3 + delay), ("scroll", 4 + delay)]
        for (index, (name, time)) in events.enumerated() {
            let event = Event(name, time: time, attributes: ["user": .text(name == "scroll" && index > 2 ? "b" : "a")])
            let batch = StreamFixtures.batch([event][...], pipeline.definition.source, texts)
            rows.append(try pipeline.process(batch).reduce(0) { $0 + $1.count })
        }
        #expect(rows == (delay == 0 ? [0, 0, 1, 0, 0] : [0, 0, 0, 0, 1]))
        #expect((pipeline.lateCount, pipeline.outsideCount) == (delay == 0 ? (1, 1) : (0, 0)))
    }

    private static func pipeline(delay: Int64) throws -> (StreamPipeline, TextDictionary) {
        let schema = EventSchema(attributes: [.init("user", .text)])
        let definition = StreamDefinition(
            name: "visits", source: StreamSource(name: "log", schema: schema, delay: delay), key: ["user"],
            window: window(100), aggregates: [Aggregate("events", .count)])
        let texts = TextDictionary()
        return (try StreamPipeline(definition, texts: texts), texts)
    }

    @Test func readsItsDefinition() throws {
        let node = { (fields: [(String, String)]) in
            DefinitionNode.table(fields.map { .init($0.0, .text($0.1)) })
        }
        let whole = node([("visit", "30min"), ("enter", "page_enter"), ("exit", "page_exit")])
        #expect(
            try WindowReader.read(whole) == .visit(timeout: 1_800_000_000, enter: "page_enter", exit: "page_exit"))
        let error = #expect(throws: StreamError.self) {
            try WindowReader.read(node([("visit", "30min"), ("enter", "page_enter")]))
        }
        #expect(error?.field == "window.exit")
    }

    @Test func refusesWhatItCannotDo() throws {
        let late = #expect(throws: StreamError.self) {
            try WindowTests.makeRunner(Self.window(9), delay: 3, lateness: 1, .final)
        }
        #expect(late?.field == "lateness")
        let same = #expect(throws: StreamError.self) {
            try WindowTests.makeRunner(.visit(timeout: 9, enter: "a", exit: "a"), delay: 3, lateness: 0, .final)
        }
        #expect(same?.field == "window.exit")
        for dialect in SQLDialect.allCases {
            let refusal = #expect(throws: SQLRefusal.self) {
                try Self.pipeline(delay: 0).0.definition.sql(dialect)
            }
            #expect(refusal?.parts.map(\.field) == ["window.visit"])
        }
    }

    /// Far more visits than are open at once leave no timers behind.
    @Test func forgetsTheTimersOfVisitsThatEnded() throws {
        let (pipeline, texts) = try Self.pipeline(delay: 0)
        for _ in 0..<60 {
            let events = (0..<200).map { index in
                Event(
                    index % 2 == 0 ? "in" : "out", time: 0,
                    attributes: ["user": .text("user \(index / 2)")])
            }
            _ = try pipeline.process(StreamFixtures.batch(events[...], pipeline.definition.source, texts))
        }
        // 6,000 timers would take more.
        #expect(pipeline.byteCount < 100_000, "\(pipeline.byteCount) bytes")
    }
}
