import Foundation
import Testing

@testable import WalleStreams

@Suite struct ExpressionEvaluationTests {
    /// What one expression gives for some rows, and what it should.
    private func compare(seed: UInt64, rows: Int, expressions: Int) throws {
        var generator = RandomExpressions(random: SeededRandom(seed))
        let texts = TextDictionary()
        var builder = EventBatchBuilder(schema: RandomExpressions.schema, texts: texts)
        for _ in 0..<rows { builder.append(generator.row()) }
        let batch = builder.finish()
        let scope = ExpressionScope(RandomExpressions.schema)
        for _ in 0..<expressions {
            let expression = generator.expression(generator.pick(ColumnType.allCases), depth: 4)
            #expect(try ExpressionParser.parse(expression.text) == expression, "seed \(seed): \(expression)")
            let checked = try CheckedExpression(expression, in: scope)
            let column = ExpressionEvaluator(checked).evaluate(batch)
            let expected = (0..<rows).map { Self.naive(checked, batch, $0) }
            let wrong = (0..<rows).first { !Self.same(column.value(at: $0, texts: texts), expected[$0]) }
            if let wrong {
                Issue.record(
                    """
                    seed \(seed), row \(wrong) of \(rows): \(expression) is \(column.value(at: wrong, texts: texts)) \
                    instead of \(expected[wrong])
                    """)
            }
            guard checked.type == .bool else { continue }
            let selected = EventFilter(checked).select(batch) { $0.map(Int.init) }
            #expect(selected == (0..<rows).filter { expected[$0] == .bool(true) }, "seed \(seed): WHERE \(expression)")
        }
    }

    static func naive(_ checked: CheckedExpression, _ batch: EventBatch, _ row: Int) -> EventValue {
        var values: [ExpressionScope.Place: EventValue] = [:]
        for place in checked.places {
            guard case .event(let event) = place else { continue }
            values[place] = batch.column(at: event).value(at: row, texts: batch.texts)
        }
        return NaiveInterpreter(values: values).value(checked)
    }

    static func same(_ left: EventValue, _ right: EventValue) -> Bool {
        switch (left, right) {
        case (.float(let left), .float(let right)): left == right || (left.isNaN && right.isNaN)
        case (.text(let left), .text(let right)): Array(left.utf8) == Array(right.utf8)
        default: left == right
        }
    }

    @Test(arguments: 1...8) func agreesWithTheNaive(seed: UInt64) throws {
        try compare(seed: seed, rows: 70, expressions: 30)
    }

    @Test func agreesAcrossRegisters() throws { try compare(seed: 99, rows: 2100, expressions: 6) }

    /// Rows that few parts of an `AND` leave are gathered: of columns of every type, with and without nulls.
    @Test(arguments: [
        "i = 7 AND b AND s > 'a'", "event = 'view' AND i = 7 AND x > 0 AND c",
        "i = 7 AND at < timestamp AND t LIKE '%a%'",
        "b AND i = 1000 AND s || t = 'ab'", "i = 7 AND j = 7 AND (b OR c IS NULL)", "FALSE AND b", "page = 'a' AND b",
        "i = 2 AND TRUE AND y * 2 >= x",
    ])
    func filtersWhatIsLeft(_ text: String) throws {
        var generator = RandomExpressions(random: SeededRandom(3))
        var builder = EventBatchBuilder(schema: RandomExpressions.schema, texts: TextDictionary())
        for _ in 0..<1500 { builder.append(generator.row()) }
        let batch = builder.finish()
        let checked = try CheckedExpression(
            condition: ExpressionParser.parse(text), in: ExpressionScope(RandomExpressions.schema))
        let filter = EventFilter(checked)
        let expected = (0..<1500).filter { Self.naive(checked, batch, $0) == .bool(true) }
        for _ in 0..<2 {
            #expect(filter.select(batch) { $0.map(Int.init) } == expected)
            // Fewer rows in between, which lie elsewhere.
            let few = [UInt32](0..<100).withUnsafeBufferPointer(batch.taking)
            #expect(filter.select(few) { $0.map(Int.init) } == expected.filter { $0 < 100 })
        }
    }

    @Test func readsDerivedValues() throws {
        let schema = EventSchema(attributes: [.init("n", .int)])
        let texts = TextDictionary()
        var builder = EventBatchBuilder(schema: schema, texts: texts)
        for n in 0..<1200 { builder.append(Event("e", time: 0, attributes: n % 5 == 0 ? [:] : ["n": .int(Int64(n))])) }
        let batch = builder.finish()
        var scope = ExpressionScope(schema)
        var columns: [Column] = []
        for (name, text) in [
            ("half", "n / 2"), ("big", "half > 100"), ("word", "CASE WHEN big THEN 'big' ELSE event END"),
        ] {
            let checked = try CheckedExpression(ExpressionParser.parse(text), in: scope)
            columns.append(ExpressionEvaluator(checked).evaluate(batch, derived: columns))
            scope.add(name, checked.type)
        }
        for row in [0, 1, 200, 201, 1024, 1199] {
            let isNull = row % 5 == 0
            #expect(columns[0].value(at: row, texts: texts) == (isNull ? .null : .float(Double(row) / 2)))
            #expect(columns[1].value(at: row, texts: texts) == (isNull ? .null : .bool(row > 200)))
            #expect(columns[2].value(at: row, texts: texts) == .text(!isNull && row > 200 ? "big" : "e"))
        }
        let filter = EventFilter(try CheckedExpression(condition: ExpressionParser.parse("word = 'big'"), in: scope))
        #expect(filter.select(batch, derived: columns) { $0.count } == (201..<1200).count { $0 % 5 != 0 })
    }

    @Test func evaluatesNoRows() throws {
        var builder = EventBatchBuilder(schema: RandomExpressions.schema, texts: TextDictionary())
        let batch = builder.finish()
        let checked = try CheckedExpression(
            ExpressionParser.parse("upper(s) = 'A' AND i + 1 > 2"), in: ExpressionScope(RandomExpressions.schema))
        #expect(ExpressionEvaluator(checked).evaluate(batch).count == 0)
        #expect(EventFilter(checked).select(batch) { $0.isEmpty })
    }
}
