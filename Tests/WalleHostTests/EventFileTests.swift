import Foundation
import Testing
import Walle

extension HostSuite {
    /// Files of events that a host takes.
    @Suite struct EventFileTests {
        private static let lines = """
            {"timestamp": 1000000, "event": "view", "user_id": "ann", "colour": "red"}
            {"timestamp": 2000000, "event": "view"
            {"timestamp": 3000000, "event": "buy", "user_id": "ann", "items": "two"}
            {"timestamp": -1, "event": "buy", "user_id": "ann"}
            {"timestamp": 4000000, "event": "view", "user_id": "bob"}
            """
        private static let records = """
            user_id,event,timestamp,colour
            ann,view,1,red
            ann,buy,3,
            bob,view,4,"blue, or so"
            """

        private static func package() throws -> TestPackage {
            try TriggerTests.package("key = \"user_id\"\npattern = \"view buy\"\nwithin = \"1h\"")
        }

        private static func file(_ name: String, _ text: String, in package: TestPackage) throws -> String {
            let path = package.path + "/" + name
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }

        @Test(.timeLimit(.minutes(1))) func givesTheEventsOfItsLines() async throws {
            let package = try Self.package()
            let path = try Self.file("events.jsonl", Self.lines, in: package)
            try await withHost(package, configuration: TriggerTests.shop) { host in
                let events = host.events
                let sent = try await host.send(contentsOf: path)
                #expect(sent.events == 0..<3)
                #expect(sent.badLines == 2)
                #expect(sent.samples.map { $0.prefix(7) } == ["line 2:", "line 4:"])
                #expect(sent.unfit == 1)
                let match = try #require(try await TriggerTests.answers(1, events).first)
                #expect(
                    match["events"] == [
                        ["event": "view", "page": .none, "timestamp": 1_000_000, "user_id": "ann", "colour": "red"],
                        ["event": "buy", "page": .none, "timestamp": 3_000_000, "user_id": "ann", "items": "two"],
                    ])
            }
        }

        @Test(.timeLimit(.minutes(1))) func leavesOutWhatWasTaken() async throws {
            let package = try Self.package()
            let path = try Self.file("events.csv", Self.records, in: package)
            try await withHost(configuration: TriggerTests.shop) { host in
                try host.send(Event("start", time: 0))
                #expect(try await host.send(contentsOf: path, timeUnit: .seconds, at: 1).events == 1..<4)
                #expect(try await host.send(contentsOf: path, timeUnit: .seconds, at: 1).events == 1..<4)
                #expect(try await host.send(contentsOf: path, timeUnit: .seconds, at: 2).events == 2..<5)
                #expect(host.eventStatus.events == 5)
                #expect(host.eventStatus.latest == 4_000_000)
                let error = await #expect(throws: StreamError.self) { try await host.send(contentsOf: path, at: 9) }
                #expect(error?.message == "the events from 5 to 9 are missing")
            }
        }

        @Test(.timeLimit(.minutes(1))) func waitsWhileTooManyRunsDo() async throws {
            let package = try TriggerTests.package(
                "key = false\npattern = \"tick\"\nwithin = \"1s\"", "def run(match): return match['places']")
            var configuration = TriggerTests.shop
            configuration.events.triggeredRuns = 10
            let ticks = (0..<10_000).map { "{\"timestamp\": \($0), \"event\": \"\($0 % 100 == 0 ? "tick" : "tock")\"}" }
            let path = try Self.file("events.jsonl", ticks.joined(separator: "\n"), in: package)
            try await withHost(package, configuration: configuration) { host in
                let events = host.events
                #expect(try await host.send(contentsOf: path).events == 0..<10_000)
                let places = try await TriggerTests.answers(100, events)
                #expect(places == (0..<100).map { [.integer($0 * 100)] })
            }
        }

        @Test func tellsWhatCannotBeRead() async throws {
            let package = try Self.package()
            let cases = [
                ("none.csv", "cannot be read"), (try Self.file("a.txt", "", in: package), "a.txt"),
                (try Self.file("a.csv", "user_id,time\nann,1\n", in: package), "timestamp"),
                (try Self.file("a.csv.gz", "no gzip", in: package), "gzip"),
            ]
            try await withHost(configuration: TriggerTests.shop) { host in
                for (path, what) in cases {
                    let error = await #expect(throws: StreamError.self) { try await host.send(contentsOf: path) }
                    #expect(error?.description.contains(what) == true, "\(error.map { "\($0)" } ?? "")")
                }
                #expect(host.eventStatus.events == 0)
            }
        }
    }
}
