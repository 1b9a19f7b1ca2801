import Synchronization
import Testing
import Walle

extension HostSuite {
    @Suite struct TriggerTests {
        static let shop: HostConfiguration = {
            var configuration = quiet
            configuration.events.schema = EventSchema(
                attributes: [.init("user_id", .text), .init("price", .float), .init("items", .int)])
            configuration.events.idle = nil
            return configuration
        }()

        static func package(
            _ trigger: String, version: String = "1.0.0", toml: String = "",
            _ main: String = "def run(match): return match"
        ) throws -> TestPackage {
            try TestPackage(version: version, toml: toml + "\n[triggers.hesitates]\n" + trigger, main)
        }

        static let hesitates = """
            key = "user_id"
            pattern = "product_view+? add_to_cart"
            within = "10min"
            """

        static func event(
            _ name: String, _ user: String, at second: Int64, _ attributes: [String: EventValue] = [:]
        ) -> Event {
            Event(
                name, page: "/p", time: second * 1_000_000,
                attributes: attributes.merging(["user_id": .text(user)]) { $1 })
        }

        /// Collects what triggered runs gave until there are so many.
        static func answers(_ count: Int, _ events: HostEvents) async throws -> [Value] {
            var values: [Value] = []
            for await event in events {
                guard case .answered(_, _, let result) = event.kind else { continue }
                values.append(try result.get())
                if values.count == count { break }
            }
            return values
        }

