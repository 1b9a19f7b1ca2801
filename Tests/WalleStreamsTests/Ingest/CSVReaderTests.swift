import Testing

@testable import WalleStreams

@Suite struct CSVReaderTests {
    static let header = "event,page,timestamp,user,price,shop,gift,seen,other\n"

    static func read(
        _ text: String, header: String = header, _ options: IngestOptions = .timeless(), splits: [Int] = []
    ) -> Reading {
        do {
            let reader = try CSVReader(schema: ingestSchema, texts: TextDictionary(), options: options)
            return Reading.of(reader, Array((header + text).utf8), splits: splits)
        } catch {
            Issue.record(error)
            return Reading()
        }
    }

    /// The value of `shop` in a row whose text it is; nil when the row is bad.
    static func shop(_ text: String) -> EventValue? {
        read("a,1,\(text)", header: "event,timestamp,shop\n").rows.first.map { $0.attributes["shop"] ?? .null }
    }

    @Test(arguments: [
        ("x", EventValue.text("x")), ("", .null), ("\"\"", .text("")), ("\"x\"", .text("x")), ("\"x,y\"", .text("x,y")),
        ("\"x\ny\"", .text("x\ny")), ("\"x\r\ny\"\r\n", .text("x\r\ny")), ("\"x\"\"y\"", .text("x\"y")),
        ("\"\"\"\"", .text("\"")), ("x\"y", .text("x\"y")), (" x ", .text(" x ")), ("x\r\n", .text("x")),
        ("\r\n", .null),
        ("é€😀", .text("é€😀")), ("\"é\"\"€\"", .text("é\"€")), ("\"x\"\r\n", .text("x")),
        ("\"12345678,12345678\"\n", .text("12345678,12345678")),
        ("x\ry", .text("x\ry")), ("\"\"\n", .text("")),
    ])
    func readsFields(text: String, value: EventValue) { #expect(Self.shop(text) == value, "\(text)") }

    @Test(arguments: ["\"x\"y", "\"x", "\"x\"\"", "\"x\" ", "x,y", "\"x\",", "\"x\"\ry"])
    func refusesFields(text: String) { #expect(Self.shop(text) == nil, "\(text)") }

    @Test func readsTypes() {
        let reading = Self.read(
            """
            view,home,5,7,1.5,a,true,1970-01-01,x
            buy,,6, 007 ,.5,,FALSE,2,\r

            buy,,7,+3.0,-5.e1,,0,1970-01-01 00:00:01.5,
            buy,,1970-01-01T00:00:00.000008Z,"9223372036854775807",NaN,"",1,,
            bad,,9,x,y,z,2,soon,
            """)
        #expect(
            reading.rows.dropLast(2) == [
                Event(
                    "view", page: "home", time: 5,
                    attributes: [
                        "user": .int(7), "price": .float(1.5), "shop": .text("a"), "gift": .bool(true),
                        "seen": .time(0),
                    ]),
                Event(
                    "buy", time: 6,
                    attributes: ["user": .int(7), "price": .float(0.5), "gift": .bool(false), "seen": .time(2)]),
                Event(
                    "buy", time: 7,
                    attributes: ["user": .int(3), "price": .float(-50), "gift": .bool(false), "seen": .time(1_500_000)]),
            ])
        #expect(reading.rows[3].time == 8 && reading.rows[3].attributes["user"] == .int(.max))
        #expect(reading.rows[3].attributes["shop"] == .text("") && reading.rows[3].attributes["gift"] == .bool(true))
        guard case .float(let price)? = reading.rows[3].attributes["price"] else {
            Issue.record("NaN is a value")
            return
        }
        #expect(price.isNaN)
        #expect(reading.rows[4].attributes == ["shop": .text("z")] && reading.bad[.otherType] == 4)
    }

    @Test(
        arguments: [
            ("0", 0.0), ("+1", 1), ("-1", -1), ("0001.50", 1.5), (".25", 0.25), ("25.", 25), ("2.e2", 200),
            ("-.5E1", -5), ("inf", .infinity),
            ("-Infinity", -.infinity), ("1e400", nil), (".", nil), ("+", nil), ("1e", nil), ("1,5", nil), ("1 2", nil),
            ("0x10", nil), ("e5", nil),
            ("12345678901234567890123.", 1.2345678901234567890123e22), ("00000000000000000000000000000001.5", 1.5),
            ("+-1", nil),
        ] as [(String, Double?)])
    func readsNumbers(text: String, value: Double?) {
        let row = Self.read("a,1,\"\(text)\"", header: "event,timestamp,price\n").rows.first
        #expect(row?.attributes["price"] == value.map(EventValue.float), "\(text)")
    }

    @Test func readsTheSameAtEverySplit() {
        let text = """
            view,"a ""b""\n,c",1,,,"é",,,\r
            bad,2
            "open,,3,,,,,,\nbuy,,4,,,,,,
            last,,5,,,"x"y,,,
            end,,6,,,,,,"\n"\n
            """
        let whole = Self.read(text)
        #expect(whole.rows.map(\.time) == [1, 4, 6] && whole.rows[0].page == "a \"b\"\n,c")
        #expect(whole.badLines.map(\.reason) == [.ragged, .malformed, .malformed])
        #expect(whole.badLines.map(\.line) == [4, 5, 7] && whole.end.line == 9)
        for first in 0...(Self.header + text).utf8.count {
            let reading = Self.read(text, splits: [first, min(first + 2, (Self.header + text).utf8.count)])
            #expect(reading.rows == whole.rows && reading.badLines == whole.badLines, "split at \(first)")
            #expect(reading.end == whole.end, "split at \(first)")
        }
    }

    @Test func skipsRecordsThatAreTooLong() {
        var options = IngestOptions.timeless()
        options.mostLineBytes = 50
        let lines = [
            "a,1,\(String(repeating: "x", count: 46))", "a,2,\(String(repeating: "x", count: 47))",
            "a,3,\"open", "a,4,x", "a,5,\(String(repeating: "y", count: 500))", "a,6,z", "a,7,\"x\"",
        ]
        let text = lines.joined(separator: "\n")
        let whole = Self.read(text, header: "event,timestamp,shop\n", options)
        #expect(whole.rows.map(\.time) == [1, 4, 6, 7] && whole.bad[.tooLong] == 3)
        for split in 0..<text.utf8.count {
            let reading = Self.read(text, header: "event,timestamp,shop\n", options, splits: [split])
            #expect(reading.rows == whole.rows && reading.badLines == whole.badLines, "split at \(split)")
        }
    }

    @Test func tellsWhatTheHeaderLacks() throws {
        var reader = try CSVReader(
            schema: ingestSchema, texts: TextDictionary(), options: .timeless(), delimiter: ";")
        #expect(reader.header == nil, "nobody knows yet")
        let text = Array("\u{feff}event;\"time\"\"stamp\";shop\na;1;x\n".utf8)
        text.withUnsafeBytes { bytes in reader.read(bytes) { _ in } }
        #expect(reader.header == ["event", "time\"stamp", "shop"])
        #expect(reader.badLines[.missingTime] == 1)
        #expect(throws: StreamError.self) {
            _ = try CSVReader(schema: ingestSchema, texts: TextDictionary(), delimiter: "1")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4]) func neverLosesTheGoodLineAfterABadOne(seed: UInt64) {
        var random = SeededRandom(seed)
        let alphabet = Array("\",\r\n x1é".utf8) + [0, 0x80, 0xff]
        for _ in 0..<150 {
            var bytes = Array(#"view,"a ""b""",5,7,1.5,"a",true,1970-01-01,x"#.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = alphabet.randomElement(using: &random)!
            }
            let quotes = bytes.filter { $0 == 0x22 }.count
            let text = Array(Self.header.utf8) + bytes + Array("\nnext,,6,,,,,,\n\"next\",,7,,,,,,\n".utf8)
            guard let reader = try? CSVReader(schema: ingestSchema, texts: TextDictionary(), options: .timeless())
            else {
                return
            }
            let splits = (0..<3).map { _ in Int.random(in: 0...text.count, using: &random) }
            let reading = Reading.of(reader, text, splits: splits)
            #expect(reading.rows.last?.time == 7, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            if quotes == 0 { #expect(reading.rows.dropLast().last?.time == 6, "seed \(seed)") }
        }
    }
}
