import Foundation
import Testing
import Walle
import WalleTensor

private struct Scored: Codable, Sendable {
    var name: String
    var scores: Tensor
}

extension HostSuite {
    /// Arrays between Swift and tasks, and from task to task.
    @Suite struct TensorTests {
        private func address(_ tensor: Tensor) -> Int {
            tensor.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
        }

        @Test func crossesARunWithoutACopy() async throws {
            let package = try TestPackage(
                """
                import walle.numpy as np
                kept = []
                def run(x):
                    a = x["scores"]
                    kept.append(a)
                    if x["name"] == "write":
                        a[0] = 99.0
                    if x["name"] == "new":
                        a = a * 2
                    return {"name": str(a.dtype), "scores": a}
                """)
            let scores = try Tensor(zeros: [4, 10_000], .float32)
            try await withHost(package) { host in
                let same: Scored = try await host.run("sample", Scored(name: "same", scores: scores))
                #expect(same.name == "float32" && address(same.scores) == address(scores))
                let written: Scored = try await host.run("sample", Scored(name: "write", scores: scores))
                #expect(try written.scores.values(of: Float.self)[0] == 99)
                #expect(try scores.values(of: Float.self)[0] == 0 && address(written.scores) != address(scores))
                let new: Scored = try await host.run("sample", Scored(name: "new", scores: scores))
                #expect(new.scores.shape == [4, 10_000] && new.scores == scores)
            }
        }

        @Test func writesOfSwiftDoNotReachTheTask() async throws {
            let package = try TestPackage(
                """
                kept = []
                def run(a):
                    if a is not None:
                        kept.append(a)
                    return float(kept[0].sum())
                """)
            try await withHost(package) { host in
                var tensor = try Tensor(zeros: [50_000])
                let first: Double = try await host.run("sample", tensor)
                try tensor.withMutableSpan(of: Double.self) { $0[0] = 5 }
                let second: Double = try await host.run("sample", Double?.none)
                #expect(first == 0 && second == 0)
                #expect(try tensor.values(of: Double.self)[0] == 5)
            }
        }

        private static let crossings: [(expression: String, expected: Value)] = [
            ("np.float32(1.5)", Value.double(1.5)), ("np.arange(3)", .tensor(Tensor([0, 1, 2]))),
            ("[np.int64(4), np.bool_(True)]", [4, true]),
            ("{'a': np.zeros(0, int)}", ["a": .tensor(Tensor([Int]()))]),
            ("np.arange(6).reshape(2, 3)[:, 1]", .tensor(Tensor([1, 4]))),
        ]

        @Test(arguments: crossings) func becomesAValue(expression: String, expected: Value) async throws {
            let package = try TestPackage("import walle.numpy as np\ndef run(x):\n    return \(expression)")
            try await withHost(package) { host in
                let value = try await host.run("sample", Value.none)
                #expect(value == expected)
            }
        }

        @Test func listsBecomeTensorsAndArraysLists() async throws {
            let package = try TestPackage(
                "import walle.numpy as np\ndef run(x):\n    return [[1, 2], [3, 4]] if x == 'list' else np.eye(2)")
            try await withHost(package) { host in
                let tensor: Tensor = try await host.run("sample", "list")
                #expect(tensor.shape == [2, 2] && tensor.dtype == .int64)
                let rows: [[Double]] = try await host.run("sample", "array")
                #expect(rows == [[1, 0], [0, 1]])
            }
        }

        @Test func isSharedByName() async throws {
            let package = try TestPackage(
                """
                import walle.numpy as np
                from walle import task
                def run(x):
                    if x == "share":
                        table = np.zeros((1000, 1000))
                        table[3, 4] = 7
                        task.share("table", table)
                        table[3, 4] = 8       # a copy of its own from here on
                        return float(table[3, 4])
                    if x == "write":
                        mine = task.shared("table")
                        mine += 1
                    table = task.shared("table")
                    return None if table is None else float(table[3, 4])
                """)
            try await withHost(package) { host in
                let own: Double? = try await host.run("sample", "share")
                let read: Double? = try await host.run("sample", "read")
                let afterWrite: Double? = try await host.run("sample", "write")
                #expect(own == 8 && read == 7 && afterWrite == 7)
                guard case .tensor(let table) = host.shared("table") else { return #expect(Bool(false)) }
                #expect(table.shape == [1000, 1000])
                try host.share("table", .none)
                let gone: Double? = try await host.run("sample", "read")
                #expect(gone == nil)
            }
        }

        @Test func outlivesTheVMThatMadeIt() async throws {
            let package = try TestPackage(
                "import walle.numpy as np\ndef run(n):\n    return np.full(n, 3.0)")
            var made: [Tensor] = []
            for count in [10, 100_000] {
                try await withHost(package) { host in made.append(try await host.run("sample", count)) }
            }
            for tensor in made { #expect(try tensor.values(of: Double.self).allSatisfy { $0 == 3 }) }
        }

        @Test func countsAgainstTheMemoryLimit() async throws {
            let package = try TestPackage(
                toml: "[limits]\nmemory = \"64MB\"",
                """
                import walle.numpy as np
                def run(n):
                    return np.zeros(n).size
                """)
            try await withHost(package) { host in
                let small = try await host.run("sample", Value.integer(1000))
                #expect(small == 1000)
                let failed = await failure { () async throws(TaskError) in
                    try await host.run("sample", Value.integer(1 << 26))
                }
                #expect(failed?.kind == .limit(.memory), "\(String(describing: failed))")
            }
        }

        @Test func survivesJSON() throws {
            let tensor = try Tensor([1.5, -2, .nan]).reshaped([3, 1])
            let data = try JSONEncoder().encode(tensor)
            let decoded = try JSONDecoder().decode(Tensor.self, from: data)
            #expect(decoded == tensor)
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(Tensor.self, from: Data(#"{"dtype":"int8","shape":[9],"data":"AA=="}"#.utf8))
            }
        }
    }
}
