import Testing

@testable import WalleStreams

@Suite struct ExpressionParserTests {
    /// What is written, and how it is written back, which shows how it was read.
    @Test(arguments: [
        ("price*.9", "price * 0.9"),
        ("a + b * c - d", "a + b * c - d"),
        ("(a + b) * c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a || b + c", "a || b + c"),
        ("a = 1 or b == 2 and not c != 3", "a = 1 OR b = 2 AND NOT c <> 3"),
        ("(a OR b) AND c", "(a OR b) AND c"),
        ("NOT (a AND b)", "NOT (a AND b)"),
        ("a is not null", "a IS NOT NULL"),
        ("not a is null", "a IS NOT NULL"),
        ("x between 1 and 2 and y", "x >= 1 AND x <= 2 AND y"),
        ("x not between 1 and 2", "NOT (x >= 1 AND x <= 2)"),
        ("event in ('it''s', 'b')", "event IN ('it''s', 'b')"),
        ("x NOT IN (1, -2, 3.5)", "x NOT IN (1, -2, 3.5)"),
        ("page LIKE '/shop/%' AND page NOT LIKE '%_'", "page LIKE '/shop/%' AND page NOT LIKE '%_'"),
        ("-x * -3 - -4", "-x * -3 - -4"),
        ("- - x", "-(-x)"),
        ("-(3)", "-(3)"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("+x", "x"),
        ("a // b % c / d", "a // b % c / d"),
        ("case when a then 1 else 2 end", "CASE WHEN a THEN 1 ELSE 2 END"),
        ("CASE x WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "CASE WHEN x = 1 THEN 'a' WHEN x = 2 THEN 'b' END"),
        ("cast(x as BIGINT) + CAST(y AS double precision)", "CAST(x AS int) + CAST(y AS float)"),
        ("Coalesce(a, NULL, true)", "coalesce(a, NULL, TRUE)"),
        ("POW(a, 2) + ceiling(b)", "power(a, 2) + ceil(b)"),
        ("\"odd name\" = \"with \"\" quote\" AND \"case\"", "\"odd name\" = \"with \"\" quote\" AND \"case\""),
        ("timestamp >= TIMESTAMP '2024-03-31T12:00:00.5+02:00'", "timestamp >= TIMESTAMP '2024-03-31 10:00:00.5'"),
        ("größe > 1e3 AND e2 < 2.5E-3", "größe > 1000.0 AND e2 < 0.0025"),
        ("(a = b) = c", "(a = b) = c"),
        ("(a = b) IS NULL", "(a = b) IS NULL"),
    ])
    func reads(_ written: String, _ text: String) throws {
        let expression = try ExpressionParser.parse(written)
        #expect(expression.text == text)
        #expect(try ExpressionParser.parse(text) == expression)
    }

    @Test(arguments: [
        ("", "column 1: expected a value, found the end"),
        ("price *", "column 8: expected a value, found the end"),
        ("price 3", "column 7: expected an operator or the end, found the number 3"),
        ("(a + b", "column 7: expected ')', found the end"),
        ("a AND OR b", "column 7: expected a value, found 'OR'. A name that is a word of SQL goes in double quotes"),
        ("lenght(page)", "column 1: there is no function 'lenght'. Did you mean 'length'?"),
        ("event = 'view", "column 9: the text that begins here does not end"),
        ("a ; b", "column 3: ';' has no meaning in an expression"),
        ("12abc", "column 1: a number begins with '12' and goes on with 'a'"),
        ("99999999999999999999", "column 1: 99999999999999999999 does not fit 64 bits"),
        ("1e999", "column 1: 1e999 is too large for a float"),
        ("a IS 3", "column 6: expected NULL, found the number 3"),
        ("a NOT 3", "column 7: expected IN, LIKE or BETWEEN, found the number 3"),
        ("a IN ()", "column 7: expected a value, found ')'"),
        ("a IN (1, NULL)", "column 10: the list of IN holds NULL. Nothing equals NULL"),
        ("a IN (b)", "column 7: the list of IN holds 'b'"),
        ("a LIKE b", "column 8: expected a pattern, found 'b'"),
        ("a BETWEEN 1 OR 2", "column 13: expected AND, found 'OR'"),
        ("CASE ELSE 1 END", "column 6: expected a value, found 'ELSE'"),
        ("CASE WHEN a THEN 1", "column 19: expected END, found the end"),
        (
            "CAST(a AS number)",
            "column 11: expected a type, found 'number'. The types are int, float, text, bool and time"
        ),
        ("TIMESTAMP '2024-02-30'", "column 11: '2024-02-30' is no time"),
    ])
    func explains(_ written: String, _ beginning: String) {
        let error = #expect(throws: StreamError.self) { try ExpressionParser.parse(written) }
        #expect(error?.description.hasPrefix(beginning) == true, "\(error?.description ?? "")")
    }

    @Test func limitsWhatItReads() throws {
        let depth = ExpressionLimits.depth
        let tooMuch = [
            String(repeating: "(", count: 5000) + "a", String(repeating: "NOT ", count: 3000) + "a",
            String(repeating: "- ", count: 3000) + "a", (0...depth).map { "a\($0)" }.joined(separator: " OR "),
            String(repeating: "a", count: ExpressionLimits.textBytes + 1),
            "a IN (" + (0...ExpressionLimits.listValues).map(String.init).joined(separator: ",") + ")",
            // Each repeats what stands within.
            (0..<20).reduce("a") { text, _ in "(\(text)) BETWEEN 1 AND 2" },
        ]
        for text in tooMuch {
            let error = #expect(throws: StreamError.self) { try ExpressionParser.parse(text) }
            #expect(error?.code == .limit, "\(text.prefix(30)): \(error?.description ?? "")")
        }
        _ = try ExpressionParser.parse((0..<(depth - 1)).map { "a\($0)" }.joined(separator: " OR "))
        _ = try ExpressionParser.parse(
            String(repeating: "(", count: depth / 2) + "a" + String(repeating: ")", count: depth / 2))
    }

    /// Whatever comes: an expression or an error, and never a crash.
    @Test func readsAnything() {
        let words = [
            "a", "1", "0.5", "'t'", "\"n\"", "(", ")", "+", "-", "NOT", "AND", "IN", "IS", "NULL", "CASE", "WHEN",
            "THEN",
            "END", "CAST", "AS", "int", ",", "LIKE", "BETWEEN", "=", "abs", "TIMESTAMP", "é", "'", "\\", "\u{301}",
        ]
        var random = SeededRandom(5)
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in words.randomElement(using: &random)! }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            guard let expression = try? ExpressionParser.parse(text) else { continue }
            #expect((try? ExpressionParser.parse(expression.text)) == expression, "\(text) → \(expression.text)")
        }
    }
}
