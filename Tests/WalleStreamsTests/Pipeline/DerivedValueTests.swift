import Testing
import WalleStreams

/// Values that functions outside of the engine derive.
@Suite struct DerivedValueTests {
    static let schema = EventSchema(attributes: [.init("price", .float), .init("user", .text)])

    static func definition(_ value: DerivedValue) -> StreamDefinition {
        StreamDefinition(
            name: "a", source: StreamSource(name: "s", schema: schema), filter: nil,
            derived: [.init("score", value), .init("more", .binary(.add, .name("score"), .literal(.float(1))))],
            key: [], window: .tumbling(size: 1_000_000, offset: 0),
            aggregates: [Aggregate("n", .count, of: .name("score")), Aggregate("sum", .sum, of: .name("more"))])
    }

    static func batch(_ prices: [Double?], _ texts: TextDictionary) -> EventBatch {
        var builder = EventBatchBuilder(schema: schema, texts: texts)
        for (index, price) in prices.enumerated() {
            let attributes: [String: EventValue] = ["price": price.map(EventValue.float) ?? .null, "user": .text("u")]
            builder.append(Event("x", time: Int64(index), attributes: attributes))
        }
        return builder.finish()
    }

    @Test func givesTheFunctionRowsWithoutNulls() throws {
        let texts = TextDictionary()
        let value = DerivedValue.external(.float, of: [.name("price"), .name("user")])
        var counts: [Int] = []
        let pipeline = try StreamPipeline(Self.definition(value), texts: texts) { name, columns, count, _ in
            #expect(name == "score" && columns.map(\.type) == [.float, .text] && columns[0].nulls == nil)
            counts.append(count)
            let doubled = Column(uninitialized: .float, count: count)
            for row in 0..<count { doubled.floats[row] = columns[0].floats[row] * 2 }
            return doubled
        }
        var rows = try pipeline.process(Self.batch([1, nil, 3, nil], texts))
        rows += try pipeline.process(Self.batch([1, 2], texts)) + pipeline.advance(to: .max)
        #expect(counts == [2, 2] && rows.count == 1)
        guard case .values(let number) = rows[0].results.aggregates[0],
            case .values(let sum) = rows[0].results.aggregates[1]
        else {
            Issue.record("no values")
            return
        }
        #expect(number.ints[0] == 4 && sum.floats[0] == 2 + 6 + 2 + 4 + 4)
    }

    @Test func takesNothingOfABatchThatTheFunctionRefuses() throws {
        let texts = TextDictionary()
        var refuses = true
        let pipeline = try StreamPipeline(Self.definition(.external(.float, of: [.name("price")])), texts: texts) {
            _, columns, _, _ throws(StreamError) in
            if refuses { throw StreamError(.definition, "no", remedy: "Again.") }
            return columns[0]
        }
        let batch = Self.batch([1, 2, 3], texts)
        #expect(throws: StreamError.self) { try pipeline.process(batch) }
        #expect(pipeline.watermark == .min)
        refuses = false
        let rows = try pipeline.process(batch) + pipeline.advance(to: .max)
        guard case .values(let number) = rows[0].results.aggregates[0] else { return }
        #expect(number.ints[0] == 3)
    }

    @Test func isReadWrittenAndRefused() throws {
        let node = DefinitionNode.table([
            .init("source", .table([.init("s", .table([.init("columns", .table([.init("price", .text("float"))]))]))])),
            .init(
                "stream",
                .table([
                    .init(
                        "a",
                        .table([
                            .init("source", .text("s")), .init("key", .bool(false)),
                            .init("window", .table([.init("tumbling", .text("1h"))])),
                            .init(
                                "let",
                                .table([
                                    .init(
                                        "y",
                                        .table([
                                            .init("batch", .text("float")), .init("of", .array([.text("price * 2")])),
                                        ]))
                                ])),
                            .init("aggregate", .table([.init("n", .text("count()"))])),
                        ]))
                ])),
        ])
        let definition = try DefinitionReader.read(node).streams[0]
        let twice = Expression.binary(.multiply, .name("price"), .literal(.int(2)))
        #expect(definition.derived == [.init("y", .external(.float, of: [twice]))])
        #expect(definition.identity.contains("let.y = a function of (price * 2) as float"))
        let nobody = #expect(throws: StreamError.self) { try StreamPipeline(definition, texts: TextDictionary()) }
        #expect(nobody?.field == "let.y")
        let refusal = #expect(throws: SQLRefusal.self) { try definition.sql(.duckdb) }
        #expect(refusal?.parts.map(\.field) == ["let.y"])
    }
}
