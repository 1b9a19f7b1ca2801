/// From the code of a key to a small number: open addressing with linear probing, at most half full.
struct KeyTable: ~Copyable {
    private var keys: UnsafeMutablePointer<Int64>
    /// −1 is free.
    private var values: UnsafeMutablePointer<Int32>
    private var mask: Int
    private(set) var count = 0

    init(capacity: Int = 16) {
        mask = capacity - 1
        keys = .allocate(capacity: capacity)
        values = .allocate(capacity: capacity)
        keys.initialize(repeating: 0, count: capacity)
        values.initialize(repeating: -1, count: capacity)
    }

    deinit {
        keys.deallocate()
        values.deallocate()
    }

    /// Bytes of memory held.
    var byteCount: Int { (mask + 1) * 12 }

    /// −1 when the key is not there.
    @inline(__always) func value(of key: Int64) -> Int32 { values[slot(of: key)] }

    /// Where a key is, or would be.
    @inline(__always) private func slot(of key: Int64) -> Int {
        var slot = home(key)
        while values[slot] >= 0, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    /// For a key that is not there.
    mutating func insert(_ key: Int64, _ value: Int32) {
        if (count + 1) * 2 > mask { grow() }
        let slot = slot(of: key)
        (keys[slot], values[slot]) = (key, value)
        count += 1
    }

    /// The value of a key by its bits: −1 when it is not there, and to remove it.
    subscript(key: UInt64) -> Int32 {
        @inline(__always) get { value(of: Int64(bitPattern: key)) }
        set {
            let key = Int64(bitPattern: key)
            let slot = slot(of: key)
            if newValue < 0 {
                remove(key)
            } else if values[slot] >= 0 {
                values[slot] = newValue
            } else {
                insert(key, newValue)
            }
        }
    }

    /// Moves what follows back into the gap, as long as that is not before its home, so that no search ends early.
    mutating func remove(_ key: Int64) {
        var gap = slot(of: key)
        guard values[gap] >= 0 else { return }
        count -= 1
        var slot = (gap + 1) & mask
        while values[slot] >= 0 {
            if (slot &- home(keys[slot])) & mask >= (slot &- gap) & mask {
                (keys[gap], values[gap]) = (keys[slot], values[slot])
                gap = slot
            }
            slot = (slot + 1) & mask
        }
        values[gap] = -1
    }

    @inline(__always) private func home(_ key: Int64) -> Int {
        Int(truncatingIfNeeded: fold(UInt64(bitPattern: key) ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93)) & mask
    }

    private mutating func grow() {
        let (oldKeys, oldValues, oldCount) = (keys, values, mask + 1)
        mask = oldCount * 2 - 1
        keys = .allocate(capacity: mask + 1)
        values = .allocate(capacity: mask + 1)
        keys.initialize(repeating: 0, count: mask + 1)
        values.initialize(repeating: -1, count: mask + 1)
        count = 0
        for slot in 0..<oldCount where oldValues[slot] >= 0 { insert(oldKeys[slot], oldValues[slot]) }
        oldKeys.deallocate()
        oldValues.deallocate()
    }
}
