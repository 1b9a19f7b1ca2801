import Testing

@testable import WalleStreams

@Suite struct ExpressionCheckerTests {
    static let scope = ExpressionScope(
        EventSchema(attributes: [
            .init("price", .float), .init("user", .int), .init("shop", .text), .init("gift", .bool), .init("at", .time),
        ]), derived: [.init("net", .float)])

    @Test(arguments: [
        ("price * 2", ColumnType.float), ("user * 2", .int), ("user / 2", .float), ("user // 2", .int),
        ("net > user", .bool), ("at - timestamp", .int), ("at + 60000000", .time), ("1000 + at", .time),
        ("CASE WHEN gift THEN 1 ELSE 0.5 END", .float), ("CASE WHEN gift THEN NULL ELSE shop END", .text),
        ("coalesce(user, 0)", .int), ("coalesce(NULL, user, price)", .float), ("nullif(shop, '')", .text),
        ("user IN (1, 2.5)", .bool), ("CAST(NULL AS time)", .time), ("round(user)", .int), ("length(shop)", .int),
        ("date_part('hour', timestamp, 'Europe/Berlin')", .int), ("date_trunc('week', at)", .time),
        ("format_time(at, 'dd.MM.yyyy')", .text), ("starts_with(page, '/')", .bool), ("epoch_us(at)", .int),
        ("regexp_extract(page, 'id=(\\d+)', 1)", .text), ("least(user, price)", .float),
    ])
    func findsTypes(_ text: String, _ type: ColumnType) throws {
        #expect(try CheckedExpression(ExpressionParser.parse(text), in: Self.scope).type == type)
    }

    @Test(arguments: [
        ("prise * 2", "there is no value 'prise'. Did you mean 'price'?"),
        ("price + shop", "'shop' is text, and 'price + shop' needs int or float there"),
        ("price = shop", "in 'price = shop' 'price' is float and 'shop' is text"),
        (
            "at > '2024-01-01'",
            "in 'at > '2024-01-01'' 'at' is time and ''2024-01-01'' is text. Write TIMESTAMP '2024-01-01'."
        ),
        ("NOT user", "'user' is int, and a condition must be bool"),
        ("gift < gift", "'gift' is bool, and 'gift < gift' needs numbers, texts or times there"),
        ("shop || user", "'user' is int, and 'shop || user' needs text there. Convert it with CAST(… AS text)"),
        ("price // 2", "'price' is float, and 'price // 2' needs int there"),
        ("user = NULL", "'user = NULL' compares with NULL, which is always null. Write IS NULL or IS NOT NULL."),
        ("user + NULL", "a NULL stands where its type is not known"),
        ("CASE WHEN gift THEN NULL END", "all values of 'CASE WHEN gift THEN NULL END' are NULL"),
        ("CAST(gift AS time)", "'gift' is bool, which cannot become time. From bool come float, int, text."),
        ("shop IN ('a', 1)", "'1' is int, and 'shop IN ('a', 1)' needs text there"),
        ("abs(1, 2)", "abs has 2 arguments. Write abs(x)."),
        ("substring(shop, user)", "'user' in substring is no constant int"),
        ("substring(shop, 0)", "substring begins at 0. Positions count from 1."),
        ("replace(shop, '', 'x')", "replace looks for an empty text"),
        ("regexp_extract(shop, 'a(', 1)", "the pattern 'a(' has a '(' without ')'"),
        ("regexp_extract(shop, '(?=a)')", "the pattern '(?=a)' has a group with (?"),
        ("regexp_extract(shop, '(a)', 2)", "regexp_extract wants group 2, and '(a)' has 1"),
        ("date_part('houre', at)", "date_part knows no 'houre'. There are year, month"),
        (
            "date_trunc('day', at, 'Europe/Berln')",
            "there is no time zone 'Europe/Berln'. Did you mean 'Europe/Berlin'?"
        ),
        ("format_time(at, 'yyyy-QQ')", "format_time knows no 'QQ' in 'yyyy-QQ'"),
    ])
    func explains(_ text: String, _ beginning: String) throws {
        let expression = try ExpressionParser.parse(text)
        let error = #expect(throws: StreamError.self) { try CheckedExpression(expression, in: Self.scope) }
        #expect(error?.description.hasPrefix(beginning) == true, "\(error?.description ?? "")")
    }

    @Test func limitsWhatProgramsBuild() {
        let deep = (0..<5000).reduce(Expression.name("gift")) { expression, _ in .not(expression) }
        #expect(throws: StreamError.self) { try CheckedExpression(deep, in: Self.scope) }
    }
}
