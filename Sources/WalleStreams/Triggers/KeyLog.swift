/// The dynamic pending list of one key: which steps its events have taken, in the order of the events, newest last, and
/// by step.
///
/// A ring in one piece of memory. Before it lie a filter of a cache line or so, which tells of most steps that none of the
/// events has taken them, and a table of hashes, of which each tells the newest entry of the steps of that hash, from which
/// the older ones are linked.
struct KeyLog: BitwiseCopyable {
    /// An event has taken a step.
    struct Entry: BitwiseCopyable {
        /// Counts events; entries of one event have the same.
        var sequence: Int64
        /// The event's place in the stream.
        var row: Int64
        var time: Int64
        var step: UInt32
        /// How many entries before this the next older one of the same hash is, 0 for none; above it `alternative`.
        private var link: UInt32

        init(sequence: Int64, row: Int64, time: Int64, step: UInt32, alternative: Int) {
            (self.sequence, self.row, self.time, self.step) = (sequence, row, time, step)
            link = UInt32(alternative) << 24
        }

        /// Which alternative of the step took the event.
        var alternative: Int { Int(link >> 24) }

        @inline(__always) fileprivate var back: Int {
            get { Int(link & 0xff_ffff) }
            set { link = link & 0xff00_0000 | UInt32(newValue) }
        }
    }

    /// As many entries as a head can tell.
    static let mostEntries = 1 << 15

    let key: Int64
    private(set) var memory: UnsafeMutableRawPointer
    private(set) var capacity: Int
    /// Counts of entries ever forgotten and ever made.
    private(set) var oldest = 0
    private(set) var next = 0
    /// When the earlier part of the filter became that, as a count of entries.
    private var turned = 0
    /// When its last entry was made.
    private(set) var latest: Int64

    init(key: Int64, time: Int64) {
        self.key = key
        latest = time
        capacity = 8
        memory = Self.allocate(capacity)
    }

    func deallocate() { memory.deallocate() }

    var count: Int { next - oldest }

    /// Reads where the next search will be, and the next entry, which is likely to be of that step.
    @inline(__always) func touch(_ step: UInt32) -> UInt64 {
        var sum = UInt64(entries[next & (capacity - 1)].step) &+ UInt64(heads[home(step).head])
        // A word a cache line.
        for word in stride(from: 0, to: min(Self.filterWords(capacity) * 2, 32), by: 8) { sum &+= filter[word] }
        return sum
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
        let words = filterWords(capacity)
        let heads = words * 16 + capacity * 4
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: heads + capacity * MemoryLayout<Entry>.stride, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: heads)
        return memory
    }

    /// Bytes of memory for a number of entries.
    static func byteCount(_ capacity: Int) -> Int {
        filterWords(capacity) * 16 + capacity * (4 + MemoryLayout<Entry>.stride)
    }

    /// Of each of the two parts of the filter: eight bits an entry.
    @inline(__always) private static func filterWords(_ capacity: Int) -> Int { max(4, capacity / 8) }

    /// A bit for the hash of every step that may be there. Words in turn of those that came lately and of those before.
    private var filter: UnsafeMutablePointer<UInt64> { memory.assumingMemoryBound(to: UInt64.self) }
    /// For each hash, twice as many as entries, the slot of the newest entry plus one, 0 for none.
    private var heads: UnsafeMutablePointer<UInt16> {
        (memory + Self.filterWords(capacity) * 16).assumingMemoryBound(to: UInt16.self)
    }
    private var entries: UnsafeMutablePointer<Entry> {
        (memory + Self.filterWords(capacity) * 16 + capacity * 4).assumingMemoryBound(to: Entry.self)
    }

    // MARK: Entries

    /// The word of the filter and the bit there, and the head of a step.
    @inline(__always) private func home(_ step: UInt32) -> (word: Int, bit: UInt64, head: Int) {
        let hash = step &* 0x85eb_ca6b
        let word = Int(hash >> 6) & (Self.filterWords(capacity) - 1)
        return (word, 1 << UInt64(hash >> 26), Int(hash >> 10) & (capacity * 2 - 1))
    }

    /// The number of the newest entry of a step; −1 for none. Numbers are valid until an entry is made.
    @inline(__always) func newest(of step: UInt32) -> Int {
        let (word, bit, index) = home(step)
        if (filter[word * 2] | filter[word * 2 + 1]) & bit == 0 { return -1 }
        let slot = Int(heads[index]) - 1
        if slot < 0 { return -1 }
        // The number that is in the slot: the newest below `next` that is congruent.
        let number = next - 1 - ((next - 1 - slot) & (capacity - 1))
        return entries[slot].step == step ? number : older(than: number, step)
    }

    /// The number of the next older entry of a step; −1 for none.
    @inline(__always) func older(than number: Int, _ step: UInt32) -> Int {
        var number = number
        while true {
            let back = self[number].back
            if back == 0 || number - back < oldest { return -1 }
            number -= back
            if self[number].step == step { return number }
        }
    }

    @inline(__always) subscript(number: Int) -> Entry {
        get { entries[number & (capacity - 1)] }
    }

    /// Entries that are out of date are forgotten when there is no room: to look at the oldest each time would read memory
    /// for nothing.
    ///
    /// - Returns: Whether an entry that is still needed was forgotten for it.
    @inline(__always) mutating func append(_ entry: Entry, retention: Int64, limit: Int) -> Bool {
        let isLoss = count == capacity && makeRoom(entry.time, retention: retention, limit: limit)
        insert(entry)
        latest = entry.time
        return isLoss
    }

    /// - Returns: Whether an entry that is still needed was forgotten.
    private mutating func makeRoom(_ now: Int64, retention: Int64, limit: Int) -> Bool {
        while oldest < next, now &- self[oldest].time > retention { forgetOldest() }
        // With a few free ones it would soon be full again.
        if count <= capacity - capacity / 4 { return false }
        if capacity * 2 <= limit {
            grow()
            return false
        }
        guard count == capacity else { return false }
        forgetOldest()
        return true
    }

    @inline(__always) private mutating func insert(_ entry: Entry) {
        let ((word, bit, index), slot) = (home(entry.step), next & (capacity - 1))
        let head = Int(heads[index])
        entries[slot] = entry
        entries[slot].back = head == 0 ? 0 : (next - (head - 1)) & (capacity - 1)
        heads[index] = UInt16(slot + 1)
        if oldest >= turned, next - turned >= capacity / 2 { turnFilter() }
        filter[word * 2] |= bit
        next += 1
    }

    /// All entries before the last turn have been forgotten, and so is what the filter knows of them.
    private mutating func turnFilter() {
        for word in 0..<Self.filterWords(capacity) {
            filter[word * 2 + 1] = filter[word * 2]
            filter[word * 2] = 0
        }
        turned = next
    }

    private mutating func forgetOldest() {
        let slot = oldest & (capacity - 1)
        let index = home(entries[slot].step).head
        if heads[index] == UInt16(slot + 1) { heads[index] = 0 }
        oldest += 1
    }

    private mutating func grow() {
        let old = self
        capacity *= 2
        memory = Self.allocate(capacity)
        (oldest, next, turned) = (0, 0, 0)
        for number in old.oldest..<old.next { insert(old[number]) }
        old.deallocate()
    }
}
