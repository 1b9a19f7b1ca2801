internal import CWalleKernels

/// Finds the positions that sort lanes of one length and type; always stable.
///
/// A key and its position go into one 64-bit number where they fit, which sorts twice as fast as pairs.
struct LaneOrder {
    let dtype: DType
    let length: Int
    let inputStride: Int
    private let options: Int32
    private let kernels = walle_kernels_sorting(walle_kernels_shared()).unsafelyUnwrapped

    /// As many elements as a position in 32 bits can tell apart.
    static let mostPackedElements = 1 << 32
    /// So few pairs that looking for their range does not pay.
    private static let pairsSortedAtOnce = 64

    init(_ dtype: DType, length: Int, descending: Bool, inputStride: Int) {
        self.dtype = dtype
        self.length = length
        self.inputStride = inputStride
        options = Int32(
            walle_keys_equal_zeros | (descending ? walle_keys_descending : walle_keys_ascending))
    }

    /// Keys, and for 16-bit ones or complex numbers a number an element besides.
    var scratchBytes: Int { keyBytes + (dtype.byteCount == 2 || dtype.kind == .complex ? length * 8 : 0) }
    private var keyBytes: Int { (length * Swift.min(dtype.byteCount, 8)).roundedUp(to: 64) }

    /// Writes the positions of one lane; all of them in order, or up to where some ranks (rising) are right.
    func find(
        _ input: UnsafeMutableRawPointer, _ positions: UnsafeMutablePointer<Int64>, scratch: UnsafeMutableRawPointer,
        ranks: Span<Int>? = nil
    ) {
        if ranks == nil, let direction = LaneDirection(dtype, length, input, inputStride, options) {
            for index in 0..<length { positions[index] = Int64(direction == .rises ? index : length - 1 - index) }
            return
        }
        if dtype.kind == .complex { return findComplex(input, positions, scratch, ranks) }
        let encode = walle_kernels_encode(walle_kernels_shared(), Int32(dtype.kernel)).unsafelyUnwrapped
        encode(length, input, inputStride, scratch, options)
        switch dtype.byteCount {
        case 1: kernels.pointee.order_8(length, scratch.assumingMemoryBound(to: Int8.self), positions)
        case 2:
            kernels.pointee.order_16(
                length, scratch.assumingMemoryBound(to: Int16.self), positions,
                (scratch + keyBytes).assumingMemoryBound(to: Int64.self))
        case 4:
            kernels.pointee.pack_32(length, scratch.assumingMemoryBound(to: Int32.self), positions)
            sortPacked(positions, shift: 32, ranks)
        default: findLong(scratch.assumingMemoryBound(to: Int64.self), positions, ranks)
        }
    }

    private func findLong(
        _ keys: UnsafeMutablePointer<Int64>, _ positions: UnsafeMutablePointer<Int64>, _ ranks: Span<Int>?
    ) {
        let shift = 64 - (length - 1).leadingZeroBitCount
        if length > Self.pairsSortedAtOnce {
            let (least, most) = range(keys)
            let bits = 64 - UInt64(bitPattern: most &- least).leadingZeroBitCount
            if bits + shift <= 63 {
                kernels.pointee.pack_64(length, keys, least, Int32(shift), positions)
                return sortPacked(positions, shift: shift, ranks)
            }
        }
        for index in 0..<length { positions[index] = Int64(index) }
        guard let ranks else { return kernels.pointee.sort_pairs(length, keys, positions) }
        forEachRank(ranks) { kernels.pointee.select_pairs(length - $0, keys + $0, positions + $0, $1 - $0) }
    }

    private func sortPacked(_ packed: UnsafeMutablePointer<Int64>, shift: Int, _ ranks: Span<Int>?) {
        if let ranks {
            forEachRank(ranks) { kernels.pointee.select_64(length - $0, packed + $0, $1 - $0) }
        } else {
            kernels.pointee.sort_64(length, packed)
        }
        kernels.pointee.unpack(length, packed, Int32(shift))
    }

    /// Calls `body` with the first element that an earlier rank did not put right, and a rank.
    @inline(__always)
    private func forEachRank(_ ranks: Span<Int>, _ body: (_ start: Int, _ rank: Int) -> Void) {
        var start = 0
        for index in ranks.indices where ranks[index] >= start {
            body(start, ranks[index])
            start = ranks[index] + 1
        }
    }

    private func range(_ keys: UnsafeMutablePointer<Int64>) -> (least: Int64, most: Int64) {
        let type = Int32(DType.int64.kernel)
        var (least, most) = (keys[0], keys[0])
        let shared = walle_kernels_shared()
        walle_kernels_fold(shared, Int32(FoldOperation.minimum.rawValue), type).unsafelyUnwrapped(
            length, keys, 8, &least)
        walle_kernels_fold(shared, Int32(FoldOperation.maximum.rawValue), type).unsafelyUnwrapped(
            length, keys, 8, &most)
        return (least, most)
    }

    /// By the first keys, and by the second ones where those are equal.
    private func findComplex(
        _ input: UnsafeMutableRawPointer, _ positions: UnsafeMutablePointer<Int64>, _ scratch: UnsafeMutableRawPointer,
        _ ranks: Span<Int>?
    ) {
        let major = scratch.assumingMemoryBound(to: Int64.self)
        let minor = (scratch + keyBytes).assumingMemoryBound(to: Int64.self)
        let encode = walle_kernels_complex_keys(walle_kernels_shared(), Int32(dtype.kernel)).unsafelyUnwrapped
        encode(length, input, inputStride, major, minor, options)
        for index in 0..<length { positions[index] = Int64(index) }
        if let ranks, isSelected(major, positions, ranks) { return }
        kernels.pointee.sort_pairs(length, major, positions)
        var start = 0
        while start < length {
            var end = start + 1
            while end < length && major[end] == major[start] { end += 1 }
            if end > start + 1 {
                for index in start..<end { major[index] = minor[Int(positions[index])] }
                kernels.pointee.sort_pairs(end - start, major + start, positions + start)
            }
            start = end
        }
    }

    /// Whether first keys alone put the ranks right: no other element has the key of one.
    private func isSelected(
        _ major: UnsafeMutablePointer<Int64>, _ positions: UnsafeMutablePointer<Int64>, _ ranks: Span<Int>
    ) -> Bool {
        forEachRank(ranks) { kernels.pointee.select_pairs(length - $0, major + $0, positions + $0, $1 - $0) }
        for index in ranks.indices {
            let key = major[ranks[index]]
            var equal = 0
            for place in 0..<length where major[place] == key { equal += 1 }
            if equal > 1 { return false }
        }
        return true
    }
}
