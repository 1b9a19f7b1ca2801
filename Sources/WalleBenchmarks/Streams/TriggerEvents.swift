internal import WalleStreams

/// Events of a thousand names, which are as frequent as words are (Zipf), and ten thousand keys, and conditions over them.
struct TriggerEvents {
    static let names = 1000
    static let keys = 10_000
    /// Microseconds from an event to the next.
    static let gap: Int64 = 1000
    /// Events of a key that are in time, on average.
    static let window = 30
    static let schema = EventSchema(
        page: nil, time: "at",
        attributes: [.init("user", .int), .init("price", .int), .init("kind", .text)])

    /// What the conditions are like.
    enum Form: String {
        case chains = "of three to five steps, a third with a predicate"
        case frequentNames = "whose names are as frequent as those of the events"
        case beginAlike = "that begin with the most frequent name"
        case endAlike = "that end with the most frequent name"
        case optional = "with a step that need not come"
        case negated = "with a step that must not come"
        case branched = "with alternatives of different length, which need a matcher each"
    }

    private var random = SplitMix(state: 7)
    /// The sums of the frequencies of the names up to each.
    private let sums: [Double]

    init() {
        var (sum, sums) = (0.0, [Double]())
        for rank in 1...Self.names {
            sum += 1 / Double(rank)
            sums.append(sum)
        }
        self.sums = sums
    }

    private mutating func frequentName() -> Int {
        let place = random.share() * sums[sums.count - 1]
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Events

    mutating func batches(_ count: Int, _ texts: TextDictionary) -> [EventBatch] {
        let names = (0..<Self.names).map { texts.code(of: "event_\($0)") }
        let kinds = (0..<10).map { texts.code(of: "kind_\($0)") }
        return stride(from: 0, to: count, by: StreamEvents.batchRows).map { start in
            batch(start..<min(start + StreamEvents.batchRows, count), names, kinds, texts)
        }
    }

    private mutating func batch(
        _ rows: Range<Int>, _ names: [UInt32], _ kinds: [UInt32], _ texts: TextDictionary
    ) -> EventBatch {
        var times = ColumnBuilder(.time)
        var events = ColumnBuilder(.text)
        var pages = ColumnBuilder(.text)
        var users = ColumnBuilder(.int)
        var prices = ColumnBuilder(.int)
        var kind = ColumnBuilder(.text)
        for row in rows {
            times.append(int: Int64(row) * Self.gap)
            events.append(code: names[frequentName()])
            pages.appendNull()
            users.append(int: Int64(random.below(Self.keys)))
            prices.append(int: Int64(random.below(1000)))
            kind.append(code: kinds[random.below(kinds.count)])
        }
        return EventBatch(
            schema: Self.schema, times: times.finish(), events: events.finish(), pages: pages.finish(),
            attributes: [users.finish(), prices.finish(), kind.finish()], texts: texts, offset: Int64(rows.lowerBound))
    }

    // MARK: Conditions

    mutating func condition(_ form: Form) -> EventPattern {
        let count = 3 + random.below(3)
        let predicated = random.below(3) == 0 ? random.below(count) : -1
        var names: [Int] = []
        while names.count < count + 2 {
            let name = form == .frequentNames ? frequentName() : random.below(Self.names)
            if !names.contains(name) { names.append(name) }
        }
        if form == .beginAlike { names[0] = 0 }
        if form == .endAlike { names[count - 1] = 0 }
        var elements = (0..<count).map { index in
            var step = PatternStep(.exactly("event_\(names[index])"))
            if index == predicated { step.predicate = predicate() }
            return PatternElement.step(step)
        }
        if form == .optional { elements[1] = .repeated(elements[1], PatternQuantifier(0, 1)) }
        if form == .negated { elements.insert(.not([PatternStep(.exactly("event_\(names[count])"))]), at: 1) }
        if form == .branched {
            let longer = names[count...].map { PatternElement.step(PatternStep(.exactly("event_\($0)"))) }
            elements[1] = .choice([elements[1], .sequence(longer, gaps: [nil])])
        }
        return EventPattern(
            .sequence(elements, gaps: Array(repeating: nil, count: elements.count - 1)),
            within: Self.gap * Int64(Self.keys * Self.window))
    }

    /// True of a tenth of the events.
    private mutating func predicate() -> PatternPredicate {
        if random.below(2) == 0 {
            let kind = "kind_\(random.below(10))"
            return PatternPredicate("kind = '\(kind)'", .binary(.equal, .name("kind"), .literal(.text(kind))))
        }
        let price = 800 + random.below(200)
        return PatternPredicate("price > \(price)", .binary(.greater, .name("price"), .literal(.int(Int64(price)))))
    }
}

/// Numbers that are the same in every run (Steele, Lea and Flood, 2014).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// From 0 to 1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }
}
