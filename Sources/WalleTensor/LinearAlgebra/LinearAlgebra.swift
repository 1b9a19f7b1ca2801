/// Operators on matrices, which are the last two axes of arrays; the axes before are a batch.
///
/// Each operator is in two parts: `infer…` finds the shapes and types of results, or throws; the other computes them into
/// arrays of the caller, of these shapes and types and with any strides. float32 and complex64 are computed as float64 and
/// complex128, as NumPy does it.
package enum LinearAlgebra {
    static let singular = TensorError(.linearAlgebra, "Singular matrix")
    static let notPositiveDefinite = TensorError(.linearAlgebra, "Matrix is not positive definite")
    static let noEigenvalues = TensorError(.linearAlgebra, "Eigenvalues did not converge")
    static let noSingularValues = TensorError(.linearAlgebra, "SVD did not converge")
    static let noLeastSquares = TensorError(.linearAlgebra, "SVD did not converge in Linear Least Squares")
    static let notFinite = TensorError(.linearAlgebra, "Array must not contain infs or NaNs")
}

/// The type of an array's elements, and its shape: what is known of it before it is computed.
package struct TensorType: Sendable, Hashable {
    package var dtype: DType
    package var shape: Axes

    package init(_ dtype: DType, _ shape: Axes) {
        self.dtype = dtype
        self.shape = shape
    }
}

extension View {
    package var type: TensorType { TensorType(dtype, layout.shape) }
}

extension Tensor {
    package var type: TensorType { TensorType(dtype, shape) }

    package init(uninitialized type: TensorType) throws(TensorError) {
        try self.init(uninitialized: type.shape, type.dtype)
    }
}

extension TensorType {
    /// The axes before the matrix.
    var batch: Axes { Axes(shape.dropLast(2)) }
    var rows: Int { shape[shape.count - 2] }
    var columns: Int { shape[shape.count - 1] }

    /// An array of the same batch.
    func with(_ axes: Int..., dtype: DType? = nil) -> TensorType {
        TensorType(dtype ?? self.dtype, Axes(Array(batch) + axes))
    }

    /// - Throws: `.linearAlgebra` unless there are matrices, square ones if asked; `.type` for types without arithmetic of
    ///   matrices, which must be cast first.
    func checkMatrix(isSquare: Bool = false) throws(TensorError) {
        try checkType()
        guard shape.count >= 2 else {
            throw TensorError(
                .linearAlgebra,
                "\(shape.count)-dimensional array given. Array must be at least two-dimensional")
        }
        guard !isSquare || rows == columns else {
            throw TensorError(.linearAlgebra, "Last 2 dimensions of the array must be square")
        }
    }

    func checkType() throws(TensorError) {
        switch dtype {
        case .float32, .float64, .complex64, .complex128: break
        default: throw TensorError(.type, "array type \(dtype.name) is unsupported in linalg")
        }
    }
}
