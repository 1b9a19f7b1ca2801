/// Puts events that come out of order, within the delay of their source, in the order of their times, then of the stream.
struct EventOrder {
    private let delay: Microseconds
    var waiting: EventBatch?
    /// Of each event that waits its place in the stream.
    var places: [Int64] = []
    var latest = Int64.min
    /// Up to here events were given.
    var watermark = Int64.min
    /// Events earlier than what was given already, which are left out.
    var lateCount = 0

    init(delay: Microseconds) { self.delay = delay }

    var byteCount: Int { waiting.map { $0.byteCount + places.capacity * 8 } ?? 0 }

    /// Events in order, with their places in the stream.
    struct Ordered {
        var batch: EventBatch
        var places: [Int64]
    }

    /// Adds the events of rows of a batch, and gives those that no later one can precede. All events move the watermark.
    ///
    /// - Throws: `.limit` for 2^32 events that wait.
    mutating func add(_ batch: EventBatch, _ rows: [UInt32]?) throws(StreamError) -> Ordered? {
        guard (waiting?.count ?? 0) + batch.count <= UInt32.max else {
            throw StreamError(
                .limit, "\(waiting?.count ?? 0) events wait for the watermark, as many as may",
                remedy: "Give the source a shorter delay.")
        }
        let times = batch.times.ints
        var taken: [UInt32] = []
        var next = 0
        for row in 0..<batch.count {
            let isKept = rows.map { next < $0.count && Int($0[next]) == row } ?? true
            if isKept {
                next += 1
                let bound = latest == .min ? Int64.min : latest.addingClamped(-delay)
                if times[row] < bound { lateCount += 1 } else { taken.append(UInt32(row)) }
            }
            latest = max(latest, times[row])
        }
        let new = taken.withUnsafeBufferPointer(batch.taking)
        places += taken.map { batch.offset + Int64($0) }
        waiting = if let waiting { try EventBatch.joined([waiting, new]) } else { new }
        return give(before: latest == .min ? .min : latest.addingClamped(-delay))
    }

    /// Gives the events before a time: earlier ones will not come.
    mutating func advance(to time: Int64) -> Ordered? {
        latest = max(latest, time.addingClamped(delay))
        return give(before: time)
    }

    private mutating func give(before bound: Int64) -> Ordered? {
        guard let waiting, bound > watermark else { return nil }
        watermark = bound
        let order = TimeOrder.rows(byTime: UnsafeBufferPointer(start: waiting.times.ints, count: waiting.count))
        let ready = order.count { bound == .max || waiting.times.ints[Int($0)] < bound }
        guard ready > 0 else { return nil }
        let given = order[..<ready].withUnsafeBufferPointer(waiting.taking)
        let kept = order[ready...].sorted()
        let result = Ordered(batch: given, places: order[..<ready].map { places[Int($0)] })
        places = kept.map { places[Int($0)] }
        self.waiting = kept.isEmpty ? nil : kept.withUnsafeBufferPointer(waiting.taking)
        return result
    }
}
