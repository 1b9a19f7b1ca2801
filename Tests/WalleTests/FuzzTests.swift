import Foundation
import Testing
import WallePython

@testable import Walle

/// SplitMix64, so that a printed seed gives the same bytes again.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Files with a few bytes changed give a value or a `PackageError`, and never crash.
@Suite struct FuzzTests {
    /// What passed yesterday passes today; `WALLE_SEED=fresh` looks for what does not.
    private static let seed: UInt64 = {
        let wanted = ProcessInfo.processInfo.environment["WALLE_SEED"] ?? ""
        return wanted == "fresh" ? .random(in: 0...UInt64.max) : UInt64(wanted) ?? 11
    }()
    private static let pieces = [
        "[", "]", "[[", "{", "}", "\"", "\"\"\"", "'''", "'", "\\u0000", "\\", "\n", "\r\n", "=", ".", "#", ",", "\0",
        "\u{FEFF}",
        "a.b.c", "1979-05-27T07:32:00Z", "07:32:00", "inf", "nan", "-0", "-", "+", ":", "_", "0", "9", "e5",
        "9223372036854775808", "0x", "\u{1F600}", "é",
        "[task]", "[limits.run]", "[[triggers.a]]", "run = 1", "a = {", "\"\" = 1",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let start = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 0...20, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator)!, at: start)
            case 2: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            case 3: bytes.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &generator)!)
            default: if start < bytes.count { bytes[start] = .random(in: 0...255, using: &generator) }
            }
        }
        return bytes
    }

    private func corpus() throws -> [[UInt8]] {
        let demos = PackageTests.demos.map { Fixtures.repository + "/Sources/WalleDemo/Tasks/\($0)/task.toml" }
        let fixtures = Fixtures.names("manifests").map { Fixtures.folder + "/manifests/" + $0 }
        let rich = Array(repeating: Fixtures.folder + "/rich.toml", count: 10)
        return try (demos + fixtures + rich).map { Array(try Data(contentsOf: URL(filePath: $0))) }
    }

    @Test func manifests() throws {
        print("WALLE_SEED=\(Self.seed)")
        var generator = SeededGenerator(state: Self.seed)
        let corpus = try corpus()
        var read = 0
        for _ in 0..<4000 {
            let text = String(decoding: mutate(corpus.randomElement(using: &generator)!, &generator), as: UTF8.self)
            do throws(PackageError) {
                _ = try TaskManifest(toml: text)
                read += 1
            } catch {
                let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
                let allInside = error.problems.allSatisfy { (1...lines).contains($0.line ?? 1) }
                #expect(allInside, "seed \(Self.seed): \(error) of \(lines) lines")
            }
        }
        #expect(read > 0)
    }

    /// What `TOMLReader` refuses though TOML has it; `tomllib` reads it.
    private static let bounds = [
        "does not fit in 64 bits", "the character U+0000", "nested deeper", "more than 32 parts",
    ]

    @Test func readsTOMLAsPythonDoes() throws {
        print("WALLE_SEED=\(Self.seed)")
        var generator = SeededGenerator(state: Self.seed)
        let tables = try ["accepted", "refused"].flatMap { name in
            try Fixtures.text("toml/\(name).txt").components(separatedBy: "\n====").map { Array($0.utf8) }
        }
        let corpus = try corpus() + tables
        let texts = (0..<6000).map { _ in
            String(decoding: mutate(corpus.randomElement(using: &generator)!, &generator), as: UTF8.self)
        }
        var read = 0
        for (text, expected) in zip(texts, try TOMLOracle.read(texts)) {
            do throws(PackageError.Problem) {
                let document = try TOMLDocument(text, file: "a.toml")
                #expect(TOMLOracle.canonical(.dictionary(document.root)) == expected, "seed \(Self.seed): \(text)")
                read += 1
            } catch {
                let isBound = Self.bounds.contains { error.message.contains($0) }
                #expect(isBound || expected == nil, "seed \(Self.seed): \(error) of \(text)")
            }
        }
        #expect(read > 0)
    }

    @Test func packages() throws {
        var generator = SeededGenerator(state: Self.seed)
        let example = Array("{\"input\": {\"a\": [1, 2.5, \"x\\u00e9\"]}, \"output\": null, \"tolerance\": 1e-3}".utf8)
        let corpus = try corpus()
        try Fixtures.withFolder(Fixtures.smallest.merging(["examples/a.json": "{}"]) { $1 }) { folder in
            for _ in 0..<300 {
                let manifest = mutate(corpus.randomElement(using: &generator)!, &generator)
                try Data(manifest).write(to: URL(filePath: folder + "/task.toml"))
                try Data(mutate(example, &generator)).write(to: URL(filePath: folder + "/examples/a.json"))
                _ = try? TaskPackage.load(at: folder)
            }
        }
    }
}
