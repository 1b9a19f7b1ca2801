/// Where the search of a condition goes on for a key behind its last match: only as long as that can be of account.
///
/// Open addressing with linear probing, at most half full; what is out of date goes when the table is full.
struct MatchMemory: ~Copyable {
    private struct Record: BitwiseCopyable {
        /// The condition and the key; −1 is free.
        var owner: Int64 = -1
        var sequence: Int64 = 0
        /// When events up to `sequence` begin no match any more.
        var end: Int64 = 0
    }

    private var records: UnsafeMutablePointer<Record>
    private var mask = 63
    private(set) var count = 0

    init() {
        records = .allocate(capacity: mask + 1)
        records.initialize(repeating: Record(), count: mask + 1)
    }

    deinit { records.deallocate() }

    private static func owner(_ condition: Int, _ key: Int32) -> Int64 { Int64(condition) << 32 | Int64(key) }

    private func slot(of owner: Int64) -> Int {
        var slot = Int(truncatingIfNeeded: fold(UInt64(owner), 0x9e37_79b9_7f4a_7c15)) & mask
        while records[slot].owner >= 0, records[slot].owner != owner { slot = (slot + 1) & mask }
        return slot
    }

    /// The last event of the last match; less than every event when there was none.
    func sequence(_ condition: Int, _ key: Int32) -> Int64 {
        if count == 0 { return .min }
        let record = records[slot(of: Self.owner(condition, key))]
        return record.owner < 0 ? .min : record.sequence
    }

    struct Remembered {
        var key: Int32
        var sequence: Int64
        var end: Int64
    }

    /// All that is remembered, by the conditions.
    var byCondition: [Int: [Remembered]] {
        var found: [Int: [Remembered]] = [:]
        for slot in 0...mask where records[slot].owner >= 0 {
            let record = records[slot]
            found[Int(record.owner >> 32), default: []].append(
                Remembered(
                    key: Int32(truncatingIfNeeded: record.owner), sequence: record.sequence, end: record.end))
        }
        return found
    }

    mutating func note(_ condition: Int, _ key: Int32, sequence: Int64, end: Int64, now: Int64) {
        var slot = slot(of: Self.owner(condition, key))
        if records[slot].owner < 0 {
            if (count + 1) * 2 > mask {
                renew(now)
                slot = self.slot(of: Self.owner(condition, key))
            }
            count += 1
        }
        records[slot] = Record(owner: Self.owner(condition, key), sequence: sequence, end: end)
    }

    private mutating func renew(_ now: Int64) {
        let (old, oldCount) = (records, mask + 1)
        let needed = (0..<oldCount).reduce(0) { old[$1].owner >= 0 && old[$1].end >= now ? $0 + 1 : $0 }
        mask = 63
        while needed * 4 > mask { mask = mask * 2 + 1 }
        records = .allocate(capacity: mask + 1)
        records.initialize(repeating: Record(), count: mask + 1)
        count = needed
        for index in 0..<oldCount where old[index].owner >= 0 && old[index].end >= now {
            records[slot(of: old[index].owner)] = old[index]
        }
        old.deallocate()
    }
}
