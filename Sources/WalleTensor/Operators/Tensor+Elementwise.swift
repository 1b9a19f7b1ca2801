internal import CWalleKernels
internal import WalleMemory

extension Tensor {
    /// The same numbers as another type: floats are truncated to integers, complex numbers lose their imaginary part.
    public func cast(to type: DType) -> Tensor {
        if type == dtype { return self }
        let result = Tensor(like: self, shape, type)
        let kernel = walle_kernels_cast(walle_kernels_shared(), Int32(dtype.kernel), Int32(type.kernel))
            .unsafelyUnwrapped
        Elementwise.run(kernel, view, to: result.view, computing: dtype, result: type)
        return result
    }

    /// An array for results, whose number of elements was checked.
    private init(like other: Tensor, _ shape: Axes, _ dtype: DType) {
        let layout = Layout(contiguous: shape, elementBytes: dtype.byteCount)
        self.init(
            dtype: dtype, layout: layout, storage: .init(uninitialized: layout.count * dtype.byteCount))
    }

    /// An operation on every element.
    ///
    /// - Throws: `.type` when it is not defined for the elements.
    public func applying(_ operation: UnaryOperation) throws(TensorError) -> Tensor {
        if let simple = trivial(operation) { return simple }
        guard let type = operation.computing(dtype) else {
            throw TensorError(.type, "\(operation) is not defined for \(dtype)")
        }
        let computing = type.computing
        let operation = operation == .bitwiseNot && dtype == .bool ? UnaryOperation.logicalNot : operation
        let found = walle_kernels_unary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        guard let kernel = found else { throw TensorError(.type, "\(operation) is not defined for \(dtype)") }
        let result = Tensor(like: self, shape, operation.result(type))
        Elementwise.run(kernel, view, to: result.view, computing: computing, result: operation.result(computing))
        return result
    }

    /// What needs no computation for the type: an integer is its own floor, and finite.
    private func trivial(_ operation: UnaryOperation) -> Tensor? {
        switch (operation, dtype.kind) {
        case (.floor, .bool), (.floor, .integer), (.ceil, .bool), (.ceil, .integer), (.truncate, .bool),
            (.truncate, .integer), (.round, .integer), (.absolute, .bool):
            return self
        case (.conjugate, let kind) where kind < .complex: return self
        case (.real, let kind) where kind < .complex: return self
        case (.imaginary, let kind) where kind < .complex: return filled(dtype, with: 0)
        case (.isNaN, let kind) where kind < .floating: return filled(.bool, with: 0)
        case (.isInfinite, let kind) where kind < .floating: return filled(.bool, with: 0)
        case (.isFinite, let kind) where kind < .floating: return filled(.bool, with: 1)
        case (.signBit, .bool): return filled(.bool, with: 0)
        default: return nil
        }
    }

    private func filled(_ type: DType, with byte: UInt8) -> Tensor {
        let result = Tensor(like: self, shape, type)
        result.storage.bytes.initializeMemory(as: UInt8.self, repeating: byte)
        return result
    }

    /// An operation on the pairs of elements of two arrays, which are broadcast against each other and promoted.
    ///
    /// - Throws: `.value`, naming both shapes, when they do not broadcast; `.type` when the operation is not defined for
    ///   the elements.
    public static func applying(
        _ operation: BinaryOperation, _ left: Tensor, _ right: Tensor
    ) throws(TensorError) -> Tensor {
        let promoted = DType.promoted(left.dtype, right.dtype)
        let undefined = TensorError(.type, "\(operation) is not defined for \(left.dtype) and \(right.dtype)")
        guard let type = operation.computing(promoted) else { throw undefined }
        let computing = type.computing
        let found = walle_kernels_binary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        guard let kernel = found else { throw undefined }
        let shape = try Layout.broadcast(left.shape, right.shape)
        _ = try Layout.checkedCount(shape, elementBytes: 16)
        let result = Tensor(like: left, shape, operation.result(type))
        var (first, second) = (left.view, right.view)
        first.layout = try left.layout.broadcast(to: shape)
        second.layout = try right.layout.broadcast(to: shape)
        Elementwise.run(
            kernel, first, second, to: result.view, computing: computing, result: operation.result(computing))
        withExtendedLifetime((left, right)) {}
        return result
    }
}

extension Tensor {
    public static func + (left: Tensor, right: Tensor) throws(TensorError) -> Tensor { try applying(.add, left, right) }
    public static func - (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try applying(.subtract, left, right)
    }
    public static func * (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try applying(.multiply, left, right)
    }
    public static func / (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try applying(.divide, left, right)
    }
    public static func + (left: Tensor, right: some TensorElement) throws(TensorError) -> Tensor {
        try left + Tensor(scalar: right)
    }
    public static func * (left: Tensor, right: some TensorElement) throws(TensorError) -> Tensor {
        try left * Tensor(scalar: right)
    }
}
