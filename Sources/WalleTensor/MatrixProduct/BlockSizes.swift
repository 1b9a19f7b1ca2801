#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif
internal import CWalleKernels

/// How a product is cut so that each piece stays in its cache (Goto & van de Geijn 2008).
///
/// A block of A, `rows` × `depth`, stays in the second cache while panels of B, `depth` × the columns of a tile, pass by
/// it; `columns` of B, packed, stay in the third. A panel of B may be a little larger than the first cache: fewer
/// passes over C were measured to gain more than the second cache's latency, which the tiles hide, costs.
struct BlockSizes {
    var rows: Int
    var depth: Int
    var columns: Int

    /// - Parameter depth: What a search found; nil for as much of a panel as the first cache is said to bear.
    init(_ kernels: UnsafePointer<walle_gemm>, byteCount: Int, depth wanted: Int? = nil) {
        let caches = CacheSizes.shared
        let tileRows = kernels.pointee.rows
        let tileColumns = kernels.pointee.columns
        depth = wanted ?? (caches.first * 3 / 2 / (tileColumns * byteCount)).rounded(downTo: 8).clamped(to: 64...512)
        let step = depth * byteCount
        rows = (caches.second * 3 / 4 / step).rounded(downTo: tileRows).clamped(to: tileRows...64 * tileRows)
        columns = (caches.third / 4 / step).rounded(downTo: tileColumns).clamped(to: tileColumns...4096)
    }

    /// Of one block, when the whole depth is `count`.
    func depth(of count: Int) -> Int { Self.even(count, largest: depth, unit: 4) }

    /// A block no longer than `largest`, in multiples of `unit`, of which `count` takes as few as possible, all about
    /// equally long.
    static func even(_ count: Int, largest: Int, unit: Int) -> Int {
        let blocks = max(1, (count + largest - 1) / largest)
        let block = (count + blocks - 1) / blocks
        return max(unit, (block + unit - 1) / unit * unit)
    }
}

/// Bytes of the data caches of one core.
struct CacheSizes {
    var first = 32 << 10
    var second = 512 << 10
    var third = 8 << 20

    static let shared = CacheSizes()
    /// Of the registers of the kernels in use.
    static let vectorBytes: Int = {
        // Tiles of products are two registers wide.
        2 * walle_gemm_of(walle_kernels_shared(), walle_float32).pointee.columns
    }()

    init() {
        #if canImport(Glibc)
            let sizes = [_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE].map {
                Int(sysconf(Int32($0)))
            }
            if sizes[0] > 0 { first = sizes[0].clamped(to: (16 << 10)...(128 << 10)) }
            if sizes[1] > 0 { second = sizes[1].clamped(to: (128 << 10)...(4 << 20)) }
            // The third is shared by cores, and a virtual machine may see more of it than it gets.
            if sizes[2] > 0 { third = sizes[2].clamped(to: (2 << 20)...(32 << 20)) }
        #endif
    }
}

extension Int {
    func rounded(downTo unit: Int) -> Int { self / unit * unit }
    func clamped(to range: ClosedRange<Int>) -> Int { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
