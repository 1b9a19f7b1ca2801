/// Queries of NEXMark as definitions: those of its edition for Flink that one stream, or a chain of them, can say.
package enum NexmarkQueries {
    /// The streams of queries 1, 2, 5, 7, 11, 12 and 14 to 19; `bids_of_auctions` is what the fifth reads.
    ///
    /// - Throws: Nothing, but expressions are read from texts.
    package static func all() throws(StreamError) -> [StreamDefinition] {
        [
            try currency(), try selection(), try auctionBids(), try hotItems(), try highestBid(), try userSessions(),
            try arrivalWindows(), try calculation(), try dailyBids(), try channelBids(), try auctionStatistics(),
            try lastBid(), try topBids(),
        ]
    }

    package static func query(_ name: String) throws(StreamError) -> StreamDefinition {
        guard let query = try all().first(where: { $0.name == name }) else {
            preconditionFailure("a query, not \(name)")
        }
        return query
    }

    private static let second: Microseconds = 1_000_000

    private static func bids(
        _ name: String, _ condition: String? = nil, deriving derived: [(String, String)] = []
    ) throws(StreamError) -> StreamDefinition {
        var stream = StreamDefinition(name: name, origin: .source(NexmarkEvents.source()))
        stream.filter = try ExpressionParser.parse("event = 'bid'" + (condition.map { " and \($0)" } ?? ""))
        for (name, value) in derived { stream.derived.append(.init(name, try ExpressionParser.parse(value))) }
        return stream
    }

    // MARK: rows of events

    private static func currency() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q1", deriving: [("euro", "0.908 * price")])
        stream.select = ["auction", "bidder", "euro", "extra"]
        return stream
    }

    private static func selection() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q2", "auction % 123 = 0")
        stream.select = ["auction", "price"]
        return stream
    }

    private static func calculation() throws(StreamError) -> StreamDefinition {
        let hour = "date_part('hour', date_time)"
        var stream = try bids(
            "q14", "euro > 1000000 and euro < 50000000",
            deriving: [
                ("euro", "0.908 * price"), ("hour", hour),
                (
                    "bid_time",
                    "case when hour >= 8 and hour <= 18 then 'dayTime' when hour <= 6 or hour >= 20 then 'nightTime' "
                        + "else 'otherTime' end"
                ),
                ("c_count", "length(extra) - length(replace(extra, 'c', ''))"),
            ])
        stream.select = ["auction", "bidder", "euro", "bid_time", "extra", "c_count"]
        return stream
    }

    // MARK: windows

    private static func auctionBids() throws(StreamError) -> StreamDefinition {
        var stream = try bids("bids_of_auctions")
        stream.key = ["auction"]
        stream.window = .hopping(size: 10 * second, slide: 2 * second, offset: 0)
        stream.aggregates = [Aggregate("num", .count)]
        return stream
    }

    private static func hotItems() throws(StreamError) -> StreamDefinition {
        StreamDefinition(
            name: "q5", origin: .stream(try auctionBids()), window: .upstream, select: ["auction", "num"],
            rank: .init(by: [.init(.name("num"), descending: true)], first: 1, ties: true))
    }

    private static func highestBid() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q7")
        stream.window = .tumbling(size: 10 * second, offset: 0)
        stream.rank = .init(by: [.init(.name("price"), descending: true)], first: 1, ties: true)
        stream.select = ["auction", "price", "bidder", "date_time", "extra"]
        return stream
    }

    private static func userSessions() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q11")
        stream.key = ["bidder"]
        stream.window = .session(gap: 10 * second)
        stream.aggregates = [Aggregate("bid_count", .count)]
        return stream
    }

    private static func arrivalWindows() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q12")
        var source = NexmarkEvents.source("arriving", clock: .arrival)
        source.delay = 0
        stream.source = source
        stream.key = ["bidder"]
        stream.window = .tumbling(size: 10 * second, offset: 0)
        stream.aggregates = [Aggregate("bid_count", .count)]
        return stream
    }

    // MARK: groups

    private static let ranges = [
        ("rank1", "price < 10000"), ("rank2", "price >= 10000 and price < 1000000"), ("rank3", "price >= 1000000"),
    ]

    /// A total, and one of each range of prices.
    private static func totals(
        _ what: String, _ function: AggregateFunction, _ argument: String? = nil
    ) throws(StreamError) -> [Aggregate] {
        let value = argument.map(Expression.name)
        var aggregates = [Aggregate("total_\(what)", function, of: value)]
        for (name, condition) in ranges {
            let filter = try ExpressionParser.parse(condition)
            aggregates.append(Aggregate("\(name)_\(what)", function, of: value, where: filter))
        }
        return aggregates
    }

    private static func allTotals() throws(StreamError) -> [Aggregate] {
        try totals("bids", .count) + totals("bidders", .distinct, "bidder") + totals("auctions", .distinct, "auction")
    }

    private static let day = ("day", "format_time(date_time, 'yyyy-MM-dd')")

    private static func dailyBids() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q15", deriving: [day])
        stream.key = ["day"]
        stream.aggregates = try allTotals()
        stream.emission = .retractions
        return stream
    }

    private static func channelBids() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q16", deriving: [day, ("at", "format_time(date_time, 'HH:mm')")])
        stream.key = ["channel", "day"]
        stream.aggregates = [Aggregate("minute", .max, of: .name("at"))] + (try allTotals())
        stream.emission = .retractions
        return stream
    }

    private static func auctionStatistics() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q17", deriving: [day])
        stream.key = ["auction", "day"]
        let price = Expression.name("price")
        stream.aggregates =
            try totals("bids", .count) + [
                Aggregate("min_price", .min, of: price), Aggregate("max_price", .max, of: price),
                Aggregate("avg_price", .mean, of: price), Aggregate("sum_price", .sum, of: price),
            ]
        stream.emission = .retractions
        return stream
    }

    // MARK: ranks

    private static func lastBid() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q18")
        stream.key = ["bidder", "auction"]
        stream.rank = .init(by: [.init(.name("date_time"), descending: true)], first: 1)
        stream.select = ["price", "channel", "url", "extra"]
        return stream
    }

    private static func topBids() throws(StreamError) -> StreamDefinition {
        var stream = try bids("q19")
        stream.key = ["auction"]
        stream.rank = .init(by: [.init(.name("price"), descending: true)], first: 10, column: "rank_number")
        stream.select = ["bidder", "price", "channel", "url", "extra"]
        return stream
    }
}
