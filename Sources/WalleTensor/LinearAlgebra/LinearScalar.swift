#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif
internal import CWalleKernels

/// What matrices are computed with: float64, or complex128.
///
/// float32 and complex64 are widened on the way in and rounded once on the way out, as NumPy does it: results are as
/// exact as the type can hold, and nothing overflows on the way.
protocol LinearScalar: BitwiseCopyable, Sendable {
    static var dtype: DType { get }
    static var isComplex: Bool { get }
    static var kernels: UnsafePointer<walle_linear> { get }

    /// A complex number whose imaginary part the type cannot hold loses it.
    init(_ re: Double, _ im: Double)

    var re: Double { get }
    var im: Double { get }
    var conjugate: Self { get }
    /// The absolute value, without overflow on the way.
    var magnitude: Double { get }

    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static func / (left: Self, right: Self) -> Self
    static prefix func - (value: Self) -> Self
    static func * (left: Double, right: Self) -> Self
}

extension LinearScalar {
    @inline(__always) init(_ re: Double) { self.init(re, 0) }
    static var zero: Self { Self(0, 0) }
    static var one: Self { Self(1, 0) }
    static func logarithm(_ value: Double) -> Double { log(value) }
    @inline(__always) var squaredMagnitude: Double { re * re + im * im }
    /// |re| + |im|: cheap, and within √2 of the absolute value.
    @inline(__always) var size: Double { abs(re) + abs(im) }

    static func += (left: inout Self, right: Self) { left = left + right }
    static func -= (left: inout Self, right: Self) { left = left - right }
    static func *= (left: inout Self, right: Self) { left = left * right }
}

extension Double: LinearScalar {
    static var isComplex: Bool { false }
    nonisolated(unsafe) static let kernels = walle_linear_of(walle_kernels_shared(), walle_float64)!

    @inline(__always) init(_ re: Double, _ im: Double) { self = re }

    @inline(__always) var re: Double { self }
    @inline(__always) var im: Double { 0 }
    @inline(__always) var conjugate: Double { self }
}

/// A complex number of two doubles, in memory as C has it.
struct Complex: LinearScalar, Equatable {
    var re: Double
    var im: Double

    static var dtype: DType { .complex128 }
    static var isComplex: Bool { true }
    nonisolated(unsafe) static let kernels = walle_linear_of(walle_kernels_shared(), walle_complex128)!

    @inline(__always) init(_ re: Double, _ im: Double) {
        self.re = re
        self.im = im
    }

    @inline(__always) var conjugate: Complex { Complex(re, -im) }
    var magnitude: Double { hypot(re, im) }

    @inline(__always) static func + (left: Complex, right: Complex) -> Complex {
        Complex(left.re + right.re, left.im + right.im)
    }
    @inline(__always) static func - (left: Complex, right: Complex) -> Complex {
        Complex(left.re - right.re, left.im - right.im)
    }
    @inline(__always) static func * (left: Complex, right: Complex) -> Complex {
        Complex(left.re * right.re - left.im * right.im, left.re * right.im + left.im * right.re)
    }
    @inline(__always) static func * (left: Double, right: Complex) -> Complex {
        Complex(left * right.re, left * right.im)
    }
    @inline(__always) static prefix func - (value: Complex) -> Complex { Complex(-value.re, -value.im) }

    /// After R. L. Smith, "Algorithm 116: Complex division", CACM 5 (1962).
    static func / (left: Complex, right: Complex) -> Complex {
        if abs(right.re) >= abs(right.im) {
            let ratio = right.im / right.re
            let divisor = right.re + right.im * ratio
            return Complex((left.re + left.im * ratio) / divisor, (left.im - left.re * ratio) / divisor)
        }
        let ratio = right.re / right.im
        let divisor = right.re * ratio + right.im
        return Complex((left.re * ratio + left.im) / divisor, (left.im * ratio - left.re) / divisor)
    }
}

extension Complex {
    /// The root with a non-negative real part.
    var squareRoot: Complex {
        if re == 0 && im == 0 { return .zero }
        let half = ((abs(re) + magnitude) / 2).squareRoot()
        return re >= 0 ? Complex(half, im / (2 * half)) : Complex(abs(im) / (2 * half), im < 0 ? -half : half)
    }
}
