import Testing

@testable import WalleStreams

/// Streams that read one another, against loops over all events.
@Suite struct ChainTests {
    private static let count = 240

    static func events(_ seed: UInt64) -> [Event] { StreamFixtures.events(count, seed: seed) }

    static func run(_ seed: UInt64) -> ToldRun {
        let events = events(seed)
        let definition = StreamFixtures.definition(.unbounded)
        return ToldRun(
            batch: { StreamFixtures.batch(events[$0..<$0 + $1], definition.source, $2) }, count: count, mostRows: 60,
            seed: seed)
    }

    /// Groups by page, each with how many events it has and the sum of an attribute.
    static var pages: StreamDefinition {
        var stream = StreamFixtures.definition(.unbounded, name: "pages")
        stream.lateness = 0
        stream.key = ["page"]
        stream.aggregates = [Aggregate("views", .count), Aggregate("total", .sum, of: .name("count"))]
        return stream
    }

    static func reading(_ stream: StreamDefinition, _ name: String = "reader") -> StreamDefinition {
        StreamDefinition(name: name, origin: .stream(stream))
    }

    private struct Page: Hashable {
        var name: EventValue
        var views: Int64 = 0
        var total: Int64 = 0
    }

    private static func naivePages(_ events: ArraySlice<Event>) -> [Page] {
        Dictionary(grouping: events, by: \.page).map { page, events in
            Page(
                name: page.map(EventValue.text) ?? .null, views: Int64(events.count),
                total: events.reduce(0) { $0 + ($1.attributes["count"]?.int ?? 0) })
        }
    }

    static var best: StreamDefinition {
        var stream = reading(pages, "best")
        stream.rank = .init(by: [.init(.name("total"), descending: true)], first: 2, column: "place")
        stream.select = ["page", "total", "views"]
        return stream
    }

    @Test(arguments: 0..<3 as Range<UInt64>)
    func ranksRowsThatChange(seed: UInt64) throws {
        let events = Self.events(seed)
        _ = try Self.run(seed).rows(Self.best) { count, told in
            let sorted = Self.naivePages(events[..<count]).sorted {
                // A page that is null stands behind others.
                ($1.total, $0.name == .null ? "~" : $0.name.string) < (
                    $0.total, $1.name == .null ? "~" : $1.name.string
                )
            }
            let expected = sorted.prefix(2).enumerated().map { place, page in
                [EventValue.int(Int64(place + 1)), page.name, .int(page.total), .int(page.views)]
            }
            let standing = try #require(ToldRun.standing(told), "takes back what did not stand, seed \(seed)")
            #expect(Set(standing.keys.map { Array($0.dropFirst()) }) == Set(expected), "seed \(seed), \(count) events")
            #expect(standing.count == expected.count)
        }
    }

    private static var frequencies: StreamDefinition {
        var stream = reading(pages, "frequencies")
        stream.key = ["views"]
        stream.aggregates = [
            Aggregate("pages", .count), Aggregate("total", .sum, of: .name("total")),
            Aggregate("mean", .mean, of: .name("total")),
        ]
        return stream
    }

    @Test(arguments: [StreamDefinition.Emission.final, .retractions])
    func groupsRowsThatChange(emission: StreamDefinition.Emission) throws {
        let events = Self.events(4)
        var definition = Self.frequencies
        definition.emission = emission
        _ = try Self.run(4).rows(definition) { count, told in
            // An update replaces the row of its key.
            var rows: [EventValue: [EventValue]] = [:]
            for row in told { rows[row.values[0]] = row.change == .retraction ? nil : row.values }
            let expected = Dictionary(grouping: Self.naivePages(events[..<count]), by: \.views).map { views, pages in
                let total = pages.reduce(0) { $0 + $1.total }
                return [
                    EventValue.int(views), .int(Int64(pages.count)), .int(total),
                    .float(Double(total) / Double(pages.count)),
                ]
            }
            #expect(Set(rows.values) == Set(expected), "\(emission) after \(count) events")
        }
    }

    private static var lateWindows: StreamDefinition {
        var stream = StreamFixtures.definition(.tumbling(size: 20, offset: 0), name: "late")
        stream.source.delay = 1
        stream.lateness = 30
        stream.key = ["page"]
        stream.aggregates = [Aggregate("views", .count)]
        return stream
    }

    static var chosen: StreamDefinition {
        var stream = reading(lateWindows, "chosen")
        stream.filter = .binary(.greater, .name("views"), .literal(.int(2)))
        stream.derived = [.init("twice", .binary(.multiply, .name("views"), .literal(.int(2))))]
        stream.select = ["page", "window_start", "twice"]
        return stream
    }

