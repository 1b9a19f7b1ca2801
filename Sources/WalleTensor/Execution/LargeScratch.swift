#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Scratch of any size: of the stack or the heap while it is small, of large pages where it is not, since the first touch
/// of millions of small pages takes longer than a pass over them.
enum LargeScratch {
    /// From here on memory is asked for in large pages.
    private static let pagedBytes = 1 << 22
    /// Of a large page of x86 and arm64.
    private static let pageBytes = 1 << 21

    /// Calls `body` with scratch that is aligned to a cache line.
    @inline(__always)
    static func with(byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        if byteCount < pagedBytes {
            withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 64) {
                body($0.baseAddress.unsafelyUnwrapped)
            }
        } else {
            let pages = allocate(byteCount)
            body(pages)
            pages.deallocate()
        }
    }

    private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let pages = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: pageBytes)
        #if os(Linux)
            // Advice: without it the same memory is only slower.
            madvise(pages, byteCount / pageBytes * pageBytes, MADV_HUGEPAGE)
        #endif
        return pages
    }
}
