/// Events of a batch that go to windows.
struct WindowRows {
    /// Positions in the batch, ascending.
    var rows: UnsafeBufferPointer<UInt32>
    /// Of each row of the batch the key of its group.
    var keys: UnsafePointer<UInt64>
    var input: AggregateInput
    /// Of each row of the batch its `VisitMark`.
    var marks: [UInt8]?
    /// Times between which all rows are, where it is known.
    var span: (least: Int64, greatest: Int64)?

    /// The index, from another on, of the first position that is not before a row.
    func firstIndex(from row: Int, after first: Int) -> Int {
        if let last = rows.last, last < row { return rows.count }
        var (low, high) = (first, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func with(_ rows: UnsafeBufferPointer<UInt32>) -> WindowRows {
        WindowRows(rows: rows, keys: keys, input: input, marks: marks)
    }
}

/// Puts events into windows and gives the rows of those that end.
///
/// The watermark is a promise about times: what comes after it is expected to be no earlier. `WindowRunner` moves it between
/// calls only, and before every event that comes behind it, so that a stream gives the same rows however its events are cut
/// into batches.
protocol WindowOperator: AnyObject {
    /// The watermark at which the next rows are given; the greatest number when there are none to give.
    var nextFiring: Int64 { get }
    /// Events too late for any window.
    var lateCount: Int { get }
    /// Events that belonged to no window although they were in time.
    var outsideCount: Int { get }
    /// Bytes of state.
    var byteCount: Int { get }
    var limit: GroupLimit { get }
    /// So many events may come before groups can be too many. When there is no room, they come one by one, each after the
    /// rows that the one before made due.
    var room: Int { get }

    /// Events from this time on belong to no window that a watermark has ended.
    func openTime(at watermark: Int64) -> Int64
    /// Adds events. Those that come late for a window within its lateness give rows at once.
    func add(_ events: WindowRows, watermark: Int64, to results: inout [WindowResults])
    /// Gives the rows of windows that end at or before the watermark.
    func advance(to watermark: Int64, into results: inout [WindowResults])
    /// Tells every key that it holds, some of them several times.
    ///
    /// - Returns: Whether it can tell.
    func forEachKey(_ body: (UInt64) -> Void) -> Bool

    /// Records what a restored one needs to go on with the same rows.
    func record(_ recorder: StateRecorder)
    /// Takes the state of another of the same definition, before any event. After an error it is of no use.
    func restore(_ state: SavedState) throws(StreamError)
}

extension WindowOperator {
    // Of most windows some hold any event.
    var outsideCount: Int { 0 }
    var limit: GroupLimit { GroupLimit() }
    var room: Int { .max }
    func forEachKey(_ body: (UInt64) -> Void) -> Bool { false }
}
