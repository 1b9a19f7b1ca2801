import Testing

@testable import WalleStreams

/// A stream that is stored gives each row once, wherever it stops and goes on.
@Suite struct DurableStreamTests {
    private static let all = "SELECT * FROM views ORDER BY window_end, window_start, _key"

    @Test(
        arguments: [
            WindowKind.tumbling(size: 20, offset: 0), .hopping(size: 60, slide: 10, offset: 0), .session(gap: 3),
        ], StreamDefinition.Emission.allCases)
    func givesEachRowOnce(window: WindowKind, emission: StreamDefinition.Emission) throws {
        var definition = StreamFixtures.definition(window)
        definition.emission = emission
        let events = StreamFixtures.events(250, seed: 5)
        let expected = try run(definition, events, stops: false, Self.all)
        let interrupted = try run(definition, events, stops: true, Self.all)
        #expect(expected == interrupted, "\(window)")
        #expect(expected.rows.count == (try StreamFixtures.standingCount(definition, events)), "\(window)")
    }

    @Test func givesTheRowOfEachEventOnce() throws {
        let definition = StreamFixtures.definition(.over(size: 30))
        let events = StreamFixtures.events(250, seed: 6)
        let query = "SELECT * FROM views ORDER BY timestamp, _key"
        let expected = try run(definition, events, stops: false, query)
        let interrupted = try run(definition, events, stops: true, query)
        #expect(expected == interrupted)
        #expect(expected.rows.count > 200)
    }

