import Foundation

@testable import WalleStreams

/// A file for a store that goes away with the test.
final class TemporaryStore {
    let folder: String
    var path: String { folder + "/streams.sqlite" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/walle-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open(_ change: (inout StoreOptions) -> Void = { _ in }) throws -> StreamStore {
        var options = StoreOptions()
        options.busyMilliseconds = 10
        change(&options)
        return try StreamStore(path: path, options)
    }
}

extension StreamFixtures {
    /// Feeds events from where the stream wants them, in batches of up to so many rows, a tick of the clock each.
    static func feed(
        _ stream: DurableStream, _ events: [Event], to end: Int, rows: Int = 16, now: inout Int64
    ) throws {
        while Int(stream.position) < end {
            let from = Int(stream.position)
            let batch = batch(events[from..<min(end, from + rows)], stream.source, stream.texts)
            now += 1
            try stream.process(batch, now: now)
        }
    }

    /// The rows that a pipeline that only lives in memory leaves standing, as a store has them.
    static func standingCount(_ definition: StreamDefinition, _ events: [Event]) throws -> Int {
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(definition, texts: texts)
        var rows: [String: Int] = [:]
        for rowsOf in try pipeline.process(batch(events[...], definition.source, texts)) + pipeline.advance(to: .max) {
            for row in 0..<rowsOf.count {
                let results = rowsOf.results
                rows["\(results.keys[row]) \(results.starts[row]) \(results.ends[row])"] =
                    results.change == .retraction ? nil : 1
            }
        }
        return rows.count
    }
}
