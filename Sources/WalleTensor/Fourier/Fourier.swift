/// Discrete Fourier transforms along one axis.
///
/// Each is in two parts: `infer…` finds the shape and type of the result, or throws; the other computes it into an array of
/// the caller, of any strides. float32 and complex64 are computed as float64
/// and rounded once, as NumPy does it. The array that is read may be shorter along the
/// axis than what is transformed, which is then filled up with zeros, or longer, and cut off. Transforms along several
/// axes are transforms along one after the other, which may be in place.
package enum Fourier {
    package enum Direction: Sendable, Hashable, CaseIterable {
        /// With `exp(-2πi · j · k / n)`.
        case forward
        /// With `exp(2πi · j · k / n)`.
        case backward
    }

    /// The type of `transform`'s result: complex, `length` long along the axis.
    ///
    /// - Parameters:
    ///   - axis: counts from the end when negative.
    ///   - length: that of the array when nil.
    /// - Throws: `.index` for an axis that is not there; `.value` for a length below 1; `.type`.
    package static func inferTransform(
        _ x: TensorType, axis: Int = -1, length: Int? = nil
    ) throws(TensorError) -> TensorType {
        let count = try lengthAlong(x, axis)
        return try result(x, axis, of: length ?? count, x.dtype.transformed) { $0 }
    }

    /// The type of `realTransform`'s result: complex, `length / 2 + 1` long along the axis.
    ///
    /// - Throws: as `inferTransform`; `.type` also for complex numbers.
    package static func inferRealTransform(
        _ x: TensorType, axis: Int = -1, length: Int? = nil
    ) throws(TensorError) -> TensorType {
        guard x.dtype.kind != .complex else {
            throw TensorError(.type, "a real transform needs real numbers, not \(x.dtype): use fft")
        }
        let count = try lengthAlong(x, axis)
        return try result(x, axis, of: length ?? count, x.dtype.transformed) { $0 / 2 + 1 }
    }

    /// The type of `realInverse`'s result: real, `length` long along the axis.
    ///
    /// - Parameter length: `2 · (m - 1)` when nil, for `m` elements along the axis.
    /// - Throws: as `inferTransform`.
    package static func inferRealInverse(
        _ x: TensorType, axis: Int = -1, length: Int? = nil
    ) throws(TensorError) -> TensorType {
        let count = try lengthAlong(x, axis)
        return try result(x, axis, of: length ?? 2 * (count - 1), x.dtype.real) { $0 }
    }

    private static func lengthAlong(_ x: TensorType, _ axis: Int) throws(TensorError) -> Int {
        x.shape[try Layout(contiguous: x.shape, elementBytes: 1).axis(axis)]
    }

    private static func result(
        _ x: TensorType, _ axis: Int, of length: Int, _ dtype: DType?, _ count: (Int) -> Int
    ) throws(TensorError) -> TensorType {
        guard let dtype, x.dtype.transformed != nil else {
            throw TensorError(.type, "array type \(x.dtype) is unsupported in fft: cast it to a float first")
        }
        let axis = try Layout(contiguous: x.shape, elementBytes: 1).axis(axis)
        guard length >= 1 else {
            throw TensorError(.value, "Invalid number of FFT data points (\(length)) specified.")
        }
        var shape = x.shape
        shape[axis] = count(length)
        return TensorType(dtype, shape)
    }

    /// `out[k] = scale · Σ x[j] · exp(∓2πi · j · k / n)` for `j` below `n`, the length of `out` along the axis.
    ///
    /// - Parameters:
    ///   - x: complex, or real; may be `out` itself.
    ///   - scale: 1, 1/n or 1/√n, as is wanted for the direction.
    /// - Throws: `.memory`
    package static func transform(
        _ x: View, axis: Int, _ direction: Direction, scale: Double = 1, into out: View
    ) throws(TensorError) {
        try LineTransform(x, out, axis, scale).transform(direction)
    }

    /// The first half of the forward transform of real numbers; the other half are its conjugates.
    ///
    /// - Parameters:
    ///   - length: how many numbers are transformed; `out` has `length / 2 + 1` along the axis.
    /// - Throws: `.memory`
    package static func realTransform(
        _ x: View, axis: Int, length: Int, scale: Double = 1, into out: View
    ) throws(TensorError) {
        try LineTransform(x, out, axis, scale).transformReal(length)
    }

    /// The backward transform of a spectrum whose second half is the conjugates of its first, which is `x`: real numbers.
    ///
    /// Imaginary parts of the first element, and of the last of an even length, count as 0.
    ///
    /// - Throws: `.memory`
    package static func realInverse(
        _ x: View, axis: Int, scale: Double = 1, into out: View
    ) throws(TensorError) {
        try LineTransform(x, out, axis, scale).invertReal()
    }
}

extension DType {
    /// The type of a transform's result; nil where there is none.
    fileprivate var transformed: DType? {
        switch self {
        case .float32, .complex64: .complex64
        case .float64, .complex128: .complex128
        default: nil
        }
    }
}
