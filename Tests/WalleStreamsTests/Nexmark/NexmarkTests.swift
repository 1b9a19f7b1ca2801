import Testing

@testable import WalleStreams

/// Queries of NEXMark against loops over all bids, with events in order and out of order, in batches cut at random.
@Suite struct NexmarkTests {
    static let queries = ["q1", "q2", "q5", "q7", "q11", "q14", "q15", "q16", "q17", "q18", "q19"]

    @Test(arguments: queries, [0, 3_000_000] as [Int64])
    func givesWhatItsDefinitionSays(query: String, disorder: Int64) throws {
        let events = NexmarkRun(disorder: disorder)
        var run = events.told
        run.seed = UInt64(disorder) &+ 7
        let told = try run.rows(try NexmarkQueries.query(query))
        let standing = try #require(ToldRun.standing(told), "\(query) takes back what did not stand")
        let naive = NaiveNexmark.rows(query, events.bids)
        let expected = Dictionary(naive.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(!expected.isEmpty && standing == expected, "\(query): \(standing.count) rows, not \(expected.count)")
    }

    /// After every batch what stands is what the bids so far give.
    @Test(arguments: ["q15", "q17", "q18", "q19"])
    func tellsEveryChange(query: String) throws {
        let events = NexmarkRun(disorder: 2_000_000, count: 800)
        let bids = events.bids
        var run = events.told
        run.mostRows = 300
        _ = try run.rows(try NexmarkQueries.query(query)) { count, told in
            let naive = NaiveNexmark.rows(query, bids.filter { $0.place < count })
            let expected = Dictionary(naive.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(ToldRun.standing(told) == expected, "\(query) after \(count) events")
        }
    }

    /// However events come in batches, and wherever it stopped and went on.
    @Test(arguments: queries)
    func tellsTheSameInAnyBatches(query: String) throws {
        try NexmarkRun(disorder: 5_000_000, count: 2500).told.expectTheSameInAnyBatches(try NexmarkQueries.query(query))
    }

    @Test func countsByArrival() throws {
        let definition = try NexmarkQueries.query("q12")
        let clock = ManualClock()
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(definition, texts: texts, clock: { clock.now })
        let events = NexmarkEvents(seed: 2)
        var expected: [[EventValue]: Int64] = [:]
        var told: [ToldRow] = []
        for step in 0..<40 {
            clock.now = Int64(step) * 1_700_000
            let batch = events.batch(step * 50, 50, texts)
            let start = clock.now / 10_000_000 * 10_000_000
            for bid in Bid.all(batch) {
                expected[[.int(bid.bidder), .time(start), .time(start + 10_000_000)], default: 0] += 1
            }
            told += try pipeline.process(batch).flatMap { ToldRun.rows($0, texts, pipeline.columns) }
        }
        let before = told.count
        told += try pipeline.advance(to: .max).flatMap { ToldRun.rows($0, texts, pipeline.columns) }
        #expect(before > 0 && before < told.count, "windows end while events arrive")
        #expect(Set(told.map(\.values)) == Set(expected.map { $0.key + [.int($0.value)] }))
    }
}

/// A clock that is set by hand.
final class ManualClock: @unchecked Sendable {
    // A test has one thread.
    var now: Int64 = 0
}