        @Test(.timeLimit(.minutes(1))) func aMatchStartsItsTaskWithItsEvents() async throws {
            let package = try Self.package(Self.hesitates)
            try await withHost(package, configuration: Self.shop) { host in
                let events = host.events
                #expect(try host.send(Self.event("product_view", "ann", at: 1, ["price": .float(2.5)])) == 0)
                #expect(try host.send(Self.event("add_to_cart", "bob", at: 2)) == 1)
                #expect(
                    try host.send(Self.event("add_to_cart", "ann", at: 3, ["items": .int(2), "colour": .text("red")]))
                        == 2)
                let match = try #require(try await Self.answers(1, events).first)
                #expect(match["trigger"] == "hesitates")
                #expect(match["key"] == "ann")
                #expect(match["steps"] == ["product_view", "add_to_cart"])
                #expect(match["places"] == [0, 2])
                #expect(
                    match["events"] == [
                        [
                            "event": "product_view", "page": "/p", "timestamp": 1_000_000, "user_id": "ann",
                            "price": 2.5,
                        ],
                        [
                            "event": "add_to_cart", "page": "/p", "timestamp": 3_000_000, "user_id": "ann", "items": 2,
                            "colour": "red",
                        ],
                    ])
                #expect(host.eventStatus.matches == 1)
                #expect(host.eventStatus.events == 3)
            }
        }

        @Test(.timeLimit(.minutes(1))) func aRunHasTheNameOfItsMatch() async throws {
            let package = try Self.package(Self.hesitates, "from walle import task\ndef run(match): return task.run_id")
            var names: [Value] = []
            for _ in 0..<2 {
                try await withHost(package, configuration: Self.shop) { host in
                    let events = host.events
                    try host.send([Self.event("product_view", "ann", at: 1), Self.event("add_to_cart", "ann", at: 2)])
                    names += try await Self.answers(1, events)
                }
            }
            #expect(names[0] == names[1])
            #expect(names[0].text?.hasPrefix("sample/hesitates-1-") == true)
        }

        @Test(.timeLimit(.minutes(1))) func aSwapChangesTriggersAndKeepsWhatIsAsBefore() async throws {
            let old = try Self.package(Self.hesitates, "def run(match): return '1.0.0'")
            let same = try Self.package(Self.hesitates, version: "1.1.0", "def run(match): return '1.1.0'")
            let other = try Self.package(
                "key = \"user_id\"\npattern = \"search\"\nwithin = \"1s\"", version: "1.2.0",
                "def run(match): return match['steps']")
            try await withHost(old, configuration: Self.shop) { host in
                let events = host.events
                try host.send(Self.event("product_view", "ann", at: 1))
                try await host.swap("sample", to: same.path)
                try host.send(Self.event("add_to_cart", "ann", at: 2))
                #expect(try await Self.answers(1, events) == ["1.1.0"])
                try host.send(Self.event("product_view", "ann", at: 3))
                try await host.swap("sample", to: other.path)
                try host.send(Self.event("add_to_cart", "ann", at: 4))
                try host.send(Self.event("search", "ann", at: 5))
                #expect(try await Self.answers(1, events) == [["search"]])
                #expect(host.eventStatus.triggers == 1)
                try await host.unload("sample")
                #expect(host.eventStatus.triggers == 0)
            }
        }

        @Test(.timeLimit(.minutes(1))) func aTrailingNotIsToldWhenTheSourceRests() async throws {
            var configuration = Self.shop
            configuration.events.idle = .milliseconds(50)
            let package = try Self.package(
                "key = \"user_id\"\npattern = \"add_to_cart (not purchase)\"\nwithin = \"200ms\"")
            try await withHost(package, configuration: configuration) { host in
                let events = host.events
                try host.send([Self.event("add_to_cart", "ann", at: 1), Self.event("add_to_cart", "bob", at: 1)])
                try host.send(Self.event("purchase", "bob", at: 1))
                let answer = try await Self.answers(1, events)
                #expect(answer.first?["key"] == "ann")
                #expect(host.eventStatus.matches == 1)
            }
        }

        @Test(.timeLimit(.minutes(1))) func moreRunsThanTheQueueTakesWait() async throws {
            let package = try Self.package(
                "key = false\npattern = \"tick\"\nwithin = \"1s\"", toml: "[limits]\nqueue = 1",
                "def run(match): return match['places'][0]")
            var configuration = Self.shop
            configuration.events.triggeredRuns = 500
            configuration.eventBuffer = 4096
            try await withHost(package, configuration: configuration) { host in
                let events = host.events
                for second in 0..<5 {
                    try host.send((0..<100).map { Self.event("tick", "ann", at: Int64(second * 100 + $0)) })
                }
                let places = try await Self.answers(500, events)
                #expect(Set(places).count == 500)
                #expect(host.triggeredRuns == 0)
            }
        }

        @Test(.timeLimit(.minutes(1))) func eventsAreRefusedWhileTooManyRunsWait() async throws {
            let package = try Self.package(
                "key = false\npattern = \"tick\"\nwithin = \"1s\"", "import time\ndef run(match): time.sleep(0.05)")
            var configuration = Self.shop
            configuration.events.triggeredRuns = 3
            try await withHost(package, configuration: configuration) { host in
                let events = host.events
                try host.send((0..<3).map { Self.event("tick", "ann", at: $0) })
                let error = #expect(throws: StreamError.self) { try host.send(Self.event("tick", "ann", at: 4)) }
                #expect(error?.code == .limit)
                #expect(host.eventStatus.events == 3)
                _ = try await Self.answers(3, events)
                try host.send(Self.event("tick", "ann", at: 4))
            }
        }

        @Test func badEventsAreRefused() async throws {
            try await withHost(configuration: Self.shop) { host in
                let error = #expect(throws: StreamError.self) {
                    try host.send([
                        Self.event("view", "ann", at: 1), Event("view", time: Event.now + 2 * 86_400_000_000),
                    ])
                }
                #expect(error?.code == .input)
                #expect(error?.field == "timestamp")
                #expect(host.eventStatus.events == 0)
                try host.send(Event("view", time: -1))
                try host.send(Event("view", attributes: ["price": .text("dear"), "colour": .text("red")]))
                #expect(host.eventStatus.unfit == 1)
                #expect(host.eventStatus.leftOut == 0)
            }
        }

        @Test func aHostThatHasShutDownTakesNoEvents() async throws {
            let host = try TaskHost(configuration: Self.shop)
            try host.send(Self.event("view", "ann", at: 1))
            await host.shutdown()
            let error = #expect(throws: StreamError.self) { try host.send(Self.event("view", "ann", at: 2)) }
            #expect(error?.code == .input)
            #expect(host.eventStatus.events == 1)
        }

        @Test func triggersThatDoNotFitTheEventsAreRefused() async throws {
            let cases = [
                ("key = \"user\"\npattern = \"view\"\nwithin = \"1s\"", "triggers.hesitates.key"),
                (
                    "key = \"user_id\"\npattern = \"view[prize > 1]\"\nwithin = \"1s\"",
                    "triggers.hesitates.pattern"
                ),
            ]
            for (trigger, field) in cases {
                let package = try Self.package(trigger)
                try await withHost(configuration: Self.shop) { host in
                    let error = await #expect(throws: TaskError.self) { try await host.load(package.path) }
                    #expect(error?.description.contains(field) == true)
                    #expect(host.taskNames.isEmpty)
                }
            }
        }

        @Test func wrongTriggersAreToldWithTheirPlace() throws {
            let cases = [
                ("pattern = \"view\"\nwithin = \"1s\"", "key"), ("key = false\nwithin = \"1s\"", "pattern"),
                ("key = false\npattern = \"view\"", "within"),
                ("key = false\npattern = \"view (\"\nwithin = \"1s\"", "pattern"),
                ("key = false\npattern = \"view\"\nwithin = \"soon\"", "within"),
                ("key = false\npattern = \"view\"\nwithin = \"1s\"\nskips = \"none\"", "skips"),
                ("key = false\npattern = \"not view\"\nwithin = \"1s\"", "pattern"),
            ]
            for (trigger, field) in cases {
                let package = try Self.package(trigger)
                let error = #expect(throws: PackageError.self) { try TaskPackage.load(at: package.path) }
                let text = "\(try #require(error))"
                #expect(text.contains("triggers.hesitates.\(field)"), "\(text)")
                #expect(text.contains("task.toml:"), "\(text)")
            }
        }
    }
}
