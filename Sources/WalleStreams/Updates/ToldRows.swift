/// Rows of groups that changed, before their values are known, in memory that is used again for every batch.
struct ToldRows: ~Copyable {
    private var capacity = 0
    private(set) var count = 0
    private var keys: UnsafeMutablePointer<UInt64>
    private var times: UnsafeMutablePointer<Int64>
    private var changes: UnsafeMutablePointer<WindowResults.Change>
    private var revisions: UnsafeMutablePointer<UInt32>

    init() {
        (keys, times, changes, revisions) = (
            .allocate(capacity: 0), .allocate(capacity: 0), .allocate(capacity: 0), .allocate(capacity: 0)
        )
    }

    deinit { deallocate() }

    private func deallocate() {
        keys.deallocate()
        times.deallocate()
        changes.deallocate()
        revisions.deallocate()
    }

    /// Makes room for so many rows. There must be none.
    mutating func reserve(_ rows: Int) {
        assert(count == 0, "no row waits")
        guard rows > capacity else { return }
        deallocate()
        capacity = rows
        (keys, times, changes, revisions) = (
            .allocate(capacity: rows), .allocate(capacity: rows), .allocate(capacity: rows), .allocate(capacity: rows)
        )
    }

    /// Room must have been reserved.
    @inline(__always)
    mutating func append(_ key: UInt64, _ time: Int64, _ change: WindowResults.Change, _ revision: UInt32) {
        assert(count < capacity, "room was reserved")
        (keys[count], times[count], changes[count], revisions[count]) = (key, time, change, revision)
        count &+= 1
    }

    /// The rows with their values. None are left after it.
    mutating func finish(_ aggregates: [ResultColumn]) -> WindowResults {
        defer { count = 0 }
        let times = Array(UnsafeBufferPointer(start: times, count: count))
        return WindowResults(
            keys: Array(UnsafeBufferPointer(start: keys, count: count)), starts: times, ends: times,
            change: count > 0 ? changes[0] : .insertion,
            changes: Array(UnsafeBufferPointer(start: changes, count: count)),
            revisions: Array(UnsafeBufferPointer(start: revisions, count: count)), aggregates: aggregates)
    }
}
