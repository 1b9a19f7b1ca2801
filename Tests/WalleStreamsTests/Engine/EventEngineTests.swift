import Testing

@testable import WalleStreams

@Suite struct EventEngineTests {
    static let source = StreamFixtures.definition(.session(gap: 1)).source
    /// Chains, automata and single steps, by different keys.
    static let patterns: [(key: [String], text: String)] = [
        (["page", "count"], "v:view b:buy[price > 20]"), (["count"], "view+? buy (not buy)"), ([], "buy[price > 130]"),
        (["count"], "buy view buy"), (["item"], "view (view | buy)"),
    ]

    static func engine(
        in store: StreamStore? = nil, logging log: EventLog.Options? = nil,
        _ change: (inout EventEngine.Limits) -> Void = { _ in }
    ) throws -> EventEngine {
        var limits = EventEngine.Limits()
        change(&limits)
        let engine = try EventEngine(source, limits, in: store, logging: log)
        for (id, pattern) in patterns.enumerated() {
            let parsed = try EventPattern.parse(pattern.text, within: 40, schema: source.schema)
            try engine.add(TriggerDefinition(key: pattern.key, pattern: parsed), id: id)
        }
        return engine
    }

    /// Sends events in random parts and calls `between` behind each.
    static func feed(
        _ engine: EventEngine, _ events: [Event], to end: Int, _ random: inout SeededRandom,
        _ take: (EngineOutput) throws -> Void
    ) throws {
        while engine.position < end {
            let from = Int(engine.position)
            let count = Int.random(in: 1...8, using: &random)
            try take(try engine.take(Array(events[from..<min(end, from + count)])))
        }
    }

    /// As the index sees events: one that is earlier than the one before it is as late.
    static func inOrder(_ events: [Event]) -> [Event] {
        var latest = Int64.min
        return events.map { event in
            latest = max(latest, event.time)
            var event = event
            event.time = latest
            return event
        }
    }

    @Test(arguments: [UInt64](1...4)) func matchesAreThoseOfPatternsAloneWithTheirEvents(seed: UInt64) throws {
        let events = StreamFixtures.tellingMore(Self.inOrder(StreamFixtures.events(600, seed: seed)), seed: seed)
        let engine = try Self.engine()
        var random = SeededRandom(seed)
        var found: [[String]] = Array(repeating: [], count: Self.patterns.count)
        var all: [TriggeredMatch] = []
        try Self.feed(engine, events, to: events.count, &random) { all += $0.matches }
        all += try engine.advance(to: .max).matches
        for match in all {
            for part in match.events { #expect(part.event == events[Int(part.place)], "seed \(seed)") }
            found[match.trigger].append("\(match.events.map { "\($0.step) \($0.place)" })")
        }
        for (id, pattern) in Self.patterns.enumerated() {
            let parsed = try EventPattern.parse(pattern.text, within: 40, schema: Self.source.schema)
            let texts = TextDictionary()
            let source = StreamSource(name: "log", schema: Self.source.schema)
            let alone = try PatternPipeline(
                PatternDefinition(name: "alone", source: source, key: pattern.key, pattern: parsed), texts: texts)
            let batch = StreamFixtures.batch(events[...], source, texts)
            let expected = try alone.process(batch) + alone.advance(to: .max)
            #expect(
                found[id].sorted() == expected.flatMap(Self.matches).sorted(), "pattern \(pattern.text), seed \(seed)")
            #expect(!found[id].isEmpty)
        }
    }

    private static func matches(_ rows: StreamRows) -> [String] {
        guard case .lists(let steps) = rows.results.aggregates[0], case .lists(let places) = rows.results.aggregates[1]
        else { return [] }
        return zip(steps, places).map { steps, places in
            let parts = zip(steps, places).map { step, place in
                guard case (.text(let step), .int(let place)) = (step, place) else { return "" }
                return "\(step) \(place)"
            }
            return "\(parts)"
        }
    }

    @Test(arguments: [UInt64](1...6)) func goesOnWhereItWasSaved(seed: UInt64) throws {
        let events = StreamFixtures.tellingMore(StreamFixtures.events(400, seed: seed), seed: seed)
        var random = SeededRandom(seed)
        var coin = SeededRandom(seed &+ 100)
        let whole = try Self.engine()
        try whole.add(try StreamPipeline(StreamFixtures.definition(.session(gap: 5)), texts: whole.texts))
        var expected: Set<TriggeredMatch> = []
        var rowCount = 0
        try Self.feed(whole, events, to: events.count, &random) { output in
            expected.formUnion(output.matches)
            rowCount += output.rows.flatMap(\.rows).reduce(0) { $0 + $1.count }
        }
        let file = try TemporaryStore()
        var found: Set<TriggeredMatch> = []
        var ends = (0..<3).map { _ in Int.random(in: 1..<events.count, using: &random) }.sorted() + [events.count]
        while let end = ends.first {
            ends.removeFirst()
            let engine = try Self.engine(in: file.open())
            try engine.add(try StreamPipeline(StreamFixtures.definition(.session(gap: 5)), texts: engine.texts))
            #expect(engine.committed == engine.position)
            try Self.feed(engine, events, to: end, &random) { output in
                found.formUnion(output.matches)
                if Int.random(in: 0..<4, using: &coin) == 0 { try engine.checkpoint() }
            }
            // Without a last checkpoint: a part of the events comes again.
            if ends.isEmpty { try engine.checkpoint() }
        }
        #expect(found.symmetricDifference(expected).map(\.time) == [], "seed \(seed)")
        let stored = try file.open().counters(of: "views")
        #expect(stored["rows"] == Int64(rowCount), "seed \(seed)")
        #expect(stored["events"] == 400)
    }

