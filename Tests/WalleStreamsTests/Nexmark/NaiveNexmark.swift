@testable import WalleStreams

/// What the queries give in the end, by their definitions in words: loops over all bids.
enum NaiveNexmark {
    private static let second: Int64 = 1_000_000

    static func rows(_ query: String, _ bids: [Bid]) -> [[EventValue]] {
        switch query {
        case "q1": bids.map { [.time($0.time), .int($0.auction), .int($0.bidder), euro($0), .text($0.extra)] }
        case "q2": bids.filter { $0.auction % 123 == 0 }.map { [.time($0.time), .int($0.auction), .int($0.price)] }
        case "q5": hotItems(bids)
        case "q7": highest(bids)
        case "q11": sessions(bids)
        case "q14": calculation(bids)
        case "q15":
            groups(bids) {
                [.text(day($0))]
            } values: {
                totals($0)
            }
        case "q16":
            groups(bids) {
                [.text($0.channel), .text(day($0))]
            } values: { bids in
                [.text(bids.map { minute($0) }.max() ?? "")] + totals(bids)
            }
        case "q17":
            groups(bids) {
                [.int($0.auction), .text(day($0))]
            } values: {
                statistics($0)
            }
        case "q18": lastBids(bids)
        case "q19": topBids(bids)
        default: []
        }
    }

    private static func euro(_ bid: Bid) -> EventValue { .float(0.908 * Double(bid.price)) }

    private static func calculation(_ bids: [Bid]) -> [[EventValue]] {
        bids.compactMap { bid in
            let euro = 0.908 * Double(bid.price)
            guard euro > 1_000_000, euro < 50_000_000 else { return nil }
            let hour = bid.time / 1_000_000 / 3600 % 24
            let name = hour >= 8 && hour <= 18 ? "dayTime" : hour <= 6 || hour >= 20 ? "nightTime" : "otherTime"
            let count = bid.extra.count { $0 == "c" }
            return [
                .time(bid.time), .int(bid.auction), .int(bid.bidder), .float(euro), .text(name), .text(bid.extra),
                .int(Int64(count)),
            ]
        }
    }

    // MARK: windows

    private static func hotItems(_ bids: [Bid]) -> [[EventValue]] {
        var counts: [Int64: [Int64: Int64]] = [:]
        for bid in bids {
            let last = bid.time / (2 * second) * (2 * second)
            for step in 0..<5 as Range<Int64> {
                counts[last - step * 2 * second, default: [:]][bid.auction, default: 0] += 1
            }
        }
        return counts.flatMap { start, auctions -> [[EventValue]] in
            let most = auctions.values.max() ?? 0
            return auctions.filter { $0.value == most }.map { auction, count in
                [.time(start), .time(start + 10 * second), .int(auction), .int(count)]
            }
        }
    }

    private static func highest(_ bids: [Bid]) -> [[EventValue]] {
        Dictionary(grouping: bids) { $0.time / (10 * second) * 10 * second }.flatMap { start, bids -> [[EventValue]] in
            let most = bids.map(\.price).max()
            return bids.filter { $0.price == most }.map { bid in
                [
                    .time(start), .time(start + 10 * second), .int(bid.auction), .int(bid.price), .int(bid.bidder),
                    .time(bid.time), .text(bid.extra),
                ]
            }
        }
    }

    private static func sessions(_ bids: [Bid]) -> [[EventValue]] {
        Dictionary(grouping: bids, by: \.bidder).flatMap { bidder, bids -> [[EventValue]] in
            var sessions: [[Int64]] = []
            for time in bids.map(\.time).sorted() {
                if let last = sessions.last?.last, time - last <= 10 * second {
                    sessions[sessions.count - 1].append(time)
                } else {
                    sessions.append([time])
                }
            }
            return sessions.map { times in
                [
                    .int(bidder), .time(times[0]), .time(times[times.count - 1] + 10 * second),
                    .int(Int64(times.count)),
                ]
            }
        }
    }

    // MARK: groups

    private static func day(_ bid: Bid) -> String { String(TimeText.text(bid.time).prefix(10)) }
    private static func minute(_ bid: Bid) -> String { String(TimeText.text(bid.time).dropFirst(11).prefix(5)) }

    private static func groups(
        _ bids: [Bid], by key: (Bid) -> [EventValue], values: ([Bid]) -> [EventValue]
    ) -> [[EventValue]] {
        Dictionary(grouping: bids, by: key).map { $0 + values($1) }
    }

    private static let ranges: [@Sendable (Bid) -> Bool] = [
        { _ in true }, { $0.price < 10000 }, { $0.price >= 10000 && $0.price < 1_000_000 }, { $0.price >= 1_000_000 },
    ]

    private static func counts(_ bids: [Bid], _ count: ([Bid]) -> Int) -> [EventValue] {
        ranges.map { .int(Int64(count(bids.filter($0)))) }
    }

    private static func totals(_ bids: [Bid]) -> [EventValue] {
        counts(bids, \.count) + counts(bids) { Set($0.map(\.bidder)).count }
            + counts(bids) { Set($0.map(\.auction)).count }
    }

    private static func statistics(_ bids: [Bid]) -> [EventValue] {
        let prices = bids.map(\.price)
        let sum = prices.reduce(0, +)
        return counts(bids, \.count) + [
            .int(prices.min() ?? 0), .int(prices.max() ?? 0), .float(Double(sum) / Double(prices.count)), .int(sum),
        ]
    }

    // MARK: ranks

    private static func lastBids(_ bids: [Bid]) -> [[EventValue]] {
        Dictionary(grouping: bids) { [$0.bidder, $0.auction] }.compactMap { _, bids in
            let latest = bids.map(\.time).max()
            return bids.first { $0.time == latest }.map { bid in
                [
                    .int(bid.bidder), .int(bid.auction), .time(bid.time), .int(bid.price), .text(bid.channel),
                    .text(bid.url), .text(bid.extra),
                ]
            }
        }
    }

    private static func topBids(_ bids: [Bid]) -> [[EventValue]] {
        Dictionary(grouping: bids, by: \.auction).flatMap { _, bids -> [[EventValue]] in
            let sorted = bids.sorted { ($1.price, $0.place) < ($0.price, $1.place) }
            return sorted.prefix(10).enumerated().map { number, bid in
                [
                    .int(bid.auction), .time(bid.time), .int(Int64(number + 1)), .int(bid.bidder), .int(bid.price),
                    .text(bid.channel), .text(bid.url), .text(bid.extra),
                ]
            }
        }
    }
}
