/// One row of the log as the tasks take it; they ignore keys that they do not need.
struct ClickEvent: Encodable, Sendable {
    var user: String
    var event: String
    /// Seconds since 1970, UTC.
    var time: Double
    var platform: String
}
