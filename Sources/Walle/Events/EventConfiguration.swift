/// Which events a host takes, and how much of them it keeps.
public struct EventConfiguration: Sendable {
    /// What events have beside their name, page and time: triggers and streams may ask for it.
    public var schema = EventSchema()
    /// How much out of order events come. Triggers do not wait: they take an event that is earlier than one before it to be as
    /// late as that.
    public var delay = Duration.zero
    /// After so long without an event, time goes on by the clock of the host from the latest event on: what waits for events
    /// that do not come is told then. Nil: it waits for the next event.
    public var idle: Duration? = .seconds(1)
    /// An event further ahead of the clock is refused, as one such event would make all others late. Nil takes any.
    public var mostAhead: Duration? = .seconds(86_400)
    /// Runs that triggers asked for and that are not done. While there are more, `send` refuses events.
    public var triggeredRuns = 10_000
    /// Memory for events that may become part of a match; of older ones a match tells only when they happened.
    public var heldBytes = 256 << 20

    public init() {}
}

extension EventConfiguration {
    var source: StreamSource {
        StreamSource(
            name: "events", schema: schema, delay: delay.microseconds, idle: idle.map(\.microseconds))
    }

    var limits: EventEngine.Limits {
        var limits = EventEngine.Limits()
        limits.heldBytes = heldBytes
        limits.futureBound = mostAhead.map(\.microseconds)
        return limits
    }
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
