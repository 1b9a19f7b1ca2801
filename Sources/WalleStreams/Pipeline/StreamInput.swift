internal import WalleMemory

/// What one stream of a chain hands to the next.
struct StreamInput {
    var batch: EventBatch
    /// Positions of the rows that there are, ascending; nil: all. The others are there for their times only.
    var kept: [UInt32]?
    /// Of each row whether it takes back an earlier one, which it repeats; nil: none does.
    var retracts: [Bool]?

    /// As rows that a stream gives; nil for none.
    var rows: StreamRows? {
        let rows = kept ?? (0..<UInt32(batch.count)).map { $0 }
        guard !rows.isEmpty else { return nil }
        let times = rows.map { batch.times.ints[Int($0)] }
        let columns = rows.withUnsafeBufferPointer { rows in
            batch.attributes.map { kept == nil ? $0 : $0.taking(rows) }
        }
        let changes = retracts.map { retracts in
            rows.map { retracts[Int($0)] ? WindowResults.Change.retraction : .insertion }
        }
        return StreamRows(
            keys: [],
            results: WindowResults(
                keys: [UInt64](repeating: 0, count: rows.count), starts: times, ends: times, change: .insertion,
                changes: changes, revisions: [UInt32](repeating: 0, count: rows.count),
                places: rows.map { batch.offset + Int64($0) }, aggregates: columns.map(ResultColumn.values)))
    }
}

/// Makes batches of the rows of a stream, for one that reads them.
final class RowBatches {
    let schema: EventSchema
    private let form: StreamDefinition.Form
    private let hasWindowBounds: Bool
    private let texts: TextDictionary
    /// Rows so far.
    private var count: Int64 = 0

    init(_ schema: EventSchema, _ definition: StreamDefinition, _ texts: TextDictionary) {
        self.schema = schema
        form = definition.form
        hasWindowBounds = definition.hasWindowBounds
        self.texts = texts
    }

    /// Rows of windows are put in the order of their ends and keys: that in which they come out of a table depends on how
    /// events came in batches. The time of such a row is the last moment before the end of its window.
    func input(_ rows: StreamRows) -> StreamInput {
        let results = rows.results
        let times = Column.of(ints: hasWindowBounds ? results.ends.map { $0 &- 1 } : results.ends, .time)
        var columns = rows.keys
        if hasWindowBounds { columns += [.of(ints: results.starts, .time), .of(ints: results.ends, .time)] }
        columns += results.aggregates.compactMap(column)
        var batch = EventBatch(
            schema: schema, times: times, events: times.nulls(.text), pages: times.nulls(.text), attributes: columns,
            texts: texts, offset: count)
        if form == .windows, hasWindowBounds { batch = order(rows).withUnsafeBufferPointer(batch.taking) }
        count += Int64(rows.count)
        let takesBack = results.changes != nil || results.change == .retraction
        let retracts = takesBack ? (0..<rows.count).map { results.change(of: $0) == .retraction } : nil
        return StreamInput(batch: batch, retracts: retracts)
    }

    private func order(_ rows: StreamRows) -> [UInt32] {
        let (ends, starts) = (rows.results.ends, rows.results.starts)
        let keys = keyWords(rows)
        return (0..<UInt32(rows.count)).sorted { left, right in
            let (left, right) = (Int(left), Int(right))
            guard (ends[left], starts[left]) == (ends[right], starts[right]) else {
                return (ends[left], starts[left]) < (ends[right], starts[right])
            }
            guard let key = keys.first(where: { $0[left] != $0[right] }) else { return false }
            return key[left] < key[right]
        }
    }

    /// What decides between the keys of rows. The number of a key of several columns depends on which were forgotten.
    private func keyWords(_ rows: StreamRows) -> [[UInt64]] {
        guard rows.keys.count > 1 else { return [rows.results.keys] }
        return rows.keys.map { column in
            (0..<rows.count).map { column.isNull($0) ? .max : column.bits($0) }
        }
    }

    /// Nil for lists, which no stream reads.
    private func column(_ result: ResultColumn) -> Column? {
        switch result {
        case .values(let column): return column
        case .lists, .counted: return nil
        case .texts(let values):
            var column = ColumnBuilder(.text, capacity: values.count)
            for value in values {
                if let value { column.append(code: texts.code(of: value)) } else { column.appendNull() }
            }
            return column.finish()
        }
    }

    func write(to writer: inout BlockWriter) { writer.write(count) }
    func read(from reader: inout BlockReader) throws(StreamError) { count = try reader.read() }
}

/// Tells when events arrive, never going back.
final class ArrivalClock {
    private let clock: @Sendable () -> Microseconds
    private var latest = Int64.min

    init(_ clock: @escaping @Sendable () -> Microseconds) { self.clock = clock }

    /// The events of a batch, which arrive together, at the time that it is now.
    func stamped(_ batch: EventBatch) -> EventBatch {
        latest = max(latest, clock())
        let times = Column(uninitialized: .time, count: batch.count)
        times.ints.update(repeating: latest, count: batch.count)
        return EventBatch(
            schema: batch.schema, times: times, events: batch.events, pages: batch.pages, attributes: batch.attributes,
            texts: batch.texts, offset: batch.offset)
    }

    func write(to writer: inout BlockWriter) { writer.write(latest) }
    func read(from reader: inout BlockReader) throws(StreamError) { latest = try reader.read() }
}

enum SortedRows {
    /// The positions that are in both, which ascend.
    static func both(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var both: [UInt32] = []
        var next = 0
        for row in left {
            while next < right.count, right[next] < row { next += 1 }
            if next < right.count, right[next] == row { both.append(row) }
        }
        return both
    }
}

extension Column {
    /// As many nulls as there are rows.
    func nulls(_ type: ColumnType) -> Column {
        let column = Column(uninitialized: type, count: count, nulls: NullMask(none: count))
        UnsafeMutableRawPointer(column.values.bytes.baseAddress.unsafelyUnwrapped)
            .initializeMemory(as: UInt8.self, repeating: 0, count: count * type.width)
        for row in 0..<count { column.nulls?[row] = true }
        return column
    }
}
