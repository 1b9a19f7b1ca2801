#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Memory outside of the heaps of all VMs, counted atomically, so that Swift and several VMs can hold it together.
/// Written only by who holds it alone.
package final class SharedStorage: @unchecked Sendable {
    package let bytes: UnsafeMutableRawBufferPointer
    private let release: (@Sendable (UnsafeMutableRawBufferPointer) -> Void)?
    /// A cache line: what computes on many bytes at once wants it.
    package static let alignment = 64
    /// From here on memory comes in pages from the system, zero until it is touched.
    private static let pagedBytes = 1 << 20
    /// From here on the system is asked for large pages, of which a new array touches few: as NumPy does.
    private static let largePagedBytes = 4 << 20

    /// Memory that may be larger than what the system has; nil then.
    package static func allocating(_ count: Int, zeroed: Bool) -> SharedStorage? {
        if count >= pagedBytes { return pages(count).map { SharedStorage(pages: $0) } }
        return zeroed ? SharedStorage(zeroed: count) : SharedStorage(uninitialized: count)
    }

    /// All zero.
    package convenience init(zeroed count: Int) {
        if count >= Self.pagedBytes, let pages = Self.pages(count) {
            self.init(pages: pages)
        } else {
            self.init(uninitialized: count)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
    }

    /// Whatever the memory held before.
    package convenience init(uninitialized count: Int) {
        if count >= Self.largePagedBytes, let pages = Self.pages(count) {
            self.init(pages: pages)
        } else {
            self.init(allocating: count)
        }
    }

    private init(allocating count: Int) {
        bytes = .allocate(byteCount: count, alignment: Self.alignment)
        release = nil
    }

    package convenience init(copying source: UnsafeRawBufferPointer) {
        self.init(uninitialized: source.count)
        bytes.copyMemory(from: source)
    }

    /// Memory of another owner, who is told when nobody holds it any more.
    package init(
        borrowing bytes: UnsafeMutableRawBufferPointer,
        release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
    ) {
        self.bytes = bytes
        self.release = release
    }

    private convenience init(pages: UnsafeMutableRawBufferPointer) {
        self.init(borrowing: pages) { munmap($0.baseAddress, $0.count) }
    }

    private static func pages(_ count: Int) -> UnsafeMutableRawBufferPointer? {
        let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        // Where there are none, small ones do as well.
        if count >= largePagedBytes { madvise(address, count, MADV_HUGEPAGE) }
        return UnsafeMutableRawBufferPointer(start: address, count: count)
    }

    package func copy() -> SharedStorage { SharedStorage(copying: UnsafeRawBufferPointer(bytes)) }

    package func equals(_ other: SharedStorage) -> Bool {
        bytes.count == 0 || memcmp(bytes.baseAddress!, other.bytes.baseAddress!, bytes.count) == 0
    }

    deinit {
        if let release { release(bytes) } else { bytes.deallocate() }
    }
}
