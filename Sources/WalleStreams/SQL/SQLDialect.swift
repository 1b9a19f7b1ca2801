/// A language that a stream can be printed in.
package enum SQLDialect: String, Hashable, Sendable, CaseIterable {
    /// Apache Flink from 2.0 on. Its event times know milliseconds.
    case flink
    /// DuckDB from 1.3 on. Zones other than UTC need its extension `icu`.
    case duckdb
    /// SQLite from 3.30 on, with its mathematical functions. Times are integers, microseconds since 1970, truths 0 and
    /// 1; NaN becomes null there.
    case sqlite

    /// How people write it.
    var title: String {
        switch self {
        case .flink: "Flink"
        case .duckdb: "DuckDB"
        case .sqlite: "SQLite"
        }
    }

    /// A name, quoted always: which words are reserved differs and changes.
    func name(_ name: String) -> String { Expression.quoted(name, self == .flink ? "`" : "\"") }

    func text(_ text: String) -> String { Expression.quoted(text, "'") }

    func type(_ type: ColumnType) -> String {
        switch (self, type) {
        case (.sqlite, .float): "REAL"
        case (.sqlite, .text): "TEXT"
        case (.sqlite, _): "INTEGER"
        case (_, .bool): "BOOLEAN"
        case (_, .int): "BIGINT"
        case (_, .float): "DOUBLE"
        case (.flink, .text): "STRING"
        case (.duckdb, .text): "VARCHAR"
        case (.flink, .time): "TIMESTAMP(3)"
        case (.duckdb, .time): "TIMESTAMP"
        }
    }

    /// A span as an interval, by the largest unit that divides it. Flink knows milliseconds.
    func interval(_ span: Microseconds) -> String {
        if self == .sqlite { return String(span) }
        let units: [(String, Int64)] = [
            ("DAY", TimeText.microsecondsADay), ("HOUR", 3_600_000_000), ("MINUTE", 60_000_000), ("SECOND", 1_000_000),
        ]
        for (unit, length) in units
        where span.isMultiple(of: length) && (self != .flink || span.magnitude / length.magnitude < 1000) {
            return interval(span / length, unit)
        }
        return self == .flink ? exactInterval(span) : "to_microseconds(\(span))"
    }

    /// Flink's intervals of one unit have three digits at most.
    private func exactInterval(_ span: Microseconds) -> String {
        let fields = TimeFields(Int64(span.magnitude % UInt64(TimeText.microsecondsADay)))
        let days = span.magnitude / UInt64(TimeText.microsecondsADay)
        let clock = [fields.hour, fields.minute, fields.second].map { TimeText.pad($0, 2) }.joined(separator: ":")
        let milliseconds = TimeText.pad(Int64(span.magnitude % 1_000_000 / 1000), 3)
        let precision = max(2, String(days).count)
        return "INTERVAL '\(span < 0 ? "-" : "")\(days) \(clock).\(milliseconds)' DAY(\(precision)) TO SECOND(3)"
    }

    private func interval(_ count: Int64, _ unit: String) -> String {
        let digits = String(count.magnitude).count
        let precision = self == .flink && digits > 2 ? "(\(digits))" : ""
        return "INTERVAL '\(count)' \(unit)\(precision)"
    }
}

/// A dialect cannot express a stream: everything it lacks, not only the first.
package struct SQLRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let dialect: SQLDialect
    /// Each with its field and a remedy.
    package let parts: [StreamError]

    package var description: String {
        let list = parts.map { "\n- \($0)" }.joined()
        return
            "\(dialect.title) cannot express \(parts.count == 1 ? "one part" : "\(parts.count) parts") of this:\(list)"
    }
}
