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

    /// With some bytes of one block changed and a checksum that is right.
    func forged(_ random: inout SeededRandom) -> [StateBlock] {
        var blocks = all
        let index = Int.random(in: 0..<blocks.count, using: &random)
        var bytes = Array(blocks[index].bytes.dropFirst(StateFormat.headerBytes))
        if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<max(1, bytes.count), using: &random)) }
        for _ in 0..<(bytes.isEmpty ? 0 : Int.random(in: 1...3, using: &random)) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        var writer = BlockWriter()
        for byte in bytes { writer.write(byte) }
        blocks[index].bytes = writer.finish(blocks[index].item, blocks[index].index).bytes
        return blocks
    }

    func state() throws -> SavedState { try SavedState(all) }
}
