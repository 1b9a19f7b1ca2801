import Testing

@testable import WalleStreams

@Suite struct TimeOrderTests {
    @Test(arguments: [(UInt64(1), Int64(10)), (2, 5000), (3, 1 << 40), (4, .max)])
    func sortsAsTheStandardLibrary(seed: UInt64, span: Int64) throws {
        var random = SeededRandom(seed)
        let texts = TextDictionary()
        var builder = EventBatchBuilder(schema: ingestSchema, texts: texts, offset: 5)
        var (batches, times): ([EventBatch], [Int64]) = ([], [])
        for row in 0..<2000 {
            times.append(Int64.random(in: -span...span, using: &random))
            var event = Event("e\(row % 7)", time: times[row], attributes: ["user": .int(Int64(row))])
            if row % 3 == 0 { event.attributes["shop"] = .text("\(row % 5)") }
            builder.append(event)
            if Int.random(in: 0..<100, using: &random) == 0 { batches.append(builder.finish()) }
        }
        batches.append(builder.finish())
        let sorted = try TimeOrder.sorted(batches, batchRows: 300)
        #expect(sorted.dropLast().allSatisfy { $0.count == 300 } && sorted.map(\.offset).prefix(3) == [5, 305, 605])
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        let events = sorted.flatMap { batch in (0..<batch.count).map(batch.event(at:)) }
        #expect(events.map(\.time) == order.map { times[$0] }, "seed \(seed)")
        #expect(events.map { $0.attributes["user"] } == order.map { .int(Int64($0)) }, "seed \(seed)")
        #expect(events.map { $0.attributes["shop"] } == order.map { $0 % 3 == 0 ? .text("\($0 % 5)") : nil })
    }

    @Test func leavesWhatIsSorted() throws {
        var builder = EventBatchBuilder(schema: ingestSchema, texts: TextDictionary())
        for time in [1, 1, 2] as [Int64] { builder.append(Event("a", time: time)) }
        let batch = builder.finish()
        let sorted = try TimeOrder.sorted([batch])
        #expect(sorted.count == 1 && sorted[0].times.values === batch.times.values)
        #expect(try TimeOrder.sorted([]).isEmpty)
        #expect([Int64.max, .min, 0].withUnsafeBufferPointer(TimeOrder.rows) == [1, 2, 0])
    }
}
