import Foundation
import Testing
import Walle

extension HostSuite {
    @Suite struct EventStoreTests {
        static let definitions = """
            [source.clicks]
            columns = { user_id = "text", price = "float", items = "int" }
            idle = "1h"

            [stream.minutes]
            source = "clicks"
            key = "user_id"
            window = { tumbling = "1min" }
            aggregate = { views = "count() where event = 'view'", spent = "sum(price)", last = "last(event, 2)" }

            [pattern.buys]
            source = "clicks"
            key = "user_id"
            pattern = "view buy"
            within = "1h"
            """

        static func configuration(_ folder: TestPackage? = nil) throws -> HostConfiguration {
            var configuration = quiet
            configuration.events = try EventConfiguration(toml: definitions)
            configuration.events.store = folder.map { EventStore(path: $0.path + "/events.sqlite") }
            return configuration
        }

        static func event(_ name: String, _ user: String, at second: Int64, price: Double? = nil) -> Event {
            Event(
                name, time: second * 1_000_000,
                attributes: ["user_id": .text(user), "price": price.map { .float($0) } ?? .null])
        }

        static let events = [
            event("view", "ann", at: 1), event("view", "bob", at: 2), event("buy", "ann", at: 30, price: 2.5),
            event("view", "ann", at: 61),
        ]

        @Test(.timeLimit(.minutes(1))) func givesTheRowsOfItsStreams() async throws {
            try await withHost(configuration: Self.configuration()) { host in
                var rows = try host.rows(of: "minutes").makeAsyncIterator()
                var matches = try host.rows(of: "buys").makeAsyncIterator()
                try host.send(Self.events)
                let first = try #require(await rows.next())
                #expect(first.stream == "minutes")
                #expect(first.change == .insertion)
                #expect(
                    first.values == [
                        "user_id": "ann", "window_start": 0, "window_end": 60_000_000, "views": 1, "spent": 2.5,
                        "last": ["view", "buy"],
                    ])
                #expect(await rows.next()?["user_id"] == "bob")
                let match = try #require(await matches.next())
                #expect(match["rows"] == [0, 2])
                let error = #expect(throws: StreamError.self) { try host.rows(of: "hours") }
                #expect(error?.field == "hours")
                #expect(throws: StreamError.self) { try host.query("SELECT 1") }
            }
        }

        @Test(.timeLimit(.minutes(1))) func windowsEndByTheClockWhereEventsAreOfTheirArrival() async throws {
            var configuration = quiet
            configuration.events = try EventConfiguration(
                toml: """
                    [source.clicks]
                    clock = "arrival"
                    idle = "50ms"
                    [stream.bursts]
                    source = "clicks"
                    key = false
                    window = { session = "100ms" }
                    aggregate = { events = "count()" }
                    """)
            try await withHost(configuration: configuration) { host in
                var rows = try host.rows(of: "bursts").makeAsyncIterator()
                // Their own times are long ago and apart.
                try host.send([Event("a", time: 1), Event("b", time: 1_000_000_000)])
                let row = try #require(await rows.next())
                #expect(row["events"] == 2)
                #expect(abs((row["window_end"]?.number ?? 0) - Double(Event.now)) < 60e6)
            }
        }

