/// The dynamic pending list of one key: which steps its events have taken, in the order of the events, newest last, and
/// by step.
///
/// A ring in one piece of memory behind a table of hashes, of which each tells the newest entry of the steps of that hash,
/// from which the older ones are linked, and roughly which steps they are: most steps are told there not to be taken.
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

    /// Reads where the next search and the next entry will be, a word a cache line.
    @inline(__always) func touch() -> UInt32 {
        var sum = entries[next & (capacity - 1)].step
        for index in stride(from: 0, to: min(capacity * 2, 128), by: 16) { sum &+= heads[index] }
        return sum
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
        let heads = capacity * 2 * 4
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: heads + capacity * MemoryLayout<Entry>.stride, alignment: 64)
        memory.initializeMemory(as: UInt32.self, repeating: 0, count: capacity * 2)
        return memory
    }

    /// For each hash, twice as many as entries: below the slot of the newest entry plus one, 0 for none; above a bit for
    /// the further hash of every step that has come here since there was none.
    private var heads: UnsafeMutablePointer<UInt32> { memory.assumingMemoryBound(to: UInt32.self) }
    private var entries: UnsafeMutablePointer<Entry> {
        (memory + capacity * 8).assumingMemoryBound(to: Entry.self)
    }

    // MARK: Entries

    /// The head of a step, and its bit there.
    @inline(__always) private func home(_ step: UInt32) -> (index: Int, bit: UInt32) {
        let hash = step &* 0x85eb_ca6b
        return (Int(hash >> 12) & (capacity * 2 - 1), 0x1_0000 << (hash >> 28))
    }

    /// The number of the newest entry of a step; −1 for none. Numbers are valid until an entry is made.
    @inline(__always) func newest(of step: UInt32) -> Int {
        let (index, bit) = home(step)
        let head = heads[index]
        if head & bit == 0 { return -1 }
        // The number that is in the slot: the newest below `next` that is congruent.
        let slot = Int(head & 0xffff) - 1
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

    /// - Returns: Whether an entry that is still needed was forgotten for it.
    @inline(__always) mutating func append(_ entry: Entry, retention: Int64, limit: Int) -> Bool {
        while oldest < next, entry.time &- self[oldest].time > retention { forgetOldest() }
        var isLoss = false
        if count == capacity {
            if capacity * 2 <= limit {
                grow()
            } else {
                forgetOldest()
                isLoss = true
            }
        }
        insert(entry)
        latest = entry.time
        return isLoss
    }

    @inline(__always) private mutating func insert(_ entry: Entry) {
        let ((index, bit), slot) = (home(entry.step), next & (capacity - 1))
        let head = heads[index]
        entries[slot] = entry
        entries[slot].back = head == 0 ? 0 : (next - (Int(head & 0xffff) - 1)) & (capacity - 1)
        heads[index] = head & 0xffff_0000 | bit | UInt32(slot + 1)
        next += 1
    }

    private mutating func forgetOldest() {
        let slot = oldest & (capacity - 1)
        let (index, _) = home(entries[slot].step)
        if heads[index] & 0xffff == UInt32(slot + 1) { heads[index] = 0 }
        oldest += 1
    }

    private mutating func grow() {
        let old = self
        capacity *= 2
        memory = Self.allocate(capacity)
        (oldest, next) = (0, 0)
        for number in old.oldest..<old.next { insert(old[number]) }
        old.deallocate()
    }
}
