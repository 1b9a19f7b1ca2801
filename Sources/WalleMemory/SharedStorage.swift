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
    /// From here on memory comes in pages from the system.
    private static let pagedBytes = 1 << 20

    /// Memory that may be larger than what the system has; nil then.
    package static func allocating(_ count: Int, zeroed: Bool) -> SharedStorage? {
        if count >= pagedBytes { return pages(count, zeroed: zeroed) }
        return zeroed ? SharedStorage(zeroed: count) : SharedStorage(allocating: count)
    }

    /// All zero.
    package convenience init(zeroed count: Int) {
        if count >= Self.pagedBytes, let pages = Self.zeroedPages(count) {
            self.init(pages, count)
        } else {
            self.init(allocating: count)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }
    }

    /// Whatever the memory held before: of which nothing may show.
    package convenience init(uninitialized count: Int) {
        if count >= Self.pagedBytes, let pages = Pages.reused(count) ?? Pages.new(count) {
            self.init(pages, count)
        } else {
            self.init(allocating: count)
        }
    }

    private static func pages(_ count: Int, zeroed: Bool) -> SharedStorage? {
        guard let pages = zeroed ? zeroedPages(count) : Pages.reused(count) ?? Pages.new(count) else { return nil }
        return SharedStorage(pages, count)
    }

    /// Up to here filling memory that the process has takes less time than the system needs for new pages.
    private static let mostFilledBytes = 16 << 20

    private static func zeroedPages(_ count: Int) -> UnsafeMutableRawBufferPointer? {
        guard count <= mostFilledBytes, let pages = Pages.reused(count) else { return Pages.new(count) }
        pages.initializeMemory(as: UInt8.self, repeating: 0)
        return pages
    }

    private convenience init(_ pages: UnsafeMutableRawBufferPointer, _ count: Int) {
        let size = pages.count
        self.init(borrowing: UnsafeMutableRawBufferPointer(rebasing: pages[..<count])) {
            Pages.giveBack(UnsafeMutableRawBufferPointer(start: $0.baseAddress, count: size))
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

    package func copy() -> SharedStorage { SharedStorage(copying: UnsafeRawBufferPointer(bytes)) }

    package func equals(_ other: SharedStorage) -> Bool {
        bytes.count == 0 || memcmp(bytes.baseAddress!, other.bytes.baseAddress!, bytes.count) == 0
    }

    deinit {
        if let release { release(bytes) } else { bytes.deallocate() }
    }
}