    @Test func givesEachMatchOnce() throws {
        let definition = try StreamFixtures.pattern()
        let events = StreamFixtures.events(300, seed: 7)
        let query = "SELECT * FROM hesitates ORDER BY match_end, _key"
        let expected = try run(events, stops: false, query) { try DurableStream(definition, in: $0, $1) }
        let interrupted = try run(events, stops: true, query) { try DurableStream(definition, in: $0, $1) }
        #expect(expected == interrupted)
        #expect(
            expected.names == ["page", "count", "match_start", "match_end", "events", "rows", "_key", "_revision"])
        #expect(expected.rows.count > 10)
        for row in expected.rows {
            guard case .text(let events) = row[4], case .text(let rows) = row[5] else {
                Issue.record("no lists")
                return
            }
            #expect(events.hasPrefix("[\"v\"") && events.hasSuffix(",\"buy\"]") && rows.hasPrefix("["))
        }
    }

    /// Several streams of one source are committed together: of one place, with one dictionary.
    @Test func commitsStreamsOfASourceTogether() throws {
        let file = try TemporaryStore()
        let events = StreamFixtures.events(200, seed: 9)
        let definition = StreamFixtures.definition(.tumbling(size: 20, offset: 0))
        let pattern = try StreamFixtures.pattern()
        for from in stride(from: 0, to: events.count, by: 10) {
            let store = try file.open()
            let source = try SourceRecord("log", in: store)
            let stream = try StoredProcessor(StreamPipeline(definition, texts: source.texts), source, in: store)
            let matches = try StoredProcessor(PatternPipeline(pattern, texts: source.texts), source, in: store)
            #expect(stream.position == Int64(from) && matches.position == Int64(from))
            // What is not committed comes again.
            for start in [from, from + 10] where start < events.count {
                let batch = StreamFixtures.batch(events[start..<start + 10], definition.source, source.texts)
                try stream.process(batch)
                try matches.process(batch)
                if start == from { try store.commit([source, stream, matches]) }
            }
        }
        let query = "SELECT count(*) FROM views"
        let alone = try run(definition, events, stops: false, query, ends: false)
        #expect(try file.open().query(query) == alone)
        #expect(try file.open().query("SELECT count(*) FROM walle_sources").rows == [[.int(1)]])
    }

    @Test func refusesTextsOfAnother() throws {
        let file = try TemporaryStore()
        let store = try file.open()
        let definition = StreamFixtures.definition(.tumbling(size: 20, offset: 0))
        let events = StreamFixtures.events(50, seed: 9)
        let (first, second) = (try SourceRecord("log", in: store), try SourceRecord("log", in: store))
        for (source, name) in [(first, "one"), (second, "two")] {
            var definition = definition
            definition.name = name
            let stream = try StoredProcessor(StreamPipeline(definition, texts: source.texts), source, in: store)
            try stream.process(StreamFixtures.batch(events[...], definition.source, source.texts))
            if source === first {
                try store.commit([source, stream])
            } else {
                let error = #expect(throws: StreamError.self) { try store.commit([source, stream]) }
                #expect(error?.code == .storage && error?.message.contains("log") ?? false)
            }
        }
        #expect(try store.counters(of: "two").isEmpty)
    }

    /// Stops without a last checkpoint, again and again.
    private func run(
        _ definition: StreamDefinition, _ events: [Event], stops: Bool, _ query: String, ends: Bool = true
    ) throws -> StoredRows {
        try run(events, stops: stops, query, ends: ends) { try DurableStream(definition, in: $0, $1) }
    }

    private func run(
        _ events: [Event], stops: Bool, _ query: String, ends: Bool = true,
        _ open: (StreamStore, DurableStream.Options) throws -> DurableStream
    ) throws -> StoredRows {
        let file = try TemporaryStore()
        var random = SeededRandom(8)
        var options = DurableStream.Options()
        options.checkpointMicroseconds = 3
        var now: Int64 = 0
        var stream = try open(try file.open(), options)
        var end = 0
        while end < events.count {
            end = min(events.count, end + Int.random(in: 1...90, using: &random))
            try StreamFixtures.feed(stream, events, to: end, rows: 9, now: &now)
            if stops {
                let before = stream.committed
                stream = try open(try file.open(), options)
                #expect(stream.position == before && stream.committed == before)
            }
        }
        try StreamFixtures.feed(stream, events, to: events.count, now: &now)
        if ends { try stream.advance(to: .max, now: now) }
        return try stream.query(query, now: now)
    }

    @Test func aReadSeesEverythingWritten() throws {
        let file = try TemporaryStore()
        let store = try file.open()
        var definition = StreamFixtures.definition(.tumbling(size: 10, offset: 0))
        definition.source.delay = 0
        let stream = try DurableStream(definition, in: store)
        let events = StreamFixtures.events(100, seed: 2)
        var now: Int64 = 0
        try StreamFixtures.feed(stream, events, to: 60, now: &now)
        #expect(stream.pendingRowCount > 0 && stream.committed == 0)
        #expect(try store.query("SELECT * FROM views").rows.isEmpty)
        let rows = try stream.query("SELECT * FROM views", now: now)
        #expect(!rows.rows.isEmpty && stream.committed == 60)
        #expect(rows.names.prefix(4) == ["page", "count", "window_start", "window_end"])
        #expect(try store.counters(of: "views")["events"] == 60)
    }

    @Test func leavesOutWhatItHas() throws {
        let file = try TemporaryStore()
        let definition = StreamFixtures.definition(.tumbling(size: 10, offset: 0))
        let stream = try DurableStream(definition, in: try file.open())
        let events = StreamFixtures.events(60, seed: 3)
        try stream.process(StreamFixtures.batch(events[..<40], definition.source, stream.texts), now: 0)
        try stream.process(StreamFixtures.batch(events[20..<60], definition.source, stream.texts), now: 0)
        try stream.process(StreamFixtures.batch(events[..<60], definition.source, stream.texts), now: 0)
        #expect(stream.position == 60)
        try stream.advance(to: .max, now: 0)
        let sum = try stream.query("SELECT sum(views) FROM views", now: 0)
        #expect(sum.rows == [[.int(Int64(60 - stream.lateCount))]])
    }

    @Test func saysWhatIsMissing() throws {
        let file = try TemporaryStore()
        let definition = StreamFixtures.definition(.tumbling(size: 10, offset: 0))
        let stream = try DurableStream(definition, in: try file.open())
        let events = StreamFixtures.events(60, seed: 3)
        let batch = StreamFixtures.batch(events[20..<40], definition.source, stream.texts)
        let error = #expect(throws: StreamError.self) { try stream.process(batch, now: 0) }
        #expect(error?.message == "the events from 0 to 20 are missing")
        stream.skip(to: 20)
        try stream.process(batch, now: 0)
        try stream.checkpoint(now: 0)
        #expect(try file.open().counters(of: "views")["skipped"] == 20)
    }

    @Test func refusesAnotherDefinition() throws {
        let file = try TemporaryStore()
        var definition = StreamFixtures.definition(.tumbling(size: 10, offset: 0))
        let store = try file.open()
        _ = try DurableStream(definition, in: store)
        definition.source.idle = 1
        _ = try DurableStream(definition, in: store)
        definition.lateness = 13
        let error = #expect(throws: StreamError.self) { _ = try DurableStream(definition, in: store) }
        #expect(error?.code == .definition && error?.field == "lateness")
        #expect(error?.message.contains("lateness = 12") ?? false)
        try store.remove("views")
        _ = try DurableStream(definition, in: store)
    }

    @Test func keepsDeadLetters() throws {
        let file = try TemporaryStore()
        let store = try file.open { $0.mostDeadLetters = 5 }
        let stream = try DurableStream(StreamFixtures.definition(.session(gap: 3)), in: store)
        for line in 0..<8 as Range<Int64> {
            stream.add(deadLetters: [
                BadLine(line: line, offset: line * 9, column: 1, reason: .malformed, sample: [0x7b])
            ])
            try stream.checkpoint(now: line)
        }
        let kept = try store.query("SELECT line, reason, sample FROM walle_dead_letters ORDER BY line")
        #expect(kept.rows == (3..<8).map { [.int($0), .text("malformed"), .text("{")] })
        #expect(try store.counters(of: "views")["bad_lines"] == 8)
    }
}
