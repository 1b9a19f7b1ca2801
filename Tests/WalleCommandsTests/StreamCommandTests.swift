import ArgumentParser
import Foundation
import Testing

@testable import WalleCommands

@Suite struct StreamCommandTests {
    private static let definitions = """
        [source.clicks]
        time = "timestamp"
        columns = { user_id = "text", platform = "text" }

        [stream.hourly]
        source = "clicks"
        key = "user_id"
        window = { tumbling = "1h" }
        aggregate = { events = "count()", platforms = "distinct(platform)", last = "last(event, 2)" }

        [stream.hops]
        source = "clicks"
        key = "user_id"
        window = { hopping = "1h", slide = "10min" }
        aggregate = { events = "count()" }

        [stream.visits]
        source = "clicks"
        key = "user_id"
        window = { session = "30min" }
        aggregate = { events = "count()" }

        [pattern.carts]
        source = "clicks"
        key = "user_id"
        pattern = "v:product_view add_to_cart"
        within = "1h"
        skip = "to next row"

        [pattern.strict]
        source = "clicks"
        key = "user_id"
        pattern = "product_view add_to_cart"
        within = "1h"
        contiguity = "strict"

        [pattern.all]
        source = "clicks"
        key = false
        pattern = "product_view add_to_cart"
        within = "1h"
        skip = "to next row"
        """

    private func run(_ arguments: [String], _ recorder: Recorder) async throws -> CommandStatus {
        try await StreamRunCommand.parse(arguments).execute(on: recorder.console())
    }

