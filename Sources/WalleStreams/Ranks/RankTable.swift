/// The rows of one group that stand first, in their order.
///
/// A value of plain words, so that thousands of them are gone over without counting references. Its owner frees it.
struct RankList {
    let key: UInt64
    /// The latest time of an event of the group.
    var last: Int64
    private(set) var count = 0
    private var capacity: Int
    private var rows: UnsafeMutablePointer<UInt64>

    init(_ key: UInt64, last: Int64, stride: Int, capacity: Int = 1) {
        self.key = key
        self.last = last
        self.capacity = capacity
        rows = .allocate(capacity: capacity * stride)
    }

    func free() { rows.deallocate() }
    func byteCount(_ stride: Int) -> Int { capacity * stride * 8 + MemoryLayout<RankList>.stride }

    @inline(__always) func row(_ index: Int, _ stride: Int) -> UnsafeMutablePointer<UInt64> { rows + index &* stride }

    /// Where a row belongs.
    @inline(__always) func place(_ row: UnsafePointer<UInt64>, _ layout: RankLayout) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low &+ high) >> 1
            if layout.precedes(self.row(middle, layout.stride), row) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    mutating func insert(_ row: UnsafePointer<UInt64>, at place: Int, _ stride: Int) {
        if count == capacity { grow(stride) }
        let into = rows + place &* stride
        (into + stride).update(from: into, count: (count &- place) &* stride)
        into.update(from: row, count: stride)
        count &+= 1
    }

    private mutating func grow(_ stride: Int) {
        let old = rows
        rows = .allocate(capacity: capacity * 2 * stride)
        rows.update(from: old, count: count * stride)
        old.deallocate()
        capacity *= 2
    }

    mutating func remove(at place: Int, _ stride: Int) {
        let from = rows + place &* stride
        from.update(from: from + stride, count: (count &- place &- 1) &* stride)
        count &-= 1
    }

    mutating func keep(first: Int) { count = min(count, first) }
}

/// Groups by their keys, in the order in which they came, each with the rows that stand first.
final class RankTable {
    let layout: RankLayout
    @exclusivity(unchecked) private var indices = KeyTable()
    @exclusivity(unchecked) private(set) var lists: UnsafeMutablePointer<RankList>
    @exclusivity(unchecked) private(set) var count = 0
    private var capacity = 16
    /// Since it was last recorded for saving.
    @exclusivity(unchecked) var isChanged = true

    init(_ layout: RankLayout) {
        self.layout = layout
        lists = .allocate(capacity: capacity)
    }

    deinit {
        for index in 0..<count { lists[index].free() }
        lists.deallocate()
    }

    var byteCount: Int {
        (0..<count).reduce(indices.byteCount) { $0 + lists[$1].byteCount(layout.stride) }
    }

    /// Nil when the key has no group.
    @inline(__always) func index(of key: UInt64) -> Int? {
        let index = indices[key]
        return index < 0 ? nil : Int(index)
    }

    /// A group for a key that has none.
    func add(_ key: UInt64, last: Int64, capacity rows: Int = 1) -> Int {
        if count == capacity {
            let old = lists
            lists = .allocate(capacity: capacity * 2)
            lists.update(from: old, count: count)
            old.deallocate()
            capacity *= 2
        }
        (lists + count).initialize(to: RankList(key, last: last, stride: layout.stride, capacity: rows))
        indices[key] = Int32(count)
        count += 1
        return count - 1
    }

    /// Lets go of the groups that do not pass.
    func removeAll(but isKept: (RankList) -> Bool) {
        var kept = 0
        indices = KeyTable()
        for index in 0..<count {
            let list = lists[index]
            guard isKept(list) else {
                list.free()
                continue
            }
            lists[kept] = list
            indices[list.key] = Int32(kept)
            kept += 1
        }
        count = kept
    }

    func forEachKey(_ body: (UInt64) -> Void) { for index in 0..<count { body(lists[index].key) } }

    // MARK: saving

    /// Groups of a block.
    private static let blockLists = 256

    func record(_ item: StateItem, _ recorder: StateRecorder) {
        if !isChanged, recorder.keeps(item) { return }
        let stride = layout.stride
        for first in Swift.stride(from: 0, to: count, by: Self.blockLists) {
            recorder.write(item, capacity: Self.blockLists * (24 + stride * 8)) { writer in
                for index in first..<min(first + Self.blockLists, count) {
                    let list = lists[index]
                    writer.write(list.key)
                    writer.write(list.last)
                    writer.write(list.count)
                    for row in 0..<list.count { writer.write(words: list.row(row, stride), count: stride) }
                }
            }
        }
        isChanged = false
    }

    /// - Parameter groups: How many there are.
    func restore(_ item: StateItem, _ groups: Int, _ state: SavedState) throws(StreamError) {
        try state.forEachBlock(item) { reader throws(StreamError) in
            for _ in count..<min(groups, count + Self.blockLists) { try readList(&reader) }
        }
        guard count == groups else { throw StateFormat.damaged("\(count) groups of \(groups)") }
    }

    private func readList(_ reader: inout BlockReader) throws(StreamError) {
        let (key, last) = (try reader.read(UInt64.self), try reader.read(Int64.self))
        guard index(of: key) == nil else { throw StateFormat.damaged("a group is there twice") }
        let rows = try reader.readCount(each: layout.stride * 8)
        let index = add(key, last: last, capacity: max(1, rows))
        try withUnsafeTemporaryRow(layout.stride) { row throws(StreamError) in
            for place in 0..<rows {
                try reader.read(words: row, count: layout.stride)
                guard layout.isSound(row) else { throw StateFormat.damaged("a row names a text that is not there") }
                lists[index].insert(row, at: place, layout.stride)
            }
        }
    }
}

/// Memory for one row.
func withUnsafeTemporaryRow<Result>(
    _ stride: Int, _ body: (UnsafeMutablePointer<UInt64>) throws(StreamError) -> Result
) throws(StreamError) -> Result {
    let row = UnsafeMutablePointer<UInt64>.allocate(capacity: stride)
    row.initialize(repeating: 0, count: stride)
    defer { row.deallocate() }
    return try body(row)
}
