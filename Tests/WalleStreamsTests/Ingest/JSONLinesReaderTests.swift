import Foundation
import Testing

@testable import WalleStreams

@Suite struct JSONLinesReaderTests {
    static func read(_ text: String, _ options: IngestOptions = .timeless(), splits: [Int] = []) -> Reading {
        read(Array(text.utf8), options, splits: splits)
    }

    static func read(_ bytes: [UInt8], _ options: IngestOptions = .timeless(), splits: [Int] = []) -> Reading {
        let reader = JSONLinesReader(schema: ingestSchema, texts: TextDictionary(), options: options)
        return Reading.of(reader, bytes, splits: splits)
    }

    @Test func readsEventsInAnyOrderOfNames() {
        let reading = Self.read(
            """
            {"event":"view","page":"home","timestamp":5,"user":7,"price":1.5,"shop":"a","gift":true,"seen":9}
            { "gift" : false, "other": [1, {"user": 3}], "timestamp": 6,\t"event": "buy", "price": -0.25 }\r

            {"timestamp":7,"event":"v\\u00e4\\ud83d\\ude00\\n","user":1,"user":2,"page":null,"seen":"1970-01-01"}
            """)
        #expect(
            reading.rows == [
                Event(
                    "view", page: "home", time: 5,
                    attributes: [
                        "user": .int(7), "price": .float(1.5), "shop": .text("a"), "gift": .bool(true),
                        "seen": .time(9),
                    ]),
                Event("buy", time: 6, attributes: ["gift": .bool(false), "price": .float(-0.25)]),
                Event("vä😀\n", time: 7, attributes: ["user": .int(2), "seen": .time(0)]),
            ])
        #expect(reading.bad.lineCount == 0 && reading.end.line == 4)
    }

    @Test(arguments: [
        (#"1"#, EventValue.int(1)), (#"-9223372036854775808"#, .int(.min)), (#"9223372036854775807"#, .int(.max)),
        (#"9223372036854775808"#, .null), (#"-0"#, .int(0)), (#"3.0"#, .int(3)), (#"1e3"#, .int(1000)),
        (#"9007199254740993.0"#, .int(9_007_199_254_740_993)), (#"2.5"#, .null), (#"25e-1"#, .null),
        (#"true"#, .int(1)),
        (#""1""#, .null), (#"[1]"#, .null), (#"{}"#, .null), (#"0.00000e9999999999"#, .int(0)),
        (#"1e99999999999"#, .null),
        (#"1000000000000000000000e-3"#, .int(1_000_000_000_000_000_000)), (#"12345678901234567890"#, .null),
        (#"1.00000000000000000000000000"#, .int(1)), (#"123456789012345678.90"#, .null),
    ])
    func convertsToInt(text: String, value: EventValue) {
        let reading = Self.read("{\"event\":\"a\",\"timestamp\":0,\"user\":\(text)}")
        #expect((reading.rows.first?.attributes["user"] ?? .null) == value, "\(text)")
        #expect(reading.bad[.otherType] == (value == .null ? 1 : 0), "\(text)")
    }

    @Test func readsTheSameAtEverySplit() {
        let text = """
            {"event":"view","timestamp":1,"shop":"ü\\n€","price":1e-3}
            {"event":"broken","timestamp":}
            {"event":"buy","timestamp":2,"other":{"a":[1,2,"x"]}}\r
            {"event":"last","timestamp":3}
            """
        let whole = Self.read(text)
        #expect(whole.rows.map(\.name) == ["view", "buy", "last"] && whole.bad[.malformed] == 1)
        #expect(whole.badLines.first?.line == 2 && whole.badLines.first?.column == 30)
        for first in 0...text.utf8.count {
            let reading = Self.read(text, splits: [first, min(first + 3, text.utf8.count)])
            #expect(reading.rows == whole.rows && reading.badLines == whole.badLines && reading.end == whole.end)
        }
    }

    @Test func countsWhatIsBad() {
        var options = IngestOptions.timeless()
        options.futureBound = 100
        options.clock = { 1000 }
        options.mostBadLines = 4
        let reading = Self.read(
            """
            {"event":"a"}
            {"event":"a","timestamp":null}
            {"event":"a","timestamp":"soon"}
            {"event":"a","timestamp":-1}
            {"event":"a","timestamp":1101}
            {"timestamp":1100}
            {"event":5,"timestamp":1100}
            not json
            {"event":"a","timestamp":1100,"user":"x","gift":1,"shop":2,"price":"","seen":true}
            {"event":"a","timestamp":1,"user":"x","user":4}
            """, options)
        #expect(reading.rows.map(\.time) == [1100, 1])
        #expect(reading.bad[.missingTime] == 2 && reading.bad[.unreadableTime] == 1 && reading.bad[.negativeTime] == 1)
        #expect(reading.bad[.futureTime] == 1 && reading.bad[.missingEvent] == 2 && reading.bad[.malformed] == 1)
        #expect(reading.bad[.otherType] == 5 && reading.bad.lineCount == 8)
        #expect(reading.badLines.count == 4 && reading.bad.dropped == 4)
        #expect(reading.badLines.map(\.line) == [1, 2, 3, 4] && reading.badLines[1].offset == 14)
    }

    @Test func skipsLinesThatAreTooLong() {
        var options = IngestOptions.timeless()
        options.mostLineBytes = 60
        let good = "{\"event\":\"a\",\"timestamp\":1}"
        let exact = good + String(repeating: " ", count: 60 - good.utf8.count)
        let text = [good, exact, exact + " ", String(repeating: "x", count: 500), good].joined(separator: "\n")
        for split in stride(from: 0, to: text.utf8.count, by: 7) {
            let reading = Self.read(text, options, splits: [split])
            #expect(reading.rows.count == 3 && reading.bad[.tooLong] == 2, "split at \(split)")
            #expect(reading.badLines.map(\.line) == [3, 4] && reading.end.line >= 4)
        }
    }

    @Test func limitsDistinctTexts() {
        var options = IngestOptions.timeless()
        options.mostTexts = 3
        let lines = (0..<5).map { "{\"event\":\"e\($0 % 2)\",\"timestamp\":\($0),\"shop\":\"\($0)\"}" }
        let reading = Self.read(lines.joined(separator: "\n"), options)
        #expect(reading.rows.map(\.attributes) == [["shop": .text("0")], [:], [:], [:], [:]])
        #expect(reading.bad[.tooManyTexts] == 4 && reading.bad.lineCount == 0)
        options.mostTexts = 2
        let fewer = Self.read(lines.joined(separator: "\n"), options)
        #expect(fewer.rows.map(\.time) == [0, 2, 4], "an event needs its name")
        #expect(fewer.badLines.map(\.reason) == [.tooManyTexts, .tooManyTexts])
    }

    @Test(arguments: EventTimeUnit.allCases) func takesTimesInUnits(unit: EventTimeUnit) {
        var options = IngestOptions.timeless()
        options.timeUnit = unit
        let numbers: [EventTimeUnit: String] = [
            .seconds: "1700000000.1234569", .milliseconds: "1700000000123.4569", .microseconds: "1.7000000001234569e15",
            .nanoseconds: "1700000000123456999",
        ]
        let reading = Self.read("{\"event\":\"a\",\"timestamp\":\(numbers[unit]!)}", options)
        #expect(reading.rows.first?.time == 1_700_000_000_123_456)
    }

    @Test func numbersRowsAcrossBatches() {
        let lines = (0..<30).map { "{\"timestamp\":\($0),\"event\":\"e\($0 % 3)\"}\n" }
        let reading = Self.read(lines.joined())
        #expect(reading.rows.map(\.time) == Array(0..<30) && reading.offsets == [0, 7, 14, 21, 28])
        #expect(reading.end == InputPosition(offset: Int64(lines.joined().utf8.count), line: 30))
    }

    @Test func findsNamesThatAreLongOrMany() {
        let long = String(repeating: "long", count: 30)
        let schema = EventSchema(attributes: [.init(long, .int), .init("naïve", .int), .init("tab\t", .int)])
        var text = ""
        for line in 0..<40 {
            let unknown = (0..<40).map { "\"n\(line * 40 + $0)\":0" }.joined(separator: ",")
            text += "{\"timestamp\":0,\(unknown),\"\(long)\":\(line),\"event\":\"a\",\"naïve\":1,\"tab\\t\":2}\n"
        }
        let reader = JSONLinesReader(schema: schema, texts: TextDictionary(), options: .timeless())
        let reading = Reading.of(reader, Array(text.utf8))
        #expect(reading.rows.count == 40)
        for (line, row) in reading.rows.enumerated() {
            #expect(row.attributes == [long: .int(Int64(line)), "naïve": .int(1), "tab\t": .int(2)])
        }
    }
}
