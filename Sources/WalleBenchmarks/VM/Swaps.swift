internal import Walle

/// The first run of a new version after `swap`.
enum SwapLatency {
    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folders = try ["1.0.0", "2.0.0"].map { version in
            try TaskFolder("turn", version: version, source: "def run(value):\n    return [value, \"\(version)\"]\n")
        }
        let host = try TaskHost()
        try await host.load(folders[0].path)
        let peer = try PeerProcess("latency")
        var (first, preparation, theirs) = (Samples(), Samples(), Samples())
        for index in 1...plan.count(200) {
            let folder = folders[index % 2]
            preparation.add(try await Clock.seconds { try await host.swap("turn", to: folder.path) } * 1e3)
            var result: Value = nil
            first.add(try await Clock.seconds { result = try await host.run("turn", .integer(index)) } * 1e3)
            let version: Value = .string("\(index % 2 + 1).0.0")
            try BenchmarkError.check(result == [.integer(index), version], "wrong result \(result)")
            theirs.add(try peer.ask("first_call") as Double)
        }
        return [
            Measurement(
                "first run of a new version after swap", first.median, "ms p50",
                peer: .init("creating an interpreter and calling it", theirs.median), target: .atMost(1),
                note: "\(first.summary("ms")); peer \(theirs.summary("ms"))"),
            Measurement(
                "swap itself: interpreter, import, switch", preparation.median, "ms p50",
                peer: .init("creating an interpreter and calling it", theirs.median),
                note: preparation.summary("ms")),
        ]
    }
}

/// What stays of a version after it was swapped out.
enum SwapMemory {
    static let modules = """
        json re dataclasses typing collections datetime decimal fractions random statistics itertools functools enum \
        string textwrap hashlib base64 struct csv io pathlib logging copy heapq bisect uuid contextlib operator types \
        html
        """.split(separator: " ").joined(separator: ", ")

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folders = try ["1.0.0", "2.0.0"].map { version in
            try TaskFolder(
                "heavy", version: version, source: "import \(modules)\n\ndef run(value):\n    return value\n")
        }
        let host = try TaskHost()
        try await host.load(folders[0].path)
        let swaps = plan.count(2000)
        try await swap(host, folders, plan.count(100))
        let before = try await settledBytes(host)
        let seconds = try await Clock.seconds { try await swap(host, folders, swaps) }
        let after = try await settledBytes(host)
        let result: Int = try await host.run("heavy", 7)
        try BenchmarkError.check(result == 7, "wrong result \(result)")
        let peer = try PeerProcess("memory")
        let left: Double = try peer.ask("left", ["count": .integer(plan.count(40)), "modules": .text(modules)])
        return [
            Measurement(
                "memory left by a swap, 30 standard modules", (after - before) / Double(swaps) / 1024, "KB",
                peer: .init("stock CPython, create and destroy", left / 1024), target: .atMost(1),
                note: "anonymous resident bytes before and after \(swaps) swaps, "
                    + "\(Figure.text(seconds / Double(swaps) * 1e3)) ms each: "
                    + "\(Figure.text(before / 1e6)) → \(Figure.text(after / 1e6)) MB")
        ]
    }

    private static func swap(_ host: TaskHost, _ folders: [TaskFolder], _ count: Int) async throws {
        for index in 1...count { try await host.swap("heavy", to: folders[index % 2].path) }
    }

    /// Resident bytes once what was swapped out has ended and the spare is there again.
    private static func settledBytes(_ host: TaskHost) async throws -> Double {
        for _ in 0..<1000 where host.status.virtualMachines != 2 { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(500))
        try BenchmarkError.check(host.status.virtualMachines == 2, "\(host.status.virtualMachines) VMs instead of 2")
        return Resources.residentBytes
    }
}
