internal import WalleMemory

/// Events that wait until the watermark reaches them, with what their windows need of them.
///
/// Buckets by time, so many that the delay of a source fits in a few; a bucket is sorted when the watermark comes to it. An
/// event thus costs the same however many wait. A row is words of 64 bits: time, key, mark, a bit an aggregate that is set
/// where the event counts for it, then of each aggregate the value.
final class WaitingEvents {
    private let layout: AggregateLayout
    private let delay: Microseconds
    /// A bucket lasts two to this power microseconds.
    private let shift: Int64
    /// Words of a row; those with bits among them.
    let stride: Int
    private let bitWords: Int
    @exclusivity(unchecked) private var buckets: UnsafeMutablePointer<Bucket>
    /// Memory of buckets that were emptied, the last at the end: the next to be filled has it while the cache does.
    @exclusivity(unchecked) private var spare: [Spare] = []
    /// The number of the earliest bucket that may hold an event: its beginning by what it lasts.
    @exclusivity(unchecked) private var first: Int64 = 0
    @exclusivity(unchecked) private(set) var count = 0
    /// Of the events that wait; the greatest number when there are none.
    @exclusivity(unchecked) private(set) var earliest = Int64.max

    /// Waiting events are no further from one another than the delay, but the first bucket may be as much earlier.
    private static let bucketsADelay: Int64 = 64
    private static let bucketCount = 256
    private static let header = 3

    private struct Bucket {
        var memory: UnsafeMutablePointer<UInt64>?
        var capacity = 0
        var count = 0
        var least = Int64.max
        /// The rows by time, from when the watermark has come to the bucket.
        var order: [UInt32] = []
        /// How many of these were taken.
        var taken = 0
    }

    private struct Spare {
        var memory: UnsafeMutablePointer<UInt64>
        /// Rows.
        var capacity: Int
    }

    init(_ layout: AggregateLayout, delay: Microseconds) {
        self.layout = layout
        self.delay = delay
        shift = Int64(Int64.bitWidth - (delay / Self.bucketsADelay).leadingZeroBitCount)
        bitWords = (layout.slots.count + 63) / 64
        stride = Self.header + bitWords + layout.slots.count
        buckets = .allocate(capacity: Self.bucketCount)
        buckets.initialize(repeating: Bucket(), count: Self.bucketCount)
    }

    deinit {
        for index in 0..<Self.bucketCount { buckets[index].memory?.deallocate() }
        for block in spare { block.memory.deallocate() }
        buckets.deinitialize(count: Self.bucketCount)
        buckets.deallocate()
    }

    var byteCount: Int {
        (0..<Self.bucketCount).reduce(spare.reduce(0) { $0 + $1.capacity * stride * 8 }) {
            $0 + buckets[$1].capacity * stride * 8 + buckets[$1].order.capacity * 4
        }
    }

    @inline(__always) private func number(_ time: Int64) -> Int64 { time &>> shift }

    @inline(__always) private func bucket(_ number: Int64) -> UnsafeMutablePointer<Bucket> {
        buckets + Int(truncatingIfNeeded: number) & (Self.bucketCount - 1)
    }

    // MARK: adding

    /// Adds events, but for those before the watermark.
    ///
    /// - Parameter makeRoom: Takes the events up to the delay before a time, for an event of that time.
    /// - Returns: How many were before the watermark.
    func append(
        _ events: WindowRows, _ marks: UnsafePointer<UInt8>, from watermark: Int64, makeRoom: (Int64) -> Void
    ) -> Int {
        var late = 0
        let values = layout.slots.indices.map { WaitingValue(events.input, $0) }
        values.withUnsafeBufferPointer { values in
            for row in events.rows {
                let time = events.input.times[Int(row)]
                guard time >= watermark else {
                    late += 1
                    continue
                }
                if !hasRoom(time) {
                    makeRoom(time)
                    first = number(time.addingClamped(-delay))
                }
                let place = newRow(time)
                place.set(0, time)
                place[1] = events.keys[Int(row)]
                place[2] = UInt64(marks[Int(row)])
                write(values, Int(row), to: place + Self.header)
            }
        }
        return late
    }

