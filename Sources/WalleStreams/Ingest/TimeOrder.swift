internal import WalleMemory

/// Sorts the events of a whole input by time: files are often sorted by something else, such as the user.
package enum TimeOrder {
    /// The events of batches with one dictionary, by time and, where times are equal, in the order in which they came.
    ///
    /// - Parameter batchRows: Rows of a batch of the result.
    /// - Throws: `StreamError.Code.limit` for 2^32 events and more.
    /// - Complexity: O(n), with memory for the events twice.
    package static func sorted(_ batches: [EventBatch], batchRows: Int = 8192) throws(StreamError) -> [EventBatch] {
        let batches = batches.filter { $0.count > 0 }
        guard let first = batches.first, !isSorted(batches) else { return batches }
        let all = try EventBatch.joined(batches)
        let order = rows(byTime: UnsafeBufferPointer(start: all.times.ints, count: all.count))
        return order.withUnsafeBufferPointer { order in
            stride(from: 0, to: order.count, by: max(batchRows, 1)).map { start in
                let end = min(start + max(batchRows, 1), order.count)
                var batch = all.taking(UnsafeBufferPointer(rebasing: order[start..<end]))
                batch.offset = first.offset + Int64(start)
                return batch
            }
        }
    }

    private static func isSorted(_ batches: [EventBatch]) -> Bool {
        var latest = Int64.min
        for batch in batches {
            let times = batch.times.ints
            for row in 0..<batch.count {
                if times[row] < latest { return false }
                latest = times[row]
            }
        }
        return true
    }

    /// The rows in the order of their times, equal ones as they are.
    ///
    /// A radix sort from the lowest digit up, each pass of which is stable: of as many digits of 11 bits as the span of
    /// the times has, 4 for half a year and less.
    package static func rows(byTime times: UnsafeBufferPointer<Int64>) -> [UInt32] {
        precondition(times.count <= UInt32.max, "rows are numbered in 32 bits")
        guard let least = times.min(), let most = times.max() else { return [] }
        let span = UInt64(bitPattern: most &- least)
        let places = (UInt64.bitWidth - span.leadingZeroBitCount + bits - 1) / bits
        var rows = Array(UInt32(0)..<UInt32(times.count))
        var moved = [UInt32](repeating: 0, count: times.count)
        for place in 0..<places {
            rows.withUnsafeBufferPointer { from in
                moved.withUnsafeMutableBufferPointer { pass(times, least, UInt64(place * bits), from, $0) }
            }
            swap(&rows, &moved)
        }
        return rows
    }

    private static let bits = 11

    @inline(__always) private static func digit(_ time: Int64, _ least: Int64, _ shift: UInt64) -> Int {
        Int(truncatingIfNeeded: UInt64(bitPattern: time &- least) &>> shift) & ((1 << bits) - 1)
    }

    private static func pass(
        _ times: UnsafeBufferPointer<Int64>, _ least: Int64, _ shift: UInt64, _ from: UnsafeBufferPointer<UInt32>,
        _ to: UnsafeMutableBufferPointer<UInt32>
    ) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << bits) { places in
            places.initialize(repeating: 0)
            for time in times { places[Self.digit(time, least, shift)] += 1 }
            var sum = 0
            for digit in places.indices { (places[digit], sum) = (sum, sum + places[digit]) }
            for row in from {
                let digit = Self.digit(times[Int(row)], least, shift)
                to[places[digit]] = row
                places[digit] += 1
            }
        }
    }
}

extension EventBatch {
    /// The rows of batches with one schema and one dictionary, one behind the other.
    ///
    /// - Throws: `StreamError.Code.limit` for 2^32 rows and more.
    package static func joined(_ batches: [EventBatch]) throws(StreamError) -> EventBatch {
        guard let first = batches.first else { preconditionFailure("batches to join") }
        precondition(
            batches.allSatisfy { $0.texts === first.texts && $0.schema == first.schema }, "batches of one input")
        let count = batches.reduce(0) { $0 + $1.count }
        if count > UInt32.max {
            throw StreamError(
                .limit, "\(count) events are too many to sort at once", remedy: "Split the input into several files.")
        }
        let attributes = first.attributes.indices.map { index in
            Column.joined(batches.map { $0.attributes[index] }, count: count)
        }
        return EventBatch(
            schema: first.schema, times: .joined(batches.map(\.times), count: count),
            events: .joined(batches.map(\.events), count: count), pages: .joined(batches.map(\.pages), count: count),
            attributes: attributes, free: .joined(batches, count: count), texts: first.texts, offset: first.offset)
    }
}

extension Column {
    /// The rows of columns of one type, one behind the other; `count` together.
    package static func joined(_ columns: [Column], count: Int) -> Column {
        let type = columns[0].type
        let hasNulls = columns.contains { $0.nulls != nil }
        let joined = Column(uninitialized: type, count: count, nulls: hasNulls ? NullMask(none: count) : nil)
        var row = 0
        for column in columns {
            let used = UnsafeRawBufferPointer(rebasing: column.values.bytes[..<(column.count * type.width)])
            UnsafeMutableRawBufferPointer(rebasing: joined.values.bytes[(row * type.width)...]).copyMemory(from: used)
            if let nulls = column.nulls, let mask = joined.nulls {
                for null in 0..<column.count where nulls[null] { mask[row + null] = true }
            }
            row += column.count
        }
        return joined
    }
}
