internal import WalleMemory

/// Groups of a window by their keys, each with the states of its aggregates: one block of memory with open addressing.
///
/// A row is words of 64 bits: the key, how many events the group has, then the states. A row without events is free. One
/// look for a key finds its state beside it, so that an event costs one place of memory even when the table is large.
final class GroupTable {
    /// Words of a row.
    let stride: Int
    @exclusivity(unchecked) private(set) var base: UnsafeMutablePointer<UInt64>
    /// Holds the rows: of a large table in large pages, which the next table may have again.
    @exclusivity(unchecked) private var memory: SharedStorage
    @exclusivity(unchecked) private var mask: Int
    /// Groups.
    @exclusivity(unchecked) var count = 0
    /// Since it was last recorded for saving.
    @exclusivity(unchecked) var isChanged = true

    /// Where the states begin in a row.
    static let header = 2
    /// Rows of the smallest table.
    static let least = 16

    /// Words of a row that hold references to objects, which the table holds.
    private let objectWords: [Int]

    convenience init(stateWords: Int, objectWords: [Int] = [], capacity: Int = 0) {
        self.init(stateWords: stateWords, objectWords: objectWords, places: Self.size(for: capacity))
    }

    /// - Parameter places: A power of two.
    init(stateWords: Int, objectWords: [Int], places: Int) {
        stride = Self.header + stateWords
        self.objectWords = objectWords
        mask = places - 1
        (memory, base) = Self.rows(places, stride)
    }

    deinit { releaseObjects() }

    private func releaseObjects() {
        guard !objectWords.isEmpty else { return }
        forEach { row in for word in objectWords { (row + word).releaseObject() } }
    }

    var byteCount: Int { (mask + 1) * stride * 8 }
    /// Rows there is memory for.
    var places: Int { mask + 1 }

    /// A power of two at most two thirds full.
    private static func size(for groups: Int) -> Int {
        var size = least
        while size * 2 < groups * 3 { size *= 2 }
        return size
    }

    /// All free.
    private static func rows(_ count: Int, _ stride: Int) -> (SharedStorage, UnsafeMutablePointer<UInt64>) {
        let memory = SharedStorage(zeroed: count * stride * 8)
        return (memory, memory.bytes.assumingMemoryBound(to: UInt64.self).baseAddress.unsafelyUnwrapped)
    }

    /// Moves all groups to a new block of memory.
    private func move(toPlaces places: Int) {
        let (old, oldBase, oldRows) = (memory, base, mask + 1)
        mask = places - 1
        (memory, base) = Self.rows(places, stride)
        withExtendedLifetime(old) {
            for index in 0..<oldRows where oldBase[index * stride + 1] != 0 {
                let row = place(oldBase[index * stride])
                (base + row).update(from: oldBase + index * stride, count: stride)
            }
        }
    }

    /// Makes room, so that so many groups may come without moving a row. Comes before every change.
    func reserve(_ more: Int) {
        isChanged = true
        guard (count + more) * 3 > (mask + 1) * 2 else { return }
        move(toPlaces: Self.size(for: max(count + more, count * 2)))
    }

    /// The word at which the row of a key begins, or would begin.
    @inline(__always) func place(_ key: UInt64) -> Int {
        var index = Self.hash(key) & mask
        while true {
            let row = index &* stride
            if base[row] == key && base[row &+ 1] != 0 || base[row &+ 1] == 0 { return row }
            index = (index &+ 1) & mask
        }
    }

