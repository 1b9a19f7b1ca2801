import Testing

@testable import WalleStreams

/// Tables of rows of events, of groups without windows and of ranks hold what stands.
@Suite struct StoredFormsTests {
    static let forms = ["events", "groups", "retracted groups", "ranks", "window ranks", "chain"]

    private static func definition(_ form: String) -> StreamDefinition {
        var stream = ChainTests.pages
        switch form {
        case "groups": break
        case "retracted groups": stream.emission = .retractions
        case "chain": return ChainTests.best
        default:
            stream = StreamDefinition(name: "rows", origin: stream.origin, select: ["page", "item", "price"])
            guard form != "events" else { return stream }
            stream.rank = .init(by: [.init(.name("price"), descending: true)], first: 2, column: "place")
            stream.select = ["price", "item"]
            stream.key = ["page"]
            if form == "window ranks" { stream.window = .hopping(size: 40, slide: 20, offset: 0) }
        }
        return stream
    }

    @Test(arguments: forms) func holdWhatStands(form: String) throws {
        let definition = Self.definition(form)
        let events = ChainTests.events(2)
        let file = try TemporaryStore()
        var now: Int64 = 0
        for end in [90, 170, events.count] {
            let stream = try DurableStream(definition, in: try file.open())
            try StreamFixtures.feed(stream, events, to: end, now: &now)
            if end == events.count { try stream.advance(to: .max, now: now) }
            try stream.checkpoint(now: now)
        }
        let names = try StreamPlan(definition).columns.names.map { "\"\($0)\"" }.joined(separator: ", ")
        let stored = try file.open().query("SELECT \(names) FROM \"\(definition.name)\"").rows
        var told = try ChainTests.run(2).rows(definition)
        if form == "groups" {
            // An update replaces the row of its key.
            let latest = Dictionary(told.map { ($0.values[0], $0) }, uniquingKeysWith: { $1 })
            told = Array(latest.values)
        }
        let standing = try #require(ToldRun.standing(told))
        let expected = standing.flatMap { row, count in
            Array(
                repeating: row.map { if case .time(let time) = $0 { EventValue.int(time) } else { $0 } }, count: count)
        }
        #expect(!stored.isEmpty)
        #expect(
            Dictionary(grouping: stored) { $0 }.mapValues(\.count)
                == Dictionary(grouping: expected) { $0 }.mapValues(\.count))
    }

    @Test func refusesRowsWithoutNamesThatChange() throws {
        let error = #expect(throws: StreamError.self) {
            _ = try DurableStream(ChainTests.chosen, in: try TemporaryStore().open())
        }
        #expect(error?.field == "source")
    }
}
