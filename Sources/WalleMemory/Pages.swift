internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Large memory from the system, in whole pages.
///
/// The system gives pages one by one, each filled with zeros, as they are touched: for an array that takes as long as the
/// operation that fills it. So a few blocks are kept when they are given back. Only what is written before it is read may
/// be made of those.
package enum Pages {
    /// From here on large pages are asked for, of which a new array touches few: as NumPy does.
    private static let largePageBytes = 4 << 20
    /// Sizes are multiples of it, so that blocks fit for arrays of similar sizes.
    private static let unit = 64 << 10
    /// Bytes and blocks that are kept at most.
    private static let mostKeptBytes = 256 << 20
    private static let mostKept = 8

    /// Memory that is nobody's until it is taken again, which is why any thread may have it.
    private struct Block: @unchecked Sendable {
        let bytes: UnsafeMutableRawBufferPointer
        var count: Int { bytes.count }

        func unmap() { munmap(bytes.baseAddress, bytes.count) }
    }

    private struct Kept {
        var blocks: [Block] = []
        var bytes = 0
    }
    private static let kept = Mutex(Kept())

    /// New pages, all zero; nil when the system has none.
    static func new(_ count: Int) -> UnsafeMutableRawBufferPointer? {
        let (size, overflow) = count.addingReportingOverflow(unit - 1)
        guard !overflow else { return nil }
        let bytes = size / unit * unit
        let address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        // Where there are none, small ones do as well.
        if bytes >= largePageBytes { madvise(address, bytes, MADV_HUGEPAGE) }
        return UnsafeMutableRawBufferPointer(start: address, count: bytes)
    }

    /// A block that was kept, up to a quarter larger than needed; it holds whatever its last user left.
    static func reused(_ count: Int) -> UnsafeMutableRawBufferPointer? {
        let block = kept.withLock { kept -> Block? in
            let found = kept.blocks.lastIndex { $0.count >= count && $0.count - count <= count / 4 + unit }
            guard let found else { return nil }
            let block = kept.blocks.remove(at: found)
            kept.bytes -= block.count
            return block
        }
        return block?.bytes
    }

    /// Keeps a block for the next array, or gives it to the system when there are enough; the oldest go first.
    static func giveBack(_ bytes: UnsafeMutableRawBufferPointer) {
        let block = Block(bytes: bytes)
        let excess = kept.withLock { kept -> [Block] in
            guard block.count <= mostKeptBytes / 4 * 3 else { return [block] }
            kept.blocks.append(block)
            kept.bytes += block.count
            var excess: [Block] = []
            while kept.blocks.count > mostKept || kept.bytes > mostKeptBytes {
                let oldest = kept.blocks.removeFirst()
                kept.bytes -= oldest.count
                excess.append(oldest)
            }
            return excess
        }
        for block in excess { block.unmap() }
    }

    /// Gives all that is kept to the system.
    package static func trim() {
        let blocks = kept.withLock { kept -> [Block] in
            defer { kept = Kept() }
            return kept.blocks
        }
        for block in blocks { block.unmap() }
    }
}