    /// Rows, the events themselves, partial matches and runs to be: all of it waits until the store can be written.
    @Test func keepsWhatCannotBeWritten() throws {
        let events = StreamFixtures.tellingMore(StreamFixtures.events(300, seed: 3), seed: 3)
        let session = StreamFixtures.definition(.session(gap: 5))
        var random = SeededRandom(3)
        let whole = try Self.engine()
        var expected: Set<TriggeredMatch> = []
        try Self.feed(whole, events, to: events.count, &random) { expected.formUnion($0.matches) }
        let file = try TemporaryStore()
        var found: Set<TriggeredMatch> = []
        do {
            let engine = try Self.engine(in: file.open(), logging: EventLog.Options())
            try engine.add(try StreamPipeline(session, texts: engine.texts))
            let take = { (output: EngineOutput) in
                found.formUnion(output.matches)
                for match in output.matches where match.trigger == 2 {
                    engine.outbox?.add(.init(name: "run \(match.time)", target: "task", match: match))
                }
            }
            try Self.feed(engine, events, to: 20, &random, take)
            try engine.checkpoint()
            let committed = engine.committed
            try file.open().write { _ in
                try Self.feed(engine, events, to: 150, &random) { output in
                    take(output)
                    let error = #expect(throws: StreamError.self) { try engine.checkpoint() }
                    #expect(error?.message.contains("locked") == true)
                }
            }
            #expect(engine.committed == committed)
            try Self.feed(engine, events, to: 200, &random, take)
            try engine.checkpoint()
            #expect(engine.committed == engine.position)
        }
        let engine = try Self.engine(in: file.open(), logging: EventLog.Options())
        try engine.add(try StreamPipeline(session, texts: engine.texts))
        try Self.feed(engine, events, to: 300, &random) { found.formUnion($0.matches) }
        #expect(found == expected)
        let runs = engine.outbox?.take { _ in true }.map(\.match) ?? []
        #expect(Set(runs) == expected.filter { $0.trigger == 2 && $0.events[0].place < 200 })
        var logged: [Event] = []
        try engine.loggedEvents(["buy", "view"], in: .min..<(.max)) { found throws(StreamError) in
            logged += (0..<found.count).map { found.batch.event(at: $0) }
        }
        let byTime = ["buy", "view"].flatMap { name in
            events.filter { $0.name == name }.enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
        }
        #expect(logged == byTime)
    }

    @Test func keepsMatchesUntilTheirTasksAreDone() throws {
        let file = try TemporaryStore()
        let match = TriggeredMatch(
            trigger: 3, key: [.text("ann"), .null, .int(-4), .float(.infinity), .bool(true), .time(9)], time: 12,
            events: [
                .init(place: 1, step: "a b", event: nil),
                .init(place: 9, step: "c", event: Event("c", page: "/ü", time: -3, attributes: ["x": .float(0.1)])),
            ])
        let entries = (0..<4).map { Outbox.Entry(name: "run \($0)", target: "task \($0 % 2)", match: match) }
        do {
            let engine = try Self.engine(in: file.open())
            for entry in entries { engine.outbox?.add(entry) }
            engine.outbox?.done("run 3")
            try engine.checkpoint()
            engine.outbox?.done("run 0")
            // Lost with the crash.
        }
        do {
            let engine = try Self.engine(in: file.open())
            let outbox = try #require(engine.outbox)
            #expect(outbox.take { $0 == "task 0" } == [entries[0], entries[2]])
            #expect(outbox.take { $0 == "task 0" } == [])
            outbox.done("run 0")
            outbox.add(entries[0])
            outbox.done("run 2")
            try engine.checkpoint()
        }
        let outbox = try #require(try Self.engine(in: file.open()).outbox)
        #expect(outbox.take { _ in true } == [entries[1], entries[0]])
    }

