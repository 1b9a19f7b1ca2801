import WalleTensor

/// Norms and products that the tests of linear algebra are made of.
enum Numbers {
    static func random(_ shape: Axes, _ dtype: DType, _ random: inout SeededRandom) throws -> Tensor {
        let count = shape.reduce(1, *)
        let parts = (0..<2).map { _ in (0..<count).map { _ in Double.random(in: -1...1, using: &random) } }
        guard dtype.kind == .complex else { return try Tensor(parts[0]).cast(to: dtype).reshaped(shape) }
        let result = try Tensor(zeros: shape, .complex128)
        for index in 0..<count {
            result.view.base?.storeBytes(of: parts[0][index], toByteOffset: 16 * index, as: Double.self)
            result.view.base?.storeBytes(of: parts[1][index], toByteOffset: 16 * index + 8, as: Double.self)
        }
        return result.cast(to: dtype)
    }

    static func identity(_ count: Int, _ dtype: DType) throws -> Tensor {
        try Tensor((0..<count * count).map { $0 / max(count, 1) == $0 % max(count, 1) ? 1.0 : 0 })
            .reshaped([count, count]).cast(to: dtype)
    }

    /// Of one matrix, or a batch of them.
    static func adjoint(_ a: Tensor) throws -> Tensor {
        var order = Array(a.shape.indices)
        order.swapAt(a.rank - 2, a.rank - 1)
        return try a.transposed(Axes(order)).applying(.conjugate)
    }

    /// Euclidean, of all elements.
    static func norm(_ a: Tensor) throws -> Double {
        let sizes: [Double] = try a.cast(to: a.dtype.kind == .complex ? .complex128 : .float64).applying(.absolute)
            .values()
        return sizes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    static func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
        a.shape == b.shape ? try norm(a - b) : .infinity
    }

    static func distanceFromOrthonormal(_ a: Tensor) throws -> Double {
        try distance(Tensor.matrixProduct(adjoint(a), a), identity(a.shape[1], a.dtype))
    }

    /// The norm of what should be zero in a triangular matrix.
    static func outside(_ a: Tensor, isUpper: Bool) throws -> Double {
        let (rows, columns) = (a.shape[0], a.shape[1])
        let mask = (0..<rows * columns).map { index in
            let (row, column) = (index / columns, index % columns)
            return isUpper ? row > column : row < column
        }
        return try norm(a * Tensor(mask).reshaped(a.shape).cast(to: a.dtype))
    }
}

extension DType {
    /// The relative distance of neighbouring numbers.
    var rounding: Double { real == .float32 ? 0x1p-23 : 0x1p-52 }
}
