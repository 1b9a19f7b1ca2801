/// The dynamic pending list of one key: which trie nodes its events have reached, in the order of the events, newest last,
/// and by node.
///
/// A ring in one piece of memory, with the newest entry of each node to be found by its hash and the older ones linked from
/// it. Before the entries lies a set of the events that the reached nodes wait for, as bits by the hash of their codes:
/// most events are told there that nothing waits for them.
struct KeyLog: BitwiseCopyable {
    /// A partial match has got to a node with an event.
    struct Entry: BitwiseCopyable {
        /// Counts events; entries of one event have the same.
        var sequence: Int64
        /// The event's place in the stream.
        var row: Int64
        var time: Int64
        var node: UInt32
        /// How many entries before this the next older one of the same hash is, 0 for none; above it `alternative`.
        private var link: UInt32

        init(sequence: Int64, row: Int64, time: Int64, node: UInt32, alternative: Int) {
            (self.sequence, self.row, self.time, self.node) = (sequence, row, time, node)
            link = UInt32(alternative) << 24
        }

        /// Which alternative of the node's step took the event.
        var alternative: Int { Int(link >> 24) }

        @inline(__always) fileprivate var back: Int {
            get { Int(link & 0xff_ffff) }
            set { link = link & 0xff00_0000 | UInt32(newValue) }
        }
    }

    /// As many entries as a link reaches.
    static let mostEntries = 1 << 20

    /// Events that are awaited, a bit each: two sets, of which one is forgotten when it is old.
    static let awaitedWords = 8

    let key: Int64
    private(set) var memory: UnsafeMutableRawPointer
    private(set) var capacity: Int
    /// Counts of entries ever forgotten and ever made.
    private(set) var oldest = 0
    private(set) var next = 0
    /// When the younger set of awaited events was begun.
    private var begun: Int64
    /// When its last entry was made.
    private(set) var latest: Int64

    init(key: Int64, time: Int64) {
        self.key = key
        (begun, latest) = (time, time)
        capacity = 8
        memory = Self.allocate(capacity)
    }

    func deallocate() { memory.deallocate() }

    var count: Int { next - oldest }

    private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
        let heads = entriesOffset + capacity * MemoryLayout<Entry>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: heads + capacity * 4, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: entriesOffset)
        (memory + heads).initializeMemory(as: UInt32.self, repeating: 0, count: capacity)
        return memory
    }

    private static let entriesOffset = awaitedWords * 2 * 8
    private var awaited: UnsafeMutablePointer<UInt64> { memory.assumingMemoryBound(to: UInt64.self) }
    private var entries: UnsafeMutablePointer<Entry> {
        (memory + Self.entriesOffset).assumingMemoryBound(to: Entry.self)
    }
    /// For each hash the slot of the newest entry plus one; 0 for none.
    private var heads: UnsafeMutablePointer<UInt32> {
        (memory + Self.entriesOffset + capacity * MemoryLayout<Entry>.stride).assumingMemoryBound(to: UInt32.self)
    }

    // MARK: Awaited events

    /// Where the bit of an event's code is: the word, and the bit in it.
    @inline(__always) static func awaitedBit(_ code: UInt32) -> (word: Int, bit: UInt64) {
        let hash = Int(code &* 0x9e37_79b1) >> 23
        return (hash >> 6 & (awaitedWords - 1), 1 << UInt64(hash & 63))
    }

    @inline(__always) func awaits(_ code: UInt32) -> Bool {
        let (word, bit) = Self.awaitedBit(code)
        return (awaited[word] | awaited[Self.awaitedWords + word]) & bit != 0
    }

    /// Adds a set, after forgetting those older than `retention`.
    @inline(__always) mutating func await(_ set: UnsafeMutablePointer<UInt64>, at time: Int64, retention: Int64) {
        if time &- begun > retention {
            for word in 0..<Self.awaitedWords {
                awaited[Self.awaitedWords + word] = time &- begun > 2 &* retention ? 0 : awaited[word]
                awaited[word] = 0
            }
            begun = time
        }
        for word in 0..<Self.awaitedWords { awaited[word] |= set[word] }
    }

    // MARK: Entries

    @inline(__always) private func home(_ node: UInt32) -> Int {
        Int(node &* 0x85eb_ca6b) >> 12 & (capacity - 1)
    }

    /// The number of the newest entry of a node; −1 for none. Numbers are valid until an entry is made.
    @inline(__always) func newest(of node: UInt32) -> Int {
        let head = heads[home(node)]
        if head == 0 { return -1 }
        // The number that is in the slot: the newest below `next` that is congruent.
        let slot = Int(head) - 1
        let number = next - 1 - ((next - 1 - slot) & (capacity - 1))
        return entries[slot].node == node ? number : older(than: number, node)
    }

    /// The number of the next older entry of a node; −1 for none.
    @inline(__always) func older(than number: Int, _ node: UInt32) -> Int {
        var number = number
        while true {
            let back = self[number].back
            if back == 0 || number - back < oldest { return -1 }
            number -= back
            if self[number].node == node { return number }
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
        let (home, slot) = (home(entry.node), next & (capacity - 1))
        var entry = entry
        let head = heads[home]
        entry.back = head == 0 ? 0 : (next - (Int(head) - 1)) & (capacity - 1)
        entries[slot] = entry
        heads[home] = UInt32(slot + 1)
        next += 1
    }

    private mutating func forgetOldest() {
        let slot = oldest & (capacity - 1)
        let home = home(entries[slot].node)
        if heads[home] == UInt32(slot + 1) { heads[home] = 0 }
        oldest += 1
    }

    private mutating func grow() {
        let old = self
        capacity *= 2
        memory = Self.allocate(capacity)
        memory.copyMemory(from: old.memory, byteCount: Self.entriesOffset)
        (oldest, next) = (0, 0)
        for number in old.oldest..<old.next { insert(old[number]) }
        old.deallocate()
    }
}
