internal import GRDB

// How small segments become large, and old ones go.
extension EventLog {
    /// Segments of about one size that are merged together.
    private static let fan = 8

    /// Segments that differ in size by less than `fan`.
    private static func level(_ count: Int) -> Int { (Int.bitWidth - 1 - count.leadingZeroBitCount) / 3 }

    /// Merges segments of the names that have new ones.
    func mergeSegments(_ database: Database) throws {
        for name in staged?.open.keys.map({ $0 }) ?? [] {
            try closeOld(name, database)
            while let staged, staged.mergedCount < options.mostMerged {
                let entries = entries(of: name)
                guard let first = Self.firstMerged(entries) else { break }
                try merge(name, entries, from: first, database)
            }
        }
    }

    /// The last segments, from this one on, are merged; nil when there are too few of one size.
    private static func firstMerged(_ entries: [LogEntry]) -> Int? {
        guard entries.count >= fan else { return nil }
        let levels = entries.map { level($0.count) }
        for top in 0...(levels.max() ?? 0) {
            let first = (levels.lastIndex { $0 > top } ?? -1) + 1
            if levels[first...].count(where: { $0 == top }) >= fan { return first }
        }
        return nil
    }

    private func merge(_ name: UInt32, _ entries: [LogEntry], from first: Int, _ database: Database) throws {
        let merged = entries[first...]
        staged?.mergedCount += merged.count
        var parts: [LoggedEvents] = []
        for (index, entry) in merged.enumerated() {
            do { parts.append(try part(entry, database)) } catch let error as StreamError where error.code == .storage {
                // Whoever reads it is told. It stays as it is, and those before it.
                try close(entries[...(first + index)], database)
                staged?.open[name] = Array(entries[(first + index + 1)...])
                return
            }
        }
        let batch = try EventBatch.joined(parts.map(\.batch))
        let places = parts.flatMap(\.places)
        try remove(merged, database)
        staged?.open[name] = Array(entries[..<first])
        try Self.order(byTime: batch.times.ints, batch.count).withUnsafeBufferPointer { rows in
            try write(name, batch, places, rows, database)
        }
    }

    private func part(_ entry: LogEntry, _ database: Database) throws -> LoggedEvents {
        guard let bytes = try LogTables.bytes(entry.id, database), let attributes = schemas[entry.schema] else {
            throw StateFormat.damaged("a segment is not there")
        }
        return try bytes.withUnsafeBufferPointer { bytes throws(StreamError) in
            try LogSegment.read(UnsafeRawBufferPointer(bytes), attributes, as: source.schema, record.texts)
        }
    }

    private func remove(_ entries: some Sequence<LogEntry>, _ database: Database) throws {
        for entry in entries {
            let statement = try SQLStatement("DELETE FROM walle_log_segments WHERE id = ?", database)
            statement.bind(1, entry.id)
            try statement.run()
            staged?.counters.segments -= 1
            staged?.counters.bytes -= Int64(entry.byteCount)
        }
    }

    /// Closes the segments that would make a merged one too long.
    private func closeOld(_ name: UInt32, _ database: Database) throws {
        let entries = entries(of: name)
        guard let last = entries.last else { return }
        let bound = last.lastTime.addingClamped(-options.segmentMicroseconds)
        guard let kept = entries.firstIndex(where: { $0.firstTime >= bound }), kept > 0 else { return }
        try close(entries[..<kept], database)
        staged?.open[name] = Array(entries[kept...])
    }

    // MARK: retention

    func dropOld(_ database: Database) throws {
        if let time = options.retentionTime, let latest = staged?.latest, latest != .min {
            try drop(
                "last_time < ?", latest.addingClamped(-time), enough: .max, database)
        }
        if let most = options.retentionBytes, let bytes = staged?.counters.bytes, bytes > most {
            // A tenth more, so that this is not done every time.
            try drop("last_time <= ?", .max, enough: bytes - most + most / 10, database)
        }
    }

    /// Removes the oldest segments that fulfil a condition, until they have had so many bytes.
    private func drop(_ condition: String, _ bound: Int64, enough: Int64, _ database: Database) throws {
        var (dropped, events, bytes): (Set<Int64>, Int64, Int64) = ([], 0, 0)
        var lastTime = Int64.min
        while bytes < enough {
            let found = try oldest(condition, bound, database)
            guard let first = found.first else { break }
            for entry in found where bytes < enough {
                dropped.insert(entry.id)
                events += Int64(entry.count)
                bytes += Int64(entry.byteCount)
                try remove(CollectionOfOne(entry), database)
            }
            lastTime = max(lastTime, first.lastTime)
        }
        guard !dropped.isEmpty else { return }
        staged?.counters.events -= events
        staged?.counters.droppedEvents += events
        staged?.counters.droppedBytes += bytes
        staged?.counters.droppedSegments += Int64(dropped.count)
        for name in open.keys where entries(of: name).contains(where: { dropped.contains($0.id) }) {
            let kept = entries(of: name).filter { !dropped.contains($0.id) }
            staged?.open[name] = kept
        }
    }

    private func oldest(_ condition: String, _ bound: Int64, _ database: Database) throws -> [LogEntry] {
        var found: [LogEntry] = []
        let statement = try SQLStatement(
            """
            SELECT id, schema, first_time, last_time, first_place, count, size FROM walle_log_segments
            WHERE source = ? AND \(condition) ORDER BY last_time LIMIT 64
            """, database)
        statement.bind(1, record.id)
        statement.bind(2, bound)
        try statement.forEachRow { found.append(LogTables.entry($0)) }
        return found
    }
}
