import Foundation
import Testing
import WallePython

@testable import Walle

@Suite struct ExampleTests {
    private func example(_ output: Value, _ tolerance: TaskExample.Tolerance = .init()) -> TaskExample {
        TaskExample(name: "example", input: .none, output: output, tolerance: tolerance)
    }

    @Test(
        arguments: [
            (1, 1), (1, 1.0), (1.0, 1), (0.3, .double(0.1 + 0.2)), (1e9, 1_000_000_000.5), (0.0, 1e-10),
            (1, 1.000_000_1),
            (.double(.nan), .double(.nan)), (.double(.infinity), .double(.infinity)), ([], []), ([:], [:]), (nil, nil),
            (["a": [1, 2.5, nil]], ["a": [1.0, 2.5, nil]]), ("AAE=", .bytes(Data([0, 1]))),
            ("1970-01-01T00:00:00Z", .date(Date(timeIntervalSince1970: 0))), (1.5, .duration(.milliseconds(1500))),
            (["b", "a"], .set(["a", "b"])), (.set([1, 2]), .set([2, 1])),
        ] as [(Value, Value)])
    func matches(_ expected: Value, _ got: Value) {
        #expect(example(expected).mismatch(got) == nil)
    }

    @Test(
        arguments: [
            (1, 2, "", "1", "2"),
            (1, true, "", "1", "true"),
            (1_000_000_000_000, 1_000_000_000_001, "", "1000000000000", "1000000000001"),
            (1.0, 1.001, "", "1.0", "1.001"),
            (.double(.infinity), 1.0, "", "Infinity", "1.0"),
            (0.0, .double(.nan), "", "0.0", "NaN"),
            (
                ["top": [9, 4, 1], "score": [0.81, 0.4, 0.22]], ["top": [4, 9, 1], "score": [0.81, 0.4, 0.22]],
                "top[0]",
                #"{"top": [9, 4, 1], …}"#, #"{"top": [4, 9, 1], …}"#
            ),
            (["a": 1], ["b": 1], "a", #"{"a": 1}"#, "{…}"),
            (["a": 1], ["a": 1, "b": 2], "b", "{…}", #"{"b": 2, …}"#),
            ([1, 2], [1, 2, 3], "[2]", "[1, 2]", "[1, 2, 3]"),
            (["x": ["y": "z"]], ["x": nil], "x", #"{"x": {"y": "z"}}"#, #"{"x": null}"#),
            (
                nil, .string(String(repeating: "a", count: 1000)), "", "null",
                "\"" + String(repeating: "a", count: 58) + "…"
            ),
            (
                .array((0..<100).map { ["n": .integer($0), "m": 0] }),
                .array((0..<100).map { ["n": .integer($0 == 50 ? 0 : $0), "m": 0] }),
                "[50].n", #"[…, {"n": 50, …}, …]"#, #"[…, {"n": 0, …}, …]"#
            ),
        ] as [(Value, Value, String, String, String)])
    func tellsTheDifference(_ expected: Value, _ got: Value, _ path: String, _ shown: String, _ shownGot: String) throws
    {
        let mismatch = try #require(example(expected).mismatch(got))
        #expect(mismatch.path == path)
        #expect(mismatch.description == "expected \(shown)\ngot      \(shownGot)")
    }

    @Test(arguments: [
        (#"{"input": 1, "output": 2}"#, 1e-6, 1e-9), (#"{"input": 1, "output": 2, "tolerance": 0.5}"#, 0.5, 1e-9),
        (#"{"input": 1, "output": 2, "tolerance": 0}"#, 0, 0),
        (#"{"input": 1, "output": 2, "tolerance": {"absolute": 3}}"#, 1e-6, 3),
    ])
    func readsTolerance(_ text: String, _ relative: Double, _ absolute: Double) throws {
        let tolerance = try TaskExample(json: text, file: "examples/a.json").tolerance
        #expect(tolerance == TaskExample.Tolerance(relative: relative, absolute: absolute))
    }

    @Test(arguments: [
        (
            "",
            #"examples/a.json:1:1: this is not JSON: a JSON value is missing at byte 0. Check it with python3 -m json.tool."#
        ),
        (
            "{\n  \"input\": [1,\n  2,]}",
            #"examples/a.json:3:5: this is not JSON: no JSON value at byte 21. Check it with python3 -m json.tool."#
        ),
        ("[]", #"examples/a.json: an example is an object. Write {"input": …, "output": …}."#),
        (#"{"output": 1}"#, #"examples/a.json: "input" is missing. Write {"input": …, "output": …}."#),
        (#"{"input": 1, "ouput": 1}"#, #"examples/a.json: "ouput" is unknown. Did you mean "output"?"#),
        (
            #"{"input": 1, "output": 1, "tolerance": -1}"#,
            #"examples/a.json: "tolerance" has -1, which is no number from 0 on. Write one, such as 1e-3, or {"relative": 1e-3, "absolute": 1e-6}."#
        ),
        (
            #"{"input": 1, "output": 1, "name": 1}"#,
            #"examples/a.json: "name" is no text. Write {"input": …, "output": …}."#
        ),
    ])
    func tellsTheProblem(_ text: String, _ problem: String) {
        let error = #expect(throws: PackageError.Problem.self) { try TaskExample(json: text, file: "examples/a.json") }
        #expect(error?.description == problem)
    }
}
