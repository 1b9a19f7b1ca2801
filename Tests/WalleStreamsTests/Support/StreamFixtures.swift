@testable import WalleStreams

/// A stream with every type of key and result, and events for it.
enum StreamFixtures {
    static func definition(_ window: WindowKind, name: String = "views") -> StreamDefinition {
        let schema = EventSchema(attributes: [.init("item", .text), .init("price", .float), .init("count", .int)])
        let price = Expression.name("price")
        return StreamDefinition(
            name: name, source: StreamSource(name: "log", schema: schema, delay: 6), key: ["page", "count"],
            window: window, lateness: 12,
            aggregates: [
                Aggregate("views", .count),
                Aggregate("buys", .count, where: .binary(.equal, .name("event"), .literal(.text("buy")))),
                Aggregate("total", .sum, of: price), Aggregate("least", .min, of: .name("item")),
                Aggregate("latest", .last, of: .name("item")), Aggregate("items", .lastFew(3), of: .name("item")),
                Aggregate("top", .top(2), of: .name("item")), Aggregate("middle", .quantile(0.5), of: price),
                Aggregate("path", .concatenation(separator: ">"), of: .name("item")),
                Aggregate("kinds", .distinct, of: .name("item")),
            ])
    }

    /// Keyed by text and number, with a condition, a wait for `within`, and events of one time.
    static func pattern(name: String = "hesitates") throws -> PatternDefinition {
        let source = definition(.session(gap: 1)).source
        return PatternDefinition(
            name: name, source: source, key: ["page", "count"],
            pattern: try EventPattern.parse("v:view+? buy[price > 20] (not buy)", within: 30, schema: source.schema))
    }

    static func events(_ count: Int, seed: UInt64) -> [Event] {
        var random = SeededRandom(seed)
        return (0..<count).map { row in
            var attributes: [String: EventValue] = [
                "item": .text("item \(Int.random(in: 0..<30 + row / 4, using: &random))"),
                "count": .int(.random(in: 0..<3, using: &random)),
            ]
            if Int.random(in: 0..<9, using: &random) > 0 {
                attributes["price"] = .float(Double(Int.random(in: 0..<1000, using: &random)) / 7)
            }
            return Event(
                Bool.random(using: &random) ? "view" : "buy",
                page: Int.random(in: 0..<7, using: &random) == 0 ? nil : "/\(Int.random(in: 0..<3, using: &random))",
                time: Int64(row) + .random(in: 0..<9, using: &random), attributes: attributes)
        }
    }

    /// The same events, of which some tell more than their schema has.
    static func tellingMore(_ events: [Event], seed: UInt64) -> [Event] {
        var random = SeededRandom(seed)
        let values: [EventValue] = [
            .bool(true), .bool(false), .int(.min), .int(0), .float(-0.0), .float(.infinity), .time(5), .time(-1),
            .text(""), .text("größer"), .text(String(repeating: "x", count: 300)),
        ]
        return events.map { event in
            var event = event
            for name in ["free", "größe", ""] where random.chance(30) {
                event.attributes[name] = values[random.below(values.count)]
            }
            return event
        }
    }

    static func batch(
        _ events: ArraySlice<Event>, _ source: StreamSource, _ texts: TextDictionary
    ) -> EventBatch {
        var limits = EventBatchBuilder.Limits()
        limits.freeBytes = 1000
        var builder = EventBatchBuilder(
            schema: source.schema, texts: texts, offset: Int64(events.startIndex), limits: limits)
        for event in events { builder.append(event) }
        return builder.finish()
    }

    static func lines(_ rows: StreamRows, _ texts: TextDictionary) -> [String] {
        (0..<rows.count).map { row in
            let keys = rows.keys.map { "\($0.value(at: row, texts: texts))" }
            let results = rows.results
            let values = results.aggregates.map { column in
                switch column {
                case .values(let column): "\(column.value(at: row, texts: texts))"
                case .texts(let texts): "\(texts[row] ?? "null")"
                case .lists(let lists): "\(lists[row])"
                case .counted(let counted): "\(counted[row].map { ($0.value, $0.count) })"
                }
            }
            return
                "\(results.change(of: row)) \(keys) \(results.starts[row]) \(results.ends[row]) \(results.revisions[row]) \(values)"
        }
    }
}
