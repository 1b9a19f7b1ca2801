import Testing

@testable import WalleStreams

@Suite struct ExpressionFunctionTests {
    /// What random cases seldom hit: an expression without names, and its value as text.
    @Test(arguments: [
        ("7 // -2", "-3"), ("-7 % 3", "-1"), ("1 / 0", "null"), ("1 // 0", "null"), ("1.0 / 0.0", "null"),
        ("9223372036854775807 + 1", "null"), ("-9223372036854775808 // -1", "null"),
        ("CAST('+5' AS int)", "5"), ("CAST('5.0' AS int)", "null"), ("CAST(' 5' AS int)", "null"),
        ("CAST(2.9 AS int)", "2"), ("CAST(-2.9 AS int)", "-2"), ("CAST(1e19 AS int)", "null"),
        ("CAST('1e999' AS float)", "null"), ("CAST('nan' AS float)", "null"), ("CAST(0.1 AS text)", "0.1"),
        ("round(2.5)", "3.0"), ("round(-2.5)", "-3.0"), ("sqrt(-1.0)", "null"), ("ln(0.0)", "null"),
        ("lower('ÄÖ')", "äö"), ("upper('straße')", "STRAßE"), ("length('😀é')", "2"), ("trim(' a b ')", "a b"),
        ("substring('hello', 2, 3)", "ell"), ("substring('hello', 9)", ""), ("replace('aaa', 'aa', 'b')", "ba"),
        ("split_part('a,b,', ',', 3)", ""), ("split_part('a,b', ',', 3)", "null"),
        ("regexp_extract('x=1&id=42&z', 'id=([0-9]+)', 1)", "42"), ("regexp_extract('abc', 'z')", "null"),
        ("regexp_extract('aaa', 'a+?')", "a"), ("regexp_extract('ac', 'a(b)?c', 1)", ""),
        ("regexp_extract('foobar', '(?:foo|foob)(.*)', 1)", "bar"), ("regexp_extract('a.b', '\\.[^.]$')", ".b"),
        ("regexp_extract('x12y', '\\d{2,}')", "12"), ("regexp_extract('aXb', '[^a-z]')", "X"),
        ("regexp_extract('one two', '\\b\\w+$')", "two"), ("regexp_extract('abab', '^(?:ab){2}$')", "abab"),
        ("regexp_extract('', 'a*')", ""), ("regexp_extract('xab', '\\Bb$')", "b"),
        ("regexp_extract('a1x.', '((?:[a-c1]*?)+)x', 1)", "a1"), ("regexp_extract('a1x.', '(?:[a-c1]*?)+')", ""),
        ("regexp_extract('xaab', '(a|b)+', 1)", "b"),
        ("date_part('weekday', TIMESTAMP '2024-03-31')", "7"),
        ("date_part('hour', TIMESTAMP '1969-12-31 23:59:59')", "23"),
        ("date_trunc('day', TIMESTAMP '2024-03-31 12:00:00', 'Europe/Berlin')", "2024-03-30 23:00:00"),
        ("date_trunc('week', TIMESTAMP '2024-04-03')", "2024-04-01 00:00:00"),
        ("date_trunc('day', TIMESTAMP '2018-11-04 12:00:00', 'America/Sao_Paulo')", "2018-11-04 03:00:00"),
        ("format_time(TIMESTAMP '2024-03-31 01:30:00', 'dd.MM.yyyy HH:mm', 'Europe/Berlin')", "31.03.2024 03:30"),
        ("CAST(TIMESTAMP '2024-01-01 00:00:00.120' AS text)", "2024-01-01 00:00:00.12"),
        ("epoch_us(TIMESTAMP '1970-01-02')", "86400000000"), ("'b' < 'ä' AND 'Z' < 'a'", "true"),
        ("'A' LIKE 'a'", "false"), ("'50%' LIKE '50\\%'", "false"), ("coalesce(NULL, 'x')", "x"),
    ])
    func computes(_ text: String, _ expected: String) throws {
        let schema = EventSchema()
        let texts = TextDictionary()
        var builder = EventBatchBuilder(schema: schema, texts: texts)
        builder.append(Event("a", time: 0))
        let checked = try CheckedExpression(ExpressionParser.parse(text), in: ExpressionScope(schema))
        let value = ExpressionEvaluator(checked).evaluate(builder.finish()).value(at: 0, texts: texts)
        let shown =
            switch value {
            case .null: "null"
            case .bool(let value): "\(value)"
            case .int(let value): "\(value)"
            case .float(let value): "\(value)"
            case .text(let value): value
            case .time(let value): TimeText.text(value)
            }
        #expect(shown == expected)
    }

    /// What was remembered under one dictionary, and more texts than are remembered, change nothing.
    @Test func remembersTextsOfTheirDictionary() throws {
        let schema = EventSchema(attributes: [.init("s", .text)])
        let checked = try CheckedExpression(
            ExpressionParser.parse("upper(s) || CASE WHEN s LIKE '%1' THEN '!' ELSE s END"), in: ExpressionScope(schema)
        )
        let evaluator = ExpressionEvaluator(checked)
        for round in 0..<3 {
            let texts = TextDictionary()
            var builder = EventBatchBuilder(schema: schema, texts: texts)
            for part in 0..<2 {
                for row in 0..<700 {
                    builder.append(Event("e", time: 0, attributes: ["s": .text("x\(row + part + round)")]))
                }
                let batch = builder.finish()
                let column = evaluator.evaluate(batch)
                for row in 0..<700 {
                    let text = "x\(row + part + round)"
                    let expected = text.uppercased() + (text.hasSuffix("1") ? "!" : text)
                    #expect(column.value(at: row, texts: texts) == .text(expected))
                }
            }
        }
    }

    /// A pattern that takes others exponential time.
    @Test func matchesInLinearTime() throws {
        let pattern = try TextPattern("(a*)*b(x+x+)+y")
        #expect(pattern.firstMatch(in: Array(String(repeating: "a", count: 3000).unicodeScalars), group: 0) == nil)
    }

    @Test(arguments: [
        "a**", "*a", "a{3,1}", "a{2000}", "[z-a]", "[a", "a)", "\\q", "(?<n>a)", "a++", "((a{900}){900})",
    ])
    func refusesPatterns(_ pattern: String) { #expect(throws: StreamError.self) { try TextPattern(pattern) } }
}
