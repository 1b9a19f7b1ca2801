import Testing

@testable import WalleStreams

/// What a line tells beside the schema, or as another type than it says.
@Suite struct FreeAttributesTests {
    private static let schema = EventSchema(attributes: [.init("user", .int)])

    private static func options(_ mostFreeBytes: Int) -> IngestOptions {
        var options = IngestOptions.timeless()
        options.mostFreeBytes = mostFreeBytes
        return options
    }

    private static func json(_ text: String, mostFreeBytes: Int = 1000) -> Reading {
        let reader = JSONLinesReader(schema: schema, texts: TextDictionary(), options: options(mostFreeBytes))
        return Reading.of(reader, Array(text.utf8))
    }

    private static func csv(_ text: String, mostFreeBytes: Int = 1000) throws -> Reading {
        let reader = try CSVReader(schema: schema, texts: TextDictionary(), options: options(mostFreeBytes))
        return Reading.of(reader, Array(text.utf8))
    }

    private static let values: [(String, EventValue?)] = [
        ("1", .int(1)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .float(9_223_372_036_854_775_808)),
        ("1.0", .float(1)), ("1e3", .float(1000)), ("1e999", nil), ("null", nil), ("true", .bool(true)),
        ("false", .bool(false)), (#""""#, .text("")), (#""a\n\u00fc\"""#, .text("a\nü\"")),
        (#""größer""#, .text("größer")),
        (#"{"b": [1, {"c": "\u0041"}]}"#, .text(#"{"b": [1, {"c": "\u0041"}]}"#)), ("[]", .text("[]")),
    ]

    @Test(arguments: values) func readsAMemberAsWhatItIs(text: String, value: EventValue?) {
        for name in [(#"a"#, "a"), (#"gr\u00f6\u00dfe"#, "größe"), (#""#, "")] {
            let line = #"{"timestamp": 1, "\#(name.0)": \#(text), "event": "view", "user": 7}"#
            let expected = ["user": EventValue.int(7)].merging(value.map { [name.1: $0] } ?? [:]) { $1 }
            #expect(Self.json(line).rows == [Event("view", time: 1, attributes: expected)])
            #expect(Self.json(line, mostFreeBytes: 0).rows.map(\.attributes) == [["user": .int(7)]])
        }
    }

    @Test func keepsAValueOfAnotherType() throws {
        let lines = Self.json(#"{"timestamp": 1, "event": "view", "user": "ann"}"# + "\n")
        #expect(lines.rows == [Event("view", time: 1, attributes: ["user": .text("ann")])])
        #expect(lines.unfitCount == 1)
        let records = try Self.csv("timestamp,event,user,colour,size\n1,view,ann,\"a \"\"red\"\"\",\n2,view,7,,\"4\"\n")
        #expect(
            records.rows == [
                Event("view", time: 1, attributes: ["user": .text("ann"), "colour": .text("a \"red\"")]),
                Event("view", time: 2, attributes: ["user": .int(7), "size": .text("4")]),
            ])
        #expect(records.unfitCount == 1)
    }

    @Test func forgetsThoseOfABadLine() {
        let lines = Self.json(
            """
            {"timestamp": 1, "event": "a", "x": 1, "y": }
            {"x": 2, "event": "b"}
            {"timestamp": 3, "event": "c", "y": 3}
            """)
        #expect(lines.rows == [Event("c", time: 3, attributes: ["y": .int(3)])])
    }

    @Test func leavesOutTooMany() throws {
        let long = String(repeating: "x", count: 30)
        let lines = Self.json(
            #"{"timestamp": 1, "event": "a", "x": "\#(long)"}"# + "\n" + #"{"timestamp": 2, "event": "a", "x": 1}"#,
            mostFreeBytes: 20)
        #expect(lines.rows.map(\.attributes) == [[:], ["x": .int(1)]])
        #expect(lines.bad[.tooManyFreeBytes] == 1)
        let records = try Self.csv("timestamp,event,x\n1,a,\(long)\n2,a,b\n", mostFreeBytes: 20)
        #expect(records.rows.map(\.attributes) == [[:], ["x": .text("b")]])
        #expect(records.bad[.tooManyFreeBytes] == 1)
    }
}

extension Reading {
    fileprivate var unfitCount: Int64 { bad[.otherType] }
}
