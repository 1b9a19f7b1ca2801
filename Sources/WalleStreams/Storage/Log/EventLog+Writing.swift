internal import GRDB

// How what waits becomes segments.
extension EventLog {
    /// Events of one name, or of several: a range of the rows in the order of names, then of time.
    private struct Group {
        var name: UInt32
        var rows: Range<Int>
    }

    /// Segments are full from half of what they may have on: as many as there are of a name have one size.
    func isFull(_ count: Int) -> Bool { count * 2 > options.segmentEvents }

    /// Segments of a name that may be merged, as the transaction leaves them.
    func entries(of name: UInt32) -> [LogEntry] { staged?.open[name] ?? open[name] ?? [] }

    func writePending(_ database: Database) throws {
        guard let first = pending.first else { return }
        let batch = pending.count == 1 ? first : try EventBatch.joined(pending)
        let places = pending.flatMap { batch in batch.offset..<batch.offset + Int64(batch.count) }
        let (rows, groups) = grouped(batch)
        try rows.withUnsafeBufferPointer { rows in
            for group in groups {
                try write(group.name, batch, places, UnsafeBufferPointer(rebasing: rows[group.rows]), database)
            }
        }
        let times = UnsafeBufferPointer(start: batch.times.ints, count: batch.count)
        staged?.latest = max(latest, times.max() ?? .min)
        staged?.counters.events += Int64(batch.count)
    }

    /// Writes events of a name as segments of about one size.
    func write(
        _ name: UInt32, _ batch: EventBatch, _ places: [Int64], _ rows: UnsafeBufferPointer<UInt32>,
        _ database: Database
    ) throws {
        let count = (rows.count + options.segmentEvents - 1) / options.segmentEvents
        for part in 0..<count {
            let range = rows.count * part / count..<rows.count * (part + 1) / count
            let entry = try insert(name, batch, places, UnsafeBufferPointer(rebasing: rows[range]), database)
            var entries = entries(of: name)
            if isFull(entry.count) {
                // Merged with later ones they would come behind it.
                try close(entries, database)
                entries = []
            } else {
                entries.append(entry)
            }
            staged?.open[name] = entries
        }
    }

    private func insert(
        _ name: UInt32, _ batch: EventBatch, _ places: [Int64], _ rows: UnsafeBufferPointer<UInt32>,
        _ database: Database
    ) throws -> LogEntry {
        writer.bytes.removeAll()
        places.withUnsafeBufferPointer { places in
            guard let places = places.baseAddress else { return }
            LogSegment.write(batch, places: places, rows, to: &writer)
        }
        let times = batch.times.ints
        var entry = LogEntry(
            id: 0, schema: schema, firstTime: times[Int(rows[0])], lastTime: times[Int(rows[rows.count - 1])],
            firstPlace: rows.reduce(.max) { min($0, places[Int($1)]) }, count: rows.count,
            byteCount: writer.bytes.count)
        let statement = try SQLStatement(
            "INSERT INTO walle_log_segments VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", database)
        statement.bind(1, record.id)
        statement.bind(2, schema)
        statement.bind(3, isFull(entry.count) ? Int64(0) : 1)
        if name == Self.mixed { statement.bindNull(4) } else { statement.bind(text: record.texts.text(name), 4) }
        for (index, value) in [entry.firstTime, entry.lastTime, entry.firstPlace].enumerated() {
            statement.bind(Int32(index) + 5, value)
        }
        statement.bind(8, Int64(entry.count))
        statement.bind(9, Int64(entry.byteCount))
        try writer.bytes.withBytes { bytes in
            statement.bind(bytes: bytes, 10)
            try statement.run()
        }
        entry.id = database.lastInsertedRowID
        staged?.counters.segments += 1
        staged?.counters.bytes += Int64(entry.byteCount)
        return entry
    }

    /// Says that segments are merged no more.
    func close(_ entries: some Sequence<LogEntry>, _ database: Database) throws {
        for entry in entries {
            let statement = try SQLStatement("UPDATE walle_log_segments SET is_open = 0 WHERE id = ?", database)
            statement.bind(1, entry.id)
            try statement.run()
        }
    }

    // MARK: the order

    /// The rows by their names, those of a name by their times, then by the stream.
    private func grouped(_ batch: EventBatch) -> (rows: [UInt32], groups: [Group]) {
        let order = Self.order(byTime: batch.times.ints, batch.count)
        var names: [UInt32] = []
        let slots = slots(batch, &names)
        var next = [Int](repeating: 0, count: names.count + 1)
        for slot in slots { next[Int(slot) + 1] += 1 }
        for slot in names.indices { next[slot + 1] += next[slot] }
        let groups = names.indices.map { Group(name: names[$0], rows: next[$0]..<next[$0 + 1]) }
        let rows = [UInt32](unsafeUninitializedCapacity: batch.count) { rows, filled in
            for row in order {
                let slot = Int(slots[Int(row)])
                rows[next[slot]] = row
                next[slot] += 1
            }
            filled = batch.count
        }
        return (rows, groups)
    }

    static func order(byTime times: UnsafePointer<Int64>, _ count: Int) -> [UInt32] {
        for row in 1..<max(count, 1) where times[row] < times[row - 1] {
            return TimeOrder.rows(byTime: UnsafeBufferPointer(start: times, count: count))
        }
        return Array(0..<UInt32(count))
    }

    /// Of each row the number of its group, whose names are told.
    private func slots(_ batch: EventBatch, _ names: inout [UInt32]) -> [UInt32] {
        var known = [Int32](repeating: -1, count: record.texts.count)
        let (codes, nulls) = (batch.events.codes, batch.events.nulls)
        var (mixedSlot, newNames): (Int32, Int) = (-1, 0)
        return known.withUnsafeMutableBufferPointer { known in
            (0..<batch.count).map { row in
                let code = nulls?[row] ?? false ? Self.mixed : codes[row]
                var slot = code == Self.mixed ? mixedSlot : known[Int(code)]
                if slot < 0 {
                    let isOwn = code != Self.mixed && (open[code] != nil || open.count + newNames < options.mostNames)
                    if isOwn, open[code] == nil { newNames += 1 }
                    if isOwn || mixedSlot < 0 {
                        slot = Int32(names.count)
                        names.append(isOwn ? code : Self.mixed)
                    }
                    if !isOwn { (mixedSlot, slot) = mixedSlot < 0 ? (slot, slot) : (mixedSlot, mixedSlot) }
                    if code != Self.mixed { known[Int(code)] = slot }
                }
                return UInt32(slot)
            }
        }
    }
}
