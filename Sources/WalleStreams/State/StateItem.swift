/// Names a piece of a stream's state. Long ones are saved in blocks, so that those that did not change need not be.
package struct StateItem: Hashable, Sendable {
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// The watermark and what was counted.
        case runner = 1
        /// Tuples of keys.
        case keys = 2
        /// What windows know beside their groups.
        case windows = 3
        /// The groups of a pane, named by its start.
        case pane = 4
        /// Panes that were merged: from the one that names it to the last, and all since.
        case suffix = 5
        case merged = 6
        case sessions = 7
        /// Events that wait until they are complete.
        case waiting = 8
        case histories = 9
        /// What a pattern's matcher has counted, and its partial matches. Of a condition of a trigger index, named by it.
        case matcher = 10
        case partials = 11
        /// The conditions of a trigger index, where the search of each goes on for a key, its steps, and which
        /// of them the events of each key have taken.
        case conditions = 12
        case remembered = 13
        case nodes = 14
        case logs = 15
        /// Events that may become part of a match, a chunk an item.
        case held = 16
        /// What a pipeline knows beside its windows.
        case pipeline = 17
        /// Groups without a window.
        case groups = 18
        /// Rows that stand first in their groups.
        case ranks = 19
    }

    package var kind: Kind
    package var id: Int64
    /// Of a chain of streams the one it belongs to; 0 is the last.
    package var stage: UInt8 = 0

    package init(_ kind: Kind, _ id: Int64 = 0) {
        self.kind = kind
        self.id = id
    }

    /// The kind and the stage in one number, for stores.
    package var code: Int64 { Int64(kind.rawValue) | Int64(stage) << 8 }

    /// Nil for a number that none has.
    package init?(code: Int64, id: Int64) {
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: code)), let stage = UInt8(exactly: code >> 8) else {
            return nil
        }
        self.init(kind, id)
        self.stage = stage
    }
}

/// One block of an item, as it is stored.
package struct StateBlock: Sendable {
    package var item: StateItem
    package var index: Int
    package var bytes: [UInt8]

    package init(item: StateItem, index: Int, bytes: [UInt8]) {
        self.item = item
        self.index = index
        self.bytes = bytes
    }
}

/// What changed in a stream's state since it was last saved.
package struct StateChanges: Sendable {
    /// In the place of those of the same item and index.
    package var written: [StateBlock] = []
    /// Items that have only the blocks before one any more.
    package var shortened: [(item: StateItem, from: Int)] = []

    package var byteCount: Int { written.reduce(0) { $0 + $1.bytes.count } }
}

/// The form of a block: a header of 16 bytes, and what a `BlockWriter` wrote.
enum StateFormat {
    static let headerBytes = 16
    static let magic: UInt32 = 0x5753_5754
    /// Another when the states of one release cannot be read by the next.
    static let version: UInt32 = 2

    /// Of the bytes and of the place they belong to, so that a block in another's place is found out.
    static func checksum(_ bytes: UnsafeRawBufferPointer, _ item: StateItem, _ index: Int) -> UInt64 {
        var hash = fold(UInt64(bitPattern: item.id) ^ 0x9e37_79b9_7f4a_7c15, UInt64(bitPattern: item.code) << 32 | 1)
        hash = fold(hash ^ UInt64(bytes.count), UInt64(truncatingIfNeeded: index) ^ 0xd6e8_feb8_6659_fd93)
        return checksum(bytes, from: hash)
    }

    /// Of bytes alone.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        checksum(bytes, from: fold(UInt64(bytes.count), 0x9e37_79b9_7f4a_7c15))
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer, from seed: UInt64) -> UInt64 {
        var (hash, place) = (seed, 0)
        while place &+ 16 <= bytes.count {
            let low = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let high = bytes.loadUnaligned(fromByteOffset: place &+ 8, as: UInt64.self)
            hash = fold(hash ^ low, high ^ 0xa076_1d64_78bd_642f)
            place &+= 16
        }
        for byte in bytes[place...] { hash = fold(hash ^ UInt64(byte), 0xe703_7ed1_a0b4_28db) }
        return hash
    }

    static func check(_ isSound: Bool, _ what: @autoclosure () -> String) throws(StreamError) {
        if !isSound { throw damaged(what()) }
    }

    static func damaged(_ what: String) -> StreamError {
        StreamError(
            .storage, "the saved state of the stream is damaged: \(what)",
            remedy:
                "Put back a copy of the store, or remove the stream's state, so that it begins anew from its source.")
    }
}
