internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Calls of functions of elements.
enum UniversalCall {
    /// What a call says beside its operands.
    struct Options {
        var out: ArrayPointer?
        /// Borrowed; an array or scalar of booleans.
        var condition: PythonPointer?
        var dtype: DType?
        /// Whether casts may lose anything.
        var isUnsafe = false

        /// Whether the call is the same without them, as with `out=None`.
        var isEmpty: Bool { out == nil && condition == nil && dtype == nil && !isUnsafe }

        /// The array to write to, when nothing else is said.
        @inline(__always)
        var plainOut: ArrayPointer? { condition == nil && dtype == nil ? out : nil }
    }

    // MARK: two operands

    static func binary(
        _ index: Int, _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer, _ options: Options? = nil
    ) throws -> PythonPointer {
        if state.pointee.isLazy, options == nil, state.isLazy(first) || state.isLazy(second),
            let result = try LazyCalls.binary(index, first, second, state)
        {
            return result
        }
        if options == nil, let result = try QuickCall.binary(index, first, second, state) { return result }
        if let out = options?.plainOut, try QuickCall.binary(index, first, second, into: out, state) {
            return Py_NewRef(out.object)
        }
        // Before operands are read: memory that is shared moves with the first write.
        if let out = options?.out { _ = try out.writableView() }
        var left = try Operand(reading: first, state)
        defer { left.release() }
        var right = try Operand(reading: second, state)
        defer { right.release() }
        let function = UniversalFunction.all[index]
        guard case .binary(let operation) = function.operation else { throw TensorError.type("takes one operand") }
        if operation.isLogical {
            try left.becomeTruth()
            try right.becomeTruth()
        }
        let promoted = operation.meeting(left, right)
        let types = try function.resolve(promoted, options, [left, right], "\(left.dtype) and \(right.dtype)")
        if operation.isComparison, types.operand == .float64, left.weak == nil, right.weak == nil,
            let result = try MixedSigns.compare(operation, left, right, state, options)
        {
            return result
        }
        if operation.isComparison, left.weak != nil || right.weak != nil,
            let known = try OutOfRange.compare(operation, left, right, types.operand, state)
        {
            guard let options else { return known }
            defer { Py_DecRef(known) }
            return try binary(UniversalFunction.index(of: BinaryOperation.logicalOr), known, known, state, options)
        }
        if operation == .power { try checkPower(right, types) }
        try left.settle(as: types.operand, state, place: 0)
        try right.settle(as: types.operand, state, place: 1)
        let computing = operation == .nextAfter ? types.operand : types.operand.computing
        let found = walle_kernels_binary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        guard let kernel = found else {
            throw TensorError.type("ufunc '\(function.name)' is not defined for \(left.dtype) and \(right.dtype)")
        }
        let call = Call2(
            kernel: kernel,
            stream: walle_kernels_stream_binary(
                walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel)
            ).unsafelyUnwrapped,
            computing: computing, result: types.result, raw: operation.result(computing), name: function.name)
        if operation == .power, types.operand.kind == .integer { try checkExponents(right) }
        guard let options else { return try call.run(left, right, state) }
        return try call.run(left, right, state, options)
    }

    static func checkPower(_ exponent: Operand, _ types: Resolution) throws {
        guard types.operand.kind == .integer, let number = exponent.weak else { return }
        let zero = try new(PyLong_FromLong(0))
        defer { Py_DecRef(zero) }
        let isNegative = PyObject_RichCompareBool(number, zero, Py_LT)
        try ok(isNegative)
        if isNegative != 0 { throw negativePower }
    }

    private static var negativePower: TensorError {
        .value("Integers to negative integer powers are not allowed.")
    }

    /// - Throws: `.value` when an exponent is negative.
    static func checkExponents(_ exponents: Operand) throws {
        guard exponents.dtype.kind == .integer, exponents.dtype.isSigned, exponents.layout.count > 0 else { return }
        let least = try ArrayFold.minimum(of: exponents.view)
        if least < 0 { throw negativePower }
    }

    // MARK: one operand

    static func unary(
        _ index: Int, _ object: PythonPointer, _ state: StatePointer, _ options: Options? = nil
    ) throws -> PythonPointer {
        if options == nil, state.isLazy(object), let result = try LazyCalls.unary(index, object, state) {
            return result
        }
        if options == nil, let result = try QuickCall.unary(index, object, state) { return result }
        if let out = options?.plainOut, try QuickCall.unary(index, object, into: out, state) {
            return Py_NewRef(out.object)
        }
        if let out = options?.out { _ = try out.writableView() }
        var input = try Operand(reading: object, state)
        defer { input.release() }
        let function = UniversalFunction.all[index]
        guard case .unary(var operation) = function.operation else { throw TensorError.type("takes two operands") }
        if let number = input.weak, walle_IsLong(number) != 0, isBeyondSigned(number) { input.dtype = .uint64 }
        let types = try function.resolve(input.dtype, options, [input], "\(input.dtype)")
        try input.settle(as: types.operand, state, place: 0)
        if operation == .bitwiseNot && types.operand == .bool { operation = .logicalNot }
        let computing = types.operand.computing
        let found = walle_kernels_unary(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        guard let kernel = found ?? Trivial.kernel(operation, computing) else {
            throw TensorError.type("ufunc '\(function.name)' is not defined for \(input.dtype)")
        }
        let call = Call1(
            kernel: kernel,
            stream: walle_kernels_stream_unary(
                walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
                ?? kernel,
            computing: computing, result: types.result,
            raw: found == nil && operation != .conjugate ? types.result : operation.result(computing),
            name: function.name)
        guard let options else { return try call.run(input, state) }
        return try call.run(input, state, options)
    }
}

/// Whether an integer of Python is larger than `int64` holds.
private func isBeyondSigned(_ number: PythonPointer) -> Bool {
    var overflow: Int32 = 0
    _ = PyLong_AsLongAndOverflow(number, &overflow)
    return overflow > 0
}

/// What needs no computation for the type: an integer is its own floor, and finite.
private enum Trivial {
    /// Nil when there is something to compute.
    static func kernel(_ operation: UnaryOperation, _ type: DType) -> walle_unary_kernel? {
        switch operation {
        case .isNaN, .isInfinite, .signBit: { count, _, _, out, stride in Trivial.fill(count, out, stride, 0) }
        case .isFinite: { count, _, _, out, stride in Trivial.fill(count, out, stride, 1) }
        case .floor, .ceil, .truncate, .round, .absolute, .conjugate, .real:
            walle_kernels_copy(walle_kernels_shared(), type.byteCount)
        default: nil
        }
    }

    static func fill(_ count: Int, _ out: UnsafeMutableRawPointer?, _ stride: Int, _ byte: UInt8) {
        guard let out else { return }
        for index in 0..<count { out.storeBytes(of: byte, toByteOffset: index * stride, as: UInt8.self) }
    }
}
