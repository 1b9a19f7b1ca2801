import Testing

@testable import WalleStreams

/// What a log gives is what came, by name and time, wherever it is.
@Suite struct EventLogTests {
    private static let schema = EventSchema(attributes: [
        .init("item", .text), .init("price", .float), .init("count", .int), .init("gift", .bool), .init("seen", .time),
    ])
    private static let names = ["view", "buy", "cart", "search", "exit"]

    private static let always = Int64.min..<Int64.max

    private static func events(_ count: Int, _ random: inout SeededRandom) -> [Event] {
        (0..<count).map { place in
            var attributes: [String: EventValue] = [
                "price": .float([1.25, -0.0, 99.99, .nan, 1.0 / 3, 1e300].randomElement(using: &random) ?? 0),
                "count": .int([0, 1, -7, .min, .max].randomElement(using: &random) ?? 0),
                "gift": .bool(.random(using: &random)), "seen": .time(.random(in: 0..<1 << 50, using: &random)),
                "item": .text(["", "a", "größer", "item \(place)"].randomElement(using: &random) ?? ""),
            ]
            for name in attributes.keys.sorted() where random.chance(30) { attributes[name] = nil }
            if random.chance(10) { attributes["free"] = .text("\(place) \(String(repeating: "x", count: place % 40))") }
            if random.chance(10) { attributes["other"] = .int(Int64(place)) }
            // The names are not equally frequent.
            let name = names[min(random.below(5), random.below(5))]
            return Event(
                name, page: random.chance(20) ? nil : "/\(random.below(3))",
                time: Int64(place / 3 * 5 - random.below(40)), attributes: attributes)
        }
    }

    private struct Log {
        /// Queries open the file again, which is there as long as this is.
        private let file: TemporaryStore
        let store: StreamStore
        let record: SourceRecord
        let log: EventLog

        init(_ file: TemporaryStore, _ options: EventLog.Options, _ schema: EventSchema = EventLogTests.schema) throws {
            self.file = file
            store = try file.open()
            record = try SourceRecord("log", in: store)
            log = try EventLog(StreamSource(name: "log", schema: schema), record, in: store, options)
        }

        func append(_ events: ArraySlice<Event>) throws {
            try log.append(StreamFixtures.batch(events, log.source, record.texts))
        }

        func commit() throws { try store.commit([record, log]) }

        func lines(_ name: String, _ times: Range<Int64>) throws -> [String] {
            var lines: [String] = []
            try log.read(events: [name], in: times) { lines += EventLogTests.lines($0) }
            return lines
        }
    }

    private static func options(names: Int = 100) -> EventLog.Options {
        var options = EventLog.Options()
        (options.segmentEvents, options.mostNames) = (32, names)
        return options
    }

    private static func lines(_ events: LoggedEvents) -> [String] {
        let batch = events.batch
        return (0..<events.count).map { row in
            let columns = [batch.times, batch.events, batch.pages] + batch.attributes
            let free = batch.free?.attributes(row).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" } ?? []
            return columns.reduce("\(events.places[row]) \(free)") { line, column in
                let value = column.value(at: row, texts: batch.texts)
                if case .float(let float) = value { return line + " \(float.bitPattern)" }
                return line + " \(value)"
            }
        }
    }

    private static func expected(_ events: [Event], _ name: String, _ times: Range<Int64>) -> [String] {
        let texts = TextDictionary()
        let source = StreamSource(name: "log", schema: schema)
        let kept = events.indices.filter { events[$0].name == name && times.contains(events[$0].time) }
            .sorted { (events[$0].time, $0) < (events[$1].time, $1) }
        return kept.flatMap { place in
            lines(
                LoggedEvents(batch: StreamFixtures.batch(events[place...place], source, texts), places: [Int64(place)]))
        }
    }

    @Test(arguments: [100, 3, 0]) func givesWhatCame(names: Int) throws {
        for seed in 0..<3 as Range<UInt64> {
            var random = SeededRandom(seed)
            let events = Self.events(900, &random)
            let file = try TemporaryStore()
            var log = try Log(file, Self.options(names: names))
            while Int(log.log.position) < events.count {
                let from = Int(log.log.position)
                // Some come again.
                let first = max(0, from - random.below(3))
                try log.append(events[first..<min(events.count, from + 1 + random.below(30))])
                if random.chance(40) { try log.commit() }
                if random.chance(5) { log = try Log(file, Self.options(names: names)) }
            }
            for name in Self.names {
                for times in [Self.always, 300..<301, 200..<Int64(210 + random.below(800)), 50..<50] {
                    let found = try log.lines(name, times)
                    #expect(found == Self.expected(events, name, times), "seed \(seed), \(name), \(times)")
                }
            }
            try log.commit()
            #expect(log.log.counters.events == 900 && log.log.counters.droppedEvents == 0)
            let sums = try log.store.query(
                "SELECT count(*), sum(count), sum(size), sum(length(bytes)) FROM walle_log_segments")
            let counters = log.log.counters
            #expect(sums.rows == [[.int(counters.segments), .int(900), .int(counters.bytes), .int(counters.bytes)]])
        }
    }

