/// Windows for engines that have none: rows with the beginning and the end of each window they belong to.
extension StreamPrinter {
    /// The whole query, for DuckDB and SQLite.
    mutating func query() -> String {
        let (steps, query) = steps(isRead: false)
        let recursive = steps.contains { $0.isRecursive } ? "RECURSIVE " : ""
        let with = steps.map { "\($0.name) AS (\n\($0.query.indented)\n)" }.joined(separator: ", ")
        return "WITH \(recursive)\(with)\n\(query)"
    }

    /// A relation on the way.
    struct Step {
        var name: String
        var query: String
        var isRecursive = false

        init(_ name: String, _ query: String, isRecursive: Bool = false) {
            self.name = name
            self.query = query
            self.isRecursive = isRecursive
        }
    }

    /// - Parameter isRead: Whether another stream reads the rows, which then have a time.
    private mutating func steps(isRead: Bool) -> (steps: [Step], query: String) {
        var steps: [Step] = []
        if let stream = definition.upstream {
            let (before, query) = upstream[0].steps(isRead: true)
            steps = before + [Step(dialect.name(stream.name), query)]
        } else if definition.source.clock == .arrival {
            refuse("source.clock", "the arrival of events", remedy: "\(dialect.title) sees all events at once.")
        }
        steps.append(Step(relation("events"), events(numbered: needsArrival)))
        let query = ownQuery(&steps, isRead: isRead)
        return (steps, query)
    }

    private mutating func ownQuery(_ steps: inout [Step], isRead: Bool) -> String {
        switch definition.form {
        case .events: return chosen()
        case .groups: return groups(isRead: isRead)
        case .ranks: return ranked(isRead: isRead)
        case .windowRanks:
            if definition.makesWindows { addWindows(&steps) }
            return ranked(isRead: isRead)
        case .windows: break
        }
        switch definition.window {
        case .over(let size): return over(size)
        case .session(let gap):
            steps += sessions(gap).map { Step($0.name, $0.query) }
            return grouped(
                from: relation("sessions"), by: keys + [Self.session], begin: "min(\(time))",
                end: plus("max(\(time))", gap), isRead: isRead)
        default:
            addWindows(&steps)
            return grouped(
                from: relation("windows"), by: keys + ["window_start", "window_end"], begin: "window_start",
                end: "window_end", isRead: isRead)
        }
    }

    private mutating func addWindows(_ steps: inout [Step]) {
        if dialect == .sqlite, let count = windowsOfRow {
            steps.append(Step(relation("steps"), Self.counting(count, relation("steps")), isRecursive: true))
        }
        steps += windows().map { Step($0.name, $0.query) }
    }

    static let session = "walle_session"
    static let begins = "walle_begins"
    static let step = "walle_step"

    /// How many windows an event may belong to; nil for one only.
    private var windowsOfRow: Int64? {
        switch definition.window {
        case .hopping(let size, let slide, _): size / slide
        case .cumulating(let size, let step, _): size / step
        default: nil
        }
    }

    /// Numbers from zero up to `count`.
    private static func counting(_ count: Int64, _ name: String) -> String {
        "SELECT 0 AS \(step)\nUNION ALL\nSELECT \(step) + 1 FROM \(name) WHERE \(step) < \(count - 1)"
    }

    func plus(_ time: String, _ span: Microseconds) -> String {
        dialect == .sqlite ? "\(time) + \(span)" : "\(time) + \(dialect.interval(span))"
    }

    private func minus(_ time: String, steps: String, of span: Microseconds) -> String {
        dialect == .sqlite ? "\(time) - \(steps) * \(span)" : "\(time) - \(steps) * \(dialect.interval(span))"
    }

    /// The last multiple of `size` plus `offset` that is not after the event.
    private func floored(_ size: Microseconds, _ offset: Microseconds) -> String {
        if dialect == .sqlite { return SQLText.floored(time, to: size, offset: offset) }
        return "time_bucket(\(dialect.interval(size)), \(time), TIMESTAMP '\(TimeText.text(offset))')"
    }

    private mutating func windows() -> [(name: String, query: String)] {
        let (events, windows) = (relation("events"), relation("windows"))
        switch definition.window {
        case .tumbling(let size, let offset):
            return [(windows, bounded(from: relation("begins"), size))].prepending(
                (relation("begins"), "SELECT *, \(floored(size, offset)) AS window_start\nFROM \(events)"))
        case .hopping(let size, let slide, let offset):
            let begin = minus("(\(floored(slide, offset)))", steps: Self.step, of: slide)
            return [(windows, bounded(from: relation("begins"), size))].prepending(
                (relation("begins"), "SELECT *, \(begin) AS window_start\nFROM \(stepped(events, size / slide))"))
        case .cumulating(let size, let step, let offset):
            let begins = "SELECT *, \(floored(size, offset)) AS window_start\nFROM \(stepped(events, size / step))"
            let end = dialect == .sqlite ? "\(step)" : dialect.interval(step)
            return [
                (relation("begins"), begins),
                (
                    windows,
                    """
                    SELECT *, window_start + (\(Self.step) + 1) * \(end) AS window_end
                    FROM \(relation("begins"))
                    WHERE \(time) < window_start + (\(Self.step) + 1) * \(end)
                    """
                ),
            ]
        case .calendar(let unit, let zone): return calendar(unit, zone)
        case .session, .over, .unbounded, .upstream, .visit: return []
        }
    }

