/// The dynamic pending list of one key: which steps its events have taken, in the order of the events, newest last.
///
/// A ring in one piece of memory, of which an event touches few cache lines: behind a head of one line, a filter of one line
/// or so tells of most steps that no entry is of them; the *marks*, four bytes an entry, tell the steps; only who has found
/// the marks of a match reads when those events came. Few marks are searched faster than looked up; more have a table
/// of hashes, of which each tells the newest entry of the steps of that hash, from which the older ones are linked.
struct KeyLog: BitwiseCopyable {
    /// An event has taken a step.
    struct Entry: BitwiseCopyable {
        /// Counts events; entries of one event have the same.
        var sequence: Int64
        /// The event's place in the stream.
        var row: Int64
        var time: Int64
        var step: UInt32
        /// Which alternative of the step took the event.
        var alternative: Int
    }

    /// When an event came.
    private struct Detail: BitwiseCopyable {
        var sequence: Int64
        var row: Int64
        var time: Int64
    }

    /// As many entries as a head can tell.
    static let mostEntries = 1 << 15
    /// With more entries than these there are heads.
    private static let mostSearched = 256
    /// Bits of a mark that tell the alternative, of which a step has 64 at most.
    private static let alternativeBits: UInt32 = 6
    /// Marks that are compared together.
    private static let lanes = 8

    private struct Head: BitwiseCopyable {
        var key: Int64
        var capacity: Int
        /// Words of the filter, less one.
        var filterMask: Int
        /// Counts of entries ever forgotten and ever made.
        var oldest = 0
        var next = 0
        /// The count of entries made when the filter was last made anew.
        var filtered = 0
        /// When its last entry was made.
        var latest: Int64
    }

    private static let headBytes = 64

    private var memory: UnsafeMutableRawPointer

    init(key: Int64, time: Int64) {
        let capacity = 8
        memory = Self.allocate(
            Head(key: key, capacity: capacity, filterMask: Self.filterWords(capacity) - 1, latest: time))
    }

    func deallocate() { memory.deallocate() }

    private var head: UnsafeMutablePointer<Head> { memory.assumingMemoryBound(to: Head.self) }
    var key: Int64 { head.pointee.key }
    var capacity: Int { head.pointee.capacity }
    /// Counts of entries ever forgotten and ever made.
    var oldest: Int { head.pointee.oldest }
    var next: Int { head.pointee.next }
    /// When its last entry was made.
    var latest: Int64 { head.pointee.latest }
    var count: Int { next &- oldest }

    // MARK: Memory

    /// Eight bits an entry, and a cache line at least.
    private static func filterWords(_ capacity: Int) -> Int { max(8, capacity / 8) }

    /// Bytes of memory for a number of entries.
    static func byteCount(_ capacity: Int) -> Int {
        let each = 4 + MemoryLayout<Detail>.stride + (capacity > mostSearched ? 6 : 0)
        return headBytes + filterWords(capacity) * 8 + capacity * each
    }

    private static func allocate(_ head: Head) -> UnsafeMutableRawPointer {
        let size = byteCount(head.capacity)
        // The head and the filter in two lines that are read together.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 128)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        memory.assumingMemoryBound(to: Head.self).initialize(to: head)
        return memory
    }