    @Test func mergesSmallSegments() throws {
        let file = try TemporaryStore()
        let log = try Log(file, Self.options())
        var random = SeededRandom(1)
        let events = Self.events(600, &random)
        for place in events.indices {
            try log.append(events[place...place])
            try log.commit()
        }
        #expect(log.log.counters.segments < 5 * 30 && log.log.counters.events == 600)
        #expect(try log.lines("view", Self.always) == Self.expected(events, "view", Self.always))
    }

    @Test func removesOldSegments() throws {
        for bySize in [false, true] {
            var options = Self.options()
            options.segmentMicroseconds = 100
            if bySize { options.retentionBytes = 6000 } else { options.retentionTime = 300 }
            let log = try Log(try TemporaryStore(), options)
            var random = SeededRandom(2)
            let events = Self.events(900, &random)
            for first in stride(from: 0, to: 900, by: 20) {
                try log.append(events[first..<first + 20])
                try log.commit()
            }
            let counters = log.log.counters
            #expect(counters.events + counters.droppedEvents == 900 && counters.droppedSegments > 5)
            #expect(bySize ? counters.bytes <= 6000 : counters.events < 500)
            var found = 0
            for name in Self.names {
                let lines = try log.lines(name, Self.always)
                // Whole segments go, so that what is left of a name are its last events, but for disorder.
                #expect(lines.count <= Self.expected(events, name, Self.always).count)
                let recent = Self.expected(events, name, 1480..<Int64.max)
                #expect(Array(lines.suffix(recent.count)) == recent)
                found += lines.count
            }
            #expect(found == Int(counters.events))
        }
    }

    @Test func tellsWhichSegmentIsDamaged() throws {
        let log = try Log(try TemporaryStore(), Self.options())
        var random = SeededRandom(3)
        let events = Self.events(200, &random)
        for first in stride(from: 0, to: 200, by: 100) {
            try log.append(events[first..<first + 100])
            try log.commit()
        }
        let first = try log.store.query("SELECT min(id) FROM walle_log_segments WHERE event = 'view'").rows[0][0]
        guard case .int(let id) = first else { return }
        try log.store.write { database in
            let statement = try SQLStatement(
                "UPDATE walle_log_segments SET bytes = zeroblob(size) WHERE id = ?", database)
            statement.bind(1, id)
            try statement.run()
        }
        let error = #expect(throws: StreamError.self) { _ = try log.lines("view", Self.always) }
        #expect(error?.message.contains("segment \(id) of the event log of \"log\" (view") ?? false)
        #expect(try log.lines("buy", Self.always) == Self.expected(events, "buy", Self.always))
        var (lines, errors): ([String], [StreamError]) = ([], [])
        try log.log.read(events: ["view"], in: Self.always, onDamage: { errors.append($0) }) {
            lines += Self.lines($0)
        }
        #expect(errors == [error] && !lines.isEmpty)
        let whole = Self.expected(events, "view", Self.always)
        #expect(lines == whole.filter(Set(lines).contains))
        // Merging leaves it where it is.
        for event in Self.events(300, &random) {
            let place = Int(log.log.position)
            var batch = StreamFixtures.batch([event], log.log.source, log.record.texts)
            batch.offset = Int64(place)
            try log.log.append(batch)
            try log.commit()
        }
        #expect(try log.store.query("SELECT count(*) FROM walle_log_segments WHERE id = \(id)").rows == [[.int(1)]])
    }

