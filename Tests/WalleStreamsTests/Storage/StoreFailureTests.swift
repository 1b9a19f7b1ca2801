import Foundation
import Testing

@testable import WalleStreams

/// What a store does when its file is damaged, locked or full.
@Suite struct StoreFailureTests {
    private let definition = StreamFixtures.definition(.tumbling(size: 10, offset: 0))
    private let events = StreamFixtures.events(200, seed: 1)

    /// What is stored.
    enum Kind: CaseIterable { case windows, pattern }

    private func open(
        _ kind: Kind, _ store: StreamStore, _ options: DurableStream.Options = .init()
    ) throws -> DurableStream {
        switch kind {
        case .windows: try DurableStream(definition, in: store, options)
        case .pattern: try DurableStream(StreamFixtures.pattern(name: "views"), in: store, options)
        }
    }

    /// The rows of a run without a store.
    private func rowCount(_ kind: Kind, _ events: [Event]) throws -> Int {
        if kind == .windows { return try StreamFixtures.standingCount(definition, events) }
        let texts = TextDictionary()
        let pipeline = try PatternPipeline(StreamFixtures.pattern(), texts: texts)
        let rows = try pipeline.process(StreamFixtures.batch(events[...], definition.source, texts))
        return try (rows + pipeline.advance(to: .max)).reduce(0) { $0 + $1.count }
    }

    @Test func refusesAFileThatIsNoDatabase() throws {
        let file = try TemporaryStore()
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: file.path))
        let error = #expect(throws: StreamError.self) { _ = try file.open() }
        #expect(error?.code == .storage && error?.message.contains("damaged") ?? false, "\(String(describing: error))")
    }

    @Test func refusesAFolderThatIsNotThere() throws {
        let error = #expect(throws: StreamError.self) { _ = try StreamStore(path: "/nowhere/at/all.sqlite") }
        #expect(error?.code == .storage && error?.message.contains("cannot be opened") ?? false)
    }

    @Test func refusesAnotherVersion() throws {
        let file = try TemporaryStore()
        do { _ = try file.open() }
        let url = URL(fileURLWithPath: file.path)
        var bytes = try Data(contentsOf: url)
        // Where SQLite keeps the user version.
        bytes[63] = 1
        try bytes.write(to: url)
        let error = #expect(throws: StreamError.self) { _ = try file.open() }
        #expect(error?.message == "the store is of version 1, this release reads version 2")
    }

    /// Bytes changed anywhere in the file: an error, or rows that are right; never a crash.
    @Test(arguments: Kind.allCases) func survivesADamagedFile(kind: Kind) throws {
        let file = try TemporaryStore()
        var now: Int64 = 0
        do {
            let stream = try open(kind, try file.open())
            try StreamFixtures.feed(stream, events, to: 150, now: &now)
            try stream.checkpoint(now: now)
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: file.path))
        var random = SeededRandom(3)
        var refusals = 0
        for _ in 0..<20 {
            var damaged = whole
            for _ in 0..<120 { damaged[Int.random(in: 0..<whole.count, using: &random)] ^= 0xff }
            let copy = try TemporaryStore()
            try damaged.write(to: URL(fileURLWithPath: copy.path))
            do {
                let stream = try open(kind, try copy.open())
                try StreamFixtures.feed(stream, events, to: 200, now: &now)
                try stream.checkpoint(now: now)
            } catch let error as StreamError {
                refusals += 1
                #expect(!error.remedy.isEmpty)
            }
        }
        #expect(refusals > 8)
    }

    @Test(arguments: Kind.allCases) func keepsWhatCannotBeWrittenWhileLocked(kind: Kind) throws {
        let file = try TemporaryStore()
        var options = DurableStream.Options()
        options.checkpointMicroseconds = 1
        let most = kind == .windows ? 60 : 6
        options.mostPendingRows = most
        let stream = try open(kind, try file.open(), options)
        let other = try file.open()
        var now: Int64 = 0
        try other.write { _ in
            let error = #expect(throws: StreamError.self) {
                try StreamFixtures.feed(stream, events, to: 200, now: &now)
            }
            #expect(error?.message.contains("locked") ?? false, "\(String(describing: error))")
        }
        #expect(stream.committed == 0 && stream.position > 0 && stream.position < 200)
        #expect(stream.pendingRowCount >= most && stream.pendingRowCount < 200)
        #expect(stream.failure != nil && stream.failureCount > 1)
        try StreamFixtures.feed(stream, events, to: 200, now: &now)
        try stream.advance(to: .max, now: now)
        let rows = try stream.query("SELECT * FROM views", now: now)
        #expect(stream.failure == nil)
        #expect(rows.rows.count == (try rowCount(kind, events)))
    }

    @Test func keepsWhatCannotBeWrittenWhileFull() throws {
        let file = try TemporaryStore()
        let events = StreamFixtures.events(800, seed: 1)
        var now: Int64 = 0
        let size = try file.open().query("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        guard case .int(let empty) = size.rows[0][0] else { return }
        let stream = try DurableStream(definition, in: try file.open { $0.mostFileBytes = empty + 70_000 })
        let error = #expect(throws: StreamError.self) {
            for end in stride(from: 40, through: 800, by: 40) {
                try StreamFixtures.feed(stream, events, to: end, now: &now)
                try stream.checkpoint(now: now)
            }
        }
        #expect(error?.message.contains("full") ?? false, "\(String(describing: error))")
        let committed = stream.committed
        #expect(stream.position > committed)
        // With more room the same file goes on from the last checkpoint.
        let next = try DurableStream(definition, in: try file.open())
        #expect(next.position == committed)
        try StreamFixtures.feed(next, events, to: 800, now: &now)
        try next.advance(to: .max, now: now)
        let rows = try next.query("SELECT * FROM views", now: now)
        #expect(rows.rows.count == (try StreamFixtures.standingCount(definition, events)))
    }

    @Test func removesOldRows() throws {
        for bySize in [false, true] {
            let file = try TemporaryStore()
            let store = try file.open { options in
                if bySize { options.retentionBytes = 200_000 } else { options.retentionTime = 40 }
            }
            let stream = try DurableStream(definition, in: store)
            let events = StreamFixtures.events(600, seed: 4)
            var now: Int64 = 0
            for end in stride(from: 50, through: 600, by: 50) {
                try StreamFixtures.feed(stream, events, to: end, now: &now)
                try stream.checkpoint(now: now)
            }
            let rows = try store.query("SELECT min(window_end), max(window_end) FROM views").rows[0]
            guard case .int(let first) = rows[0], case .int(let last) = rows[1] else {
                Issue.record("no rows")
                return
            }
            #expect(last >= 580 && first > (bySize ? 20 : 540), "from \(first) to \(last), by size \(bySize)")
        }
    }

    @Test func namesOfSQLAreTold() throws {
        let file = try TemporaryStore()
        let store = try file.open()
        var other = definition
        other.aggregates[0].name = "BUYS"
        #expect(throws: StreamError.self) { _ = try DurableStream(other, in: store) }
        other.aggregates[0].name = "_KEY"
        #expect(throws: StreamError.self) { _ = try DurableStream(other, in: store) }
        other = definition
        other.name = "walle_state"
        #expect(throws: StreamError.self) { _ = try DurableStream(other, in: store) }
        #expect(throws: StreamError.self) { _ = try store.query("SELECT nothing FROM nowhere") }
        #expect(throws: StreamError.self) { _ = try store.query("DELETE FROM walle_state") }
    }
}
