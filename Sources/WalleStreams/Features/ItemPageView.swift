/// The item page-view feature: what a user did on the page of an item, from the enter to the exit.
///
/// The quantities are those that are public of it: how long the page was viewed and each part of it used, what was exposed
/// and for how long, how fast and far the user scrolled, why recommendations were deleted (Gong et al., EdgeRec: Recommender
/// System on Edge in Mobile Taobao, CIKM 2020; Walle, OSDI 2022). `ItemPageViewEncoder` makes a vector of a row, and adds
/// the decay by time.
package enum ItemPageView {
    /// What may be clicked on the page, each with how often and how long.
    package static let actions = PageViewSimulator.actions
    package static let reasons = PageViewSimulator.reasons

    /// Without events for so long a visit has ended.
    static let timeout: Microseconds = 30 * 60 * TimeText.microsecondsASecond

    /// A row a visit of a user to the page of an item.
    ///
    /// - Parameter delay: How much out of order events may come, in microseconds. Rows come so much after the exit.
    package static func definition(source: String = "pages", delay: Microseconds = 0) -> StreamDefinition {
        StreamDefinition(
            name: "item_page_view",
            source: StreamSource(name: source, schema: PageViewSimulator.schema, delay: delay),
            key: ["user_id", "item_id"], window: .visit(timeout: timeout, enter: "page_enter", exit: "page_exit"),
            aggregates: visit + exposures + scrolls + actions.flatMap(action) + deletes)
    }

    private static func named(_ event: String) -> Expression {
        .binary(.equal, .name("event"), .literal(.text(event)))
    }

    private static let duration = Expression.name("duration_ms")

    private static let visit = [
        Aggregate("events", .count),
        Aggregate("last_at", .max, of: .name("timestamp")),
        Aggregate("exits", .count, where: named("page_exit")),
    ]

    private static let exposures = [
        Aggregate("exposures", .count, where: named("exposure")),
        Aggregate("exposure_ms", .sum, of: duration, where: named("exposure")),
        Aggregate("exposure_ms_max", .max, of: duration, where: named("exposure")),
        Aggregate("exposed_items", .distinct, of: .name("target_id"), where: named("exposure")),
        Aggregate("exposed_last", .lastFew(10), of: .name("target_id"), where: named("exposure")),
    ]

    private static let scrolls = [
        Aggregate("scrolls", .count, where: named("scroll")),
        Aggregate("scroll_ms", .sum, of: duration, where: named("scroll")),
        Aggregate("scroll_px", .sum, of: .name("distance_px")),
        Aggregate("scroll_speed", .mean, of: .name("speed")),
        Aggregate("scroll_speed_min", .min, of: .name("speed")),
        Aggregate("scroll_speed_max", .max, of: .name("speed")),
    ]

    private static func action(_ name: String) -> [Aggregate] {
        let condition = Expression.binary(.equal, .name("action"), .literal(.text(name)))
        return [
            Aggregate(name, .count, where: condition),
            Aggregate("\(name)_ms", .sum, of: duration, where: condition),
            Aggregate("\(name)_at", .max, of: .name("timestamp"), where: condition),
        ]
    }

    private static let deletes = [
        Aggregate("clicked_last", .lastFew(10), of: .name("target_id"), where: named("click")),
        Aggregate("deletes", .count, where: named("delete")),
        Aggregate("delete_reason", .last, of: .name("reason")),
    ]
}