    @inline(__always) private static func hash(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: fold(key ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93))
    }

    /// The row of a key, made if there is none. Room must have been reserved; the caller counts the group's events, of
    /// which there must be one.
    @inline(__always) func row(_ key: UInt64) -> Int {
        let row = place(key)
        if base[row &+ 1] == 0 {
            base[row] = key
            count &+= 1
        }
        return row
    }

    /// Nil when the key has no group.
    func existing(_ key: UInt64) -> UnsafeMutablePointer<UInt64>? {
        let row = place(key)
        return base[row + 1] == 0 ? nil : base + row
    }

    /// Every group's row.
    @inline(__always) func forEach(_ body: (UnsafeMutablePointer<UInt64>) throws -> Void) rethrows {
        var left = count
        var row = base
        while left > 0 {
            if row[1] != 0 {
                try body(row)
                left -= 1
            }
            row += stride
        }
    }

    /// Lets go of the groups whose rows do not pass.
    func removeAll(but isKept: (UnsafeMutablePointer<UInt64>) -> Bool) {
        isChanged = true
        var kept = 0
        forEach { row in
            if isKept(row) {
                kept += 1
            } else {
                for word in objectWords { (row + word).releaseObject() }
                row[1] = 0
            }
        }
        count = kept
        move(toPlaces: Self.size(for: kept))
    }

    func removeAll() {
        isChanged = true
        releaseObjects()
        base.update(repeating: 0, count: (mask + 1) * stride)
        count = 0
    }

    // MARK: many keys at once

    /// Counts an event of each row for the group of its key, and tells the visitor. Room must have been reserved.
    func count<Visitor: GroupVisitor>(
        _ rows: UnsafePointer<UInt32>, _ rowCount: Int, _ keys: UnsafePointer<UInt64>, _ visitor: Visitor
    ) {
        if byteCount > Self.cachedBytes { return countApart(rows, rowCount, keys, visitor) }
        let (base, mask, stride) = (base, mask, stride)
        var found = count
        for index in 0..<rowCount {
            let key = keys[Int(rows[index])]
            let home = (Self.hash(key) & mask) &* stride
            visitor.visit(index, Self.count(key, from: home, base, mask, stride, &found))
        }
        count = found
    }

    /// A larger table is not expected in the first cache.
    private static let cachedBytes = 32 << 10

    /// As `count`, for a table that is not in the cache: the homes of all keys are looked at before any key is searched,
    /// so that memory is waited for once and not a key after the other (as Chen and others prefetch in groups, "Improving
    /// hash join performance through prefetching", 2004).
    private func countApart<Visitor: GroupVisitor>(
        _ rows: UnsafePointer<UInt32>, _ rowCount: Int, _ keys: UnsafePointer<UInt64>, _ visitor: Visitor
    ) {
        let (base, mask, stride) = (base, mask, stride)
        withUnsafeTemporaryAllocation(of: (home: Int, key: UInt64).self, capacity: rowCount) { looks in
            for index in 0..<rowCount {
                let home = (Self.hash(keys[Int(rows[index])]) & mask) &* stride
                looks[index] = (home, base[home])
            }
            var found = count
            for index in 0..<rowCount {
                let (key, look) = (keys[Int(rows[index])], looks[index])
                // A group never leaves its place while others come.
                if look.key == key, base[look.home &+ 1] != 0 {
                    base[look.home &+ 1] &+= 1
                    visitor.visit(index, look.home)
                } else {
                    visitor.visit(index, Self.count(key, from: look.home, base, mask, stride, &found))
                }
            }
            count = found
        }
    }

    /// Searches a key from the word on at which its home begins.
    @inline(__always)
    private static func count(
        _ key: UInt64, from home: Int, _ base: UnsafeMutablePointer<UInt64>, _ mask: Int, _ stride: Int,
        _ count: inout Int
    ) -> Int {
        var row = home
        while base[row &+ 1] != 0, base[row] != key {
            row &+= stride
            if row > mask &* stride { row = 0 }
        }
        if base[row &+ 1] == 0 {
            base[row] = key
            count &+= 1
        }
        base[row &+ 1] &+= 1
        return row
    }
}

/// What is done with the groups of rows as they are found. A type and not a function, so that it becomes a part of the loop.
protocol GroupVisitor {
    /// - Parameters:
    ///   - index: Of a row among those that were given.
    ///   - place: The word of the table at which the row's group begins.
    func visit(_ index: Int, _ place: Int)
}

/// Notes where groups are.
struct PlaceNotes: GroupVisitor {
    let places: UnsafeMutablePointer<UInt32>

    @inline(__always) func visit(_ index: Int, _ place: Int) { places[index] = UInt32(truncatingIfNeeded: place) }
}
