internal import Foundation

/// Cuts time into panes: the pieces that windows are made of.
package struct PaneGrid: Sendable {
    private let cut: Cut

    private enum Cut: Sendable {
        /// Panes of one width, one of which begins at `origin`.
        case even(width: Int64, origin: Int64)
        case calendar(CalendarCuts)
    }

    package init(width: Microseconds, origin: Int64) {
        precondition(width > 0, "a pane has a width")
        cut = .even(width: width, origin: origin)
    }

    /// - Throws: `.definition` for a time zone that the system does not know.
    package init(_ unit: WindowKind.CalendarUnit, zone: String) throws(StreamError) {
        cut = .calendar(try CalendarCuts(unit, zone: zone))
    }

    /// The beginning of the pane around a time.
    @inline(__always) package func start(of time: Int64) -> Int64 {
        switch cut {
        case .even(let width, let origin):
            let distance = time &- origin
            let rest = distance % width
            return time &- (rest < 0 ? rest &+ width : rest)
        case .calendar(let cuts): return cuts.pane(around: time).start
        }
    }

    /// The end of the pane that begins at `start`, which is the beginning of the next.
    @inline(__always) package func end(of start: Int64) -> Int64 {
        switch cut {
        case .even(let width, _): return start &+ width
        case .calendar(let cuts): return cuts.pane(around: start).end
        }
    }
}

/// The beginnings of days, months and the like in a time zone. Used by one thread at a time.
private final class CalendarCuts: @unchecked Sendable {
    private let calendar: Calendar
    private let component: Calendar.Component
    private var last: (start: Int64, end: Int64) = (0, 0)

    init(_ unit: WindowKind.CalendarUnit, zone: String) throws(StreamError) {
        guard let zone = TimeZone(identifier: zone) else {
            throw StreamError(
                .definition, field: "zone", "\"\(zone)\" is no time zone",
                remedy: "Write a name of the IANA database, such as \"Europe/Berlin\" or \"UTC\".")
        }
        // Weeks begin on Monday (ISO 8601).
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        self.calendar = calendar
        component =
            switch unit {
            case .hour: .hour
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            case .year: .year
            }
    }

    func pane(around time: Int64) -> (start: Int64, end: Int64) {
        if time >= last.start, time < last.end { return last }
        let seconds = Self.floor(time)
        let date = Date(timeIntervalSince1970: Double(seconds))
        guard let interval = calendar.dateInterval(of: component, for: date) else {
            preconditionFailure("every time is in a \(component)")
        }
        last = (Self.microseconds(interval.start), Self.microseconds(interval.end))
        return last
    }

    private static func floor(_ microseconds: Int64) -> Int64 {
        let seconds = microseconds / 1_000_000
        return microseconds < seconds * 1_000_000 ? seconds - 1 : seconds
    }

    private static func microseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded()) * 1_000_000 }
}
