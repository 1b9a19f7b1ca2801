import Testing

@testable import WalleStreams

/// Windows by the clock, which somebody may set while events come.
@Suite struct ArrivalTests {
    private static func definition(_ window: WindowKind) -> StreamDefinition {
        var source = StreamSource(name: "log", schema: EventSchema())
        source.clock = .arrival
        return StreamDefinition(
            name: "bursts", source: source, key: [], window: window, aggregates: [Aggregate("events", .count)])
    }

    /// Windows as "from to: events", when an event comes at each reading of the clock, in seconds.
    private static func rows(_ window: WindowKind, _ readings: [Int64]) throws -> [String] {
        let clock = ManualClock()
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(definition(window), texts: texts, clock: { clock.now })
        var rows: [StreamRows] = []
        for (place, reading) in readings.enumerated() {
            clock.now = reading * 1_000_000
            var builder = EventBatchBuilder(schema: EventSchema(), texts: texts, offset: Int64(place))
            // What the event says of its time means nothing.
            builder.append(Event("e", time: Int64(readings.count - place)))
            rows += try pipeline.process(builder.finish())
        }
        rows += try pipeline.advance(to: .max)
        #expect(pipeline.lateCount == 0)
        return rows.flatMap { rows in
            (0..<rows.count).map { row in
                guard case .values(let counts) = rows.results.aggregates[0] else { return "no count" }
                let times = [rows.results.starts[row], rows.results.ends[row]].map { "\($0 / 1_000_000)" }
                return times.joined(separator: " ") + ": \(counts.ints[row])"
            }
        }
    }

    @Test func aClockThatIsSetBackStandsStillUntilItIsWhereItWas() throws {
        let readings: [Int64] = [1, 2, 50, 3, 4, 51, 62]
        #expect(try Self.rows(.tumbling(size: 10_000_000, offset: 0), readings) == ["0 10: 2", "50 60: 4", "60 70: 1"])
        #expect(try Self.rows(.session(gap: 5_000_000), readings) == ["1 7: 2", "50 56: 4", "62 67: 1"])
    }

    @Test func aClockThatIsSetForwardEndsWhatIsOpen() throws {
        let year: Int64 = 365 * 86_400
        #expect(
            try Self.rows(.tumbling(size: 10_000_000, offset: 0), [1, year + 1, year + 2])
                == ["0 10: 1", "\(year) \(year + 10): 2"])
    }
}
