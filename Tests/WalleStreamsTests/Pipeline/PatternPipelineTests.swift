import Testing

@testable import WalleStreams

@Suite struct PatternPipelineTests {
    private static func definition(delay: Microseconds, where filter: String? = nil) throws -> PatternDefinition {
        let schema = EventSchema(page: nil, time: "at", attributes: [.init("user", .text), .init("price", .int)])
        return PatternDefinition(
            name: "p", source: StreamSource(name: "s", schema: schema, delay: delay),
            filter: try filter.map { text throws(StreamError) in try ExpressionParser.parse(text) }, key: ["user"],
            pattern: try EventPattern.parse("a+? b[price > 3] (not c)", within: 40, schema: schema))
    }

    /// Saved and restored with its dictionary at random points, it gives what an uninterrupted one gives.
    @Test func goesOnWhereItWasSaved() throws {
        for seed in 0..<12 as Range<UInt64> {
            var random = SeededRandom(seed)
            let events = Self.events(&random).map { event in
                var event = event
                event.time += .random(in: 0...45, using: &random)
                return event
            }
            let definition = try Self.definition(delay: 30, where: seed % 2 == 0 ? "price <> 5" : nil)
            let expected = try Self.run(definition, events, &random)
            let interrupted = try Self.run(definition, events, &random, stops: true)
            #expect(!expected.matches.isEmpty && expected.late > 0)
            #expect(expected == interrupted, "seed \(seed)")
        }
    }

    @Test func refusesForgedState() throws {
        var random = SeededRandom(2)
        let definition = try Self.definition(delay: 60)
        let texts = TextDictionary()
        let pipeline = try PatternPipeline(definition, texts: texts)
        var builder = EventBatchBuilder(schema: definition.source.schema, texts: texts)
        for event in Self.events(&random).prefix(120) { builder.append(event) }
        _ = try pipeline.process(builder.finish())
        var saved = SavedBlocks()
        saved.apply(pipeline.changes(StateRecorder()))
        for _ in 0..<100 {
            let other = try PatternPipeline(definition, texts: texts)
            guard (try? other.restore(try SavedState(saved.forged(&random)))) != nil else { continue }
            _ = try other.advance(to: .max)
        }
    }

    private struct Match: Hashable {
        var key: EventValue
        var start: Int64
        var end: Int64
        var events: [EventValue]
    }

    private struct Result: Hashable {
        var matches: [Match]
        var late: Int
    }

    private static func run(
        _ definition: PatternDefinition, _ events: [Event], _ random: inout SeededRandom, stops: Bool = false
    ) throws -> Result {
        let texts = TextDictionary()
        var pipeline = try PatternPipeline(definition, texts: texts)
        var (recorder, saved) = (StateRecorder(), SavedBlocks())
        var builder = EventBatchBuilder(schema: definition.source.schema, texts: texts)
        var rows: [StreamRows] = []
        for event in events {
            builder.append(event)
            guard Int.random(in: 0..<20, using: &random) == 0 else { continue }
            rows += try pipeline.process(builder.finish())
            guard stops else { continue }
            saved.apply(pipeline.changes(recorder))
            recorder.commit()
            pipeline = try PatternPipeline(definition, texts: texts)
            recorder = try pipeline.restore(try saved.state())
        }
        rows += try pipeline.process(builder.finish())
        rows += try pipeline.advance(to: .max)
        let matches = rows.flatMap { rows in
            (0..<rows.count).map { row in
                guard case .lists(let events) = rows.results.aggregates[0] else {
                    return Match(key: .null, start: 0, end: 0, events: [])
                }
                return Match(
                    key: rows.keys[0].value(at: row, texts: texts), start: rows.results.starts[row],
                    end: rows.results.ends[row], events: events[row])
            }
        }
        return Result(matches: matches, late: pipeline.lateCount)
    }

    private static func events(_ random: inout SeededRandom) -> [Event] {
        (0..<400).map { index in
            // No two of one time, so that the order of time is one.
            Event(
                ["a", "b", "c", "d"].randomElement(using: &random) ?? "a", time: Int64(index * 3),
                attributes: [
                    "user": .text("u\(Int.random(in: 0..<3, using: &random))"),
                    "price": .int(.random(in: 0..<9, using: &random)),
                ])
        }
    }

    @Test func putsEventsInOrder() throws {
        for seed in 0..<6 as Range<UInt64> {
            var random = SeededRandom(seed)
            let events = Self.events(&random)
            let expected = try Self.run(Self.definition(delay: 0), events, &random).matches
            #expect(!expected.isEmpty)
            let disordered = events.map { ($0.time + .random(in: 0...30, using: &random), $0) }
                .sorted { $0.0 < $1.0 }.map(\.1)
            let result = try Self.run(Self.definition(delay: 30), disordered, &random)
            #expect(result.late == 0 && Set(result.matches) == Set(expected), "seed \(seed)")
        }
    }

    @Test func leavesLateEventsOut() throws {
        var random = SeededRandom(3)
        var events = Self.events(&random)
        let expected = try Self.run(Self.definition(delay: 5), events, &random).matches
        events.append(Event("a", time: 4, attributes: ["user": .text("u0")]))
        let result = try Self.run(Self.definition(delay: 5), events, &random)
        #expect(result == Result(matches: expected, late: 1))
    }

    @Test func looksAtFilteredEventsOnly() throws {
        var random = SeededRandom(4)
        let events = Self.events(&random)
        let kept = events.filter { $0.attributes["user"] == .text("u1") }
        let expected = try Self.run(Self.definition(delay: 0), kept, &random).matches
        let matches = try Self.run(Self.definition(delay: 0, where: "user = 'u1'"), events, &random).matches
        #expect(!matches.isEmpty && matches == expected)
    }
}
