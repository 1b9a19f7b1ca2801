import Testing

@testable import WalleStreams

@Suite struct SQLExpressionTests {
    static let scope = ExpressionScope(
        EventSchema(attributes: [
            .init("price", .float), .init("n", .int), .init("m", .int), .init("s", .text), .init("gift", .bool),
        ]))

    struct Case: Sendable, CustomTestStringConvertible {
        let written: String
        /// In the order of `SQLDialect.allCases`: Flink, DuckDB, SQLite. What begins with `!` is what is refused.
        let texts: [String]

        init(_ written: String, _ flink: String, _ duckdb: String, _ sqlite: String) {
            self.written = written
            texts = [flink, duckdb, sqlite]
        }

        var testDescription: String { written }
    }

    static let cases = [
        Case("price * 0.9", "`price` * 0.9e0", "\"price\" * 0.9e0", "\"price\" * 0.9"),
        Case(
            "n + 1", "`n` + 1", "TRY(\"n\" + 1)", "CASE WHEN typeof(\"n\" + 1) = 'integer' THEN \"n\" + 1 END"),
        Case("n % 10 + 1", "(`n` % 10) + 1", "(\"n\" % 10) + 1", "(\"n\" % 10) + 1"),
        Case(
            "n + m * 2 - 1", "(`n` + (`m` * 2)) - 1", "TRY((\"n\" + (\"m\" * 2)) - 1)",
            "CASE WHEN typeof((\"n\" + (\"m\" * 2)) - 1) = 'integer' THEN (\"n\" + (\"m\" * 2)) - 1 END"),
        Case(
            "n / m", "CAST(`n` AS DOUBLE) / NULLIF(CAST(`m` AS DOUBLE), 0.0e0)",
            "CAST(\"n\" AS DOUBLE) / NULLIF(CAST(\"m\" AS DOUBLE), 0.0e0)", "CAST(\"n\" AS REAL) / CAST(\"m\" AS REAL)"),
        Case("n // 7", "`n` / 7", "\"n\" // 7", "\"n\" / 7"),
        Case("n % m", "`n` % NULLIF(`m`, 0)", "\"n\" % NULLIF(\"m\", 0)", "\"n\" % \"m\""),
        Case("price > 3", "`price` > 3.0e0", "\"price\" > 3.0e0 AND NOT isnan(\"price\")", "\"price\" > 3.0"),
        Case("price < 3", "`price` < 3.0e0", "\"price\" < 3.0e0", "\"price\" < 3.0"),
        Case(
            "page LIKE '/a*_%'", "`page` LIKE '/a*_%'", "\"page\" LIKE '/a*_%'", "\"page\" GLOB '/a[*]?*'"),
        Case("s LIKE 'a\\%'", "`s` LIKE 'a\\%' ESCAPE '!'", "\"s\" LIKE 'a\\%'", "\"s\" GLOB 'a\\*'"),
        Case(
            "event = 'it''s' AND NOT gift", "(`event` = 'it''s') AND (NOT `gift`)",
            "(\"event\" = 'it''s') AND (NOT \"gift\")", "(\"event\" = 'it''s') AND (NOT \"gift\")"),
        Case(
            "starts_with(s, 'ab')", "(substring(`s`, 1, 2) = 'ab')", "starts_with(\"s\", 'ab')",
            "(substr(\"s\", 1, 2) = 'ab')"),
        Case(
            "round(price)", "CASE WHEN abs(`price`) < 4503599627370496e0 THEN round(`price`) ELSE `price` END",
            "round(\"price\")", "round(\"price\")"),
        Case("lower(s)", "lower(`s`)", "lower(\"s\")", "!lower"),
        Case(
            "split_part(s, ',', 2)", "split_index(`s`, ',', 1)", "string_split(\"s\", ',')[2]",
            "!split_part from the second part on"),
        Case(
            "CAST(price AS int)",
            "CASE WHEN `price` >= -9223372036854775808e0 AND `price` < 9223372036854775808e0 THEN CAST(`price` AS BIGINT) END",
            "TRY_CAST(trunc(\"price\") AS BIGINT)",
            "CASE WHEN \"price\" >= -9223372036854775808.0 AND \"price\" < 9223372036854775808.0 THEN CAST(\"price\" AS INTEGER) END"
        ),
        Case("CAST(price AS text)", "!a float as text", "CAST(\"price\" AS VARCHAR)", "!a float as text"),
        Case(
            "timestamp >= TIMESTAMP '2024-03-31'", "`timestamp` >= TIMESTAMP '2024-03-31 00:00:00'",
            "\"timestamp\" >= TIMESTAMP '2024-03-31 00:00:00'", "\"timestamp\" >= 1711843200000000"),
        Case(
            "timestamp = TIMESTAMP '2024-03-31 00:00:00.000001'", "!the time 2024-03-31 00:00:00.000001",
            "\"timestamp\" = TIMESTAMP '2024-03-31 00:00:00.000001'", "\"timestamp\" = 1711843200000001"),
        Case(
            "timestamp + 90000000", "`timestamp` + INTERVAL '90' SECOND",
            "\"timestamp\" + to_microseconds(90000000)", "\"timestamp\" + 90000000"),
        Case(
            "date_part('weekday', timestamp)", "(MOD(DAYOFWEEK(`timestamp`) + 5, 7) + 1)",
            "date_part('isodow', \"timestamp\")",
            "((strftime('%w', (\"timestamp\" - (\"timestamp\" % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') + 6) % 7 + 1)"
        ),
        Case(
            "date_trunc('hour', timestamp, 'Asia/Kolkata')", "!date_trunc in the zone Asia/Kolkata",
            "(\"timestamp\" - (((\"timestamp\" AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Kolkata') - date_trunc('hour', ((\"timestamp\" AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Kolkata'))))",
            "!date_trunc in the zone Asia/Kolkata"),
        Case(
            "CASE WHEN gift THEN 1 ELSE n END", "CASE WHEN `gift` THEN CAST(1 AS BIGINT) ELSE `n` END",
            "CASE WHEN \"gift\" THEN CAST(1 AS BIGINT) ELSE \"n\" END", "CASE WHEN \"gift\" THEN 1 ELSE \"n\" END"),
    ]

