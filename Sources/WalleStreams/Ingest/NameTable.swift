/// Finds what the name of a JSON attribute means, mostly without looking: lines of one input have their names in much
/// the same order, so that the name after a name is likely the one that came after it last time. What is expected is
/// compared with the bytes as they are in the line, quotes and colon included.
struct NameTable: ~Copyable {
    /// What to do with the value after a name.
    enum Kind: UInt8 {
        case skip, text, int, float, bool, time

        init(_ type: ColumnType) {
            self =
                switch type {
                case .bool: .bool
                case .int: .int
                case .float: .float
                case .text: .text
                case .time: .time
                }
        }
    }

    /// A name as it is written, and what follows it.
    struct Entry {
        /// With quotes and colon.
        var length = 0
        /// The mask of the last word compared.
        var lastMask: UInt64 = .max
        var column = -1
        var kind = Kind.skip
        /// The entry that came next in the last line.
        var next = 0
        /// The name alone, hashed.
        var hash: UInt64 = 0
    }

    /// Stands for the beginning of a line, for names without entry, and for no expectation: it equals no bytes.
    static let none = 0
    /// Entries at most: names of one input beyond these are found the long way.
    private static let most = 1024
    /// Words of a name with quotes and colon that has an entry.
    private static let words = 8

    let entries: UnsafeMutablePointer<Entry>
    private let bytes: UnsafeMutablePointer<UInt64>
    private(set) var count = 1
    /// Open addressing over twice as many slots as there are entries; zero is free.
    private let slots: UnsafeMutablePointer<Int32>
    /// Makes collisions of names from outside hard to plan.
    private let seed = UInt64.random(in: 0...UInt64.max)

    init() {
        entries = .allocate(capacity: Self.most)
        entries.initialize(to: Entry())
        bytes = .allocate(capacity: Self.most * Self.words)
        bytes.initialize(repeating: 0, count: Self.most * Self.words)
        slots = .allocate(capacity: Self.most * 2)
        slots.initialize(repeating: 0, count: Self.most * 2)
    }

    deinit {
        entries.deallocate()
        bytes.deallocate()
        slots.deallocate()
    }

    /// Whether the entry's name begins here, with its quotes and its colon.
    @inline(__always) func matches(_ entry: Int, at place: UnsafePointer<UInt8>) -> Bool {
        let name = bytes + entry &* Self.words
        let length = entries[entry].length
        if length <= 8 { return (ByteScan.word(place) ^ name[0]) & entries[entry].lastMask == 0 }
        if ByteScan.word(place) != name[0] { return false }
        if length <= 16 { return (ByteScan.word(place + 8) ^ name[1]) & entries[entry].lastMask == 0 }
        return matchesLong(entry, at: place)
    }

    /// Word for word: as a name holds no line feed, no word is read that begins behind the one that ends the line.
    private func matchesLong(_ entry: Int, at place: UnsafePointer<UInt8>) -> Bool {
        let name = bytes + entry * Self.words
        let last = (entries[entry].length - 1) / 8
        for word in 0..<last where ByteScan.word(place + word * 8) != name[word] { return false }
        return (ByteScan.word(place + last * 8) ^ name[last]) & entries[entry].lastMask == 0
    }

    /// The entry of a name as it is written between its quotes; nil when it has none yet.
    func find(_ name: UnsafePointer<UInt8>, _ length: Int) -> Int? {
        let hash = digest(name, length)
        var slot = Int(truncatingIfNeeded: hash >> 32) & (Self.most * 2 - 1)
        while slots[slot] != 0 {
            let entry = Int(slots[slot])
            if entries[entry].hash == hash, equals(entry, name, length) { return entry }
            slot = (slot + 1) & (Self.most * 2 - 1)
        }
        return nil
    }

    private func equals(_ entry: Int, _ name: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard entries[entry].length == length + 3 else { return false }
        // Mostly the colon follows at once, and whole words can be compared.
        if name[length + 1] == 0x3a { return matches(entry, at: name - 1) }
        let other = UnsafeRawPointer(bytes + entry * Self.words) + 1
        for index in 0..<length where name[index] != other.load(fromByteOffset: index, as: UInt8.self) { return false }
        return true
    }

    /// Gives a new name an entry.
    ///
    /// - Parameter name: As it is written between its quotes.
    /// - Parameter column: Where its values go; nil when nobody wants them.
    /// - Returns: `none` when the name is too long or there are too many.
    mutating func add(_ name: UnsafePointer<UInt8>, _ length: Int, column: Int?, kind: Kind) -> Int {
        guard count < Self.most, length + 3 <= Self.words * 8 else { return Self.none }
        let place = UnsafeMutableRawPointer(bytes + count * Self.words)
        place.storeBytes(of: 0x22, as: UInt8.self)
        (place + 1).copyMemory(from: name, byteCount: length)
        (place + 1 + length).storeBytes(of: UInt16(littleEndian: 0x3a22), as: UInt16.self)
        for word in 0..<Self.words { bytes[count * Self.words + word] = bytes[count * Self.words + word].littleEndian }
        let rest = UInt64((length + 3 - 1) & 7 + 1) * 8
        let hash = digest(name, length)
        (entries + count).initialize(
            to: Entry(
                length: length + 3, lastMask: .max >> (64 - rest), column: column ?? -1,
                kind: column == nil ? .skip : kind, hash: hash))
        var slot = Int(truncatingIfNeeded: hash >> 32) & (Self.most * 2 - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (Self.most * 2 - 1) }
        slots[slot] = Int32(count)
        count += 1
        return count - 1
    }

    private func digest(_ name: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: length)
        var index = 0
        while index < length {
            let count = min(length - index, 8)
            // Reads behind the name, within the padding of the reader.
            hash = fold(hash ^ ByteScan.word(name + index) & (.max >> UInt64(64 - count * 8)), 0x9e37_79b9_7f4a_7c15)
            index += 8
        }
        return hash
    }
}
