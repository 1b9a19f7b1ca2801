#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Events of an auction house, after NEXMark (Tucker and others, "NEXMark: a benchmark for queries over data streams",
/// 2002) with the proportions and the skew of its generator for Flink: of 50 events one person, three auctions, 46 bids;
/// half of the bids on one auction of the last hundred, three quarters by one person of these.
///
/// Event number i is the same whatever was made before it, so that batches may be made anywhere and a source replayed.
package struct NexmarkEvents: Sendable {
    package var seed: UInt64
    /// The time of the first event, microseconds since 1970 in UTC.
    package var start: Int64
    package var eventsPerSecond: Int64
    /// Microseconds by which an event may be earlier than those before it.
    package var disorder: Int64

    package init(seed: UInt64, start: Int64 = 0, eventsPerSecond: Int64 = 10_000, disorder: Int64 = 0) {
        self.seed = seed
        self.start = start
        self.eventsPerSecond = eventsPerSecond
        self.disorder = disorder
    }

    /// What the events have; those of one kind have nulls for what the others have.
    package static let schema = EventSchema(
        event: "event", page: nil, time: "date_time",
        attributes: [
            .init("id", .int), .init("name", .text), .init("city", .text), .init("state", .text),
            .init("item", .text), .init("seller", .int), .init("category", .int), .init("initial_bid", .int),
            .init("reserve", .int), .init("expires", .time), .init("auction", .int), .init("bidder", .int),
            .init("price", .int), .init("channel", .text), .init("url", .text), .init("extra", .text),
        ])

    /// Events are up to four seconds late, as the original's source says.
    package static func source(_ name: String = "nexmark", clock: StreamSource.Clock = .event) -> StreamSource {
        StreamSource(name: name, schema: schema, delay: 4_000_000, clock: clock)
    }

    // MARK: proportions

    private static let (persons, auctions, all): (Int64, Int64, Int64) = (1, 3, 50)
    private static let (firstPerson, firstAuction, firstCategory): (Int64, Int64, Int64) = (1000, 1000, 10)
    private static let (activePersons, openAuctions, lead): (Int64, Int64, Int64) = (1000, 100, 10)
    /// One in so many persons, and auctions, is one that many deal with.
    private static let hotEvery: Int64 = 100
    private static let channels = 10_000

    private enum Kind { case person, auction, bid }

    private static func kind(_ number: Int64) -> Kind {
        let place = number % all
        return place < persons ? .person : place < persons + auctions ? .auction : .bid
    }

    /// The last person, counted from zero, that there is at an event; events of the first group of fifty see its person.
    private static func lastPerson(_ number: Int64) -> Int64 { number / all * persons + persons - 1 }

    private static func lastAuction(_ number: Int64) -> Int64 {
        let place = number % all
        if place < persons { return max(0, number / all * auctions - 1) }
        return number / all * auctions + min(place - persons, auctions - 1)
    }

    // MARK: events

    /// A batch of events from a number on.
    package func batch(_ first: Int, _ count: Int, _ texts: TextDictionary) -> EventBatch {
        var columns = NexmarkColumns(count, texts)
        for number in Int64(first)..<Int64(first + count) { append(number, to: &columns) }
        return columns.finish(offset: Int64(first))
    }

    private func append(_ number: Int64, to columns: inout NexmarkColumns) {
        var random = NexmarkRandom(seed, number)
        var time = start + number * 1_000_000 / eventsPerSecond
        if disorder > 0 { time -= random.below(disorder + 1) }
        switch Self.kind(number) {
        case .person: columns.append(person(number, time, &random))
        case .auction: columns.append(auction(number, time, &random))
        case .bid: columns.append(bid(number, time, &random))
        }
    }

    private func person(_ number: Int64, _ time: Int64, _ random: inout NexmarkRandom) -> NexmarkEvent {
        var event = NexmarkEvent(.person, time)
        event.id = Self.firstPerson + Self.lastPerson(number)
        event.name = NexmarkTexts.pick(NexmarkTexts.names, &random)
        event.city = NexmarkTexts.pick(NexmarkTexts.cities, &random)
        event.state = NexmarkTexts.pick(NexmarkTexts.states, &random)
        event.extra = random.letters(100)
        return event
    }

    private func auction(_ number: Int64, _ time: Int64, _ random: inout NexmarkRandom) -> NexmarkEvent {
        var event = NexmarkEvent(.auction, time)
        event.id = Self.firstAuction + Self.lastAuction(number)
        event.item = "item \(random.below(1000))"
        let last = Self.lastPerson(number)
        let isHot = random.below(4) > 0
        event.seller = Self.firstPerson + (isHot ? last / Self.hotEvery * Self.hotEvery : recentPerson(last, &random))
        event.category = Self.firstCategory + random.below(5)
        event.initialBid = price(&random)
        event.reserve = event.initialBid + price(&random)
        // About when as many auctions more have begun as are open at a time.
        let horizon = Self.openAuctions * Self.all / Self.auctions * 1_000_000 / eventsPerSecond
        event.expires = time + 1 + random.below(max(horizon * 2, 1))
        event.extra = random.letters(300)
        return event
    }

    private func bid(_ number: Int64, _ time: Int64, _ random: inout NexmarkRandom) -> NexmarkEvent {
        var event = NexmarkEvent(.bid, time)
        let (last, lastPerson) = (Self.lastAuction(number), Self.lastPerson(number))
        let least = max(last - Self.openAuctions, 0)
        let isHot = random.below(2) > 0
        event.auction =
            Self.firstAuction
            + (isHot ? last / Self.hotEvery * Self.hotEvery : least + random.below(last - least + 1 + Self.lead))
        let isHotBidder = random.below(4) > 0
        // Another one than the seller that many deal with.
        event.bidder =
            Self.firstPerson
            + (isHotBidder ? lastPerson / Self.hotEvery * Self.hotEvery + 1 : recentPerson(lastPerson, &random))
        event.price = price(&random)
        if random.below(2) > 0 {
            event.channel = NexmarkTexts.pick(NexmarkTexts.channels, &random)
        } else {
            event.channel = "channel-\(random.below(Int64(Self.channels)))"
        }
        event.url = "https://auctions.example/\(event.channel)/item.htm?query=1"
        event.extra = random.letters(55 + Int(random.below(27)))
        return event
    }

    /// One of the active persons, or a few that are still to come.
    private func recentPerson(_ last: Int64, _ random: inout NexmarkRandom) -> Int64 {
        let active = min(last + 1, Self.activePersons)
        return last + 1 - active + random.below(active + Self.lead)
    }

    /// Equally often of each magnitude from 100 to 100,000,000.
    private func price(_ random: inout NexmarkRandom) -> Int64 {
        Int64((pow(10, random.unit() * 6) * 100).rounded())
    }
}

