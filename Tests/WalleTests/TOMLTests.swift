import Foundation
import Testing
import WallePython

@testable import Walle

@Suite struct TOMLTests {
    /// The documents of a fixture, each with what stands behind the equals signs above it.
    private static func documents(_ file: String) throws -> [(note: String, text: String)] {
        try Fixtures.text("toml/" + file).components(separatedBy: "\n====").dropFirst().map { part in
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (lines[0].trimmingCharacters(in: .whitespaces), lines.count > 1 ? String(lines[1]) : "")
        }
    }

    private static func canonical(_ text: String) -> String? {
        (try? TOMLDocument(text, file: "a.toml")).map { TOMLOracle.canonical(.dictionary($0.root)) }
    }

    @Test func acceptsWhatPythonAccepts() throws {
        let texts = try Self.documents("accepted.txt").map(\.text)
        let lines = texts + texts.map { $0.replacing("\n", with: "\r\n") } + ["\u{FEFF}a = 1", "a = '''\r\nx\r\n'''"]
        for (text, expected) in zip(lines, try TOMLOracle.read(lines)) {
            #expect(expected != nil && Self.canonical(text) == expected, "\(text)")
        }
    }

    @Test func refusesWhatPythonRefuses() throws {
        let documents = try Self.documents("refused.txt")
        let answers = try TOMLOracle.read(documents.map(\.text))
        #expect(answers.count == documents.count)
        for (document, answer) in zip(documents, answers) {
            #expect(answer == nil, "\(document.text)")
            let problem = #expect(throws: PackageError.Problem.self, "\(document.text)") {
                try TOMLDocument(document.text, file: "a.toml")
            }
            let place = "\(problem?.line ?? 0):\(problem?.column ?? 0)"
            #expect(place == document.note, "\(document.text): \(problem?.message ?? "")")
            #expect(problem?.remedy.isEmpty == false)
        }
    }

    @Test(arguments: ["a = \"%\"", "a = '%'", "a = \"\"\"%\"\"\"", "a = '''%'''", "# %", "a %= 1", "a = %1", "%a = 1"])
    func refusesControlCharacters(_ text: String) throws {
        let scalars = (UInt8(0)...31).filter { ![9, 10].contains($0) } + [127]
        let texts = scalars.map { text.replacing("%", with: String(Character(Unicode.Scalar($0)))) }
        #expect(texts.allSatisfy { Self.canonical($0) == nil })
        #expect(try TOMLOracle.read(texts).allSatisfy { $0 == nil })
    }

    /// What `TOMLReader` refuses though TOML has it.
    @Test(arguments: [
        ("a = 9223372036854775808", "does not fit in 64 bits"), ("a = -9223372036854775809", "does not fit in 64 bits"),
        ("a = 0x8000000000000000", "does not fit in 64 bits"), ("a = \"\\u0000\"", "U+0000"),
        ("a = " + String(repeating: "[", count: 33) + String(repeating: "]", count: 33), "nested deeper"),
        ("a" + String(repeating: ".a", count: 32) + " = 1", "more than 32 parts"),
        ("[a" + String(repeating: ".a", count: 31) + "]\nb = 1", "nested deeper"),
        ("a = " + String(repeating: "{a=", count: 100_000), "nested deeper"),
        ("\"\u{E9}\" = 1\n\"e\u{301}\" = 2", "there already"),
        ("a = '" + String(repeating: "x", count: 4_000_000) + "'", "more than 4000000 bytes"),
    ])
    func refusesWhatIsOutOfBounds(_ text: String, _ message: String) {
        let problem = #expect(throws: PackageError.Problem.self) { try TOMLDocument(text, file: "a.toml") }
        #expect(problem?.message.contains(message) == true)
    }

    @Test func readsTheDeepestNesting() {
        let arrays = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(Self.canonical("a = " + arrays)?.count(where: { $0 == "[" }) == 32)
    }

    @Test func tellsPlaces() throws {
        let document = try TOMLDocument(
            """
            "é" = { "ü" = 1, x.y = 2 }
            [t.u]
            list = [
              1, { k = 2 } ]
            [[t.a]]
              [[t.a]]
              k = 1
            [t]
            """, file: "a.toml")
        let places: [([String], Int, Int)] = [
            (["é"], 1, 1), (["é", "ü"], 1, 9), (["é", "x"], 1, 18), (["é", "x", "y"], 1, 18), (["é", "none"], 1, 1),
            (["t"], 2, 1), (["t", "u"], 2, 1), (["t", "u", "list", "1", "k"], 4, 8), (["t", "u", "list", "0"], 4, 3),
            (["t", "a"], 5, 1), (["t", "a", "1"], 6, 3), (["t", "a", "1", "k"], 7, 3),
        ]
        for (path, line, column) in places {
            #expect(document.place(of: path) == TextPlace(line: line, column: column), "\(path)")
        }
        #expect(document.place(of: ["none"]) == nil)
    }

    /// All files that the project itself reads.
    @Test func readsOurFilesAsPythonDoes() throws {
        let tasks = FileManager.default.enumerator(atPath: Fixtures.repository + "/Sources/WalleDemo/Tasks")
        let names = (tasks?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix("task.toml") }
        let paths =
            names.map { "Sources/WalleDemo/Tasks/" + $0 }
            + [
                "Stdlib/python.toml", "Tests/SampleApp/tasks/next-item/task.toml",
                "Tests/WalleTests/Fixtures/rich.toml",
            ]
        let texts = try paths.map { try String(contentsOfFile: Fixtures.repository + "/" + $0, encoding: .utf8) }
        #expect(names.count > 3)
        for (index, answer) in try TOMLOracle.read(texts).enumerated() {
            #expect(answer != nil && Self.canonical(texts[index]) == answer, "\(paths[index])")
        }
    }
}