    @Test func givesRowsInOrderOfTime() async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        try scratch.write(Self.definitions, to: "a.toml")
        // Sorted by user, as logs often are.
        try scratch.write(
            """
            user_id,event,timestamp,platform
            ann,view,2024-03-01 10:05:00,phone
            ann,buy,2024-03-01 10:59:59,desk
            ann,view,2024-03-01 11:00:00,
            bob,view,2024-03-01 09:00:00,phone
            bob,view,yesterday,phone
            """, to: "log.csv")
        let status = try await run(
            [scratch.path + "/a.toml", "--input", scratch.path + "/log.csv", "--stream", "hourly", "--format", "json"],
            recorder)
        #expect(status == .success)
        #expect(
            recorder.output == """
                {"user_id": "bob", "window_start": "2024-03-01T09:00:00Z", "window_end": "2024-03-01T10:00:00Z", \
                "events": 1, "platforms": 1, "last": ["view"]}
                {"user_id": "ann", "window_start": "2024-03-01T10:00:00Z", "window_end": "2024-03-01T11:00:00Z", \
                "events": 2, "platforms": 2, "last": ["view", "buy"]}
                {"user_id": "ann", "window_start": "2024-03-01T11:00:00Z", "window_end": "2024-03-01T12:00:00Z", \
                "events": 1, "platforms": 0, "last": ["view"]}

                """)
        #expect(recorder.error.contains("hourly: 4 events, 3 rows"))
        #expect(recorder.error.contains("1 lines gave no event") && recorder.error.contains("yesterday"))
    }

    @Test func warnsOfLateEvents() async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        try scratch.write(Self.definitions, to: "a.toml")
        try scratch.write(
            """
            {"user_id": "a", "event": "view", "timestamp": "2024-03-01T12:00:00Z"}
            {"user_id": "b", "event": "view", "timestamp": "2024-03-01T10:00:00Z"}
            """, to: "log.jsonl")
        let arguments = [scratch.path + "/a.toml", "--input", scratch.path + "/log.jsonl", "--stream", "hourly"]
        #expect(try await run(arguments + ["--as-is"], recorder) == .success)
        #expect(recorder.error.contains("1 events came too late. Give the source a longer delay."))
        #expect(recorder.lines.count == 2, "a header and a row: \(recorder.output)")
    }

    @Test(arguments: [
        (["{}/none.toml", "--input", "x.csv"], "cannot be read as UTF-8"),
        (["{}/a.toml", "--input", "{}/none.csv"], "cannot be read"),
        (["{}/a.toml", "--input", "{}/a.toml"], "does not say by its ending what it is"),
        (["{}/a.toml", "--input", "x.csv", "--stream", "hourli"], "Did you mean \"hourly\"?"),
    ])
    func tellsWhatIsWrong(arguments: [String], message: String) async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        try scratch.write(Self.definitions, to: "a.toml")
        let status = try await run(arguments.map { $0.replacing("{}", with: scratch.path) }, recorder)
        #expect(status != .success && recorder.error.contains(message), "\(recorder.error)")
    }

    @Test func goesOnWhereTheStoreStopped() async throws {
        let scratch = try Scratch()
        try scratch.write(Self.definitions, to: "a.toml")
        let lines = (0..<300).map { index in
            "{\"user_id\": \"u\(index % 3)\", \"event\": \"view\", \"timestamp\": \(1_700_000_000_000_000 + index * 60_000_000)}\n"
        }
        let arguments = [
            scratch.path + "/a.toml", "--input", scratch.path + "/log.jsonl", "--stream", "hourly", "--format", "json",
        ]
        var given: [String] = []
        for count in [100, 100, 230, 300] {
            try scratch.write(lines.prefix(count).joined(), to: "log.jsonl")
            let recorder = Recorder()
            #expect(try await run(arguments + ["--store", scratch.path + "/s.sqlite"], recorder) == .success)
            given += recorder.lines
            if count == 230 { #expect(recorder.error.contains("130 events from 100 on"), "\(recorder.error)") }
        }
        let whole = Recorder()
        #expect(try await run(arguments + ["--as-is"], whole) == .success)
        // Without a store the end of the file closes the last windows.
        #expect(given.count == whole.lines.count - 3 && Set(given).isSubset(of: Set(whole.lines)))
        let other = Self.definitions.replacing("tumbling = \"1h\"", with: "tumbling = \"2h\"")
        try scratch.write(other, to: "a.toml")
        let refused = Recorder()
        #expect(try await run(arguments + ["--store", scratch.path + "/s.sqlite"], refused) == .failure)
        #expect(refused.error.contains("window"), "\(refused.error)")
    }

    @Test func printsSQL() async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        try scratch.write(Self.definitions, to: "a.toml")
        let arguments = [scratch.path + "/a.toml", "--stream", "visits", "--dialect"]
        let flink = try StreamSQLCommand.parse(arguments + ["flink", "--with", "connector=filesystem"])
        #expect(try await flink.execute(on: recorder.console()) == .success)
        #expect(recorder.output.contains("SESSION(") && recorder.output.contains("'connector' = 'filesystem'"))
        let refused = try StreamSQLCommand.parse([scratch.path + "/a.toml", "--stream", "hourly", "--dialect", "flink"])
        #expect(try await refused.execute(on: recorder.console()) == .failure)
        #expect(recorder.error.contains("aggregate.last"), "\(recorder.error)")
    }

    @Test func printsPatternsAsSQL() async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        let patterns = Self.definitions.split(separator: "\n\n").filter { !$0.hasPrefix("[stream") }
        try scratch.write(patterns.joined(separator: "\n\n"), to: "a.toml")
        let flink = try StreamSQLCommand.parse([scratch.path + "/a.toml", "--dialect", "flink"])
        #expect(try await flink.execute(on: recorder.console()) == .success)
        #expect(recorder.output.split(separator: "MATCH_RECOGNIZE").count == 4, "\(recorder.output)")
        #expect(recorder.output.split(separator: "CREATE TEMPORARY TABLE").count == 2, "the table is printed once")
        let refused = try StreamSQLCommand.parse(
            [scratch.path + "/a.toml", "--stream", "carts", "--dialect", "duckdb"])
        #expect(try await refused.execute(on: recorder.console()) == .failure)
        #expect(recorder.error.contains("DuckDB cannot express one part"), "\(recorder.error)")
    }

    @Test func givesMatches() async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        try scratch.write(Self.definitions, to: "a.toml")
        try scratch.write(
            """
            user_id,event,timestamp
            ann,add_to_cart,2024-03-01 10:30:00
            ann,product_view,2024-03-01 10:00:00
            bob,product_view,2024-03-01 10:01:00
            bob,add_to_cart,2024-03-01 11:01:01
            """, to: "log.csv")
        let status = try await run(
            [scratch.path + "/a.toml", "--input", scratch.path + "/log.csv", "--stream", "carts", "--format", "json"],
            recorder)
        #expect(status == .success)
        #expect(
            recorder.output == """
                {"user_id": "ann", "match_start": "2024-03-01T10:00:00Z", "match_end": "2024-03-01T10:30:00Z", \
                "events": ["v", "add_to_cart"], "rows": [0, 2]}

                """)
    }

    /// Flink, DuckDB and a count of pairs give as many rows for the log.
    @Test(
        .enabled(if: clickstream != nil, "Scripts/fetch-data has not fetched the log"),
        arguments: [
            ("hourly", 4639), ("hops", 27_889), ("visits", 3605), ("carts", 1867), ("strict", 346), ("all", 4067),
        ])
    func givesAsManyRowsAsOthers(stream: String, rows: Int) async throws {
        let scratch = try Scratch()
        let recorder = Recorder()
        try scratch.write(Self.definitions, to: "a.toml")
        let log = try #require(Self.clickstream)
        let status = try await run(
            [scratch.path + "/a.toml", "--input", log, "--stream", stream, "--format", "json", "--quiet"], recorder)
        #expect(status == .success && recorder.lines.count == rows && recorder.error == "")
    }

    private static let clickstream: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
        let file = "\(cache)/walle/data/ecom.csv.gz"
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }()
}
