/// Windows of Flink, which has them as functions of tables.
extension StreamPrinter {
    /// The table of the source, the view of its events, and the query.
    ///
    /// - Parameter isRead: Whether another stream reads the rows, which then have a time.
    mutating func flink(_ connector: [String: String], isRead: Bool = false) -> [String] {
        checkFlink()
        var statements: [String]
        if let stream = definition.upstream {
            statements = upstream[0].flink(connector, isRead: true)
            let query = statements.removeLast()
            statements.append("CREATE TEMPORARY VIEW \(dialect.name(stream.name)) AS\n\(query)")
        } else {
            statements = [definition.source.flinkTable(connector)]
        }
        statements.append("CREATE TEMPORARY VIEW \(relation("events")) AS\n\(events(numbered: false))")
        if definition.makesWindows, definition.rank != nil {
            statements.append(
                "CREATE TEMPORARY VIEW \(relation("windows")) AS\nSELECT *\nFROM TABLE(\(windowFunction()))")
        }
        return statements + [flinkQuery(isRead: isRead)]
    }

    private mutating func flinkQuery(isRead: Bool) -> String {
        switch definition.form {
        case .events: chosen()
        case .groups: groups(isRead: isRead)
        case .ranks, .windowRanks: ranked(isRead: isRead)
        case .windows: if case .over(let size) = definition.window { over(size) } else { windowed(isRead: isRead) }
        }
    }

    private mutating func checkFlink() {
        if definition.lateness > 0 {
            refuse(
                "lateness", "results that late events change",
                remedy: "Flink's windows drop events behind the watermark: use lateness 0 and a larger delay.")
        }
        let milliseconds = spans.allSatisfy { $0.span.isMultiple(of: 1000) }
        if !milliseconds {
            let field = spans.first { !$0.span.isMultiple(of: 1000) }?.field ?? "window"
            refuse(field, "a span that is no whole millisecond", remedy: "Flink's event times know milliseconds.")
        }
    }

    private var spans: [(field: String, span: Microseconds)] {
        let window: [Microseconds] =
            switch definition.window {
            case .tumbling(let size, let offset): [size, offset]
            case .hopping(let size, let slide, let offset): [size, slide, offset]
            case .cumulating(let size, let step, let offset): [size, step, offset]
            case .session(let span), .over(let span): [span]
            case .calendar, .unbounded, .upstream, .visit: []
            }
        return [("source.delay", definition.source.delay)] + window.map { ("window", $0) }
    }

    private mutating func windowed(isRead: Bool) -> String {
        let bounds = ["window_start", "window_end"] + (isRead ? ["window_time"] : [])
        let columns = keys + bounds + aggregates(over: nil)
        return """
            SELECT
            \(columns.joined(separator: ",\n").indented)
            FROM TABLE(\(windowFunction()))
            GROUP BY \((keys + bounds).joined(separator: ", "))
            """
    }

    private mutating func windowFunction() -> String {
        let table = "TABLE \(relation("events"))"
        let rows = "\(table), DESCRIPTOR(\(time))"
        switch definition.window {
        case .tumbling(let size, let offset): return "TUMBLE(\(rows), \(intervals([size], offset)))"
        case .hopping(let size, let slide, let offset): return "HOP(\(rows), \(intervals([slide, size], offset)))"
        case .cumulating(let size, let step, let offset):
            return "CUMULATE(\(rows), \(intervals([step, size], offset)))"
        case .session(let gap):
            let partition = keys.isEmpty ? "" : " PARTITION BY (\(keys.joined(separator: ", ")))"
            return "SESSION(\(table)\(partition), DESCRIPTOR(\(time)), \(dialect.interval(gap)))"
        case .calendar(let unit, let zone): return calendar(unit, zone, rows)
        case .over, .unbounded, .upstream, .visit: return rows
        }
    }

    private func intervals(_ spans: [Microseconds], _ offset: Microseconds) -> String {
        (spans + (offset == 0 ? [] : [offset])).map(dialect.interval).joined(separator: ", ")
    }

    /// Windows of one length only, in UTC: those are tumbling.
    private mutating func calendar(_ unit: TimeUnit, _ zone: String, _ rows: String) -> String {
        if zone != "UTC" {
            refuse("window.zone", "windows in the zone \(zone)", remedy: "Flink's windows are in UTC.")
        }
        guard let length = unit.length else {
            refuse("window.calendar", "windows of a \(unit.rawValue)", remedy: "Flink's windows are all of one length.")
            return rows
        }
        // 1970 began on a Thursday, weeks begin on Monday.
        let offset = unit == .week ? 4 * TimeText.microsecondsADay : 0
        return "TUMBLE(\(rows), \(intervals([length], offset)))"
    }
}
