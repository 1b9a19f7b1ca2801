import Foundation
import Testing

@testable import WalleStreams

@Suite struct JSONLinesWriterTests {
    static func randomEvent(_ random: inout SeededRandom) -> Event {
        let texts = ["", "a", "é€😀", "q\"\\/\n\r\t\u{1}\u{7f}", "long text of more than eight bytes", "\u{0}"]
        var event = Event(
            texts[1...].randomElement(using: &random)!,
            page: Bool.random(using: &random) ? texts.randomElement(using: &random)! : nil,
            time: Int64.random(in: 0...Int64.max >> Int64.random(in: 0..<63, using: &random), using: &random))
        let values: [(String, EventValue)] = [
            ("user", .int(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))),
            ("price", .float(randomFloat(&random))), ("shop", .text(texts.randomElement(using: &random)!)),
            ("gift", .bool(Bool.random(using: &random))), ("seen", .time(Int64(bitPattern: random.next()))),
        ]
        for (name, value) in values where UInt8.random(in: 0..<4, using: &random) > 0 {
            event.attributes[name] = value
        }
        return event
    }

    static func randomFloat(_ random: inout SeededRandom) -> Double {
        if Bool.random(using: &random) { return Double(Int.random(in: -10_000...10_000, using: &random)) / 100 }
        let value = Double(bitPattern: random.next())
        return value.isFinite ? value : 0
    }

    static func written(_ events: [Event]) -> [UInt8] {
        var builder = EventBatchBuilder(schema: ingestSchema, texts: TextDictionary())
        for event in events { builder.append(event) }
        var writer = JSONLinesWriter(schema: ingestSchema)
        writer.append(builder.finish())
        return writer.withBytes { Array($0) }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func writesWhatIsReadTheSame(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let events = (0..<120).map { _ in Self.randomEvent(&random) }
        let text = Self.written(events)
        for line in text.split(separator: 0x0a) {
            _ = try JSONSerialization.jsonObject(with: Data(line))
        }
        for _ in 0..<20 {
            let splits = (0..<5).map { _ in Int.random(in: 0...text.count, using: &random) }
            let reading = JSONLinesReaderTests.read(text, splits: splits)
            #expect(
                reading.rows == events && reading.bad.lineCount == 0 && reading.bad[.otherType] == 0, "seed \(seed)")
        }
    }

    @Test func readsTheSameAtEverySplit() {
        var random = SeededRandom(4)
        let events = (0..<6).map { _ in Self.randomEvent(&random) }
        let text = Self.written(events)
        for split in 0...text.count { #expect(JSONLinesReaderTests.read(text, splits: [split]).rows == events) }
        let bytes = JSONLinesReaderTests.read(text, splits: Array(1..<text.count))
        #expect(bytes.rows == events, "byte for byte")
    }

    @Test func countsWhatJSONCannotSay() {
        var builder = EventBatchBuilder(schema: ingestSchema, texts: TextDictionary())
        for value in [Double.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, 1e16] {
            builder.append(Event("a", time: 0, attributes: ["price": .float(value)]))
        }
        let batch = builder.finish()
        var writer = JSONLinesWriter(schema: ingestSchema)
        writer.append(batch, rows: 2..<6)
        #expect(writer.notFiniteCount == 1)
        #expect(
            writer.withBytes { String(decoding: $0, as: UTF8.self) } == """
                {"timestamp":0,"event":"a","price":null}
                {"timestamp":0,"event":"a","price":-0.0}
                {"timestamp":0,"event":"a","price":5e-324}
                {"timestamp":0,"event":"a","price":1e+16}

                """)
        writer.removeAll()
        #expect(writer.byteCount == 0)
    }
}
