/// Remembers what a costly function gave for a value: a table with one place a value, in which a newer value replaces
/// an older one, so that its memory is bounded whatever comes.
final class ResultMemo {
    struct Entry {
        var key: UInt64 = 0
        var value: UInt64 = 0
        var state = State.empty
    }

    enum State: UInt64 {
        case empty, value, null
    }

    /// Entries at most: 24 bytes each.
    static let mostEntries = 1 << 17

    private(set) var entries: UnsafeMutablePointer<Entry>
    /// The number of entries, a power of two, less one.
    private(set) var mask: Int

    init() {
        mask = 255
        entries = .allocate(capacity: 256)
        entries.initialize(repeating: Entry(), count: 256)
    }

    deinit { entries.deallocate() }

    /// Forgets all, and makes room for so many different values, as far as there may be.
    func reset(for count: Int) {
        grow(for: count)
        entries.update(repeating: Entry(), count: mask + 1)
    }

    /// Codes that count up get places of their own as long as they fit.
    func grow(for count: Int) {
        guard count > mask + 1, mask + 1 < Self.mostEntries else { return }
        var capacity = mask + 1
        while capacity < min(count, Self.mostEntries) { capacity *= 2 }
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
        larger.initialize(repeating: Entry(), count: capacity)
        for index in 0...mask where entries[index].state != .empty {
            larger[Int(truncatingIfNeeded: entries[index].key) & (capacity - 1)] = entries[index]
        }
        entries.deallocate()
        (entries, mask) = (larger, capacity - 1)
    }

    func set(_ key: UInt64, slot: Int, to value: UInt64?) {
        entries[slot] = Entry(key: key, value: value ?? 0, state: value == nil ? .null : .value)
    }
}
