internal import WalleMemory

extension Tensor {
    /// The matrix product as the Array API standard defines `matmul`: of the last two axes, the ones before are broadcast.
    ///
    /// An array of one axis is a row on the left and a column on the right, and that axis goes from the result.
    ///
    /// - Throws: `.value`, in NumPy's words, when the shapes do not fit or an array has no axes.
    public static func matrixProduct(_ left: Tensor, _ right: Tensor) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try Products.inferMatrixProduct(left.type, right.type))
        try Products.matrixProduct(left.view, right.view, into: result.view)
        withExtendedLifetime((left, right)) {}
        return result
    }

    /// Sums of products over pairs of axes. See `Products.contract`.
    package static func contraction(
        _ left: Tensor, _ right: Tensor, _ axes: ContractionAxes
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try Products.inferContraction(left.type, right.type, axes))
        try Products.contract(left.view, right.view, axes, into: result.view)
        withExtendedLifetime((left, right)) {}
        return result
    }
}
