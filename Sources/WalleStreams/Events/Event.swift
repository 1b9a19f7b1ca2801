/// Something a user did, as an app tells it: one at a time.
public struct Event: Sendable, Hashable {
    /// What happened, such as `product_view`.
    public var name: String
    /// Where; nil when events of this kind happen on no page.
    public var page: String?
    /// When, in microseconds since 1970 in UTC.
    public var time: Int64
    /// Whatever else there is to tell. An attribute that is not there is null.
    public var attributes: [String: EventValue]

    /// - Parameter time: Microseconds since 1970 in UTC; now, if it is not said.
    public init(_ name: String, page: String? = nil, time: Int64 = Event.now, attributes: [String: EventValue] = [:]) {
        self.name = name
        self.page = page
        self.time = time
        self.attributes = attributes
    }

    /// By the clock of the system, in microseconds since 1970 in UTC.
    public static var now: Int64 { IngestOptions.systemClock() }
}