    @inline(__always) private func hasRoom(_ time: Int64) -> Bool {
        if count == 0 { first = number(time.addingClamped(-delay)) }
        return UInt64(bitPattern: number(time) &- first) < UInt64(Self.bucketCount)
    }

    @inline(__always)
    private func write(_ values: UnsafeBufferPointer<WaitingValue>, _ row: Int, to place: UnsafeMutablePointer<UInt64>)
    {
        for word in 0..<bitWords { place[word] = 0 }
        for index in values.indices {
            guard values[index].counts(row) else { continue }
            place[index >> 6] |= 1 << UInt64(index & 63)
            place[bitWords + index] = values[index].bits(row)
        }
    }

    /// The words of a new row, to be written.
    @inline(__always) private func newRow(_ time: Int64) -> UnsafeMutablePointer<UInt64> {
        let bucket = bucket(number(time))
        if bucket.pointee.count == bucket.pointee.capacity { grow(&bucket.pointee) }
        let row = bucket.pointee.count
        bucket.pointee.count = row + 1
        bucket.pointee.least = min(bucket.pointee.least, time)
        if !bucket.pointee.order.isEmpty { insert(row, time, &bucket.pointee) }
        count += 1
        earliest = min(earliest, time)
        return bucket.pointee.memory.unsafelyUnwrapped + row * stride
    }