private enum NexmarkTexts {
    static let names = ["Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ida", "Jon", "Kim"]
    static let cities = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Seattle", "Cheyenne"]
    static let states = ["AZ", "CA", "ID", "OR", "WA", "WY"]
    static let channels = ["Apple", "Baidu", "Facebook", "Google"]

    static func pick(_ texts: [String], _ random: inout NexmarkRandom) -> String {
        texts[Int(random.below(Int64(texts.count)))]
    }
}

/// Numbers that an event's own number decides: SplitMix64.
private struct NexmarkRandom {
    private var state: UInt64

    init(_ seed: UInt64, _ number: Int64) {
        state = fold(seed ^ 0x9e37_79b9_7f4a_7c15, UInt64(bitPattern: number) &* 0xd6e8_feb8_6659_fd93 | 1)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ most: Int64) -> Int64 { Int64(next().multipliedFullWidth(by: UInt64(most)).high) }

    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func letters(_ count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { bytes in
            var word: UInt64 = 0
            for index in 0..<count {
                if index % 8 == 0 { word = next() }
                bytes[index] = UInt8(ascii: "a") + UInt8((word & 0xff) * 26 >> 8)
                word >>= 8
            }
            return count
        }
    }
}

/// One event; what its kind does not have is zero or empty.
private struct NexmarkEvent {
    enum Kind: String { case person, auction, bid }

    var kind: Kind
    var time: Int64
    var (id, seller, category, initialBid, reserve, expires): (Int64, Int64, Int64, Int64, Int64, Int64) =
        (0, 0, 0, 0, 0, 0)
    var (auction, bidder, price): (Int64, Int64, Int64) = (0, 0, 0)
    var (name, city, state, item, channel, url, extra) = ("", "", "", "", "", "", "")

    init(_ kind: Kind, _ time: Int64) {
        self.kind = kind
        self.time = time
    }

    /// In the order of the schema.
    var values: [EventValue] {
        let (person, auction, bid) = (kind == .person, kind == .auction, kind == .bid)
        func int(_ value: Int64, _ isThere: Bool) -> EventValue { isThere ? .int(value) : .null }
        func text(_ value: String, _ isThere: Bool) -> EventValue { isThere ? .text(value) : .null }
        return [
            int(id, !bid), text(name, person), text(city, person), text(state, person), text(item, auction),
            int(seller, auction), int(category, auction), int(initialBid, auction), int(reserve, auction),
            auction ? .time(expires) : .null, int(self.auction, bid), int(bidder, bid), int(price, bid),
            text(channel, bid), text(url, bid), .text(extra),
        ]
    }
}

/// The columns of a batch.
private struct NexmarkColumns {
    private let texts: TextDictionary
    private var rows: [[EventValue]] = []
    private var times: [Int64] = []
    private var kinds: [String] = []

    init(_ count: Int, _ texts: TextDictionary) {
        self.texts = texts
        rows.reserveCapacity(count)
    }

    mutating func append(_ event: NexmarkEvent) {
        rows.append(event.values)
        times.append(event.time)
        kinds.append(event.kind.rawValue)
    }

    func finish(offset: Int64) -> EventBatch {
        let times = Column.of(ints: times, .time)
        let attributes = NexmarkEvents.schema.attributes.enumerated().map { index, attribute in
            column(attribute.type, rows.map { $0[index] })
        }
        return EventBatch(
            schema: NexmarkEvents.schema, times: times, events: column(.text, kinds.map(EventValue.text)),
            pages: times.nulls(.text), attributes: attributes, texts: texts, offset: offset)
    }

    private func column(_ type: ColumnType, _ values: [EventValue]) -> Column {
        var column = ColumnBuilder(type, capacity: values.count)
        for value in values { column.append(value, texts: texts) }
        return column.finish()
    }
}
