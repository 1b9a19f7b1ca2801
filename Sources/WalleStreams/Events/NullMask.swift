package import WalleMemory

/// Which rows are null: a bit a row, one for null, from the lowest bit of the first word on.
package struct NullMask: Sendable {
    package let count: Int
    package let storage: SharedStorage

    package init(none count: Int) {
        self.count = count
        storage = SharedStorage(zeroed: Self.words(count) * 8)
    }

    /// Words of 64 rows.
    package static func words(_ count: Int) -> Int { (count + 63) / 64 }

    /// Valid while the mask is. Bits past the last row are zero.
    package var words: UnsafeMutablePointer<UInt64> {
        storage.bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt64.self)
    }

    /// Setting is for who made the mask and has not handed it on.
    package subscript(row: Int) -> Bool {
        get { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }
        nonmutating set {
            let bit = UInt64(1) << UInt64(row & 63)
            if newValue { words[row >> 6] |= bit } else { words[row >> 6] &= ~bit }
        }
    }

    package var nullCount: Int {
        (0..<Self.words(count)).reduce(0) { $0 + words[$1].nonzeroBitCount }
    }

    /// Null where either is; nil when neither mask is there.
    package static func union(_ left: NullMask?, _ right: NullMask?) -> NullMask? {
        guard let left else { return right }
        guard let right else { return left }
        precondition(left.count == right.count, "masks of the same rows")
        let both = NullMask(none: left.count)
        for word in 0..<words(left.count) { both.words[word] = left.words[word] | right.words[word] }
        return both
    }

    func taking(_ rows: UnsafeBufferPointer<UInt32>) -> NullMask {
        let taken = NullMask(none: rows.count)
        for index in rows.indices where self[Int(rows[index])] { taken[index] = true }
        return taken
    }
}
