import Testing

@testable import WalleStreams

/// The feature against sums over the events of each visit.
@Suite struct ItemPageViewTests {
    private static func run(
        _ events: [Event], delay: Int64
    ) throws -> (rows: [StreamRows], names: StreamColumns, texts: TextDictionary, outside: Int) {
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(ItemPageView.definition(delay: delay), texts: texts)
        var rows: [StreamRows] = []
        for start in stride(from: 0, to: events.count, by: 200) {
            let part = events[start..<min(start + 200, events.count)]
            rows += try pipeline.process(StreamFixtures.batch(part, pipeline.definition.source, texts))
        }
        rows += try pipeline.advance(to: .max)
        return (rows, pipeline.columns, texts, pipeline.outsideCount)
    }

    @Test(arguments: [0, 2_000_000] as [Int64]) func isTheSumOfItsVisit(delay: Int64) throws {
        var simulator = PageViewSimulator(seed: 11, users: 60, items: 5)
        let events = simulator.events(1500)
        let (rows, names, texts, outside) = try Self.run(events, delay: delay)
        var visits = NaivePageView.visits(events, timeout: ItemPageView.timeout)
        #expect(outside == events.count - visits.reduce(0) { $0 + $1.events.count })
        let encoder = ItemPageViewEncoder(texts: texts)
        for (result, row) in rows.flatMap({ rows in (0..<rows.count).map { (rows, $0) } }) {
            let key = result.keys.map { $0.value(at: row, texts: texts) }
            let found = visits.firstIndex {
                [.text($0.user), .text($0.item)] == key && $0.events[0].time == result.results.starts[row]
            }
            guard let found else {
                Issue.record("no visit of \(key)")
                continue
            }
            let visit = visits.remove(at: found)
            #expect(visit.end == result.results.ends[row])
            compare(result, row, names, texts, visit)
            let now = visit.end + 90 * 60_000_000
            let (vector, expected) = (encoder.vector(result, row: row, at: now), visit.vector(at: now))
            for index in expected.indices {
                #expect(abs(vector[index] - expected[index]) < 1e-5, "number \(index) of \(key)")
            }
        }
        #expect(visits.isEmpty)
    }

    private func compare(
        _ rows: StreamRows, _ row: Int, _ names: StreamColumns, _ texts: TextDictionary, _ visit: NaivePageView
    ) {
        let expected = visit.values
        for (name, column) in zip(names.aggregates, rows.results.aggregates) {
            switch column {
            case .lists(let lists): #expect(lists[row] == visit.lists[name]?.map(EventValue.text), "\(name)")
            case .values(let column) where name == "delete_reason":
                #expect(column.value(at: row, texts: texts) == visit.reason.map(EventValue.text) ?? .null)
            case .values(let column):
                let value: Double? =
                    switch column.value(at: row, texts: texts) {
                    case .int(let value), .time(let value): Double(value)
                    case .float(let value): value
                    default: nil
                    }
                guard let wanted = expected[name] else {
                    Issue.record("\(name) is not tested")
                    continue
                }
                let isEqual = value == wanted || abs((value ?? 0) - (wanted ?? 0)) < 1e-9 * abs(wanted ?? 0)
                #expect(isEqual && (value == nil) == (wanted == nil), "\(name): \(String(describing: value))")
            case .texts, .counted: Issue.record("\(name) is not tested")
            }
        }
    }

    @Test func takes128Bytes() {
        #expect(MemoryLayout<SIMD32<Float>>.size == 128)
    }

    @Test func becomesALineOfJSON() throws {
        let attributes: [String: EventValue] = ["user_id": .text("u\"1"), "item_id": .text("i1")]
        var exposure = Event("exposure", time: 2, attributes: attributes)
        exposure.attributes["target_id"] = .text("i2")
        exposure.attributes["duration_ms"] = .int(40)
        let events = [
            Event("page_enter", time: 1, attributes: attributes), exposure,
            Event("page_exit", time: 3, attributes: attributes),
        ]
        let (rows, names, texts, _) = try Self.run(events, delay: 0)
        let json = try #require(rows.first?.json(0, names, texts))
        #expect(
            json.hasPrefix(#"{"user_id":"u\"1","item_id":"i1","window_start":1,"window_end":3,"events":3,"last_at":3"#))
        #expect(json.contains(#""exposure_ms":40,"exposure_ms_max":40,"exposed_items":1,"exposed_last":["i2"]"#))
        #expect(!json.contains("scroll_ms") && json.hasSuffix("}"))
    }
}
