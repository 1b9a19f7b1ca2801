internal import CWalleKernels

/// Folds every prefix along an axis: each element of the result is the one before it combined with an element.
///
/// Strictly from left to right, so that floats round as a plain loop would; half precision is rounded at each step.
package struct Accumulation {
    package let operation: BinaryOperation
    /// Of the results, and what elements are cast to before they are combined.
    package let dtype: DType
    private let scan: walle_scan_kernel?
    private let binary: walle_binary_kernel

    private static func undefined(_ operation: BinaryOperation, _ elements: DType, _ type: DType) -> TensorError {
        TensorError(.type, "\(operation) cannot be accumulated over \(elements) as \(type)")
    }

    /// - Parameters:
    ///   - operation: Any one whose results can be combined again.
    ///   - elements: The type of the elements.
    ///   - dtype: Of the results. By default sums and products of short integers are 64 bits wide, and logical results
    ///     are `bool`.
    /// - Throws: `.type` when the operation is not defined for the type, or gives another one.
    package init(
        _ operation: BinaryOperation, of elements: DType, as dtype: DType? = nil
    ) throws(TensorError) {
        let type = dtype ?? Self.result(of: operation, elements)
        guard let computing = operation.computing(type), computing == type, operation.result(type) == type else {
            throw Self.undefined(operation, elements, type)
        }
        let shared = walle_kernels_shared()
        let found = walle_kernels_binary(shared, Int32(operation.rawValue), Int32(type.computing.kernel))
        guard let found else { throw Self.undefined(operation, elements, type) }
        self.operation = operation
        self.dtype = type
        binary = found
        scan = operation.scan.flatMap { walle_kernels_scan(shared, Int32($0.rawValue), Int32(type.kernel)) }
    }

    private static func result(of operation: BinaryOperation, _ elements: DType) -> DType {
        switch operation {
        case .add: FoldOperation.sum.computing(elements) ?? elements
        case .multiply: FoldOperation.product.computing(elements) ?? elements
        case _ where operation.isComparison: .bool
        default: operation.computing(elements) ?? elements
        }
    }

    /// As many lanes side by side are combined all at once, an index of the axis after the other.
    private static let fewestLanesAtOnce = 32

    /// - Parameters:
    ///   - axis: Counted from the start.
    ///   - output: Of the input's shape and of type `dtype`; the input itself, or apart from it.
    package func run(_ input: View, axis: Int, to output: View) {
        let length = input.layout.shape[axis]
        guard input.layout.count > 0 else { return }
        let strides = (output.layout.strides[axis], input.layout.strides[axis])
        let lanes = input.layout.count / length
        // Half precision has no kernels of its own for most operations: elementwise execution casts for them.
        let needsCasts = scan == nil && dtype.computing != dtype
        if needsCasts || lanes >= Self.fewestLanesAtOnce && abs(strides.0) > dtype.byteCount {
            return runAcross(input, axis, output)
        }
        let lane = AccumulatedLane(scan, binary, input.dtype, dtype, length, strides)
        withUnsafeTemporaryAllocation(byteCount: lane.scratchBytes, alignment: 64) { memory in
            let scratch = memory.baseAddress.unsafelyUnwrapped
            Lanes.forEach(axis, of: output, and: input) { lane.run($1, to: $0, scratch) }
        }
    }

    /// All lanes at once.
    private func runAcross(_ input: View, _ axis: Int, _ output: View) {
        guard let from = input.base, let to = output.base else { return }
        let (inputStep, step) = (input.layout.strides[axis], output.layout.strides[axis])
        var next = View(base: from, dtype: input.dtype, layout: input.layout.without(axis))
        var result = View(base: to, dtype: dtype, layout: output.layout.without(axis))
        let cast = walle_kernels_cast(walle_kernels_shared(), Int32(input.dtype.kernel), Int32(dtype.kernel))
        Elementwise.run(cast.unsafelyUnwrapped, next, to: result, computing: input.dtype, result: dtype)
        let computing = dtype.computing
        for index in 1..<input.layout.shape[axis] {
            let previous = result
            result.base = to + index * step
            next.base = from + index * inputStep
            Elementwise.run(binary, previous, next, to: result, computing: computing, result: computing)
        }
    }
}

extension BinaryOperation {
    /// The kernel that does for prefixes, where there is one.
    fileprivate var scan: walle_scan? {
        switch self {
        case .add: walle_scan_add
        case .multiply: walle_scan_multiply
        case .minimum: walle_scan_minimum
        case .maximum: walle_scan_maximum
        case .logicalAnd: walle_scan_and
        case .logicalOr: walle_scan_or
        default: nil
        }
    }
}

/// One lane after the other.
private struct AccumulatedLane {
    /// Elements that are cast at once.
    private static let piece = 512
    /// Of a piece, where there are casts, and an accumulator.
    var scratchBytes: Int { (isCast ? min(Self.piece, length) * bytes : 0).roundedUp(to: 16) + 16 }

    private let scan: walle_scan_kernel?
    private let binary: walle_binary_kernel
    private let cast: walle_unary_kernel
    private let isCast: Bool
    private let bytes: Int
    private let length: Int
    private let (step, inputStep): (Int, Int)

    init(
        _ scan: walle_scan_kernel?, _ binary: walle_binary_kernel, _ elements: DType, _ dtype: DType, _ length: Int,
        _ strides: (output: Int, input: Int)
    ) {
        self.scan = scan
        self.binary = binary
        self.length = length
        (step, inputStep) = strides
        (isCast, bytes) = (elements != dtype, dtype.byteCount)
        cast =
            walle_kernels_cast(walle_kernels_shared(), Int32(elements.kernel), Int32(dtype.kernel))
            .unsafelyUnwrapped
    }

    func run(
        _ input: UnsafeMutableRawPointer, to output: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
    ) {
        let accumulator = scratch + scratchBytes - 16
        cast(1, input, inputStep, accumulator, bytes)
        output.copyMemory(from: accumulator, byteCount: bytes)
        var done = 1
        while done < length {
            let (from, to) = (input + done * inputStep, output + done * step)
            let count = isCast ? min(Self.piece, length - done) : length - done
            if isCast { cast(count, from, inputStep, scratch, bytes) }
            combine(count, isCast ? scratch : from, isCast ? bytes : inputStep, to, accumulator)
            done += count
        }
    }

    @inline(__always)
    private func combine(
        _ count: Int, _ elements: UnsafeMutableRawPointer, _ stride: Int, _ output: UnsafeMutableRawPointer,
        _ accumulator: UnsafeMutableRawPointer
    ) {
        if let scan { return scan(count, elements, stride, output, step, accumulator) }
        for index in 0..<count {
            let to = output + index * step
            binary(1, accumulator, bytes, elements + index * stride, stride, accumulator, bytes)
            to.copyMemory(from: accumulator, byteCount: bytes)
        }
    }
}

extension Tensor {
    /// Every prefix along an axis folded from left to right.
    ///
    /// - Parameter type: Of the results; see `Accumulation`.
    /// - Throws: `.index` for an axis that is not there; `.type` when the operation cannot be accumulated.
    public func accumulated(
        _ operation: BinaryOperation, axis: Int = 0, as type: DType? = nil
    ) throws(TensorError) -> Tensor {
        let axis = try layout.axis(axis)
        let accumulation = try Accumulation(operation, of: dtype, as: type)
        let result = try Tensor(uninitialized: shape, accumulation.dtype)
        accumulation.run(view, axis: axis, to: result.view)
        return result
    }
}
