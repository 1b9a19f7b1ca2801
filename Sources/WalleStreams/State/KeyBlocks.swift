/// Spreads what belongs to keys over blocks by the keys, so that a change of one key changes one block.
struct KeyBlocks {
    /// Parts of a block when they are spread anew, about.
    private static let parts = 32
    /// A power of two.
    private(set) var count = 1

    /// Before recording so many parts. The blocks stay as many as they are until they would be far too full or too empty.
    mutating func fit(_ parts: Int) {
        guard parts > count * Self.parts * 4 || parts * 16 < count * Self.parts else { return }
        count = 1
        while count * Self.parts < parts { count *= 2 }
    }

    /// As many as there are saved, so that the next save finds most of them unchanged.
    mutating func fit(saved blocks: Int) throws(StreamError) {
        try StateFormat.check(blocks.nonzeroBitCount <= 1, "\(blocks) blocks of keys")
        count = max(1, blocks)
    }

    @inline(__always) func block(of key: Int64) -> Int {
        Int(truncatingIfNeeded: fold(UInt64(bitPattern: key) ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93))
            & (count - 1)
    }

    /// The parts of each block, in the order in which they are given; no blocks for none.
    func spread<Part>(_ parts: [Part], by key: (Part) -> Int64) -> [[Part]] {
        guard !parts.isEmpty else { return [] }
        var blocks = [[Part]](repeating: [], count: count)
        for part in parts { blocks[block(of: key(part))].append(part) }
        return blocks
    }
}
