import CWalleKernels
import Testing
import WalleTensor

/// The kernels of every level that this CPU has, each against the definition.
@Suite struct OrderingLevelTests {
    private static let levels: [String] = ["avx512", "avx2", "neon", "portable"].filter { (name: String) in
        walle_kernels_named(name) != nil
    }
    /// Around those where registers, networks and partitions end.
    private static let lengths = [0, 1, 3, 8, 9, 31, 33, 63, 65, 127, 129, 257, 600, 1_500]

    /// Random, few distinct, rising, falling and extreme numbers.
    private static func numbers(_ kind: Int, _ count: Int, _ random: inout SeededRandom) -> [Int64] {
        (0..<count).map { index in
            switch kind {
            case 0: Int64.random(in: .min ... .max, using: &random)
            case 1: Int64.random(in: 0...3, using: &random) << 33
            case 2: Int64(index) << 32
            case 3: Int64(-index) << 32
            default: Bool.random(using: &random) ? .min : .max
            }
        }
    }

    @Test(arguments: levels)
    func sort(level: String) throws {
        let kernels = try #require(walle_kernels_sorting(walle_kernels_named(level))).pointee
        var random = SeededRandom(61)
        for length in Self.lengths {
            for kind in 0..<5 {
                let numbers = Self.numbers(kind, length, &random)
                var long = numbers, short = numbers.map { Int32(truncatingIfNeeded: $0 >> 32) }
                let sortedShort = short.sorted()
                kernels.sort_64(length, &long)
                kernels.sort_32(length, &short)
                #expect(long == numbers.sorted() && short == sortedShort, "\(length), kind \(kind)")
                var keys = numbers, positions = numbers.indices.map(Int64.init)
                kernels.sort_pairs(length, &keys, &positions)
                let order = numbers.indices.sorted { numbers[$0] == numbers[$1] ? $0 < $1 : numbers[$0] < numbers[$1] }
                #expect(keys == long && positions == order.map(Int64.init), "\(length), kind \(kind)")
                guard length > 0 else { continue }
                let rank = Int.random(in: 0..<length, using: &random)
                var selected = numbers
                kernels.select_64(length, &selected, rank)
                #expect(selected[rank] == long[rank] && selected.sorted() == long, "\(length), kind \(kind)")
                #expect(
                    selected[..<rank].allSatisfy { $0 <= long[rank] }
                        && selected[rank...].allSatisfy { $0 >= long[rank] })
            }
        }
    }

    /// Pivots that divide badly cost time, never the order.
    @Test(arguments: levels)
    func sortAgainstTheSample(level: String) throws {
        let kernels = try #require(walle_kernels_sorting(walle_kernels_named(level))).pointee
        // Small numbers only where a sample at equal distances looks.
        for period in [16, 64, 100] {
            var numbers = (0..<20_000).map { Int64($0 % period == period / 2 ? $0 / period : 1_000_000 - $0) }
            let expected = numbers.sorted()
            kernels.sort_64(numbers.count, &numbers)
            #expect(numbers == expected)
        }
    }

    @Test(arguments: levels)
    func sortShortKeys(level: String) throws {
        let kernels = try #require(walle_kernels_sorting(walle_kernels_named(level))).pointee
        var random = SeededRandom(62)
        for length in [0, 5, 300, 1_100, 3_000, walle_counted_16_least] {
            let numbers = (0..<length).map { _ in Int16.random(in: .min ... .max, using: &random) }
            var sorted = numbers, scratch = [UInt8](repeating: 0, count: walle_sort_16_scratch(length))
            kernels.sort_16(length, &sorted, &scratch)
            #expect(sorted == numbers.sorted(), "\(length)")
            guard length < 10_000 else { continue }
            let bytes = numbers.map { Int8(truncatingIfNeeded: $0) }
            var sortedBytes = bytes
            kernels.sort_8(length, &sortedBytes)
            #expect(sortedBytes == bytes.sorted(), "\(length)")
            var (order, space) = ([Int64](repeating: 0, count: length), [Int64](repeating: 0, count: length))
            kernels.order_16(length, numbers, &order, &space)
            #expect(order.map { Int($0) } == Self.order(numbers), "\(length)")
            kernels.order_8(length, bytes, &order)
            #expect(order.map { Int($0) } == Self.order(bytes), "\(length)")
        }
    }

    private static func order<Number: Comparable>(_ numbers: [Number]) -> [Int] {
        numbers.indices.sorted { numbers[$0] == numbers[$1] ? $0 < $1 : numbers[$0] < numbers[$1] }
    }

    @Test(arguments: levels)
    func moveUnderMasks(level: String) throws {
        let pointer = try #require(walle_kernels_selection(walle_kernels_named(level)))
        let kernels = pointer.pointee
        var random = SeededRandom(63)
        for length in [0, 1, 15, 16, 17, 64, 100, 1_000] {
            for density in [0, 3, 8, 10] {
                let mask = (0..<length).map { _ in UInt8(Int.random(in: 0..<10, using: &random) < density ? 1 : 0) }
                let places = mask.indices.filter { mask[$0] != 0 }
                let total = kernels.count_mask(length, mask, 1)
                #expect(total == places.count)
                var positions = [Int64](repeating: -1, count: total + 1)
                kernels.mask_positions(length, mask, 100, total, &positions)
                #expect(positions == places.map { Int64($0 + 100) } + [-1])
                for bytes in [1, 2, 4, 8, 16] {
                    let elements = (0..<length * bytes).map { _ in UInt8.random(in: 0...255, using: &random) }
                    // One more element than there is room for must stay as it is.
                    var taken = [UInt8](repeating: 7, count: (total + 1) * bytes)
                    let compress = try #require(walle_selection_compress(pointer, bytes))
                    compress(length, mask, elements, bytes, &taken, total)
                    let expected = places.flatMap { elements[$0 * bytes..<($0 + 1) * bytes] }
                    #expect(taken == expected + [UInt8](repeating: 7, count: bytes), "\(length), \(bytes) bytes")
                    var put = [UInt8](repeating: 7, count: length * bytes)
                    let expand = try #require(walle_selection_expand(pointer, bytes))
                    expand(length, mask, expected, bytes, &put, bytes, total)
                    let wanted = mask.indices.flatMap { place in
                        (0..<bytes).map { mask[place] != 0 ? elements[place * bytes + $0] : 7 }
                    }
                    #expect(put == wanted, "\(length), \(bytes) bytes")
                }
            }
        }
    }

    @Test(arguments: levels)
    func checkPositions(level: String) throws {
        let kernels = try #require(walle_kernels_selection(walle_kernels_named(level))).pointee
        for length in [1, 20, 2_000] {
            var positions = (0..<length).map { Int64($0 % 2 == 0 ? $0 : $0 - length) }
            var found = [Int64](repeating: -1, count: length)
            #expect(kernels.positions(length, positions, 8, length, &found) == length)
            #expect(found == (0..<length).map { Int64($0) })
            for bad in [Int64(length), Int64(-length - 1), .min, .max] {
                positions[length / 2] = bad
                #expect(kernels.positions(length, positions, 8, length, &found) == length / 2)
            }
        }
    }
}
