/// Groups of a window by their keys, each with the states of its aggregates: one block of memory with open addressing.
///
/// A row is words of 64 bits: the key, how many events the group has, then the states. A row without events is free. One
/// look for a key finds its state beside it, so that an event costs one place of memory even when the table is large.
final class GroupTable {
    /// Words of a row.
    let stride: Int
    @exclusivity(unchecked) private(set) var base: UnsafeMutablePointer<UInt64>
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
        base = Self.rows(places, stride)
    }

    deinit {
        releaseObjects()
        base.deallocate()
    }

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

    private static func rows(_ count: Int, _ stride: Int) -> UnsafeMutablePointer<UInt64> {
        let rows = UnsafeMutablePointer<UInt64>.allocate(capacity: count * stride)
        rows.initialize(repeating: 0, count: count * stride)
        return rows
    }

    /// Makes room, so that so many groups may come without moving a row. Comes before every change.
    func reserve(_ more: Int) {
        isChanged = true
        guard (count + more) * 3 > (mask + 1) * 2 else { return }
        let (old, oldRows) = (base, mask + 1)
        mask = Self.size(for: max(count + more, count * 2)) - 1
        base = Self.rows(mask + 1, stride)
        for index in 0..<oldRows where old[index * stride + 1] != 0 {
            let row = place(old[index * stride])
            (base + row).update(from: old + index * stride, count: stride)
        }
        old.deallocate()
    }

    /// The word at which the row of a key begins, or would begin.
    @inline(__always) func place(_ key: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: fold(key ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93)) & mask
        while true {
            let row = index &* stride
            if base[row] == key && base[row &+ 1] != 0 || base[row &+ 1] == 0 { return row }
            index = (index &+ 1) & mask
        }
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
        let (old, oldRows) = (base, mask + 1)
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
        mask = Self.size(for: kept) - 1
        base = Self.rows(mask + 1, stride)
        for index in 0..<oldRows where old[index * stride + 1] != 0 {
            let row = place(old[index * stride])
            (base + row).update(from: old + index * stride, count: stride)
        }
        old.deallocate()
    }

    func removeAll() {
        isChanged = true
        releaseObjects()
        base.update(repeating: 0, count: (mask + 1) * stride)
        count = 0
    }
}