    /// Two bits of one word for the hash of every step that may be there.
    private var filter: UnsafeMutablePointer<UInt64> {
        (memory + Self.headBytes).assumingMemoryBound(to: UInt64.self)
    }
    /// The step of each entry, and below it the alternative.
    private var marks: UnsafeMutablePointer<UInt32> {
        (memory + (Self.headBytes &+ (head.pointee.filterMask &+ 1) &* 8)).assumingMemoryBound(to: UInt32.self)
    }
    private var details: UnsafeMutablePointer<Detail> {
        UnsafeMutableRawPointer(marks + capacity).assumingMemoryBound(to: Detail.self)
    }
    private var hasHeads: Bool { capacity > Self.mostSearched }
    /// For each hash, twice as many as entries, the slot of the newest entry plus one, 0 for none.
    private var heads: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(details + capacity).assumingMemoryBound(to: UInt16.self)
    }
    /// How many entries before each the next older one of the same hash is, 0 for none.
    private var links: UnsafeMutablePointer<UInt16> { heads + capacity * 2 }

    /// Reads the head and the filter.
    @inline(__always) func touch() -> UInt64 { UInt64(truncatingIfNeeded: next) &+ filter[0] }

    /// Reads where the next entry will be.
    @inline(__always) func touchNext() -> UInt64 {
        let slot = next & (capacity &- 1)
        return UInt64(marks[slot]) &+ UInt64(truncatingIfNeeded: details[slot].row)
    }

    // MARK: Entries

    @inline(__always) static func hash(_ step: UInt32) -> UInt32 { step &* 0x85eb_ca6b }

    private func place(_ step: UInt32) -> Int { Int(Self.hash(step) >> 10) & (capacity * 2 - 1) }

    /// 1 where there may be an entry of a step, by its hash; 0 where there is none.
    @inline(__always) func mayHave(hash: UInt32) -> UInt64 {
        let word = filter[Int(hash >> 6) & head.pointee.filterMask]
        // A shift looks at the lowest six bits of how far only.
        return word &>> UInt64(hash &>> 26) & word &>> UInt64(hash &>> 20) & 1
    }

    /// The number of the newest entry of a step; −1 for none. Numbers are valid until an entry is made.
    @inline(__always) func newest(of step: UInt32) -> Int {
        mayHave(hash: Self.hash(step)) == 0 ? -1 : found(step)
    }

    private func found(_ step: UInt32) -> Int {
        guard hasHeads else { return searched(before: next, step) }
        let slot = Int(heads[place(step)]) - 1
        if slot < 0 { return -1 }
        // The number that is in the slot: the newest below `next` that is congruent.
        let number = next - 1 - ((next - 1 - slot) & (capacity - 1))
        return self.step(number) == step ? number : older(than: number, step)
    }

    /// The number of the next older entry of a step; −1 for none.
    func older(than number: Int, _ step: UInt32) -> Int {
        guard hasHeads else { return searched(before: number, step) }
        var number = number
        while true {
            let back = Int(links[number & (capacity - 1)])
            if back == 0 || number - back < oldest { return -1 }
            number -= back
            if self.step(number) == step { return number }
        }
    }

    /// The number of the newest entry of a step before another; −1 for none.
    private func searched(before end: Int, _ step: UInt32) -> Int {
        var end = end
        let wanted = SIMD8<UInt32>(repeating: step)
        while end > oldest {
            let place = (end - 1) & (capacity - 1)
            let last = place & (Self.lanes - 1)
            let marks = UnsafeRawPointer(marks + (place - last)).load(as: SIMD8<UInt32>.self)
            let bits = SIMD8<UInt32>().replacing(
                with: SIMD8(1, 2, 4, 8, 16, 32, 64, 128), where: marks &>> Self.alternativeBits .== wanted)
            let found = bits.wrappedSum() & (2 << UInt32(last) - 1)
            if found != 0 {
                let number = end - 1 - last + (31 - found.leadingZeroBitCount)
                return number >= oldest ? number : -1
            }
            end -= last + 1
        }
        return -1
    }

    @inline(__always) func step(_ number: Int) -> UInt32 { marks[number & (capacity - 1)] >> Self.alternativeBits }

    @inline(__always) subscript(number: Int) -> Entry {
        let slot = number & (capacity &- 1)
        let (mark, detail) = (marks[slot], details[slot])
        return Entry(
            sequence: detail.sequence, row: detail.row, time: detail.time, step: mark >> Self.alternativeBits,
            alternative: Int(mark & (1 << Self.alternativeBits - 1)))
    }

    /// Entries that are out of date are forgotten now and then: to look at the oldest each time would read memory for
    /// nothing.
    ///
    /// - Returns: Whether an entry that is still needed was forgotten for it.
    @inline(__always) mutating func append(_ entry: Entry, retention: Int64, limit: Int) -> Bool {
        if next &- head.pointee.filtered >= capacity / 4 { renew(entry.time, retention: retention) }
        let isLoss = count == capacity && makeRoom(entry.time, retention: retention, limit: limit)
        insert(entry)
        head.pointee.latest = entry.time
        return isLoss
    }

    @inline(__always) private func insert(_ entry: Entry) {
        let slot = next & (capacity &- 1)
        addToFilter(entry.step)
        marks[slot] = entry.step << Self.alternativeBits | UInt32(entry.alternative)
        details[slot] = Detail(sequence: entry.sequence, row: entry.row, time: entry.time)
        if hasHeads { link(entry.step, slot) }
        head.pointee.next = next &+ 1
    }

    @inline(__always) private func addToFilter(_ step: UInt32) {
        let hash = Self.hash(step)
        filter[Int(hash >> 6) & head.pointee.filterMask] |= 1 &<< UInt64(hash &>> 26) | 1 &<< UInt64(hash &>> 20)
    }

    private func link(_ step: UInt32, _ slot: Int) {
        let newest = Int(heads[place(step)])
        links[slot] = newest == 0 ? 0 : UInt16((next - (newest - 1)) & (capacity - 1))
        heads[place(step)] = UInt16(slot + 1)
    }

    // MARK: Room

    /// Forgets what is out of date, and what the filter knows of that.
    private func renew(_ now: Int64, retention: Int64) {
        forget(now, retention: retention)
        for word in 0...head.pointee.filterMask { filter[word] = 0 }
        for number in oldest..<next { addToFilter(step(number)) }
        head.pointee.filtered = next
    }

    private func forget(_ now: Int64, retention: Int64) {
        while oldest < next, now &- details[oldest & (capacity - 1)].time > retention { forgetOldest() }
    }

    /// - Returns: Whether an entry that is still needed was forgotten.
    private mutating func makeRoom(_ now: Int64, retention: Int64, limit: Int) -> Bool {
        forget(now, retention: retention)
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

    private func forgetOldest() {
        if hasHeads {
            let slot = oldest & (capacity - 1)
            let place = place(step(oldest))
            if heads[place] == UInt16(slot + 1) { heads[place] = 0 }
        }
        head.pointee.oldest = oldest &+ 1
    }

    private mutating func grow() {
        let old = self
        var head = old.head.pointee
        head.capacity *= 2
        head.filterMask = Self.filterWords(head.capacity) - 1
        (head.oldest, head.next, head.filtered) = (0, 0, 0)
        memory = Self.allocate(head)
        for number in old.oldest..<old.next { insert(old[number]) }
        old.deallocate()
    }
}
