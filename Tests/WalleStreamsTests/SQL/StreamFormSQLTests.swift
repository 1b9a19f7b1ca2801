import Testing

@testable import WalleStreams

/// Rows of events, groups without windows, ranks and chains in each dialect: a part of the query, or what begins with `!`
/// and is refused. That the queries give the same rows was tried with DuckDB on a million events.
@Suite struct StreamFormSQLTests {
    private static func stream(
        _ window: WindowKind = .unbounded, key: [String] = ["user"], select: [String] = [],
        rank: StreamDefinition.Rank? = nil, name: String = "s", reading: StreamDefinition? = nil,
        aggregates: [Aggregate] = []
    ) throws -> StreamDefinition {
        let source = try StreamSQLTests.definition().source
        return StreamDefinition(
            name: name, origin: reading.map { .stream($0) } ?? .source(source), key: key, window: window,
            aggregates: aggregates, select: select, rank: rank)
    }

    private static func rank(
        _ first: Int = 2, ties: Bool = false, column: String? = nil, by name: String = "price"
    ) -> StreamDefinition.Rank {
        .init(by: [.init(.name(name), descending: true)], first: first, ties: ties, column: column)
    }

    private static let count = [Aggregate("n", .count)]
    private static let hourly = WindowKind.tumbling(size: StreamSQLTests.hour, offset: 0)
    private static let session = WindowKind.session(gap: StreamSQLTests.minute)

    private static func make(_ form: String) throws -> StreamDefinition {
        let counts = try stream(hourly, name: "counts", aggregates: count)
        let groups = try stream(name: "groups", aggregates: count)
        switch form {
        case "events": return try stream(key: [], select: ["user", "price"])
        case "groups": return groups
        case "one group": return try stream(key: [], aggregates: count)
        case "ttl":
            var stream = groups
            stream.timeToLive = 1000
            return stream
        case "ranks": return try stream(select: ["price"], rank: rank(column: "place"))
        case "window ranks": return try stream(hourly, key: [], select: ["price"], rank: rank(3))
        case "ties": return try stream(hourly, key: [], select: ["price"], rank: rank(1, ties: true))
        case "keyed ties": return try stream(hourly, select: ["price"], rank: rank(1, ties: true))
        case "ranks of windows":
            return try stream(
                .upstream, key: [], select: ["user", "n"], rank: rank(by: "n"), reading: counts)
        case "ranks of groups":
            return try stream(key: [], select: ["user", "n"], rank: rank(by: "n"), reading: groups)
        case "ranks of ranks":
            let ranks = try stream(key: [], select: ["user", "price"], rank: rank(9), name: "ranks")
            return try stream(select: ["price"], rank: rank(), reading: ranks)
        case "windows of windows":
            return try stream(
                .tumbling(size: 24 * StreamSQLTests.hour, offset: 0), reading: counts,
                aggregates: [Aggregate("n", .sum, of: .name("n"))])
        case "choice of sessions":
            return try stream(
                key: [], select: ["window_start", "n"], reading: try stream(session, name: "visits", aggregates: count))
        default:
            var stream = groups
            stream.source.clock = .arrival
            return stream
        }
    }

    static let forms: [(String, [String])] = [
        (
            "events",
            [
                "SELECT\n  `timestamp`,\n  `user`,\n  `price`\nFROM `s_events`", "\"price\"\nFROM \"s_events\"",
                "FROM \"s_events\"",
            ]
        ),
        (
            "groups",
            ["GROUP BY `user`", "count(*) AS \"n\"\nFROM \"groups_events\"\nGROUP BY \"user\"", "GROUP BY \"user\""]
        ),
        ("one group", ["HAVING count(*) > 0", "HAVING count(*) > 0", "HAVING count(*) > 0"]),
        ("ttl", ["!ttl", "!ttl", "!ttl"]),
        (
            "ranks",
            [
                "row_number() OVER (PARTITION BY `user` ORDER BY `price` DESC) AS walle_number",
                "row_number() OVER (PARTITION BY \"user\" ORDER BY \"price\" DESC, walle_arrival) AS walle_number",
                "walle_number AS \"place\"",
            ]
        ),
        (
            "window ranks",
            [
                "FROM `s_windows`\n  WHERE `price` IS NOT NULL\n) AS ranked\nWHERE walle_number <= 3",
                "PARTITION BY window_start, window_end ORDER BY \"price\" DESC, walle_arrival",
                "WHERE walle_number <= 3",
            ]
        ),
        (
            "ties",
            [
                "AND ranked.walle_number = extremes.walle_most",
                "rank() OVER (PARTITION BY window_start, window_end ORDER BY",
                "rank() OVER (",
            ]
        ),
        (
            "keyed ties",
            ["!rank.ties", "rank() OVER (PARTITION BY \"user\", window_start, window_end ORDER BY", "rank() OVER ("]
        ),
        (
            "ranks of windows",
            [
                "GROUP BY `user`, window_start, window_end, window_time",
                "ORDER BY \"n\" DESC, \"window_end\" NULLS LAST, \"window_start\" NULLS LAST, \"user\" NULLS LAST)",
                "window_end - 1 AS window_time",
            ]
        ),
        (
            "ranks of groups",
            [
                "max(`timestamp`) AS `timestamp`", "ORDER BY \"n\" DESC, \"user\" NULLS LAST)",
                "max(\"timestamp\") AS \"timestamp\"",
            ]
        ),
        ("ranks of ranks", ["!rank.by", "!rank.by", "!rank.by"]),
        (
            "windows of windows",
            [
                "TUMBLE(TABLE `s_events`, DESCRIPTOR(`window_time`), INTERVAL '1' DAY)",
                "SELECT \"window_time\", \"user\", \"n\"\n  FROM \"counts\"", "SELECT \"window_time\", \"user\", \"n\"",
            ]
        ),
        (
            "choice of sessions",
            [
                "SESSION(TABLE `visits_events` PARTITION BY (`user`)", "\"visits\" AS (",
                "max(\"timestamp\") + 60000000 - 1",
            ]
        ),
        ("arrival", ["`timestamp` AS PROCTIME()", "!source.clock", "!source.clock"]),
    ]

    @Test(arguments: forms.indices) func printsForms(_ index: Int) throws {
        let (form, parts) = Self.forms[index]
        let definition = try Self.make(form)
        for (dialect, part) in zip(SQLDialect.allCases, parts) {
            do {
                let text = try definition.sql(dialect).joined(separator: ";\n")
                #expect(text.contains(part), "\(form) in \(dialect):\n\(text)")
            } catch let refusal as SQLRefusal {
                let fields = refusal.parts.map { "!" + ($0.field ?? "") }.joined(separator: " ")
                #expect(fields == part, "\(form): \(refusal)")
            }
        }
    }
}