        @Test func aQuerySeesEverything() async throws {
            let folder = try TestPackage("")
            try await withHost(configuration: Self.configuration(folder)) { host in
                for event in Self.events { try host.send(event) }
                let rows = try host.query("SELECT user_id, views, spent FROM minutes ORDER BY user_id")
                #expect(
                    rows == [
                        ["user_id": "ann", "views": 1, "spent": 2.5], ["user_id": "bob", "views": 1, "spent": .none],
                    ])
                #expect(host.eventStatus.committed == 4)
                #expect(try host.query("SELECT count(*) AS n FROM buys") == [["n": 1]])
                let error = #expect(throws: StreamError.self) { try host.query("DELETE FROM minutes") }
                #expect(error?.code == .storage)
            }
        }

        @Test func keepsItsEventsByNameAndTime() async throws {
            let folder = try TestPackage("")
            var configuration = try Self.configuration(folder)
            configuration.events.store?.log = EventStore.Log()
            for _ in 0..<2 {
                try await withHost(configuration: configuration) { host in
                    if host.eventStatus.events == 0 { try host.send(Self.events) }
                    let known = Self.events.map { event in
                        var event = event
                        event.attributes = event.attributes.filter { $0.value != .null }
                        return event
                    }
                    #expect(try host.events(["view"]) == [known[0], known[1], known[3]])
                    #expect(try host.events(["buy", "view"], from: 2_000_000, to: 61_000_000) == [known[2], known[1]])
                    #expect(try host.events(["none"]).isEmpty)
                }
            }
            try await withHost(configuration: Self.configuration()) { host in
                let error = #expect(throws: StreamError.self) { try host.events(["view"]) }
                #expect(error?.code == .storage)
            }
        }

        @Test(.timeLimit(.minutes(1))) func tasksAskStreams() async throws {
            let folder = try TestPackage("")
            let asks = try TestPackage(
                """
                from walle import task
                def run(question):
                    try:
                        return task.query(question["sql"], *question["values"])
                    except ValueError as error:
                        return str(error)
                """)
            try await withHost(asks, configuration: Self.configuration(folder)) { host in
                try host.send(Self.events)
                let question = { (sql: String, values: [Value]) -> Value in
                    ["sql": .string(sql), "values": .array(values)]
                }
                let rows = try await host.run(
                    "sample", question("SELECT spent FROM minutes WHERE user_id = ? AND views > ?", ["ann", 0]))
                #expect(rows == [["spent": 2.5]])
                for (sql, values, part) in [
                    ("SELECT nothing FROM minutes", [], "nothing"), ("SELECT ?", [], "question marks"),
                    ("SELECT ?", [[1]], "single values"), ("DROP TABLE minutes", [], "task.query"),
                ] as [(String, [Value], String)] {
                    let error = try await host.run("sample", question(sql, values)).text
                    #expect(error?.contains(part) == true, "\(sql): \(error ?? "no error")")
                }
            }
        }

        /// Counts without end.
        private static let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT"

        @Test(.timeLimit(.minutes(1))) func eventsAreTakenWhileAQueryRunsThatTheLimitOfItsRunEnds() async throws {
            let folder = try TestPackage("")
            let asks = try TestPackage(
                toml: "[limits]\nrun = \"500ms\"",
                "from walle import task\ndef run(sql): return task.query(sql)")
            try await withHost(asks, configuration: Self.configuration(folder)) { host in
                try host.send(Self.events[0])
                let run = Task { try await host.run("sample", .string(Self.endless + " count(*) FROM c")) }
                var sent = 0
                for event in Self.events.dropFirst() {
                    try await Task.sleep(for: .milliseconds(50))
                    let clock = ContinuousClock.now
                    try host.send(event)
                    if clock.duration(to: .now) < .milliseconds(200) { sent += 1 }
                }
                #expect(sent == 3)
                let error = await #expect(throws: TaskError.self) { try await run.value }
                #expect(error?.kind == .limit(.time))
                #expect(try await host.run("sample", "SELECT count(*) AS n FROM buys") == [["n": 1]])
            }
        }

        @Test func aQueryOfTooManyRowsIsRefused() async throws {
            let folder = try TestPackage("")
            try await withHost(configuration: Self.configuration(folder)) { host in
                try host.send(Self.events)
                let error = #expect(throws: StreamError.self) { try host.query(Self.endless + " x FROM c") }
                #expect(error?.code == .limit)
                var asked = 0
                let stopped = #expect(throws: StreamError.self) {
                    try host.query(Self.endless + " count(*) FROM c") {
                        asked += 1
                        return asked > 10
                    }
                }
                #expect(stopped?.message.contains("stopped") == true)
                #expect(asked == 11)
            }
        }

        @Test(.timeLimit(.minutes(1))) func tasksSendEvents() async throws {
            let sends = try TestPackage(
                """
                from datetime import UTC, datetime
                from walle import task
                def run(events):
                    if events == "soon": events = {"event": "view", "timestamp": "soon"}
                    elif events == "date": events = {"event": "view", "timestamp": datetime(1970, 1, 2, tzinfo=UTC)}
                    try:
                        return task.send(events)
                    except ValueError as error:
                        return str(error)
                """)
            try await withHost(sends, configuration: Self.configuration()) { host in
                let run = { (events: Value) in try await host.run("sample", events) }
                #expect(try await run(["event": "view", "user_id": "ann", "timestamp": 5]) == 0)
                #expect(try await run([["event": "a", "price": 1.5], ["event": "b", "items": 2]]) == 1)
                #expect(try await run("date") == 3)
                for (events, part) in [
                    ("soon", "timestamp: this is no time"), (["user_id": "ann"], "event: the name"),
                    (["event": "a", "user_id": ["x"]], "user_id: the value has parts"),
                    ([["event": "a"], ["event": "a", "timestamp": 9_000_000_000_000_000]], "in the future"),
                ] as [(Value, String)] {
                    let error = try await run(events).text
                    #expect(error?.contains(part) == true, "\(error ?? "no error")")
                }
                #expect(host.eventStatus.events == 4)
            }
        }

        @Test(.timeLimit(.minutes(1))) func goesOnAfterARestart() async throws {
            let folder = try TestPackage("")
            let task = try TriggerTests.package(
                "key = \"user_id\"\npattern = \"view buy[price > 1]\"\nwithin = \"1h\"", "def run(match): return match")
            try await withHost(task, configuration: Self.configuration(folder)) { host in
                _ = try host.send(Array(Self.events.prefix(2)))
            }
            try await withHost(task, configuration: Self.configuration(folder)) { host in
                #expect(host.eventStatus.committed == 2)
                let answers = host.events
                // The source sends everything again.
                #expect(try host.send(Self.events, at: 0) == 0..<4)
                let match = try #require(try await TriggerTests.answers(1, answers).first)
                #expect(match["places"] == [0, 2])
                #expect(match["events"]?[0]?["user_id"] == "ann")
                #expect(try host.query("SELECT sum(views) AS n FROM minutes") == [["n": 2]])
                let error = #expect(throws: StreamError.self) { try host.send(Self.events, at: 9) }
                #expect(error?.code == .input)
            }
        }

        @Test(.timeLimit(.minutes(1))) func runsThatTheEndStoppedRunAgain() async throws {
            let folder = try TestPackage("")
            let trigger = "key = false\npattern = \"view\"\nwithin = \"1h\""
            let slow = try TriggerTests.package(
                trigger, "import time\ndef run(match):\n    if match['places'] == [1]: time.sleep(9)\n    return 'done'"
            )
            var names: [String] = []
            try await withHost(slow, configuration: Self.configuration(folder)) { host in
                let events = host.events
                _ = try host.send(Array(Self.events.prefix(2)))
                var answered = 0
                for await event in events {
                    if case .triggered(let run, _) = event.kind { names.append(run) }
                    if case .answered = event.kind { answered += 1 }
                    if names.count == 2, answered == 1 { break }
                }
            }
            let quick = try TriggerTests.package(trigger, "from walle import task\ndef run(match): return task.run_id")
            for expected in [1, 0] {
                try await withHost(configuration: Self.configuration(folder)) { host in
                    let events = host.events
                    try await host.load(quick.path)
                    #expect(host.triggeredRuns <= expected)
                    if expected > 0 { #expect(try await TriggerTests.answers(1, events) == [.string(names[1])]) }
                    #expect(host.triggeredRuns == 0)
                    #expect(try host.query("SELECT count(*) AS n FROM walle_outbox") == [["n": .integer(expected)]])
                }
            }
        }

        @Test func swiftSaysTheSameAsAFile() throws {
            let source = EventSource(
                "clicks", columns: ["user_id": .text, "price": .float, "items": .int], idle: .seconds(3600))
            let built = try EventConfiguration(source) {
                StreamFeature("minutes") {
                    KeyBy("user_id")
                    Window.tumbling(.seconds(60))
                    Aggregates(["views": "count() where event = 'view'", "spent": "sum(price)"])
                    Aggregates(["last": "last(event, 2)"])
                }
                StreamFeature.pattern("buys", "view buy", key: ["user_id"], within: .seconds(3600))
            }
            #expect(built.definitions == (try EventConfiguration(toml: Self.definitions)).definitions)
            let windows: [(Window, String)] = [
                (.hopping(.seconds(60), every: .seconds(10), offset: .seconds(1)), "hopping"),
                (.cumulating(.seconds(60), step: .seconds(10)), "cumulating"), (.session(gap: .seconds(9)), "session"),
                (.over(.seconds(9)), "over"), (.calendar("month", zone: "Europe/Berlin"), "calendar"),
                (.visit(from: "view", to: "leave", timeout: .seconds(9)), "visit"),
            ]
            for (window, name) in windows {
                let built = try EventConfiguration(source) {
                    StreamFeature("a") {
                        Where("price > 1")
                        Let(["euro": "price * 0.92"])
                        KeyBy()
                        window
                        Aggregates(["n": "sum(euro)"])
                        if name == "session" { Retractions() }
                    }
                }
                #expect(built.definitions.streams.first?.identity.joined().contains(name) == true, "\(name)")
            }
            let error = #expect(throws: StreamError.self) {
                _ = try EventConfiguration(source) {
                    StreamFeature("a") {
                        KeyBy("user")
                        Window.tumbling(.zero)
                    }
                }
            }
            #expect(error?.field == "stream.a.window.tumbling")
        }

        @Test func wrongConfigurationsAreRefused() async throws {
            let twoSources =
                Self.definitions + """

                    [source.other]
                    [stream.more]
                    source = "other"
                    key = false
                    window = { session = "1s" }
                    aggregate = { n = "count()" }
                    """
            let first = #expect(throws: TaskError.self) { _ = try EventConfiguration(toml: twoSources) }
            #expect(first?.description.contains("one source") == true)
            let second = #expect(throws: TaskError.self) {
                _ = try EventConfiguration(toml: Self.definitions.replacing("1min", with: "soon"))
            }
            #expect(second?.description.contains("events.toml:") == true, "\(String(describing: second))")
            #expect(throws: TaskError.self) { _ = try EventConfiguration(contentsOf: "/nowhere/events.toml") }

            let folder = try TestPackage("")
            try await withHost(configuration: Self.configuration(folder)) { host in _ = try host.send(Self.events) }
            var configuration = quiet
            configuration.events = try EventConfiguration(toml: Self.definitions.replacing("1min", with: "2min"))
            configuration.events.store = EventStore(path: folder.path + "/events.sqlite")
            let third = #expect(throws: TaskError.self) { _ = try TaskHost(configuration: configuration) }
            #expect(third?.description.contains("window") == true)
            configuration.events.store = EventStore(path: folder.path + "/main.py")
            try folder.write("main.py", String(repeating: "no database ", count: 1000))
            let fourth = #expect(throws: TaskError.self) { _ = try TaskHost(configuration: configuration) }
            #expect(fourth?.description.contains("main.py") == true)
        }
    }
}
