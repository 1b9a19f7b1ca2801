internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Calls that need no casts, no broadcasting and no look at the stop: one kernel over arrays of one type that lie packed,
/// or have one axis, and numbers. For all others these functions give nil or false, before anything is done.
///
/// What counts here is the time beside the kernel: layouts are not copied, operands not wrapped.
enum QuickCall {
    /// Elements of a call that needs no look at whether the run is being stopped.
    static let mostAtOnce = 1 << 18

    /// What a kernel walks.
    struct Line {
        var base: UnsafeMutableRawPointer
        var stride: Int
        var count: Int
    }

    // MARK: two operands

    @inline(__always)
    static func binary(
        _ index: Int, _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let call = Call(index, first, second, state) else { return nil }
        let result = try state.packed(like: call.array, call.result, count: call.count)
        do {
            try call.run(
                Line(base: result.body.pointee.first, stride: call.result.byteCount, count: call.count), index, state)
        } catch {
            Py_DecRef(result.object)
            throw error
        }
        return result.object
    }

    /// Into an array that was given; false when it needs more thought.
    static func binary(
        _ index: Int, _ first: PythonPointer, _ second: PythonPointer, into out: ArrayPointer, _ state: StatePointer
    ) throws -> Bool {
        try out.writableBody()
        guard let call = Call(index, first, second, state), call.result == out.body.pointee.dtype,
            out.hasShape(of: call.array), let target = line(out),
            !call.needsCare(target)
        else { return false }
        try call.run(target, index, state)
        return true
    }

    private struct Call {
        let kernel: walle_binary_kernel
        let left: Line, right: Line
        /// An operand that has the shape of the result.
        let array: ArrayPointer
        let count: Int
        let result: DType

        @inline(__always)
        init?(_ index: Int, _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer) {
            let type = state.pointee.arrayType
            let isLeft = walle_Type(first) == type, isRight = walle_Type(second) == type
            guard isLeft || isRight else { return nil }
            array = ArrayPointer(isLeft ? first : second)
            let dtype = array.body.pointee.dtype
            guard case .binary(let operation) = UniversalFunction.all[index].operation,
                operation != .power || dtype.kind == .floating || dtype == .int64, operation.computing(dtype) == dtype,
                dtype.computing == dtype,
                let kernel = walle_kernels_binary(
                    walle_kernels_shared(), Int32(operation.rawValue), Int32(dtype.kernel))
            else { return nil }
            guard let line = QuickCall.line(array), line.count <= mostAtOnce else { return nil }
            count = line.count
            if isLeft && isRight {
                let other = ArrayPointer(second)
                guard other.body.pointee.dtype == dtype, other.hasShape(of: array),
                    let otherLine = QuickCall.line(other)
                else { return nil }
                (left, right) = (line, otherLine)
            } else {
                let place = state.pointee.numbers + (isLeft ? 16 : 0)
                guard state.write(isLeft ? second : first, as: dtype, to: place) else { return nil }
                let number = Line(base: place, stride: 0, count: count)
                (left, right) = isLeft ? (line, number) : (number, line)
            }
            if operation == .power, dtype == .int64, QuickCall.hasNegative(right) { return nil }
            self.kernel = kernel
            result = operation.result(dtype)
        }

        @inline(__always)
        func run(_ target: Line, _ index: Int, _ state: StatePointer) throws {
            FloatErrors.clear()
            kernel(count, left.base, left.stride, right.base, right.stride, target.base, target.stride)
            try FloatErrors.check(state, UniversalFunction.all[index].name)
        }

        /// Whether an operand shares memory with the target but is not that itself.
        func needsCare(_ target: Line) -> Bool {
            QuickCall.clashes(left, target, bytes: array.body.pointee.dtype.byteCount, result.byteCount)
                || QuickCall.clashes(right, target, bytes: array.body.pointee.dtype.byteCount, result.byteCount)
        }
    }

    // MARK: one operand