    /// Keys of several columns have numbers, which go to others when no event in time needs them.
    @Test func forgetsKeysThatRest() throws {
        let engine = try Self.engine()
        var matches = 0
        for count in 0..<Int64(8000) {
            let key: [String: EventValue] = ["count": .int(count), "price": .float(21)]
            let output = try engine.take([
                Event("view", page: "/\(count % 3)", time: count, attributes: key),
                Event("buy", page: "/\(count % 3)", time: count, attributes: key),
            ])
            for match in output.matches where match.trigger == 0 {
                #expect(match.key == [.text("/\(count % 3)"), .int(count)])
                matches += 1
            }
        }
        #expect(matches == 8000)
        let group = try #require(engine.groups.first { $0.key.count == 2 })
        #expect(group.keys.byteCount < 100_000)
    }

    @Test func leavesOutWhatAnEventTellsTooMuch() throws {
        let engine = try Self.engine { $0.freeBytes = 20 }
        let long = EventValue.text(String(repeating: "x", count: 20))
        let output = try engine.take([
            Event("buy", time: 1, attributes: ["price": .float(131), "a": .int(1), "b": long]),
            Event("buy", time: 2, attributes: ["price": .float(131), "a": .int(1), "count": .text("many")]),
        ])
        let told = output.matches.filter { $0.trigger == 2 }.map { $0.events[0].event?.attributes }
        #expect(told == [["price": .float(131)], ["price": .float(131), "a": .int(1), "count": .text("many")]])
        #expect(engine.status.leftOut == 2)
        #expect(engine.status.unfit == 1)
    }

    @Test func goesOnWhenThereAreTooManyTexts() throws {
        let engine = try Self.engine { $0.texts = 8 }
        let items = (0..<9).map { Event("view", page: "/\($0)", time: 1, attributes: ["item": .text("item \($0)")]) }
        _ = try engine.take(items)
        #expect(engine.texts.count == 8)
        // The names of two events and six texts had room.
        #expect(engine.status.crowded == 18 - 6)
        // Texts that it knows are as before; the others are told with their events, but are the key of none.
        let output = try engine.take([
            Event("view", time: 2, attributes: ["item": .text("item 1")]),
            Event("buy", time: 2, attributes: ["item": .text("item 8"), "price": .float(131)]),
        ])
        let keys = output.matches.filter { $0.trigger == 4 }.map(\.key)
        #expect(keys == [[.text("item 1")]])
        let bought = output.matches.first { $0.trigger == 2 }?.events.first?.event
        #expect(bought?.attributes == ["item": .text("item 8"), "price": .float(131)])
        let error = #expect(throws: StreamError.self) { try engine.take([Event("new", time: 3)]) }
        #expect(error?.code == .limit && error?.field == "event")
        #expect(engine.position == 11)
    }

    @Test func holdsNoMoreEventsThanItMay() throws {
        let engine = try Self.engine { $0.heldBytes = 1 << 16 }
        var forgotten = 0
        for first in stride(from: 0, to: 8000, by: 100) {
            let events = (0..<100).map { Event("view", time: 1, attributes: ["count": .int(Int64(first + $0))]) }
            _ = try engine.take(events)
        }
        for count in [Int64(0), 7999] {
            let output = try engine.take([
                Event("buy", time: 1, attributes: ["count": .int(count), "price": .float(21)])
            ])
            let match = try #require(output.matches.first { $0.trigger == 0 })
            #expect(match.events.count == 2)
            if match.events[0].event == nil { forgotten += 1 }
        }
        #expect(forgotten == 1)
        #expect(engine.status.forgotten > 4000)
        #expect(engine.status.bytes < 1 << 20)
    }

    @Test func matchesThatWaitAreToldWithTheirEventsHoweverTimeJumps() throws {
        let engine = try Self.engine()
        let count: [String: EventValue] = ["count": .int(1)]
        _ = try engine.take([Event("view", time: 0, attributes: count), Event("buy", time: 1, attributes: count)])
        #expect(try engine.settle().matches.isEmpty)
        // Of other keys, far behind the end of what is waited for, and so many that old ones are let go of.
        let later = (0..<4000).map {
            Event("view", time: Int64(500_000 + $0 * 100), attributes: ["count": .int(2 + Int64($0))])
        }
        let output = try later.flatMap { try engine.take([$0]).matches }
        #expect(engine.status.bytes < 1 << 19)
        let match = try #require(output.first { $0.trigger == 1 })
        #expect(match.events.map(\.event?.name) == ["view", "buy"])
    }

    @Test func aStreamsNameIsItsOwn() throws {
        let engine = try Self.engine()
        try engine.add(try StreamPipeline(StreamFixtures.definition(.session(gap: 5)), texts: engine.texts))
        let again = try StreamPipeline(StreamFixtures.definition(.session(gap: 6)), texts: engine.texts)
        let error = #expect(throws: StreamError.self) { try engine.add(again) }
        #expect(error?.field == "name")
        engine.remove(stream: "views")
        try engine.add(again)
        let refusal = #expect(throws: StreamError.self) { try engine.writtenStore().query("SELECT 1") }
        #expect(refusal?.code == .storage)
    }
}
