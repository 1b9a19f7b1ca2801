/// Functions of times.
extension SQLExpressionPrinter {
    mutating func time(_ function: ScalarFunction, _ arguments: [CheckedExpression]) -> String {
        let constants = arguments.compactMap { part -> String? in
            if case .text(let text)? = part.literal { text } else { nil }
        }
        let zone = constants.count > 1 && constants[1] != "UTC" ? constants[1] : nil
        if let zone, dialect != .duckdb {
            return refuse(
                "\(function.rawValue) in the zone \(zone)", remedy: "\(dialect.title) reads times in UTC only.")
        }
        let subject = function == .formatTime ? arguments[0] : arguments[1]
        switch dialect {
        case .duckdb: return duckdbTime(function, constants[0], subject, zone)
        case .flink: return flinkTime(function, constants[0], subject)
        case .sqlite: return sqliteTime(function, constants[0], subject)
        }
    }

    private mutating func duckdbTime(
        _ function: ScalarFunction, _ unit: String, _ subject: CheckedExpression, _ zone: String?
    ) -> String {
        var value = text(subject)
        if let zone { value = "((\(operand(subject)) AT TIME ZONE 'UTC') AT TIME ZONE \(dialect.text(zone)))" }
        switch function {
        case .datePart: return "date_part('\(unit == "weekday" ? "isodow" : unit)', \(value))"
        case .dateTrunc:
            let start = "date_trunc('\(unit)', \(value))"
            guard let zone else { return start }
            // An hour that clocks show twice is two hours.
            if unit == "hour" || unit == "minute" { return "(\(operand(subject)) - (\(value) - \(start)))" }
            return "((\(start) AT TIME ZONE \(dialect.text(zone))) AT TIME ZONE 'UTC')"
        default: return "strftime(\(value), \(dialect.text(Self.strftime(unit))))"
        }
    }

    private mutating func flinkTime(_ function: ScalarFunction, _ unit: String, _ subject: CheckedExpression) -> String
    {
        let value = text(subject)
        switch function {
        // Sunday is 1 there.
        case .datePart where unit == "weekday": return "(MOD(DAYOFWEEK(\(value)) + 5, 7) + 1)"
        case .datePart: return "EXTRACT(\(unit.uppercased()) FROM \(value))"
        // Weeks begin on Sunday there.
        case .dateTrunc where unit == "week":
            return "(FLOOR(\(operand(subject)) - INTERVAL '1' DAY TO WEEK) + INTERVAL '1' DAY)"
        case .dateTrunc: return "FLOOR(\(value) TO \(unit.uppercased()))"
        default: return "DATE_FORMAT(\(value), \(dialect.text(unit.replacing("'", with: "''"))))"
        }
    }

    /// Seconds, then the milliseconds that Flink's times have.
    mutating func flinkMicroseconds(_ operand: CheckedExpression) -> String {
        let value = text(operand)
        return "(EXTRACT(EPOCH FROM \(value)) * 1000000 + EXTRACT(MILLISECOND FROM \(value)) * 1000)"
    }

    private mutating func sqliteTime(_ function: ScalarFunction, _ unit: String, _ subject: CheckedExpression) -> String
    {
        let value = operand(subject)
        switch function {
        case .datePart: return sqlitePart(unit, value)
        case .dateTrunc: return SQLText.sqliteStart(unit, value)
        default: return "strftime(\(dialect.text(Self.strftime(unit))), \(SQLText.sqliteSeconds(value)), 'unixepoch')"
        }
    }

    private func sqlitePart(_ unit: String, _ value: String) -> String {
        let codes = ["year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"]
        let seconds = SQLText.sqliteSeconds(value)
        if let code = codes[unit] { return "CAST(strftime('\(code)', \(seconds), 'unixepoch') AS INTEGER)" }
        return "((strftime('%w', \(seconds), 'unixepoch') + 6) % 7 + 1)"
    }

    /// The pattern of `format_time` as C knows it.
    private static func strftime(_ pattern: String) -> String {
        let codes: [TimePart: String] = [
            .year: "%Y", .month: "%m", .day: "%d", .hour: "%H", .minute: "%M", .second: "%S",
        ]
        guard let pieces = try? TimePattern(pattern).pieces else { return "" }
        return pieces.reduce(into: "") { text, piece in
            switch piece {
            case .literal(let literal): text += literal.replacing("%", with: "%%")
            case .field(let part): text += codes[part, default: ""]
            }
        }
    }
}

/// Pieces of SQL that expressions and windows share.
enum SQLText {
    /// Rounds a time, in microseconds, down to a multiple of `size` plus `offset`.
    static func floored(_ time: String, to size: Microseconds, offset: Microseconds) -> String {
        let shifted = offset == 0 ? time : "(\(time) - \(offset))"
        return "\(time) - (\(shifted) % \(size) + \(size)) % \(size)"
    }

    static func sqliteSeconds(_ time: String) -> String {
        "(\(floored(time, to: TimeText.microsecondsASecond, offset: 0))) / \(TimeText.microsecondsASecond)"
    }

    /// When the unit began, in UTC.
    static func sqliteStart(_ unit: String, _ time: String) -> String {
        if let unit = TimeUnit(rawValue: unit), let length = unit.length {
            // 1970 began on a Thursday, weeks begin on Monday.
            return "(\(floored(time, to: length, offset: unit == .week ? 4 * TimeText.microsecondsADay : 0)))"
        }
        return "(CAST(strftime('%s', \(sqliteSeconds(time)), 'unixepoch', 'start of \(unit)') AS INTEGER) * 1000000)"
    }
}
