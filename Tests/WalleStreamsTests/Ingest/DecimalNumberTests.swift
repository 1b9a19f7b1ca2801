import Testing

@testable import WalleStreams

@Suite struct DecimalNumberTests {
    static func double(_ text: String) -> Double? {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0x0a, count: ByteScan.padding)
        return bytes.withUnsafeBufferPointer { bytes in
            var number = DecimalNumber()
            let start = bytes.baseAddress!
            guard let end = number.read(start), end - start == text.utf8.count else { return nil }
            return number.double(start, to: end)
        }
    }

    @Test(arguments: [
        "0", "-0", "1", "0.1", "1e22", "1e23", "9007199254740993", "9007199254740992.5", "1e-7", "123456789012345678",
        "1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072014e-308", "4.9e-324", "2e-324", "1e400",
        "1e-400",
        "9355950000000000000.00000000000000000000000000000000001844674407370955161600000184467440737095516161844674407",
        "0.000000000000000000000000000000000000000000000000000000000000001",
        "3.1415926535897932384626433832795028841971",
        "7.2057594037927933e16", "9223372036854775807", "18446744073709551615", "18446744073709551616",
        "99999999999999999999",
        "100000000000000000000000", "0.30000000000000004", "5e-20",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126", "8.5e-54", "8.5e54", "1e54", "1e-54", "1e55",
        "1e-55",
    ])
    func roundsAsTheStandardLibrary(text: String) {
        #expect(Self.double(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }

    @Test(arguments: [UInt64(1), 2]) func roundsRandomNumbersAsTheStandardLibrary(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<3000 {
            let digits = (0..<Int.random(in: 1...22, using: &random)).map { _ in
                String(Int.random(in: 0...9, using: &random))
            }
            let fraction = Int.random(in: 0...19, using: &random)
            var text = String(Int.random(in: 1...9, using: &random)) + digits.joined()
            if fraction > 0, fraction < text.count {
                text.insert(".", at: text.index(text.endIndex, offsetBy: -fraction))
            }
            if Bool.random(using: &random) { text += "e\(Int.random(in: -70...70, using: &random))" }
            #expect(Self.double(text) == Double(text), "seed \(seed): \(text)")
        }
    }

    /// Halfway between doubles, and next to it, is where rounding is hard.
    @Test(arguments: [UInt64(5)]) func roundsTiesToEven(seed: UInt64) {
        var random = SeededRandom(seed)
        for _ in 0..<1000 {
            let bits = UInt64.random(in: 0...UInt64.max, using: &random)
            let value = Double(
                bitPattern: bits & 0x000f_ffff_ffff_ffff | UInt64.random(in: 900...1140, using: &random) << 52)
            #expect(Self.double("\(value)") == value, "seed \(seed): \(value)")
            let odd = UInt64.random(in: 1 << 52..<1 << 53, using: &random) * 2 + 1
            for text in ["\(odd)", "\(odd).0", "\(odd)e0", "\(odd - 1).5", "\(odd * 10 + 1)e-1"] {
                #expect(Self.double(text) == Double(text), "seed \(seed): \(text)")
            }
        }
    }
}
