import Testing

@testable import WalleStreams

@Suite struct StreamSQLTests {
    static let hour: Microseconds = 3_600_000_000
    static let minute: Microseconds = 60_000_000

    static func definition(
        _ window: WindowKind = .tumbling(size: hour, offset: 0), key: [String] = ["user"],
        derived: [(String, String)] = [], filter: String? = nil, lateness: Microseconds = 0,
        aggregates: [Aggregate] = [Aggregate("views", .count)]
    ) throws -> StreamDefinition {
        let schema = EventSchema(attributes: [.init("user", .int), .init("price", .float), .init("shop", .text)])
        return StreamDefinition(
            name: "s", source: StreamSource(name: "clicks", schema: schema, delay: 10_000_000),
            filter: try filter.map(ExpressionParser.parse),
            derived: try derived.map { .init($0.0, try ExpressionParser.parse($0.1)) }, key: key, window: window,
            lateness: lateness, aggregates: aggregates)
    }

    @Test func printsFlink() throws {
        let definition = try Self.definition(
            derived: [("net", "price * 0.9"), ("dear", "net > 5")], filter: "event <> 'exit'",
            aggregates: [
                Aggregate("views", .count), Aggregate("dear", .count, where: ExpressionParser.parse("dear")),
                Aggregate(
                    "paid", .sum, of: ExpressionParser.parse("net"), where: ExpressionParser.parse("event = 'buy'")),
            ])
        let statements = try definition.sql(
            .flink, connector: ["connector": "filesystem", "path": "it's", "format": "csv"])
        #expect(
            statements == [
                """
                CREATE TEMPORARY TABLE `clicks` (
                  `event` STRING,
                  `page` STRING,
                  `timestamp` TIMESTAMP(3),
                  `user` BIGINT,
                  `price` DOUBLE,
                  `shop` STRING,
                  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '10' SECOND - INTERVAL '0.001' SECOND
                ) WITH (
                  'connector' = 'filesystem',
                  'format' = 'csv',
                  'path' = 'it''s'
                )
                """,
                """
                CREATE TEMPORARY VIEW `s_events` AS
                SELECT *, `net` > 5.0e0 AS `dear`
                FROM (
                  SELECT *, `price` * 0.9e0 AS `net`
                  FROM `clicks`
                  WHERE `event` <> 'exit'
                ) AS derived
                """,
                """
                SELECT
                  `user`,
                  window_start,
                  window_end,
                  count(*) AS `views`,
                  count(*) FILTER (WHERE `dear`) AS `dear`,
                  sum(`net`) FILTER (WHERE `event` = 'buy') AS `paid`
                FROM TABLE(TUMBLE(TABLE `s_events`, DESCRIPTOR(`timestamp`), INTERVAL '1' HOUR))
                GROUP BY `user`, window_start, window_end
                """,
            ])
    }

    @Test func printsSessionsOfSQLite() throws {
        #expect(
            try Self.definition(.session(gap: 30 * Self.minute)).sql(.sqlite) == [
                """
                WITH "s_events" AS (
                  SELECT *
                  FROM "clicks"
                ), "s_begins" AS (
                  SELECT *, CASE WHEN "timestamp" <= lag("timestamp") OVER (PARTITION BY "user" ORDER BY "timestamp") + 1800000000 \
                THEN 0 ELSE 1 END AS walle_begins
                  FROM "s_events"
                ), "s_sessions" AS (
                  SELECT *, sum(walle_begins) OVER (PARTITION BY "user" ORDER BY "timestamp" RANGE UNBOUNDED PRECEDING) AS walle_session
                  FROM "s_begins"
                )
                SELECT
                  "user",
                  min("timestamp") AS window_start,
                  max("timestamp") + 1800000000 AS window_end,
                  count(*) AS "views"
                FROM "s_sessions"
                GROUP BY "user", walle_session
                """
            ])
    }

    /// Each window in each dialect: a part of its query, or what begins with `!` and is refused.
    static let windows: [(WindowKind, [String])] = [
        (
            .tumbling(size: hour, offset: 10_000_000),
            [
                "TUMBLE(TABLE `s_events`, DESCRIPTOR(`timestamp`), INTERVAL '1' HOUR, INTERVAL '10' SECOND)",
                "time_bucket(INTERVAL '1' HOUR, \"timestamp\", TIMESTAMP '1970-01-01 00:00:10') AS window_start",
                "\"timestamp\" - ((\"timestamp\" - 10000000) % 3600000000 + 3600000000) % 3600000000 AS window_start",
            ]
        ),
        (
            .hopping(size: hour, slide: 10 * minute, offset: 0),
            [
                "HOP(TABLE `s_events`, DESCRIPTOR(`timestamp`), INTERVAL '10' MINUTE, INTERVAL '1' HOUR)",
                "- walle_step * INTERVAL '10' MINUTE AS window_start\n  FROM \"s_events\" CROSS JOIN range(6) AS steps(walle_step)",
                "SELECT walle_step + 1 FROM \"s_steps\" WHERE walle_step < 5",
            ]
        ),
        (
            .cumulating(size: hour, step: 15 * minute, offset: 0),
            [
                "CUMULATE(TABLE `s_events`, DESCRIPTOR(`timestamp`), INTERVAL '15' MINUTE, INTERVAL '1' HOUR)",
                "WHERE \"timestamp\" < window_start + (walle_step + 1) * INTERVAL '15' MINUTE",
                "WHERE \"timestamp\" < window_start + (walle_step + 1) * 900000000",
            ]
        ),
        (
            .session(gap: 30 * minute),
            [
                "SESSION(TABLE `s_events` PARTITION BY (`user`), DESCRIPTOR(`timestamp`), INTERVAL '30' MINUTE)",
                "CASE WHEN \"timestamp\" <= lag(\"timestamp\") OVER (PARTITION BY \"user\" ORDER BY \"timestamp\") + INTERVAL '30' MINUTE",
                "max(\"timestamp\") + 1800000000 AS window_end",
            ]
        ),
        (
            .over(size: 90_000_000),
            [
                "ORDER BY `timestamp` RANGE BETWEEN INTERVAL '90' SECOND PRECEDING AND CURRENT ROW",
                "ORDER BY \"timestamp\" RANGE BETWEEN INTERVAL '90' SECOND PRECEDING AND CURRENT ROW",
                "ORDER BY \"timestamp\" RANGE BETWEEN 90000000 PRECEDING AND CURRENT ROW",
            ]
        ),
        (
            .calendar(unit: .week, zone: "UTC"),
            [
                "TUMBLE(TABLE `s_events`, DESCRIPTOR(`timestamp`), INTERVAL '7' DAY, INTERVAL '4' DAY)",
                "date_trunc('week', \"timestamp\") AS window_start", "window_start + 604800000000 AS window_end",
            ]
        ),
        (
            .calendar(unit: .month, zone: "Europe/Berlin"),
            [
                "!window.zone !window.calendar",
                "+ INTERVAL '1' MONTH) AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC' AS window_end",
                "!window.calendar",
            ]
        ),
        (.tumbling(size: 1500, offset: 0), ["!window", "time_bucket(to_microseconds(1500)", "% 1500 AS window_start"]),
    ]

    @Test(arguments: windows.indices) func printsWindows(_ index: Int) throws {
        let (window, parts) = Self.windows[index]
        try expect(Self.definition(window), parts)
    }

    /// Each aggregate in each dialect, within groups and over ranges.
    static let aggregates: [(AggregateFunction, over: Bool, [String])] = [
        (.sum, false, ["sum(`user`) AS", "CAST(sum(\"user\") AS BIGINT) AS", "sum(\"user\") AS"]),
        (
            .mean, false,
            ["avg(CAST(`user` AS DOUBLE)) AS", "avg(CAST(\"user\" AS DOUBLE)) AS", "avg(CAST(\"user\" AS REAL)) AS"]
        ),
        (
            .variance, false,
            ["var_samp(CAST(`user` AS DOUBLE)) AS", "var_samp(CAST(\"user\" AS DOUBLE)) AS", "!aggregate.a"]
        ),
        (.standardDeviation, true, ["stddev_samp(CAST(`user` AS DOUBLE)) OVER", "stddev_samp(", "!aggregate.a"]),
        (.min, true, ["min(`user`) OVER recent", "min(\"user\") OVER recent", "min(\"user\") OVER recent"]),
        (
            .distinct, false,
            ["count(DISTINCT `user`) AS", "count(DISTINCT \"user\") AS", "count(DISTINCT \"user\") AS"]
        ),
        (.distinct, true, ["count(DISTINCT `user`) OVER", "count(DISTINCT \"user\") OVER", "!aggregate.a"]),
        (
            .first, false,
            [
                "!aggregate.a",
                "first(\"user\" ORDER BY \"timestamp\", walle_arrival) FILTER (WHERE \"user\" IS NOT NULL) AS",
                "!aggregate.a",
            ]
        ),
        (.last, true, ["!aggregate.a", "!aggregate.a", "!aggregate.a"]),
        (
            .lastFew(3), false,
            [
                "!aggregate.a",
                "list_reverse((list(\"user\" ORDER BY \"timestamp\" DESC, walle_arrival DESC) FILTER (WHERE \"user\" IS NOT NULL))[1:3])",
                "!aggregate.a",
            ]
        ),
        (
            .concatenation(separator: ", "), false,
            [
                "!aggregate.a", "string_agg(\"shop\", ', ' ORDER BY \"timestamp\", walle_arrival)",
                "!aggregate.a",
            ]
        ),
        (.top(3), false, ["!aggregate.a", "!aggregate.a", "!aggregate.a"]),
        (.quantile(0.9), false, ["!aggregate.a", "!aggregate.a", "!aggregate.a"]),
        (.approximateDistinct, false, ["!aggregate.a", "!aggregate.a", "!aggregate.a"]),
    ]

    @Test(arguments: aggregates.indices) func printsAggregates(_ index: Int) throws {
        let (function, isOver, parts) = Self.aggregates[index]
        let isText = if case .concatenation = function { true } else { false }
        let window = isOver ? WindowKind.over(size: Self.hour) : .tumbling(size: Self.hour, offset: 0)
        try expect(
            Self.definition(window, aggregates: [Aggregate("a", function, of: .name(isText ? "shop" : "user"))]), parts)
    }

    private func expect(_ definition: StreamDefinition, _ parts: [String]) throws {
        for (dialect, part) in zip(SQLDialect.allCases, parts) {
            do {
                let text = try definition.sql(dialect).joined(separator: ";\n")
                #expect(text.contains(part), "\(dialect):\n\(text)")
            } catch let refusal as SQLRefusal {
                #expect(refusal.parts.map { "!" + ($0.field ?? "") }.joined(separator: " ") == part, "\(refusal)")
            }
        }
    }

    @Test func tellsAllThatIsLacking() throws {
        let definition = try Self.definition(
            .calendar(unit: .year, zone: "Asia/Tokyo"), derived: [("low", "lower(shop)")], lateness: 1,
            aggregates: [
                Aggregate("p90", .quantile(0.9), of: .name("price")), Aggregate("few", .lastFew(3), of: .name("shop")),
            ])
        let refusal = #expect(throws: SQLRefusal.self) { try definition.sql(.flink) }
        #expect(
            refusal?.parts.compactMap(\.field) == [
                "lateness", "aggregate.p90", "aggregate.few", "window.zone", "window.calendar",
            ])
        let other = #expect(throws: SQLRefusal.self) { try definition.sql(.sqlite) }
        #expect(
            other?.parts.compactMap(\.field) == ["let.low", "window.calendar", "aggregate.p90", "aggregate.few"])
    }

    /// What sees a derived value stands outside of the selection that derives it.
    @Test func filtersByDerivedValues() throws {
        let definition = try Self.definition(
            derived: [("net", "price * 0.9"), ("dear", "net > 5"), ("home", "shop = 'a'")], filter: "dear AND home")
        let text = try definition.sql(.sqlite)[0]
        #expect(
            text.contains(
                """
                  SELECT *
                  FROM (
                    SELECT *, "net" > 5.0 AS "dear"
                    FROM (
                      SELECT *, "price" * 0.9 AS "net", "shop" = 'a' AS "home"
                      FROM "clicks"
                    ) AS derived
                  ) AS derived
                  WHERE "dear" AND "home"
                """), "\(text)")
    }

    @Test func refusesNamesThatTheQueryNeeds() throws {
        let definition = try Self.definition(derived: [("walle_step", "user")])
        let refusal = #expect(throws: SQLRefusal.self) { try definition.sql(.duckdb) }
        #expect(refusal?.parts.map(\.message) == ["a value named walle_step"])
    }

    @Test func namesTheFieldThatIsWrong() throws {
        let wrong: [(StreamDefinition, String)] = [
            (try Self.definition(key: ["usr"]), "key: no column is named \"usr\". Did you mean \"user\"?"),
            (try Self.definition(filter: "price"), "where: 'price' is float, and a condition must be bool"),
            (try Self.definition(derived: [("a", "b + 1")]), "let.a: there is no value 'b'"),
            (
                try Self.definition(aggregates: [Aggregate("x", .sum, of: .name("prise"))]),
                "aggregate.x: there is no value 'prise'. Did you mean 'price'?"
            ),
            (
                try Self.definition(aggregates: [Aggregate("x", .sum)]),
                "aggregate.x: sum() has no argument"
            ),
        ]
        for (definition, beginning) in wrong {
            let error = #expect(throws: StreamError.self) { try definition.sql(.duckdb) }
            #expect(error?.description.hasPrefix(beginning) == true, "\(error?.description ?? "")")
        }
    }
}