    @Test func passesOnWhatIsTakenBack() throws {
        var late = Self.lateWindows
        late.emission = .retractions
        let before = try #require(ToldRun.standing(try Self.run(5).rows(late)))
        let told = try Self.run(5).rows(Self.chosen)
        #expect(told.contains { $0.change == .retraction })
        let standing = try #require(ToldRun.standing(told))
        let expected = before.keys.filter { $0[3].int > 2 }.map { [$0[0], $0[1], .int($0[3].int * 2)] }
        #expect(Set(standing.keys.map { Array($0.dropFirst()) }) == Set(expected))
    }

    private static var sums: StreamDefinition {
        var counts = StreamFixtures.definition(.tumbling(size: 20, offset: 0), name: "counts")
        counts.lateness = 0
        counts.source.delay = 20
        counts.aggregates = [Aggregate("views", .count), Aggregate("items", .lastFew(2), of: .name("item"))]
        var sums = reading(counts, "sums")
        sums.key = ["page"]
        sums.window = .tumbling(size: 60, offset: 0)
        sums.aggregates = [Aggregate("views", .sum, of: .name("views"))]
        return sums
    }

    @Test func aggregatesWindowsOfWindows() throws {
        var direct = StreamFixtures.definition(.tumbling(size: 60, offset: 0))
        direct.source.delay = 20
        direct.lateness = 0
        direct.key = ["page"]
        direct.aggregates = [Aggregate("views", .count)]
        let told = try Self.run(6).rows(Self.sums)
        #expect(Set(told) == Set(try Self.run(6).rows(direct)) && !told.isEmpty)
    }

    @Test func refusesWhatNoStreamReads() throws {
        var stream = Self.sums
        stream.aggregates = [Aggregate("n", .count, where: .isNull(.name("items")))]
        let error = #expect(throws: StreamError.self) { try StreamPipeline(stream, texts: TextDictionary()) }
        #expect(error?.field == "aggregate.n")
    }

    @Test func tellsTheSameInAnyBatches() throws {
        var best = Self.reading(Self.sums, "best windows")
        best.window = .upstream
        best.rank = .init(by: [.init(.name("views"), descending: true)], first: 2, column: "place")
        best.select = ["page", "views"]
        var hopping = Self.best
        hopping.origin = StreamFixtures.definition(.unbounded).origin
        hopping.window = .hopping(size: 30, slide: 10, offset: 0)
        hopping.key = ["page"]
        hopping.rank = .init(by: [.init(.name("price")), .init(.name("item"), descending: true)], first: 3)
        hopping.select = ["price", "item", "timestamp"]
        var forgetful = Self.best
        var pages = Self.pages
        pages.timeToLive = 12
        forgetful.origin = .stream(pages)
        forgetful.timeToLive = 15
        for definition in [
            Self.best, Self.frequencies, Self.chosen, Self.sums, best, hopping, forgetful, Self.reading(pages).counting,
        ] {
            try Self.run(7).expectTheSameInAnyBatches(definition)
        }
    }

    // MARK: bounds

    @Test func forgetsGroupsThatRest() throws {
        var definition = Self.pages
        definition.source.delay = 0
        definition.timeToLive = 10
        definition.emission = .retractions
        let times: [(String, Int64)] = [("a", 0), ("b", 5), ("a", 10), ("b", 15), ("a", 21), ("a", 22)]
        let events = times.map { Event("view", page: $0.0, time: $0.1, attributes: ["count": .int(1)]) }
        let run = ToldRun(
            batch: { StreamFixtures.batch(events[$0..<$0 + $1], definition.source, $2) }, count: events.count,
            isWhole: true)
        let views = try run.rows(definition).map { "\($0.change) \($0.values[0].string) \($0.values[1].int)" }
        #expect(
            views == [
                "insertion a 1", "insertion b 1", "retraction a 1", "insertion a 2", "retraction b 1", "insertion b 2",
                "insertion a 1", "retraction a 1", "insertion a 2",
            ])
    }

    @Test func countsWhatItHasNoRoomFor() throws {
        for rank in [false, true] {
            var definition = rank ? Self.best : Self.pages
            definition.origin = StreamFixtures.definition(.unbounded).origin
            definition.key = ["item"]
            if rank {
                definition.rank?.order = [.init(.name("count"))]
                definition.select = ["page"]
            }
            definition.mostGroups = 5
            let texts = TextDictionary()
            let pipeline = try StreamPipeline(definition, texts: texts)
            let events = Self.events(1)
            let rows = try pipeline.process(StreamFixtures.batch(events[...], definition.source, texts))
            let told = rows.flatMap { ToldRun.rows($0, texts, pipeline.columns) }
            #expect(Set(told.map { $0.values[0] }).count == 5)
            let known = Set(told.map { $0.values[0] })
            #expect(pipeline.droppedCount == events.count { !known.contains($0.attributes["item"] ?? .null) })
        }
    }
}

extension StreamDefinition {
    fileprivate var counting: StreamDefinition {
        var stream = self
        stream.aggregates = [Aggregate("rows", .count)]
        return stream
    }
}