    private func bounded(from begins: String, _ size: Microseconds) -> String {
        "SELECT *, \(plus("window_start", size)) AS window_end\nFROM \(begins)"
    }

    /// Every event once for each window it may belong to.
    private func stepped(_ events: String, _ count: Int64) -> String {
        let steps = dialect == .sqlite ? relation("steps") : "range(\(count)) AS steps(\(Self.step))"
        return "\(events) CROSS JOIN \(steps)"
    }

    private mutating func calendar(_ unit: TimeUnit, _ zone: String) -> [(name: String, query: String)] {
        let place = ExpressionScope.Place.event(.time)
        let column = CheckedExpression(.column(place), .time)
        let constants = [unit.rawValue, zone].map { CheckedExpression(.literal(.text($0)), .text) }
        let start = text(
            CheckedExpression(.call(.dateTrunc, [constants[0], column, constants[1]]), .time), "window.calendar")
        return [
            (relation("begins"), "SELECT *, \(start) AS window_start\nFROM \(relation("events"))"),
            (
                relation("windows"),
                "SELECT *, \(calendarEnd(unit, zone)) AS window_end\nFROM \(relation("begins"))"
            ),
        ]
    }

    private func calendarEnd(_ unit: TimeUnit, _ zone: String) -> String {
        if let length = unit.length, unit == .hour || dialect == .sqlite {
            return plus("window_start", length)
        }
        if dialect == .sqlite {
            return
                "CAST(strftime('%s', window_start / 1000000, 'unixepoch', '+1 \(unit.rawValue)') AS INTEGER) * 1000000"
        }
        let interval = "INTERVAL '1' \(unit.rawValue.uppercased())"
        if zone == "UTC" { return "window_start + \(interval)" }
        let local = "((window_start AT TIME ZONE 'UTC') AT TIME ZONE \(dialect.text(zone)))"
        // A day that clocks begin at one ends at midnight.
        let end = "date_trunc('\(unit.rawValue)', \(local)) + \(interval)"
        return "((\(end)) AT TIME ZONE \(dialect.text(zone))) AT TIME ZONE 'UTC'"
    }

    /// Numbers the sessions of each key: one begins where the last event is more than the gap before. Frames of ranges
    /// hold all events of the same time, so that their order does not matter.
    private func sessions(_ gap: Microseconds) -> [(name: String, query: String)] {
        let before = "lag(\(time)) OVER (\(partition)ORDER BY \(time))"
        let begins = """
            SELECT *, CASE WHEN \(time) <= \(plus(before, gap)) THEN 0 ELSE 1 END AS \(Self.begins)
            FROM \(relation("events"))
            """
        let sessions = """
            SELECT *, sum(\(Self.begins)) OVER (\(partition)ORDER BY \(time) RANGE UNBOUNDED PRECEDING) AS \(Self.session)
            FROM \(relation("begins"))
            """
        return [(relation("begins"), begins), (relation("sessions"), sessions)]
    }

    private mutating func grouped(
        from relation: String, by groups: [String], begin: String, end: String, isRead: Bool
    ) -> String {
        let time = isRead ? ["\(lastMoment(before: end)) AS window_time"] : []
        let columns = keys + [named(begin, "window_start"), named(end, "window_end")] + time + aggregates(over: nil)
        return """
            SELECT
            \(columns.joined(separator: ",\n").indented)
            FROM \(relation)
            GROUP BY \(groups.joined(separator: ", "))
            """
    }

    /// The time of a row of a window.
    func lastMoment(before end: String) -> String {
        dialect == .sqlite ? "\(end) - 1" : "\(end) - to_microseconds(1)"
    }

    private func named(_ value: String, _ name: String) -> String { value == name ? name : "\(value) AS \(name)" }

    /// A row for each event, over the events of its key up to it, those of the same time included.
    mutating func over(_ size: Microseconds) -> String {
        let columns = keys + [time] + aggregates(over: "recent")
        return """
            SELECT
            \(columns.joined(separator: ",\n").indented)
            FROM \(relation("events"))
            WINDOW recent AS (\(partition)ORDER BY \(time) \(range(size)))
            """
    }

    func range(_ size: Microseconds) -> String {
        "RANGE BETWEEN \(dialect.interval(size)) PRECEDING AND CURRENT ROW"
    }
}

extension Array {
    fileprivate func prepending(_ element: Element) -> [Element] { [element] + self }
}
