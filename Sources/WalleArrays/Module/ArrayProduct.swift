internal import CWallePython
internal import WallePython
internal import WalleMemory
internal import WalleTensor

/// Matrix products of arrays.
enum ArrayProduct {
    static func run(_ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer) throws -> PythonPointer {
        var left = try Operand(reading: first, state)
        defer { left.release() }
        var right = try Operand(reading: second, state)
        defer { right.release() }
        try left.settle(as: left.dtype, state, place: 0)
        try right.settle(as: right.dtype, state, place: 1)
        let product = try Tensor.matrixProduct(tensor(left), tensor(right))
        let result = try state.array(product.dtype, shape: product.shape)
        Raster.copy(product.view, to: result.view)
        withExtendedLifetime(product) {}
        return try state.scalarOrArray(result)
    }

    private static func tensor(_ operand: Operand) throws -> Tensor {
        let tensor = try Tensor(zeros: operand.layout.shape, operand.dtype)
        Raster.copy(operand.view, to: tensor.view)
        return tensor
    }
}
