import Foundation
import Testing

@testable import WalleStreams

@Suite struct TimeTextTests {
    static func microseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8) + [0x0a]
        return bytes.withUnsafeBufferPointer { TimeText.microseconds($0.baseAddress!, length: bytes.count - 1) }
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1),
        ("2000-02-29", 951_782_400_000_000),
        ("2026-11-21T22:05:07.123456Z", 1_795_298_707_123_456), ("2026-11-21 22:05:07.123456", 1_795_298_707_123_456),
        ("2026-11-21t22:05:07,123456z", 1_795_298_707_123_456),
        ("2026-11-21T22:05:07.1234569999", 1_795_298_707_123_456),
        ("2026-11-21T23:35:07.5+01:30", 1_795_298_707_500_000), ("2026-11-21T20:35:07-0130", 1_795_298_707_000_000),
        ("2026-11-21T23:05:07+01", 1_795_298_707_000_000), ("2026-11-21T22:05", 1_795_298_700_000_000),
        ("2026-11-21T22:05Z", 1_795_298_700_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("0000-01-01", -62_167_219_200_000_000), ("9999-12-31T23:59:59.999999", 253_402_300_799_999_999),
    ])
    func reads(text: String, value: Int64) { #expect(Self.microseconds(text) == value, "\(text)") }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-11-2", "2026-13-01", "2026-00-01", "2026-11-00", "2026-11-31", "2026-02-29",
        "1900-02-29",
        "2026-11-21T", "2026-11-21T2", "2026-11-21T22", "2026-11-21T24:00", "2026-11-21T22:60", "2026-11-21T22:05:61",
        "2026-11-21T22:05:07.", "2026-11-21T22:05:07.x", "2026-11-21T22:05:07ZZ", "2026-11-21T22:05:07+",
        "2026-11-21T22:05:07+1",
        "2026-11-21T22:05:07+01:", "2026-11-21T22:05:07+24:00", "2026-11-21T22:05:07+01:60", "2026-11-21X22:05:07",
        "2026/11/21",
        "20261121T220507Z", "2026-11-21T22:05:7Z", "-026-11-21", "+2026-11-21", "2026-11-21T22:05:07 ",
        "2026-11-21T22:05:07.000000000000000000000000000000000000000000000000000000000",
    ])
    func refuses(text: String) { #expect(Self.microseconds(text) == nil, "\(text)") }

    @Test func agreesWithFoundation() {
        var random = SeededRandom(11)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<500 {
            let seconds = Int64.random(in: -62_000_000_000..<253_000_000_000, using: &random)
            // Foundation's calendar is the Julian one before 1582.
            guard seconds > -12_219_292_800 else { continue }
            formatter.timeZone = TimeZone(secondsFromGMT: Int.random(in: -50...50, using: &random) * 900)!
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Self.microseconds(text) == seconds * 1_000_000, "\(text)")
        }
    }

    @Test func survivesDamage() {
        var random = SeededRandom(12)
        let alphabet = Array("0123456789-:T.Z+ ".utf8)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<2000 {
            var text = Array("2024-02-29T12:34:56+01:00".utf8)
            text[Int.random(in: 0..<text.count, using: &random)] = alphabet.randomElement(using: &random)!
            let string = String(decoding: text, as: UTF8.self)
            // Foundation's calendar is the Julian one before 1582. It takes more; what it takes as we do must be the same.
            guard let value = Self.microseconds(string), let date = formatter.date(from: string) else { continue }
            let isGregorian = text[0] >= 0x32
            if text[17] != 0x36, isGregorian {
                #expect(value == Int64(date.timeIntervalSince1970) * 1_000_000, "\(string)")
            }
        }
    }
}
