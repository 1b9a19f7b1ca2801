/// Makes up what users of a shop do on the pages of its items: synthetic events, the same for the same seed.
///
/// A user enters the page of an item, scrolls, sees other items exposed, clicks, now and then deletes a recommendation, and
/// leaves; one visit in fifty has no exit, as when an app is closed. Many users are at it at once, and the events come in
/// the order of their times. A visit has 19.3 events on average, as many as the item page views of the Walle paper (OSDI
/// 2022); `PageViewLog` writes them as wide as its raw logs are.
package struct PageViewSimulator {
    /// Pages, their kinds of events and what these tell.
    package static let schema = EventSchema(attributes: [
        .init("user_id", .text), .init("item_id", .text), .init("target_id", .text), .init("action", .text),
        .init("duration_ms", .int), .init("distance_px", .float), .init("speed", .float), .init("reason", .text),
    ])

    /// What may be clicked on the page of an item.
    package static let actions = [
        "add_to_cart", "buy", "favourite", "comment", "sku", "ask", "service", "detail", "shop", "recommendation",
    ]
    /// Why a recommendation was deleted.
    package static let reasons = ["not_interested", "seen_too_often", "bought_already", "bad_picture"]

    private struct User {
        var item = 0
        /// Events of the visit before its exit; −1 when the user is on no page.
        var left = -1
    }

    private var random: SimulationRandom
    private var users: [User]
    private let itemCount: Int
    /// When each user does something next.
    private var clock = TimerHeap()

    /// Events of a visit beside the enter and the exit.
    private static let innerEvents = 17.3
    private static let second = 1_000_000.0

    /// - Parameters:
    ///   - users: How many are at it at once, at least one.
    ///   - start: Of the first event, in microseconds since 1970 in UTC.
    package init(seed: UInt64, users: Int = 1000, items: Int = 10_000, start: Int64 = 1_700_000_000_000_000) {
        random = SimulationRandom(seed: seed)
        self.users = [User](repeating: User(), count: max(users, 1))
        itemCount = max(items, 1)
        for user in self.users.indices {
            clock.push(Timer(deadline: start + pause(40), session: user, generation: 0, offset: 0))
        }
    }

    /// The next event of anybody. They never end.
    package mutating func next() -> Event {
        guard let turn = clock.first else { preconditionFailure("there is a user at least") }
        clock.removeFirst()
        let (event, wait) = act(turn.session, turn.deadline)
        clock.push(Timer(deadline: turn.deadline + wait, session: turn.session, generation: 0, offset: 0))
        return event
    }

    package mutating func events(_ count: Int) -> [Event] { (0..<count).map { _ in next() } }

    /// The next events as columns.
    ///
    /// - Parameter offset: The place of the first in its stream.
    package mutating func batch(_ count: Int, texts: TextDictionary, offset: Int64 = 0) -> EventBatch {
        var builder = EventBatchBuilder(schema: Self.schema, texts: texts, capacity: count, offset: offset)
        for _ in 0..<count { builder.append(next()) }
        return builder.finish()
    }

    // MARK: users

    private mutating func pause(_ meanSeconds: Double) -> Int64 {
        1 + Int64(random.exponential(mean: meanSeconds * Self.second))
    }

    /// What a user does at a time, and how long it is to the next.
    private mutating func act(_ user: Int, _ time: Int64) -> (Event, wait: Int64) {
        switch users[user].left {
        case -1:
            users[user].item = random.popular(itemCount)
            users[user].left = (0..<3).reduce(0) { sum, _ in sum + random.geometric(mean: Self.innerEvents / 3) }
            return (event("page_enter", user, time), pause(1))
        case 0:
            users[user].left = -1
            return (event("page_exit", user, time), pause(40))
        default:
            users[user].left -= 1
            let event = inner(user, time)
            guard users[user].left == 0, random.unit() < 0.02 else { return (event, pause(2)) }
            users[user].left = -1
            return (event, pause(3600))
        }
    }

    private func event(_ name: String, _ user: Int, _ time: Int64, _ more: [String: EventValue] = [:]) -> Event {
        var attributes = more
        attributes["user_id"] = .text("u\(100_000 + user)")
        attributes["item_id"] = .text("i\(1_000_000 + users[user].item)")
        return Event(name, page: "item", time: time, attributes: attributes)
    }

    private mutating func inner(_ user: Int, _ time: Int64) -> Event {
        let duration = EventValue.int(Int64(random.exponential(mean: 1500)))
        switch random.unit() {
        case ..<0.4:
            let distance = random.exponential(mean: 900).rounded()
            let speed = (distance / (0.1 + random.exponential(mean: 0.6))).rounded()
            let values: [String: EventValue] = [
                "distance_px": .float(distance), "speed": .float(speed), "duration_ms": duration,
            ]
            return event("scroll", user, time, values)
        case ..<0.8: return event("exposure", user, time, ["target_id": target(), "duration_ms": duration])
        case ..<0.97:
            var values = ["action": EventValue.text(random.pick(Self.actions)), "duration_ms": duration]
            if values["action"] == .text("recommendation") { values["target_id"] = target() }
            return event("click", user, time, values)
        default:
            return event("delete", user, time, ["target_id": target(), "reason": .text(random.pick(Self.reasons))])
        }
    }

    private mutating func target() -> EventValue { .text("i\(1_000_000 + random.popular(itemCount))") }
}
