import Testing

@testable import WalleStreams

@Suite struct EventBatchTests {
    static let schema = EventSchema(attributes: [
        .init("user", .int), .init("price", .float), .init("shop", .text), .init("gift", .bool),
    ])

    @Test func keepsWhatEventsTell() {
        let texts = TextDictionary()
        var builder = EventBatchBuilder(schema: Self.schema, texts: texts, capacity: 1)
        for index in 0..<1000 {
            let odd = index % 2 == 1
            builder.append(
                Event(
                    "view", page: odd ? "home" : nil, time: Int64(index),
                    attributes: [
                        "user": .int(Int64(index % 7)), "price": odd ? .float(.nan) : .null,
                        "shop": .text("shop \(index % 50)"), "other": .int(1),
                    ]))
        }
        let batch = builder.finish()
        #expect(batch.count == 1000 && builder.count == 0)
        #expect(batch.pages.nulls?.nullCount == 500 && batch.attributes[3].nulls?.nullCount == 1000)
        #expect(batch.column("user")?.value(at: 8, texts: texts) == .int(1))
        #expect(batch.column("price")?.value(at: 0, texts: texts) == .null)
        guard case .float(let price)? = batch.column("price")?.value(at: 1, texts: texts) else {
            Issue.record("a price")
            return
        }
        #expect(price.isNaN, "NaN is a value")
        #expect(batch.column("shop")?.value(at: 999, texts: texts) == .text("shop 49"))
        #expect(batch.column("unknown") == nil)
        let few = [UInt32](arrayLiteral: 3, 0).withUnsafeBufferPointer(batch.taking)
        #expect(few.times.ints[0] == 3 && few.pages.isNull(1) && !few.pages.isNull(0))
    }

    @Test(arguments: [UInt64](1...4)) func keepsFreeAttributesWhereverRowsGo(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let events = StreamFixtures.tellingMore((0..<200).map { Event("e", time: $0) }, seed: seed)
        let texts = TextDictionary()
        var batches: [EventBatch] = []
        var limits = EventBatchBuilder.Limits()
        limits.freeBytes = 1000
        for first in stride(from: 0, to: 200, by: 25) {
            var builder = EventBatchBuilder(schema: Self.schema, texts: texts, limits: limits)
            // Some batches have none at all.
            for event in events[first..<first + 25] {
                builder.append(first % 50 == 0 ? event : Event("e", time: event.time))
            }
            batches.append(builder.finish())
            #expect((batches.last?.free == nil) == (first % 50 != 0))
        }
        let joined = try EventBatch.joined(batches)
        let rows = (0..<100).map { _ in UInt32(random.below(200)) }
        let taken = rows.withUnsafeBufferPointer(joined.taking)
        for (index, row) in rows.enumerated() {
            let expected = row / 25 % 2 == 0 ? events[Int(row)].attributes : [:]
            #expect(taken.event(at: index).attributes == expected, "seed \(seed)")
        }
    }

    @Test func numbersItsRows() {
        var builder = EventBatchBuilder(schema: Self.schema, texts: TextDictionary())
        builder.append(Event("a", time: 1))
        builder.append(Event("b", time: 2))
        #expect(builder.finish().offset == 0)
        builder.append(Event("c", time: 3))
        #expect(builder.finish().offset == 2)
    }

    @Test func convertsWhereNothingIsLost() {
        var builder = EventBatchBuilder(schema: Self.schema, texts: TextDictionary())
        let unfit = builder.append(
            Event("a", time: 0, attributes: ["user": .float(3), "price": .int(2), "shop": .int(1), "gift": .text("")]))
        #expect(unfit.unfit == 2 && unfit.leftOut == 2, "a number is no text, a text no bool")
        #expect(builder.append(Event("a", time: 0, attributes: ["user": .float(0.5)])).unfit == 1)
        let batch = builder.finish()
        #expect(batch.attributes[0].ints[0] == 3 && batch.attributes[1].floats[0] == 2)
        #expect(batch.attributes[0].isNull(1))
    }

    @Test func givesEqualTextsOneCode() {
        let texts = TextDictionary()
        var codes: [String: UInt32] = [:]
        for index in 0..<20_000 {
            let text = String(repeating: "ä", count: index % 13) + String(index % 5000)
            let code = texts.code(of: text)
            #expect(codes[text] ?? code == code)
            codes[text] = code
        }
        #expect(texts.count == codes.count)
        for (text, code) in codes { #expect(texts.string(code) == text && texts.existing(text) == code) }
        #expect(texts.existing("none") == nil && texts.existing("") == nil)
    }
}
