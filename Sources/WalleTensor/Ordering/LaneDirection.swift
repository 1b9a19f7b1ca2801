internal import CWalleKernels

/// How a lane runs that needs no sorting. Looking for that ends early where it does not hold.
enum LaneDirection {
    /// No element sorts before the one before it.
    case rises
    /// Every element does.
    case falls

    /// Keys that are looked at at once.
    private static let piece = 1024
    /// Shorter lanes are sorted as fast.
    private static let shortest = 256

    /// - Parameter options: Of the keys.
    /// - Returns: nil when the lane runs in neither way, is short, or of a type that sorts as fast.
    init?(_ dtype: DType, _ length: Int, _ input: UnsafeMutableRawPointer, _ stride: Int, _ options: Int32) {
        guard length >= Self.shortest, dtype.byteCount == 4 || dtype.byteCount == 8, dtype.kind != .complex else {
            return nil
        }
        let sorting = walle_kernels_sorting(walle_kernels_shared()).unsafelyUnwrapped.pointee
        let direction = (dtype.byteCount == 4 ? sorting.direction_32 : sorting.direction_64).unsafelyUnwrapped
        let encode = walle_kernels_encode(walle_kernels_shared(), Int32(dtype.kernel)).unsafelyUnwrapped
        var found: Int32?
        withUnsafeTemporaryAllocation(byteCount: Self.piece * 8, alignment: 64) { memory in
            let keys = memory.baseAddress.unsafelyUnwrapped
            // Pieces share an element, so that none is left out between them; the first ones are short.
            var (start, count) = (0, 32)
            while start + 1 < length && found != 0 {
                count = min(count, length - start)
                encode(count, input + start * stride, stride, keys, options)
                let next = direction(count, keys)
                found = found ?? next == next ? next : 0
                start += count - 1
                count = Self.piece
            }
        }
        switch found {
        case 1: self = .rises
        case -1: self = .falls
        default: return nil
        }
    }
}