    @Test(arguments: cases) func prints(_ test: Case) throws {
        let checked = try CheckedExpression(ExpressionParser.parse(test.written), in: Self.scope)
        for (dialect, expected) in zip(SQLDialect.allCases, test.texts) {
            do {
                #expect(try SQLExpressionPrinter.print(checked, dialect, in: Self.scope) == expected, "\(dialect)")
            } catch let refusal {
                #expect(refusal.parts.map { "!" + $0.message } == [expected], "\(refusal)")
            }
        }
    }

    @Test func tellsAllThatIsLacking() throws {
        let written = "upper(s) || regexp_extract(s, 'a') || CAST(price AS text) || upper(s)"
        let checked = try CheckedExpression(ExpressionParser.parse(written), in: Self.scope)
        let refusal = #expect(throws: SQLRefusal.self) {
            try SQLExpressionPrinter.print(checked, .sqlite, in: Self.scope)
        }
        #expect(refusal?.parts.map(\.message) == ["upper", "regexp_extract", "a float as text"])
        #expect(refusal?.description.hasPrefix("SQLite cannot express 3 parts of this:\n- expression: upper. ") == true)
    }

    /// What is printed twice within what is printed twice: neither the text nor the time grows without bound.
    @Test func limitsWhatItPrints() throws {
        let deep = (0..<40).reduce("price") { text, _ in "sqrt(ln(CAST(CAST(\(text) AS int) AS float)))" }
        let checked = try CheckedExpression(ExpressionParser.parse(deep), in: Self.scope)
        for dialect in SQLDialect.allCases {
            let refusal = #expect(throws: SQLRefusal.self) {
                try SQLExpressionPrinter.print(checked, dialect, in: Self.scope)
            }
            #expect(refusal?.parts.first?.message == "an expression that is too long there")
        }
    }

    @Test(arguments: [
        (Int64(3_600_000_000), "INTERVAL '1' HOUR", "INTERVAL '1' HOUR"),
        (90_000_000, "INTERVAL '90' SECOND", "INTERVAL '90' SECOND"),
        (8_640_000_000_000, "INTERVAL '100' DAY(3)", "INTERVAL '100' DAY"),
        (500_000, "INTERVAL '0 00:00:00.500' DAY(2) TO SECOND(3)", "to_microseconds(500000)"),
        (12_345_678_000, "INTERVAL '0 03:25:45.678' DAY(2) TO SECOND(3)", "to_microseconds(12345678000)"),
        (-3_600_000_000, "INTERVAL '-1' HOUR", "INTERVAL '-1' HOUR"),
    ])
    func printsSpans(_ span: Microseconds, _ flink: String, _ duckdb: String) {
        #expect(SQLDialect.flink.interval(span) == flink)
        #expect(SQLDialect.duckdb.interval(span) == duckdb)
        #expect(SQLDialect.sqlite.interval(span) == "\(span)")
    }
}
