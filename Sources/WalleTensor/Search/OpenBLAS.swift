internal import CWalleKernels

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Matrix products of an OpenBLAS that is loaded at run time, on the caller's thread alone: an optional back end.
///
/// Only the variable `WALLE_OPENBLAS` loads it: with a file's name, or `system` for the library that the system has. The
/// library is told beforehand what the processor can do, since it takes those it does not know for old ones, and that
/// it shall have no threads; the process's environment is put back afterwards. Products use it where the measured speed
/// says so.
final class OpenBLAS: Sendable {
    /// The library, when one was asked for and can be used.
    static let loaded: OpenBLAS? = {
        guard let wanted = getenv("WALLE_OPENBLAS").map({ String(cString: $0) }), !wanted.isEmpty, wanted != "off"
        else { return nil }
        return OpenBLAS(wanted == "system" ? "libopenblas.so.0" : wanted)
    }()

    /// Sides of the square products that its speed is measured with.
    static let measuredSides = [32, 96, 256, 512]

    private typealias Narrow =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafeRawPointer, Int32, UnsafeRawPointer, Int32, Float,
            UnsafeMutableRawPointer, Int32
        ) -> Void
    private typealias NarrowDouble =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafeRawPointer, Int32, UnsafeRawPointer, Int32, Double,
            UnsafeMutableRawPointer, Int32
        ) -> Void
    private typealias Wide =
        @convention(c) (
            Int32, Int32, Int32, Int, Int, Int, Float, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Float,
            UnsafeMutableRawPointer, Int
        ) -> Void
    private typealias WideDouble =
        @convention(c) (
            Int32, Int32, Int32, Int, Int, Int, Double, UnsafeRawPointer, Int, UnsafeRawPointer, Int, Double,
            UnsafeMutableRawPointer, Int
        ) -> Void

    /// The processor that it computes for, in its own word.
    let core: String
    /// Whether lengths are 64-bit integers.
    private let isWide: Bool
    nonisolated(unsafe) private let single: UnsafeMutableRawPointer
    nonisolated(unsafe) private let double: UnsafeMutableRawPointer

    private init?(_ file: String) {
        guard let library = Self.open(file) else { return nil }
        // Those with 64-bit integers have names of their own; so have those that come in wheels.
        for (prefix, suffix) in [("", ""), ("", "64_"), ("scipy_", ""), ("scipy_", "64_")] {
            guard let single = dlsym(library, "\(prefix)cblas_sgemm\(suffix)"),
                let double = dlsym(library, "\(prefix)cblas_dgemm\(suffix)")
            else { continue }
            (self.single, self.double, isWide) = (single, double, suffix == "64_")
            core = Self.core(of: library, prefix, suffix)
            return
        }
        return nil
    }

    private static func open(_ file: String) -> UnsafeMutableRawPointer? {
        let level = String(cString: walle_kernels_shared().pointee.name)
        let core = level == "avx512" ? "SkylakeX" : level == "avx2" ? "Haswell" : nil
        return withEnvironment("OPENBLAS_NUM_THREADS", "1") {
            guard let core else { return dlopen(file, RTLD_NOW | RTLD_LOCAL) }
            return withEnvironment("OPENBLAS_CORETYPE", core) { dlopen(file, RTLD_NOW | RTLD_LOCAL) }
        }
    }

    /// Sets a variable while something runs, unless the host has set it.
    private static func withEnvironment<Result>(_ name: String, _ value: String, _ body: () -> Result) -> Result {
        let isFree = getenv(name) == nil
        if isFree { setenv(name, value, 1) }
        defer { if isFree { unsetenv(name) } }
        return body()
    }

    private static func core(of library: UnsafeMutableRawPointer, _ prefix: String, _ suffix: String) -> String {
        guard let symbol = dlsym(library, "\(prefix)openblas_get_corename\(suffix)") else { return "unknown" }
        typealias Name = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Name.self)().map { String(cString: $0) } ?? "unknown"
    }

    /// `C = alpha * A * B + beta * C`, of float32 or float64.
    ///
    /// - Returns: false when the strides are none that the library knows; nothing is done then.
    func multiply(
        _ type: DType, _ a: Matrix, _ b: Matrix, into c: MutableMatrix, alpha: Double, beta: Double
    ) -> Bool {
        guard c.columnStride == 1, c.rowStride >= c.columns, let left = Factor(a), let right = Factor(b) else {
            return false
        }
        let (m, n, k, to) = (c.rows, c.columns, a.columns, c.rowStride)
        guard isWide || max(m, n, k, to, left.step, right.step) <= Int32.max else { return false }
        let (row, x, y) = (Int32(101), left.order, right.order)
        func narrow(_ value: Int) -> Int32 { Int32(truncatingIfNeeded: value) }
        switch (type == .float64, isWide) {
        case (false, false):
            unsafeBitCast(single, to: Narrow.self)(
                row, x, y, narrow(m), narrow(n), narrow(k), Float(alpha), a.base, narrow(left.step), b.base,
                narrow(right.step), Float(beta), c.base, narrow(to))
        case (true, false):
            unsafeBitCast(double, to: NarrowDouble.self)(
                row, x, y, narrow(m), narrow(n), narrow(k), alpha, a.base, narrow(left.step), b.base,
                narrow(right.step), beta, c.base, narrow(to))
        case (false, true):
            unsafeBitCast(single, to: Wide.self)(
                row, x, y, m, n, k, Float(alpha), a.base, left.step, b.base, right.step, Float(beta), c.base, to)
        case (true, true):
            unsafeBitCast(double, to: WideDouble.self)(
                row, x, y, m, n, k, alpha, a.base, left.step, b.base, right.step, beta, c.base, to)
        }
        return true
    }

    /// Whether a product's strides are known to the library.
    static func accepts(_ a: Matrix, _ b: Matrix, _ c: MutableMatrix) -> Bool {
        c.columnStride == 1 && c.rowStride >= c.columns && Factor(a) != nil && Factor(b) != nil
    }

    /// A factor as the library takes it: by rows, or transposed.
    private struct Factor {
        let order: Int32
        let step: Int

        init?(_ matrix: Matrix) {
            if matrix.isConjugate { return nil }
            if matrix.columnStride == 1, matrix.rowStride >= max(1, matrix.columns) {
                (order, step) = (111, matrix.rowStride)
            } else if matrix.rowStride == 1, matrix.columnStride >= max(1, matrix.rows) {
                (order, step) = (112, matrix.columnStride)
            } else {
                return nil
            }
        }
    }
}