    @Test func readsOlderSchemas() throws {
        let file = try TemporaryStore()
        let old = try Log(file, Self.options(), EventSchema(attributes: [.init("a", .int), .init("gone", .text)]))
        try old.append([Event("view", time: 1, attributes: ["a": .int(7), "gone": .text("x")])])
        try old.commit()
        let schema = EventSchema(attributes: [.init("new", .text), .init("a", .float)])
        let new = try Log(file, Self.options(), schema)
        var batch = StreamFixtures.batch(
            [Event("view", time: 2, attributes: ["a": .float(0.5), "new": .text("y")])], new.log.source,
            new.record.texts)
        batch.offset = 1
        try new.log.append(batch)
        try new.commit()
        var values: [EventValue] = []
        try new.log.read(events: ["view"], in: 0..<10) { events in
            for row in 0..<events.count {
                values += events.batch.attributes.map { $0.value(at: row, texts: events.batch.texts) }
            }
        }
        #expect(values == [.null, .float(7), .text("y"), .float(0.5)])
        let error = #expect(throws: StreamError.self) {
            _ = try Log(file, Self.options(), EventSchema(attributes: [.init("gone", .int)]))
        }
        #expect(error?.code == .definition && error?.field == "columns.gone")
        let other = TextDictionary()
        var some: [EventValue] = []
        let reader = try EventLogReader("log", EventSchema(attributes: [.init("gone", .text)]), other, in: new.store)
        try reader.read(events: ["view", "none"], in: 0..<10) { events in
            for row in 0..<events.count { some.append(events.batch.attributes[0].value(at: row, texts: other)) }
        }
        #expect(some == [.text("x"), .null])
        try new.store.removeLog(of: "log")
        #expect(throws: StreamError.self) { _ = try EventLogReader("log", schema, other, in: new.store) }
    }

    @Test func keepsWhatCannotBeWritten() throws {
        let file = try TemporaryStore()
        var options = Self.options()
        options.mostPendingBytes = 20_000
        let log = try Log(file, options)
        let other = try file.open()
        var random = SeededRandom(4)
        let events = Self.events(3000, &random)
        var failures = 0
        try other.write { _ in
            let error = #expect(throws: StreamError.self) {
                for first in stride(from: 0, to: 3000, by: 10) {
                    try log.append(events[first..<first + 10])
                    if first % 100 == 0 { failures += (try? log.commit()) == nil ? 1 : 0 }
                }
            }
            #expect(error?.code == .storage && error?.message.contains("wait to be written") ?? false)
        }
        let position = Int(log.log.position)
        #expect(position > 100 && position < 3000 && log.log.committed == 0 && failures > 0)
        try log.commit()
        #expect(log.log.committed == Int64(position))
        #expect(
            try log.lines("view", Self.always) == Self.expected(Array(events[..<position]), "view", Self.always))
    }

    @Test func readsAnAttributeThatWasFreeAsAColumnOnceItIsOne() throws {
        let file = try TemporaryStore()
        let old = try Log(file, Self.options(), EventSchema())
        try old.append([
            Event("view", time: 1, attributes: ["price": .float(2.5), "note": .text("a")]), Event("view", time: 2),
            Event("view", time: 3, attributes: ["price": .text("dear")]),
        ])
        try old.commit()
        let new = try Log(file, Self.options(), EventSchema(attributes: [.init("price", .float)]))
        var prices: [EventValue] = []
        var events: [Event] = []
        try new.log.read(events: ["view"], in: Self.always) { found in
            for row in 0..<found.count {
                prices.append(found.batch.attributes[0].value(at: row, texts: found.batch.texts))
                events.append(found.batch.event(at: row))
            }
        }
        #expect(prices == [.float(2.5), .null, .null])
        #expect(
            events.map(\.attributes) == [
                ["price": .float(2.5), "note": .text("a")], [:], ["price": .text("dear")],
            ])
    }

    @Test func packsNumbers() throws {
        var random = SeededRandom(6)
        for seed in 0..<60 {
            let count = random.below(200)
            let bits = UInt64(random.below(65))
            var last: Int64 = .random(in: .min ... .max, using: &random)
            let values = (0..<count).map { _ -> Int64 in
                let step = Int64(
                    truncatingIfNeeded: bits == 0 ? 0 : UInt64.random(in: 0 ... .max, using: &random) >> (64 - bits))
                last = seed % 2 == 0 ? last &+ step : step
                return random.chance(2) ? [Int64.min, .max, 0][random.below(3)] : last
            }
            var writer = ByteWriter()
            writer.append(packed: values, count)
            var found = [Int64](repeating: 5, count: count)
            let bytes = writer.withBytes { Array($0) } + [UInt8](repeating: 0xff, count: PackedReader.padding)
            try bytes.withUnsafeBytes { bytes in
                var reader = PackedReader(bytes)
                try reader.readNumbers(into: &found)
                #expect(reader.isAtEnd)
            }
            #expect(found == values, "case \(seed)")
        }
    }
}
