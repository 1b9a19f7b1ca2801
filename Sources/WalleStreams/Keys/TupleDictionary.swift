/// Numbers tuples of words as they come. The numbers of those that are forgotten are used again.
struct TupleDictionary {
    private let width: Int
    private var words: [UInt64] = []
    private var slots = [Int32](repeating: -1, count: 64)
    /// Numbers that were ever used, and those that may be used again.
    private var used = 0
    private var free: [Int32] = []
    /// Since they were last recorded for saving.
    private var changedBlocks: Set<Int> = []
    /// With so many tuples it is worth a look which are needed.
    private var sweepCount = Self.leastSweep

    private static let leastSweep = 1024

    init(width: Int) { self.width = width }

    /// Tuples.
    var count: Int { used - free.count }
    /// Numbers are below.
    var bound: Int { used }
    var byteCount: Int { words.capacity * 8 + slots.count * 4 + free.capacity * 4 }
    var isSweepDue: Bool { count >= sweepCount }

    func word(_ number: Int, _ index: Int) -> UInt64 { words[number * width + index] }

    mutating func number(_ tuple: UnsafeBufferPointer<UInt64>) -> Int {
        var slot = home(tuple)
        while slots[slot] >= 0 {
            if equals(Int(slots[slot]), tuple) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let number = place(tuple)
        slots[slot] = Int32(number)
        if count * 2 > slots.count { fill(slots: slots.count * 2) }
        return number
    }

    /// The numbers of tuples that lie one behind the other. The first slots of some are looked at before any tuple is
    /// compared, so that memory is waited for once and not a tuple after the other.
    mutating func numbers(_ tuples: UnsafeBufferPointer<UInt64>, _ count: Int) -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: count) { numbers, made in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.blockLooks) { looks in
                for first in stride(from: 0, to: count, by: Self.blockLooks) {
                    let rows = first..<min(first + Self.blockLooks, count)
                    look(tuples, rows, looks)
                    for row in rows {
                        let tuple = UnsafeBufferPointer(rebasing: tuples[row &* width..<(row &+ 1) &* width])
                        let number = looks[row &- first]
                        let isFound = number >= 0 && equals(Int(number), tuple)
                        numbers[row] = UInt64(isFound ? Int(number) : self.number(tuple))
                    }
                }
            }
            made = count
        }
    }

    private static let blockLooks = 256

    /// Of each row the number in the slot at which its search begins. A number is its tuple's whatever comes between.
    private func look(
        _ tuples: UnsafeBufferPointer<UInt64>, _ rows: Range<Int>, _ looks: UnsafeMutableBufferPointer<Int32>
    ) {
        slots.withUnsafeBufferPointer { slots in
            for row in rows {
                let tuple = UnsafeBufferPointer(rebasing: tuples[row &* width..<(row &+ 1) &* width])
                looks[row &- rows.lowerBound] = slots[home(tuple)]
            }
        }
    }

    private mutating func place(_ tuple: UnsafeBufferPointer<UInt64>) -> Int {
        guard let number = free.popLast().map(Int.init) else {
            words.append(contentsOf: tuple)
            used += 1
            return used - 1
        }
        for index in 0..<width { words[number * width + index] = tuple[index] }
        changedBlocks.insert(number / Self.blockTuples)
        return number
    }

    @inline(__always) private func home(_ tuple: UnsafeBufferPointer<UInt64>) -> Int {
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        for word in tuple { hash = fold(hash ^ word, 0xd6e8_feb8_6659_fd93) }
        return Int(truncatingIfNeeded: hash) & (slots.count - 1)
    }

    @inline(__always) private func equals(_ number: Int, _ tuple: UnsafeBufferPointer<UInt64>) -> Bool {
        for index in 0..<width where words[number * width + index] != tuple[index] { return false }
        return true
    }

    private var isFree: [Bool] {
        var isFree = [Bool](repeating: false, count: used)
        for number in free { isFree[Int(number)] = true }
        return isFree
    }

    /// Lays out the slots anew.
    private mutating func fill(slots count: Int) {
        slots = [Int32](repeating: -1, count: count)
        let isFree = isFree
        words.withUnsafeBufferPointer { words in
            for number in 0..<used where !isFree[number] {
                var slot = home(UnsafeBufferPointer(rebasing: words[number * width..<(number + 1) * width]))
                while slots[slot] >= 0 { slot = (slot + 1) & (count - 1) }
                slots[slot] = Int32(number)
            }
        }
    }

    /// Forgets the tuples whose numbers do not pass.
    ///
    /// - Parameter isNeeded: Of each number below `bound`.
    mutating func removeAll(but isNeeded: [Bool]) {
        let wasFree = isFree
        for number in 0..<used where !isNeeded[number] && !wasFree[number] {
            free.append(Int32(number))
            changedBlocks.insert(number / Self.blockTuples)
        }
        var size = 64
        while size < count * 2 { size *= 2 }
        fill(slots: size)
        waitForSweep()
    }

    /// None is due before there are twice as many.
    mutating func waitForSweep() { sweepCount = max(Self.leastSweep, count * 2) }

    // MARK: saving

    /// Tuples of a block. Full ones seldom change.
    private static let blockTuples = 4096

    mutating func record(_ recorder: StateRecorder) {
        let item = StateItem(.keys)
        let isFree = isFree
        for first in stride(from: 0, to: used, by: Self.blockTuples) {
            let end = min(first + Self.blockTuples, used)
            let isUnchanged = !changedBlocks.contains(first / Self.blockTuples)
            if end - first == Self.blockTuples, isUnchanged, recorder.keepsFull(item) { continue }
            recorder.write(item, capacity: (end - first) * width * 8) { writer in
                writer.write(counted: Array(words[first * width..<end * width]))
                writer.write(counted: (first..<end).filter { isFree[$0] }.map { UInt64($0 - first) })
            }
        }
        changedBlocks = []
    }

    mutating func restore(_ state: SavedState) throws(StreamError) {
        try state.forEachBlock(StateItem(.keys)) { reader throws(StreamError) in
            let (first, tuples) = (used, try reader.readWords())
            guard width > 0, tuples.count % width == 0 else { throw StateFormat.damaged("keys of another width") }
            words += tuples
            used = words.count / width
            for number in try reader.readWords() {
                guard number < UInt64(used - first) else { throw StateFormat.damaged("a key that is not there") }
                free.append(Int32(first + Int(number)))
            }
        }
        try checkAll()
        waitForSweep()
    }

    /// Lays out the slots of what was read.
    private mutating func checkAll() throws(StreamError) {
        guard Set(free).count == free.count else { throw StateFormat.damaged("a key is free twice") }
        var size = 64
        while size < used * 2 { size *= 2 }
        fill(slots: size)
        let isFree = isFree
        for number in 0..<used where !isFree[number] {
            let found = words[number * width..<(number + 1) * width].withUnsafeBufferPointer { self.existing($0) }
            guard found == number else { throw StateFormat.damaged("a key is there twice") }
        }
    }

    private func existing(_ tuple: UnsafeBufferPointer<UInt64>) -> Int {
        var slot = home(tuple)
        while slots[slot] >= 0, !equals(Int(slots[slot]), tuple) { slot = (slot + 1) & (slots.count - 1) }
        return Int(slots[slot])
    }
}
