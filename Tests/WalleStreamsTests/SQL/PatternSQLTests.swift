import Testing

@testable import WalleStreams

/// Patterns in each dialect. That Flink gives the same rows was tried with a hundred and fifty of them, written and drawn.
@Suite struct PatternSQLTests {
    static func definition(
        _ text: String, contiguity: Contiguity = .relaxed, skip: MatchSkip = .pastLastRow,
        within: Microseconds = StreamSQLTests.hour, key: [String] = ["user"], filter: String? = nil
    ) throws -> PatternDefinition {
        let source = try StreamSQLTests.definition().source
        return PatternDefinition(
            name: "p", source: source, filter: try filter.map(ExpressionParser.parse), key: key,
            pattern: try EventPattern.parse(
                text, contiguity: contiguity, skip: skip, within: within, schema: source.schema))
    }

    @Test func printsFlink() throws {
        let definition = try Self.definition(
            "view cart[price > 10]+ buy@'/shop/*'", skip: .toNextRow, filter: "shop <> 'test'")
        let statements = try definition.sql(.flink, connector: ["connector": "filesystem"])
        #expect(
            statements[0] == (try StreamSQLTests.definition().sql(.flink, connector: ["connector": "filesystem"])[0]))
        #expect(
            statements.dropFirst() == [
                """
                CREATE TEMPORARY VIEW `p_events` AS
                SELECT *
                FROM `clicks`
                WHERE `shop` <> 'test'
                """,
                """
                SELECT
                  `user`,
                  match_start,
                  match_end,
                  split(substring(',' || 'view' || ',' || 'cart' || repeat(',' || 'cart', CAST(walle_measure_1 AS INT)) \
                || ',' || 'buy', 2), ',') AS `events`
                FROM `p_events` MATCH_RECOGNIZE (
                  PARTITION BY `user`
                  ORDER BY `timestamp`
                  MEASURES
                    FIRST(`timestamp`) AS match_start,
                    LAST(`timestamp`) AS match_end,
                    count(CASE WHEN `until_buy`.`event` = 'cart' AND (`until_buy`.`price` > 10.0e0) THEN 1 END) AS walle_measure_1
                  ONE ROW PER MATCH
                  AFTER MATCH SKIP TO NEXT ROW
                  PATTERN (`view` `until_cart`*? `cart` `until_buy`*? `buy`) WITHIN INTERVAL '0 01:00:00.001' DAY(2) TO SECOND(3)
                  DEFINE
                    `view` AS `view`.`event` = 'view',
                    `until_cart` AS (`until_cart`.`event` = 'cart' AND (`until_cart`.`price` > 10.0e0)) IS NOT TRUE,
                    `cart` AS `cart`.`event` = 'cart' AND (`cart`.`price` > 10.0e0),
                    `until_buy` AS (`until_buy`.`event` = 'buy' AND `until_buy`.`page` LIKE '/shop/%' ESCAPE '!') IS NOT TRUE,
                    `buy` AS `buy`.`event` = 'buy' AND `buy`.`page` LIKE '/shop/%' ESCAPE '!'
                ) AS matched
                """,
            ])
    }

    /// A pattern, and a part of its query, or what begins with `!` and is refused.
    static let patterns: [(String, Contiguity, MatchSkip, String)] = [
        ("a b", .strict, .pastLastRow, "PATTERN (`a` `b`) WITHIN"),
        ("a b", .any, .pastLastRow, "`until_b` AS (`until_b`.`event` = 'b') IS NOT TRUE"),
        ("a ~> b . c", .relaxed, .pastLastRow, "PATTERN (`a` `until_b`*? `b` `c`) WITHIN"),
        ("a ~> b not a c", .relaxed, .pastLastRow, "PATTERN (`a` `until_b`*? `b` `until_c`*? `c`) WITHIN"),
        ("a ~> b+ . c", .relaxed, .pastLastRow, "!contiguity !pattern"),
        ("a ~> b . c", .relaxed, .toLast("b"), "!skip"),
        ("a b", .relaxed, .none, "!skip"),
        ("a b", .relaxed, .toFirst("a"), "SKIP TO NEXT ROW"),
        ("a b c", .relaxed, .toFirst("b"), "SKIP TO FIRST `b`"),
        ("v:(a b) v:c", .relaxed, .toLast("v"), "SKIP TO LAST `v_3`"),
        ("a+ b", .relaxed, .toLast("a"), "!skip"),
        ("a+ b", .strict, .toLast("a"), "!skip"),
        ("a{2,} b", .strict, .toLast("a"), "SKIP TO LAST `a`"),
        ("a? b c", .strict, .toFirst("b"), "!skip"),
        ("a (b | v:c)", .relaxed, .toFirst("v"), "!skip"),
        ("a+ b", .strict, .pastLastRow, "PATTERN (`a`+ `b`)"),
        ("a*? b", .strict, .pastLastRow, "PATTERN (`a`*? `b`)"),
        ("a b?? c", .strict, .pastLastRow, "PATTERN (`a` `b`? `c`)"),
        ("a b{3} c", .strict, .pastLastRow, "PATTERN (`a` `b`{3} `c`)"),
        ("a{2} b", .relaxed, .pastLastRow, "PATTERN (`a` `until_a_2`*? `a_2` `until_b`*? `b`)"),
        ("(a b){2} c", .strict, .pastLastRow, "PATTERN (`a` `b` `a_2` `b_2` `c`)"),
        ("a any*? b", .strict, .pastLastRow, "PATTERN (`a` `step`*? `b`)"),
        ("a any+ b", .strict, .pastLastRow, "!pattern"),
        ("a any+ b", .relaxed, .pastLastRow, "!pattern"),
        ("a any?? b", .strict, .pastLastRow, "!pattern"),
        ("a any b", .relaxed, .pastLastRow, "PATTERN (`a` `step` `until_b`*? `b`)"),
        ("any any", .strict, .pastLastRow, "DEFINE\n    `step` AS TRUE"),
        ("a 'b c' d", .strict, .pastLastRow, "`step` AS `step`.`event` = 'b c'"),
        ("a '50%_*'", .strict, .pastLastRow, "LIKE '50!%!_%' ESCAPE '!'"),
        ("a (b | c) d", .strict, .pastLastRow, "CASE WHEN `b`.`event` = 'b' THEN 'b' ELSE 'c' END AS walle_measure_1"),
        ("a (b | c)+ d", .relaxed, .pastLastRow, "!pattern"),
        ("a v:(b | c)+ d", .strict, .pastLastRow, "`v` AS (`v`.`event` = 'b') OR (`v`.`event` = 'c')"),
        (
            "a b{1,3} c", .relaxed, .pastLastRow,
            "least(count(CASE WHEN `until_c`.`event` = 'b' THEN 1 END), CAST(2 AS BIGINT))"
        ),
        ("a b c+?", .relaxed, .pastLastRow, "`c`) WITHIN"),
        (
            "a not (c | d) b", .strict, .pastLastRow,
            "'b') OR (`until_b`.`event` = 'c') OR (`until_b`.`event` = 'd')) IS NOT TRUE"
        ),
        ("a b+", .relaxed, .pastLastRow, "!pattern"),
        ("a (not b)", .relaxed, .pastLastRow, "!pattern"),
        ("a not b c??", .relaxed, .pastLastRow, "!pattern"),
        ("a (b c | d)", .relaxed, .pastLastRow, "!pattern"),
        ("(a b)+ c", .relaxed, .pastLastRow, "!pattern"),
        ("a? b", .relaxed, .pastLastRow, "!pattern"),
        ("a b? c? d", .relaxed, .pastLastRow, "!pattern"),
        ("a b* not d c", .relaxed, .pastLastRow, "!pattern"),
        ("a b+ -> c", .strict, .pastLastRow, "!pattern"),
        ("a{150} b{150}", .relaxed, .pastLastRow, "!pattern"),
        ("a b[cast(timestamp as text) = 'x']", .relaxed, .pastLastRow, "!pattern"),
    ]

    @Test(arguments: patterns.indices) func printsPatterns(_ index: Int) throws {
        let (pattern, contiguity, skip, part) = Self.patterns[index]
        let definition = try Self.definition(pattern, contiguity: contiguity, skip: skip)
        for (dialect, part) in zip(SQLDialect.allCases, [part, "!pattern", "!pattern"]) {
            do {
                let text = try definition.sql(dialect).joined(separator: ";\n")
                #expect(text.contains(part), "\(pattern) in \(dialect):\n\(text)")
            } catch let refusal as SQLRefusal {
                let fields = refusal.parts.map { "!" + ($0.field ?? "") }.joined(separator: " ")
                #expect(fields == part, "\(pattern): \(refusal)")
            }
        }
    }

    @Test func findsTheSame() {
        let differences = (0..<4000 as Range<UInt64>).compactMap(FlinkMatches.difference)
        #expect(differences.count > 400)
        for difference in differences.filter({ !$0.isEmpty }).prefix(5) { Issue.record("\(difference)") }
    }

    @Test func tellsAllThatIsLacking() throws {
        var definition = try Self.definition(
            "x* a (b c | d)+ e+", skip: .none, within: 1500, key: ["events"])
        definition.source.schema.attributes.append(.init("events", .int))
        definition.source.delay = 1
        let refusal = #expect(throws: SQLRefusal.self) { try definition.sql(.flink) }
        #expect(
            refusal?.parts.map { "\($0.field ?? ""): \($0.message)" } == [
                "pattern: a group that repeats, `(b c | d)+`",
                "pattern: alternatives of more than one event, `b c | d`",
                "pattern: `e+` at the end, which takes as many as come",
                "pattern: `x*` at the beginning, with gaps that are not strict",
                "skip: every match, also those that overlap",
                "source.delay: a span that is no whole millisecond", "within: a span that is no whole millisecond",
                "key: a value named events",
            ])
        #expect(
            "\(try #require(refusal))".hasPrefix(
                "Flink cannot express 8 parts of this:\n- pattern: a group that repeats"))
    }

    @Test func printsWithoutKey() throws {
        let text = try Self.definition("a b", key: []).sql(.flink).joined()
        #expect(!text.contains("PARTITION BY") && text.contains("SELECT\n  match_start,\n  match_end"))
    }

    @Test func partitionsInTheOrderOfTheTable() throws {
        let text = try Self.definition("a b", key: ["shop", "user"]).sql(.flink).joined()
        #expect(
            text.contains("PARTITION BY `user`, `shop`") && text.contains("SELECT\n  `shop`,\n  `user`,"), "\(text)")
    }

    @Test func refusesWhatIsWrong() throws {
        var definition = try Self.definition("a b")
        definition.key = ["nobody"]
        #expect(throws: StreamError.self) { try definition.sql(.flink) }
    }
}
