@testable import WalleStreams

/// A bid, as naive implementations take it.
struct Bid: Hashable {
    /// Its number among all events.
    var place: Int
    var time: Int64
    var auction: Int64
    var bidder: Int64
    var price: Int64
    var channel: String
    var url: String
    var extra: String

    static func all(_ batch: EventBatch) -> [Bid] {
        func column(_ name: String) -> (Int) -> EventValue {
            { row in batch.column(name)?.value(at: row, texts: batch.texts) ?? .null }
        }
        let (auction, bidder, price) = (column("auction"), column("bidder"), column("price"))
        let (channel, url, extra, event) = (column("channel"), column("url"), column("extra"), column("event"))
        return (0..<batch.count).filter { event($0) == .text("bid") }.map { row in
            Bid(
                place: Int(batch.offset) + row, time: batch.times.ints[row], auction: auction(row).int,
                bidder: bidder(row).int, price: price(row).int, channel: channel(row).string, url: url(row).string,
                extra: extra(row).string)
        }
    }
}

extension EventValue {
    var int: Int64 { if case .int(let value) = self { value } else { 0 } }
    var string: String { if case .text(let value) = self { value } else { "" } }
}

/// Events for the queries.
struct NexmarkRun {
    /// Ten seconds before midnight, so that days change.
    private static let start: Int64 = 1_700_006_390_000_000

    var events = NexmarkEvents(seed: 1, start: Self.start, eventsPerSecond: 100)
    var count = 2500

    init(disorder: Int64, count: Int = 2500) {
        events.disorder = disorder
        self.count = count
    }

    var bids: [Bid] { Bid.all(events.batch(0, count, TextDictionary())) }
    var told: ToldRun { ToldRun(batch: { events.batch($0, $1, $2) }, count: count) }
}
