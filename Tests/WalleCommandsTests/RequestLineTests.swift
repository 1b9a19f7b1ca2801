import Foundation
import Testing
import Walle

@testable import WalleCommands

@Suite struct RequestLineTests {
    @Test func allMembers() throws {
        let request = try RequestLine(
            #"{"id": 7, "task": "a", "input": {"x": [1]}, "deadline": "200ms", "priority": "high", "trace": "t", "route": "r", "stream": true}"#
        )
        #expect(request.id == 7)
        #expect(request.task == "a")
        #expect(request.input == ["x": [1]])
        #expect(request.isStream)
        #expect(
            request.options == RunOptions(deadline: .milliseconds(200), priority: .high, traceID: "t", routeKey: "r"))
    }

    static let wrong: [(String, String)] = [
        ("", "not JSON"), ("[1]", "an object"), (#"{"input": 1}"#, "\"task\" is missing"),
        (#"{"task": "a", "inptu": 1}"#, "\"inptu\" is unknown"), (#"{"task": "a", "deadline": 5}"#, "deadline"),
        (#"{"task": "a", "deadline": "-5s"}"#, "deadline"), (#"{"task": "a", "priority": "urgent"}"#, "priority"),
    ]

    @Test(arguments: wrong)
    func problems(line: String, mention: String) {
        let problem = #expect(throws: RequestLine.Problem.self) { try RequestLine(line) }
        #expect(problem?.message.contains(mention) == true)
    }

    @Test func aProblemKeepsTheID() {
        let problem = #expect(throws: RequestLine.Problem.self) { try RequestLine(#"{"id": "x", "no": 1}"#) }
        #expect(problem?.id == "x")
    }
}

@Suite struct LineReaderTests {
    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\nb\n", ["a", "b"]), ("\n\nß", ["", "", "ß"]),
    ])
    func lines(text: String, expected: [String]) throws {
        let scratch = try Scratch()
        try scratch.write(text, to: "lines")
        var reader = LineReader(try #require(FileHandle(forReadingAtPath: scratch.path + "/lines")))
        var lines: [String] = []
        while let line = reader.next() { lines.append(line) }
        #expect(lines == expected)
    }

    @Test func aLongFile() throws {
        let scratch = try Scratch()
        let expected = (0..<20_000).map { "line \($0) " + String(repeating: "x", count: $0 % 90) }
        try scratch.write(expected.joined(separator: "\n"), to: "lines")
        var reader = LineReader(try #require(FileHandle(forReadingAtPath: scratch.path + "/lines")))
        var lines: [String] = []
        while let line = reader.next() { lines.append(line) }
        #expect(lines == expected)
    }
}
