internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Comparisons of signed integers with `uint64`. They meet at float64, which does not hold all of them: they are compared
/// as they are.
enum MixedSigns {
    /// Nil when the operands are no such pair.
    static func compare(
        _ operation: BinaryOperation, _ left: Operand, _ right: Operand, _ state: StatePointer,
        _ options: UniversalCall.Options?
    ) throws -> PythonPointer? {
        if operation.isLogical { return nil }
        let isLeftSigned = left.dtype.isSigned
        let (signed, other) = isLeftSigned ? (left, right) : (right, left)
        guard signed.dtype.kind == .integer, signed.dtype.isSigned, other.dtype == .uint64 else { return nil }
        let whole = try state.array(.int64, shape: signed.layout.shape)
        defer { Py_DecRef(whole.object) }
        Elementwise.cast(signed.view, to: whole.view)
        // The bits of a number that is not negative are those of the same number without a sign.
        var bits = Operand(whole)
        bits.dtype = .uint64
        let kernel = walle_kernels_binary(
            walle_kernels_shared(), Int32(operation.rawValue), Int32(DType.uint64.kernel)
        ).unsafelyUnwrapped
        let call = Call2(kernel: kernel, stream: kernel, computing: .uint64, result: .bool, raw: .bool, name: "compare")
        let compared = try call.run(isLeftSigned ? bits : other, isLeftSigned ? other : bits, state)
        defer { Py_DecRef(compared) }
        let negative = try isNegative(whole, state)
        defer { Py_DecRef(negative) }
        let answer = ofNegative(operation, isLeft: isLeftSigned) ? walle_True() : walle_False()
        let chosen = try Conditions.choose(negative, answer.unsafelyUnwrapped, compared, state)
        guard let options else { return try state.scalarOrArray(ArrayPointer(chosen)) }
        defer { Py_DecRef(chosen) }
        let either = UniversalFunction.index(of: BinaryOperation.logicalOr)
        return try UniversalCall.binary(either, chosen, chosen, state, options)
    }

    private static func isNegative(_ array: ArrayPointer, _ state: StatePointer) throws -> PythonPointer {
        let zero = try new(PyLong_FromLong(0))
        defer { Py_DecRef(zero) }
        return try UniversalCall.binary(
            UniversalFunction.index(of: BinaryOperation.less), array.object, zero, state)
    }

    /// What a negative number is to any without a sign.
    private static func ofNegative(_ operation: BinaryOperation, isLeft: Bool) -> Bool {
        switch operation {
        case .notEqual: true
        case .less, .lessEqual: isLeft
        case .greater, .greaterEqual: !isLeft
        default: false
        }
    }
}