    @inline(__always)
    static func unary(_ index: Int, _ object: PythonPointer, _ state: StatePointer) throws -> PythonPointer? {
        guard let (kernel, input, dtype) = unaryCall(index, object, state) else { return nil }
        let result = try state.packed(like: ArrayPointer(object), dtype, count: input.count)
        FloatErrors.clear()
        kernel(input.count, input.base, input.stride, result.body.pointee.first, dtype.byteCount)
        do { try FloatErrors.check(state, UniversalFunction.all[index].name) } catch {
            Py_DecRef(result.object)
            throw error
        }
        return result.object
    }

    static func unary(
        _ index: Int, _ object: PythonPointer, into out: ArrayPointer, _ state: StatePointer
    ) throws -> Bool {
        try out.writableBody()
        guard let (kernel, input, dtype) = unaryCall(index, object, state), dtype == out.body.pointee.dtype,
            out.hasShape(of: ArrayPointer(object)), let target = line(out),
            !clashes(input, target, bytes: ArrayPointer(object).body.pointee.dtype.byteCount, dtype.byteCount)
        else { return false }
        FloatErrors.clear()
        kernel(input.count, input.base, input.stride, target.base, target.stride)
        try FloatErrors.check(state, UniversalFunction.all[index].name)
        return true
    }

    @inline(__always)
    private static func unaryCall(
        _ index: Int, _ object: PythonPointer, _ state: StatePointer
    ) -> (walle_unary_kernel, Line, DType)? {
        guard walle_Type(object) == state.pointee.arrayType else { return nil }
        let array = ArrayPointer(object)
        let dtype = array.body.pointee.dtype
        guard case .unary(let operation) = UniversalFunction.all[index].operation, operation.computing(dtype) == dtype,
            dtype.computing == dtype, dtype != .bool, let line = line(array), line.count <= mostAtOnce,
            let kernel = walle_kernels_unary(walle_kernels_shared(), Int32(operation.rawValue), Int32(dtype.kernel))
        else { return nil }
        return (kernel, line, operation.result(dtype))
    }

    // MARK: operands

    /// Elements that one loop visits in order: those of an axis, or packed ones; nil without axes.
    @inline(__always)
    static func line(_ array: ArrayPointer) -> Line? {
        let body = array.body
        guard body.pointee.layout.isInline else { return nil }
        if body.pointee.layout.rank == 1 {
            return Line(
                base: body.pointee.first, stride: body.pointee.layout.strides[0], count: body.pointee.layout.shape[0])
        }
        let bytes = body.pointee.dtype.byteCount
        guard body.pointee.layout.rank > 0, body.pointee.layout.isContiguous(elementBytes: bytes) else { return nil }
        return Line(base: body.pointee.first, stride: bytes, count: body.pointee.layout.count)
    }

    /// Whether one of some `int64` is negative.
    private static func hasNegative(_ line: Line) -> Bool {
        var (place, signs) = (line.base, 0)
        for _ in 0..<(line.stride == 0 ? min(1, line.count) : line.count) {
            signs |= place.load(as: Int.self)
            place += line.stride
        }
        return signs < 0
    }

    private static func clashes(_ operand: Line, _ target: Line, bytes: Int, _ targetBytes: Int) -> Bool {
        guard operand.stride != 0 else { return false }
        if operand.base == target.base && operand.stride == target.stride && bytes == targetBytes { return false }
        func extent(_ line: Line, _ bytes: Int) -> (UnsafeMutableRawPointer, UnsafeMutableRawPointer) {
            let last = line.base + (line.count - 1) * line.stride
            return (min(line.base, last), max(line.base, last) + bytes)
        }
        guard operand.count > 0 else { return false }
        let (low, high) = extent(operand, bytes)
        let (start, end) = extent(target, targetBytes)
        return low < end && start < high
    }
}

extension ArrayPointer {
    @inline(__always)
    fileprivate func hasShape(of other: ArrayPointer) -> Bool {
        let (one, two) = (body, other.body)
        guard one.pointee.layout.rank == two.pointee.layout.rank, one.pointee.layout.isInline else { return false }
        for axis in 0..<one.pointee.layout.rank
        where one.pointee.layout.shape[axis] != two.pointee.layout.shape[axis] {
            return false
        }
        return true
    }
}
