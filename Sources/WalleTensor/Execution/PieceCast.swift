internal import CWalleKernels

/// Casts of elements as they are read, a piece at a time; nothing when the types are one.
struct PieceCast {
    private let kernel: walle_unary_kernel?
    private let copy: walle_unary_kernel
    private let bytes: Int
    private static let piece = 512

    init(_ from: DType, _ to: DType) {
        kernel = from == to ? nil : walle_kernels_cast(walle_kernels_shared(), Int32(from.kernel), Int32(to.kernel))
        copy = walle_kernels_copy(walle_kernels_shared(), to.byteCount).unsafelyUnwrapped
        bytes = to.byteCount
    }

    @inline(__always)
    func forEachPiece(
        _ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int,
        _ body: (Int, UnsafeMutableRawPointer, Int) -> Void
    ) {
        guard let kernel else { return body(count, source, stride) }
        withUnsafeTemporaryAllocation(byteCount: Self.piece * 16, alignment: 64) { scratch in
            let scratch = scratch.baseAddress.unsafelyUnwrapped
            for start in Swift.stride(from: 0, to: count, by: Self.piece) {
                let some = Swift.min(Self.piece, count - start)
                kernel(some, source + start * stride, stride, scratch, bytes)
                body(some, scratch, bytes)
            }
        }
    }

    func copy(
        _ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int, to place: UnsafeMutableRawPointer
    ) {
        (kernel ?? copy)(count, source, stride, place, bytes)
    }

    func read(
        _ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int, by place: UnsafeMutableRawPointer
    ) -> (UnsafeMutableRawPointer, Int) {
        guard let kernel else { return (source, stride) }
        kernel(count, source, stride, place, bytes)
        return (place, bytes)
    }
}
