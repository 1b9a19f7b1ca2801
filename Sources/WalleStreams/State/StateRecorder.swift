/// Finds what changed in a stream's state since it was last saved.
///
/// Everything that may have changed is written, and a block whose checksum is the one it was saved with is left out:
/// adding an event thus costs nothing, and writing to memory is little beside writing to a store.
package final class StateRecorder {
    /// The checksums of the blocks that are saved, and of those that will be.
    private var saved: [StateItem: [UInt64]]
    private var next: [StateItem: [UInt64]] = [:]
    private var changes = StateChanges()
    /// What calls itself unchanged is what it was when it was last saved.
    private var trustsUnchanged = false
    /// The stream of a chain that is recorded.
    var stage: UInt8 = 0

    package init() { saved = [:] }

    /// For a state that was restored from a store.
    init(_ state: SavedState) {
        saved = state.checksums
    }

    // MARK: for states

    private func staged(_ item: StateItem) -> StateItem { item.at(stage) }

    /// Whether an item that did not change since it was recorded may be left as it is.
    func keeps(_ item: StateItem) -> Bool {
        let item = staged(item)
        guard trustsUnchanged, let checksums = saved[item] else { return false }
        next[item] = checksums
        return true
    }

    /// Whether the item's next block, which is full and did not change since it was recorded, may be left as it is.
    func keepsFull(_ item: StateItem) -> Bool {
        let item = staged(item)
        let index = next[item]?.count ?? 0
        // The last that was saved may not have been full.
        guard trustsUnchanged, let checksums = saved[item], index < checksums.count - 1 else { return false }
        next[item, default: []].append(checksums[index])
        return true
    }

    /// Records the next block of an item.
    func write(_ item: StateItem, capacity: Int = 256, _ body: (inout BlockWriter) -> Void) {
        let item = staged(item)
        var writer = BlockWriter(capacity: capacity)
        body(&writer)
        let index = next[item]?.count ?? 0
        let (bytes, checksum) = writer.finish(item, index)
        next[item, default: []].append(checksum)
        if let checksums = saved[item], index < checksums.count, checksums[index] == checksum { return }
        changes.written.append(StateBlock(item: item, index: index, bytes: bytes))
    }

    // MARK: for who saves them

    /// What changed since the last call that was `commit`ted. One of `commit` and `rollBack` follows.
    func record(_ body: (StateRecorder) -> Void) -> StateChanges {
        (next, changes) = ([:], StateChanges())
        stage = 0
        body(self)
        for (item, checksums) in saved {
            let count = next[item]?.count ?? 0
            if count < checksums.count { changes.shortened.append((item, count)) }
        }
        defer { changes = StateChanges() }
        return changes
    }

    /// What was recorded is saved.
    package func commit() {
        (saved, next) = (next, [:])
        trustsUnchanged = true
    }

    /// What was recorded could not be saved.
    package func rollBack() {
        next = [:]
        trustsUnchanged = false
    }
}

/// A stream's state as it was saved.
package final class SavedState {
    private var blocks: [StateItem: [StateBlock]] = [:]
    /// The stream of a chain that is restored.
    var stage: UInt8 = 0

    /// - Parameter blocks: All of them, those of an item in their order.
    /// - Throws: `.storage` when one is missing.
    package init(_ blocks: [StateBlock]) throws(StreamError) {
        for block in blocks {
            guard block.index == self.blocks[block.item]?.count ?? 0 else {
                throw StateFormat.damaged("block \(block.index) of \(block.item.kind) stands alone")
            }
            self.blocks[block.item, default: []].append(block)
        }
    }

    var checksums: [StateItem: [UInt64]] {
        blocks.mapValues { blocks in
            blocks.map { block in
                block.bytes.withUnsafeBytes {
                    $0.count < StateFormat.headerBytes ? 0 : $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                }
            }
        }
    }

    /// The ids of all items of a kind, ascending.
    func ids(_ kind: StateItem.Kind) -> [Int64] {
        blocks.keys.filter { $0.kind == kind && $0.stage == stage }.map(\.id).sorted()
    }

    func blockCount(_ item: StateItem) -> Int { blocks[item.at(stage)]?.count ?? 0 }

    /// Reads the blocks of an item, which may have none.
    func forEachBlock(_ item: StateItem, _ body: (inout BlockReader) throws(StreamError) -> Void) throws(StreamError) {
        for block in blocks[item.at(stage)] ?? [] {
            var reader = try BlockReader(block)
            try body(&reader)
            try reader.finish()
        }
    }

    /// Reads an item of one block, which must be there.
    func read<Result>(
        _ item: StateItem, _ body: (inout BlockReader) throws(StreamError) -> Result
    ) throws(StreamError) -> Result {
        guard let block = blocks[item.at(stage)]?.first else { throw StateFormat.damaged("there is no \(item.kind)") }
        var reader = try BlockReader(block)
        let result = try body(&reader)
        try reader.finish()
        return result
    }
}

extension StateItem {
    fileprivate func at(_ stage: UInt8) -> StateItem {
        var item = self
        item.stage = stage
        return item
    }
}
