import WalleStreams

/// The forms of `Fixtures/forms.py` that have a name of their own, as Swift says them.
enum BuilderForms {
    private static let source = EventSource(
        "clicks",
        columns: [
            "user_id": .text, "price": .float, "count": .int, "paid": .bool, "platform": .text, "seen": .time,
        ])

    /// By the name of the last stream.
    static func definitions() throws -> [String: StreamDefinitions] {
        var arrival = source
        arrival.clock = .arrival
        return [
            "euros": try StreamDefinitions(source, [euros]),
            "spenders": try StreamDefinitions(source, [euros, spenders]),
            "busiest": try StreamDefinitions(source, [hourly, busiest]),
            "dearest": try StreamDefinitions(source, [dearest]),
            "arrived": try StreamDefinitions(arrival, [arrived]),
            "pattern": try StreamDefinitions(
                source, [.pattern("pattern", "a b", key: [], within: .seconds(3600), limit: 3)]),
        ]
    }

    private static let euros = StreamFeature("euros") {
        Where("event = 'purchase'")
        Let(["euro": "price * 0.92"])
        Select("user_id", "euro")
    }

    private static let spenders = StreamFeature("spenders", of: "euros") {
        Where("timestamp is null or euro > 0")
        KeyBy("user_id")
        Window.unbounded(timeToLive: .seconds(30 * 86_400))
        Limit(1000)
        Retractions()
        Aggregates(["buys": "count()", "dearest": "max(euro)"])
    }

    private static let hourly = StreamFeature("hourly") {
        KeyBy("user_id")
        Window.tumbling(.seconds(3600))
        Aggregates(["views": "count()"])
    }

    private static let busiest = StreamFeature("busiest", of: "hourly") {
        KeyBy()
        Window.upstream
        Rank("views desc", "user_id", first: 10, ties: true, as: "place")
        Limit(50)
        Select("user_id", "views")
    }

    private static let dearest = StreamFeature("dearest") {
        KeyBy("platform")
        Window.unbounded(timeToLive: .seconds(86_400))
        Rank("price desc", first: 3)
        Select("user_id", "price")
    }

    private static let arrived = StreamFeature("arrived") {
        KeyBy("user_id")
        Window.hopping(.seconds(3600), every: .seconds(1800))
        Limit(7)
        Rank("price * -1", first: 1)
        Select("platform")
    }
}
