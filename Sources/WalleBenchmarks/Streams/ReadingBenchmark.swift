internal import Foundation
internal import WalleStreams

/// Events as JSON lines of about 180 bytes, of which a schema wants five attributes of eight.
enum ReadingBenchmark {
    private static let schema = EventSchema(
        page: "page", time: "at",
        attributes: [
            .init("user", .text), .init("price", .float), .init("quantity", .int), .init("platform", .text),
            .init("gift", .bool),
        ])

    static func run(_ plan: Plan) async throws -> Outcome {
        let count = plan.count(1_000_000)
        let lines = Data((0..<count).map(line).joined().utf8)
        var samples = Samples()
        for _ in 0..<plan.rounds {
            let input = try EventInput(InputFormat(.jsonLines), schema: schema, texts: TextDictionary())
            var events = 0
            let seconds = try Clock.threadSeconds {
                try lines.withUnsafeBytes { bytes in
                    try input.read(bytes) { events += $0.count }
                    try input.finish { events += $0.count }
                }
            }
            try BenchmarkError.check(events == count, "\(events) of \(count) lines gave an event")
            samples.add(Double(count) / seconds / 1e6)
        }
        return Outcome(
            measurements: [
                Measurement(
                    "JSON lines of \(lines.count / count) bytes", samples.median, "M events/s",
                    target: .atLeast(1.5), note: samples.spread)
            ], notes: ["\(count) lines a round, \(plan.rounds) rounds"])
    }

    private static func line(_ index: Int) -> String {
        """
        {"at": \(1_700_000_000_000_000 + index * 1000), "event": "product_view", "page": "/shop/\(index % 40)", \
        "user": "user_\(index % 5000)", "price": \(Double(index % 9973) / 100), "quantity": \(index % 7), \
        "platform": "\(index % 3 == 0 ? "mobile" : "desktop")", "gift": \(index % 5 == 0), \
        "ref": null, "tags": [1, 2], "ok": true}

        """
    }
}
