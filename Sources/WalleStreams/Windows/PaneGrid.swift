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
    package init(_ unit: TimeUnit, zone: String) throws(StreamError) {
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
    private let unit: TimeUnit
    private let zone: ZonedTime
    private var last: (start: Int64, end: Int64) = (0, 0)

    init(_ unit: TimeUnit, zone: String) throws(StreamError) {
        self.unit = unit
        do { self.zone = try ZonedTime(zone: zone) } catch { throw error.at("window.zone") }
    }

    func pane(around time: Int64) -> (start: Int64, end: Int64) {
        if time < last.start || time >= last.end {
            let start = zone.start(of: unit, at: time)
            last = (start, zone.end(of: unit, from: start))
        }
        return last
    }
}
