import CWalleHeap
import Testing
import WallePython

extension RuntimeTests {
    /// The allocator of a VM, against a table of what every block must hold.
    @Suite struct HeapTests {
        @Test(arguments: [1, 2, 3] as [UInt64])
        func keepsWhatBlocksHold(seed: UInt64) throws {
            _ = try PythonRuntime.shared()
            let heap = try #require(walle_heap_create())
            defer { walle_heap_destroy(heap) }
            var random = SplitMix64(state: seed)
            var blocks: [Block] = []
            for step in 0..<60_000 {
                // Waves of growth and decline leave pages empty, which trimming gives back.
                let grows = step / 10_000 % 2 == 0 ? 6 : 3
                switch Int.random(in: 0..<10, using: &random) {
                case ..<grows:
                    blocks.append(Block(heap, Self.size(&random), fill: UInt8(step & 0xFF)))
                case 9 where step % 200 == 9:
                    walle_heap_trim(heap)
                case 8 where !blocks.isEmpty:
                    let index = Int.random(in: blocks.indices, using: &random)
                    blocks[index].resize(heap, Self.size(&random))
                default:
                    guard !blocks.isEmpty else { continue }
                    let index = Int.random(in: blocks.indices, using: &random)
                    blocks.swapAt(index, blocks.count - 1)
                    #expect(blocks.removeLast().free(), "seed \(seed), step \(step)")
                }
            }
            walle_heap_trim(heap)
            #expect(blocks.allSatisfy { $0.isWhole }, "seed \(seed)")
            for block in blocks { _ = block.free() }
            #expect(walle_heap_live_bytes(heap) == 0, "seed \(seed)")
        }

        /// Mostly the sizes of Python's objects, a few large ones.
        private static func size(_ random: inout SplitMix64) -> Int {
            let limit = [64, 256, 1_024, 8_192, 40_000, 300_000][min(5, Int.random(in: 0..<40, using: &random) / 7)]
            return Int.random(in: 1...limit, using: &random)
        }
    }
}

private struct Block {
    var address: UnsafeMutableRawPointer
    var size: Int
    let fill: UInt8

    init(_ heap: OpaquePointer, _ size: Int, fill: UInt8) {
        address = walle_heap_malloc(heap, size)
        self.size = size
        self.fill = fill
        address.initializeMemory(as: UInt8.self, repeating: fill, count: size)
    }

    var isWhole: Bool { UnsafeRawBufferPointer(start: address, count: size).allSatisfy { $0 == fill } }

    mutating func resize(_ heap: OpaquePointer, _ size: Int) {
        address = walle_heap_realloc(heap, address, size)
        self.size = min(self.size, size)
        let whole = isWhole
        self.size = size
        // A lost byte is written back as another value, and found when the block is freed.
        address.initializeMemory(as: UInt8.self, repeating: whole ? fill : ~fill, count: size)
    }

    func free() -> Bool {
        let whole = isWhole
        walle_heap_free(address)
        return whole
    }
}
