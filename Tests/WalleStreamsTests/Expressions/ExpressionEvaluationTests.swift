import Foundation
import Testing

@testable import WalleStreams

@Suite struct ExpressionEvaluationTests {
    /// What one expression gives for some rows, and what it should.
    private func compare(seed: UInt64, rows: Int, expressions: Int) throws {
        var generator = RandomExpressions(random: SplitMix(state: seed))
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
        try compare(seed: seed, rows: 70, expressions: 40)
    }

    @Test func agreesAcrossRegisters() throws { try compare(seed: 99, rows: 2100, expressions: 6) }
}