    private func grow(_ bucket: inout Bucket) {
        if bucket.memory == nil, let block = spare.popLast() {
            (bucket.memory, bucket.capacity) = (block.memory, block.capacity)
            return
        }
        let capacity = max(16, bucket.capacity * 2)
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * stride)
        if let old = bucket.memory {
            memory.update(from: old, count: bucket.count * stride)
            old.deallocate()
        }
        (bucket.memory, bucket.capacity) = (memory, capacity)
    }

    private func time(_ row: UInt32, _ bucket: Bucket) -> Int64 {
        bucket.memory.unsafelyUnwrapped.int(Int(row) * stride)
    }

    /// Puts a row into the order of a bucket that is being taken, behind those of its time.
    private func insert(_ row: Int, _ time: Int64, _ bucket: inout Bucket) {
        var (low, high) = (bucket.taken, bucket.order.count)
        while low < high {
            let middle = (low + high) / 2
            if self.time(bucket.order[middle], bucket) <= time { low = middle + 1 } else { high = middle }
        }
        bucket.order.insert(UInt32(row), at: low)
    }

    // MARK: taking

    /// Takes the events up to a time, that time included, in the order of time, then of arrival, in blocks.
    func take(upTo time: Int64, _ body: (WaitingBlock) -> Void) {
        guard earliest <= time else { return }
        let last = number(time)
        var number = first
        for _ in 0..<Self.bucketCount where number <= last && count > 0 {
            if bucket(number).pointee.count > 0 { take(upTo: time, &bucket(number).pointee, body) }
            number += 1
        }
        first = max(first, last)
        findEarliest()
    }

    private func take(upTo time: Int64, _ bucket: inout Bucket, _ body: (WaitingBlock) -> Void) {
        if bucket.order.isEmpty { bucket.order = order(bucket) }
        let memory = bucket.memory.unsafelyUnwrapped
        var rows: [UnsafeMutablePointer<UInt64>] = []
        while bucket.taken < bucket.order.count {
            let row = memory + Int(bucket.order[bucket.taken]) * stride
            guard row.int(0) <= time else { break }
            rows.append(row)
            bucket.taken += 1
            if rows.count == Self.blockRows { give(&rows, body) }
        }
        if !rows.isEmpty { give(&rows, body) }
        guard bucket.taken == bucket.order.count else { return }
        spare.append(Spare(memory: memory, capacity: bucket.capacity))
        (bucket.memory, bucket.capacity) = (nil, 0)
        (bucket.count, bucket.taken, bucket.least) = (0, 0, .max)
        bucket.order = []
    }

    private static let blockRows = 1024

    private func give(_ rows: inout [UnsafeMutablePointer<UInt64>], _ body: (WaitingBlock) -> Void) {
        count -= rows.count
        body(WaitingBlock(rows, layout, header: Self.header, bitWords: bitWords))
        rows.removeAll(keepingCapacity: true)
    }

    private func order(_ bucket: Bucket) -> [UInt32] {
        // A radix sort does not pay for few.
        if bucket.count < 64 {
            return (0..<UInt32(bucket.count)).sorted {
                (time($0, bucket), $0) < (time($1, bucket), $1)
            }
        }
        return (0..<UInt32(bucket.count)).map { time($0, bucket) }.withUnsafeBufferPointer { times in
            TimeOrder.rows(byTime: times)
        }
    }

    private func findEarliest() {
        earliest = .max
        guard count > 0 else { return }
        for offset in 0..<Int64(Self.bucketCount) {
            let bucket = bucket(first &+ offset)
            guard bucket.pointee.count > 0 else { continue }
            let order = bucket.pointee.order
            earliest = order.isEmpty ? bucket.pointee.least : time(order[bucket.pointee.taken], bucket.pointee)
            return
        }
    }

    // MARK: saving

    /// Every row, so that putting them back in this order leaves equal times in the order of arrival.
    func forEach(_ body: (UnsafeMutablePointer<UInt64>) -> Void) {
        for offset in 0..<Int64(Self.bucketCount) {
            let bucket = bucket(first &+ offset).pointee
            guard let memory = bucket.memory else { continue }
            if bucket.order.isEmpty {
                for row in 0..<bucket.count { body(memory + row * stride) }
            } else {
                for row in bucket.order[bucket.taken...] { body(memory + Int(row) * stride) }
            }
        }
    }

    /// Puts a row back, which `write` fills and gives the time of.
    ///
    /// - Throws: What `write` does, and `.storage` for a time that is too far from the others.
    func restore(_ row: UnsafeMutablePointer<UInt64>) throws(StreamError) {
        guard row[2] <= UInt64(VisitMark.exit), hasRoom(row.int(0)) else {
            throw StateFormat.damaged("an event that waits is none")
        }
        newRow(row.int(0)).update(from: row, count: stride)
    }
}

/// The values of one aggregate in a batch, as plain pointers.
private struct WaitingValue {
    private let width: Int
    private let values: UnsafeMutableRawPointer?
    private let nulls: UnsafeMutablePointer<UInt64>?
    private let filter: UnsafeMutablePointer<UInt8>?
    private let filterNulls: UnsafeMutablePointer<UInt64>?

    init(_ input: AggregateInput, _ index: Int) {
        let column = input.values[index]
        width = column?.type.width ?? 0
        values = column?.values.bytes.baseAddress
        nulls = column?.nulls?.words
        filter = input.filters[index]?.bools
        filterNulls = input.filters[index]?.nulls?.words
    }

    @inline(__always) func counts(_ row: Int) -> Bool {
        if let filter, filter[row] == 0 { return false }
        if let filterNulls, filterNulls[row >> 6] >> UInt64(row & 63) & 1 != 0 { return false }
        if let nulls, nulls[row >> 6] >> UInt64(row & 63) & 1 != 0 { return false }
        return true
    }

    @inline(__always) func bits(_ row: Int) -> UInt64 {
        guard let values else { return 0 }
        switch width {
        case 8: return values.load(fromByteOffset: row &* 8, as: UInt64.self)
        case 4: return UInt64(values.load(fromByteOffset: row &* 4, as: UInt32.self))
        default: return UInt64(values.load(fromByteOffset: row, as: UInt8.self))
        }
    }
}
