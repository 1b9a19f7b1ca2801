import Foundation
import Testing

@testable import WalleStreams

/// What is JSON and what is not: by a table, and by another parser on random and damaged lines.
@Suite struct JSONGrammarTests {
    static func accepts(_ value: [UInt8]) -> Bool {
        let line = Array("{\"event\":\"a\",\"timestamp\":0,\"v\":".utf8) + value + Array("}".utf8)
        return JSONLinesReaderTests.read(line).rows.count == 1
    }

    @Test(arguments: [
        "0", "-0", "10", "0.1", "1e1", "1E+1", "1e-1", "-1.5e10", "123456789012345678901234567890", "1e999", "true",
        "false",
        "null", "\"\"", "\" \"", #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\uABCD""#, #""\ud83d\ude00""#,
        "\"\u{7f}\"",
        "\"é€😀\u{fffd}\u{10ffff}\"", "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]", "[[],[[]],{}]", "{\"\":{\"a\":[{}]}}",
        " [ 1 , 2 ] ", "{ \"a\" : 1 , \"b\" : null }", "\t1\t", "[\"a\",true,false,null,1.5]",
        String(repeating: "[", count: 63) + String(repeating: "]", count: 63),
    ])
    func accepted(value: String) { #expect(Self.accepts(Array(value.utf8)), "\(value)") }

    @Test(arguments: [
        "", "+1", "01", "-01", "00", "-", "1.", ".5", "1.e1", "1e", "1e+", "0x10", "1 2", "1a", "--1", "-a", "NaN",
        "Infinity",
        "tru", "True", "truee", "nul", "falsey", "fals", "\"", "\"\\\"", #""\x""#, #""\u12""#, #""\u12g4""#,
        #""\U0041""#,
        "'a'", "\"a\tb\"", "\"a\u{1f}b\"", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{", "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{,}", "[}", "{]", "{\"a\":1]", "[1}", "1,", "1,,\"x\":1",
        "1,\"x\"", "//",
        "1/**/", "\u{feff}1", "\u{a0}1",
        String(repeating: "[", count: 64) + String(repeating: "]", count: 64), String(repeating: "[", count: 5000),
    ])
    func rejected(value: String) { #expect(!Self.accepts(Array(value.utf8)), "\(value)") }

    @Test(
        arguments: [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf],
            [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf0, 0x9f, 0x98], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80],
            [0xff],
        ] as [[UInt8]])
    func rejectedAsUTF8(bytes: [UInt8]) {
        for name in ["v", "shop"] {
            let line = Array("{\"event\":\"a\",\"timestamp\":0,\"\(name)\":\"12345é".utf8) + bytes + Array("x\"}".utf8)
            let reading = JSONLinesReaderTests.read(line)
            #expect(reading.rows.isEmpty && reading.bad[.notUTF8] == 1, "\(bytes)")
        }
    }

    @Test func acceptsEveryScalarAndNothingElseAsTheStandardLibrary() {
        for scalar in stride(from: UInt32(0x80), through: 0x10ffff, by: 977) {
            guard let scalar = Unicode.Scalar(scalar) else { continue }
            let escaped = scalar.utf16.map { String(format: "\\u%04X", $0) }.joined()
            let reading = JSONLinesReaderTests.read("{\"event\":\"\(scalar)\",\"timestamp\":0,\"shop\":\"\(escaped)\"}")
            #expect(reading.rows.first?.name == String(scalar))
            #expect(reading.rows.first?.attributes["shop"] == .text(String(scalar)))
        }
    }

    @Test(arguments: [#"\ud83d"#, #"\ude00"#, #"\ud83dx"#, #"\ud83d\n"#, #"\ude00\ud83d"#, #"\ud83d\u0041"#])
    func replacesHalvesOfPairs(escape: String) {
        let reading = JSONLinesReaderTests.read("{\"event\":\"\(escape)\",\"timestamp\":0}")
        let units = escape.filter { $0 == "u" }.count
        #expect(
            reading.rows.first?.name.unicodeScalars.filter { $0 == "\u{fffd}" }.count
                == (escape.contains("41") ? 1 : units))
    }

    /// What Foundation accepts, except where the documentation of the reader says otherwise.
    static func oracle(_ line: [UInt8]) -> Bool? {
        let text = String(decoding: line, as: UTF8.self)
        // Its own limits and freedoms: half pairs, depth, several encodings, and a mark before them.
        if text.contains("\\u") && text.lowercased().contains("\\ud") || line.contains(0) { return nil }
        guard String(validating: line, as: UTF8.self) != nil else { return false }
        return (try? JSONSerialization.jsonObject(with: Data(line))) is [String: Any]
    }

    @Test(arguments: [UInt64(1), 2, 3]) func agreesWithAnotherParserOnDamagedLines(seed: UInt64) {
        var random = SeededRandom(seed)
        let alphabet = Array("{}[]\",:\\ntrufalse0123456789.eE+-é \u{1}\t".utf8)
        var agreed = (accepted: 0, rejected: 0)
        for _ in 0..<700 {
            var line = Array(Self.randomLine(&random).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line.remove(at: place)
                case 1: line.insert(alphabet.randomElement(using: &random)!, at: place)
                default: line[place] = alphabet.randomElement(using: &random)!
                }
            }
            guard let expected = Self.oracle(line) else { continue }
            let text = line + Array("\n{\"event\":\"next\",\"timestamp\":0}\n".utf8)
            let reading = JSONLinesReaderTests.read(text, splits: [Int.random(in: 0...text.count, using: &random)])
            let isGrammar = reading.bad[.malformed] + reading.bad[.notUTF8] == 0
            #expect(isGrammar == expected, "seed \(seed): \(String(decoding: line, as: UTF8.self))")
            #expect(reading.rows.last?.name == "next", "the line after \(String(decoding: line, as: UTF8.self))")
            if expected { agreed.accepted += 1 } else { agreed.rejected += 1 }
        }
        #expect(agreed.accepted > 100 && agreed.rejected > 100, "both happen: \(agreed)")
    }

    static func randomLine(_ random: inout SeededRandom) -> String {
        let values = [
            "1", "-2.5e3", "\"x\"", "\"\\n\\\"é\"", "true", "null", "[1,[2],{}]", "{\"a\":{\"b\":[]}}", "0", "\"\"",
        ]
        var members = ["\"event\":\"a\"", "\"timestamp\":12"]
        for name in ["user", "price", "shop", "gift", "other"] where Bool.random(using: &random) {
            let space = Bool.random(using: &random) ? " " : ""
            members.append("\"\(name)\"\(space):\(space)\(values.randomElement(using: &random)!)")
        }
        return "{" + members.shuffled(using: &random).joined(separator: ",") + "}"
    }
}
