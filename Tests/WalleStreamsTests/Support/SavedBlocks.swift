@testable import WalleStreams

/// A store of state in memory, which takes what changed as a store on disk does.
struct SavedBlocks {
    private(set) var blocks: [StateItem: [Int: [UInt8]]] = [:]
    private(set) var writtenCount = 0

    mutating func apply(_ changes: StateChanges) {
        writtenCount += changes.written.count
        for block in changes.written { blocks[block.item, default: [:]][block.index] = block.bytes }
        for (item, from) in changes.shortened {
            blocks[item] = blocks[item]?.filter { $0.key < from }
            if blocks[item]?.isEmpty ?? false { blocks[item] = nil }
        }
    }

    var all: [StateBlock] {
        blocks.flatMap { item, blocks in
            blocks.sorted { $0.key < $1.key }.map { StateBlock(item: item, index: $0.key, bytes: $0.value) }
        }
    }

    func state() throws -> SavedState { try SavedState(all) }
}
