internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The types that a function of elements computes with and gives.
struct Resolution {
    /// What operands are cast to; of the kernel too, but for types that are only stored.
    let operand: DType
    let result: DType
}

extension UniversalFunction {
    /// - Parameter promoted: The type at which the operands meet.
    /// - Throws: `.type` when the function is not defined for it, naming it and the types.
    @inline(__always)
    func resolve(_ promoted: DType, _ operands: @autoclosure () -> String) throws -> Resolution {
        switch operation {
        case .unary(let operation):
            guard let type = operation.computing(Self.widened(operation, promoted)) else {
                throw undefined(promoted, operands())
            }
            return Resolution(operand: type, result: operation.result(type))
        case .binary(let operation):
            guard let type = operation.computing(promoted) else { throw undefined(promoted, operands()) }
            return Resolution(operand: type, result: operation.result(type))
        }
    }

    /// The same where the caller may say the type of the result.
    ///
    /// - Throws: `.type` also when there is no such result, or when an operand would lose something by its cast.
    @inline(__always)
    func resolve(
        _ promoted: DType, _ options: UniversalCall.Options?, _ operands: @autoclosure () -> [Operand],
        _ names: @autoclosure () -> String
    ) throws -> Resolution {
        guard let options, let dtype = options.dtype else { return try resolve(promoted, names()) }
        return try resolve(promoted, to: dtype, operands(), options.isUnsafe)
    }

    @inline(never)
    private func resolve(
        _ promoted: DType, to dtype: DType, _ operands: [Operand], _ isUnsafe: Bool
    ) throws -> Resolution {
        let names = operands.map { "\($0.dtype)" }.joined(separator: " and ")
        var types = try resolve(dtype == .bool ? promoted : dtype, names)
        if types.result != dtype, dtype == .bool { types = try resolve(dtype, names) }
        guard types.result == dtype else {
            throw TensorError.type(
                "No loop matching the specified signature and casting was found for ufunc \(name): there is none that "
                    + "gives \(dtype)")
        }
        for (place, operand) in operands.enumerated()
        where !isUnsafe && (operand.weak == nil || operands.count == 1) && !operand.dtype.isSameKind(as: types.operand)
        {
            throw TensorError.type(
                "Cannot cast ufunc '\(name)' input \(operands.count == 1 ? "" : "\(place) ")from "
                    + "dtype('\(operand.dtype)') to dtype('\(types.operand)') with casting rule 'same_kind'")
        }
        return types
    }

    /// `rint` of integers is a float, as in NumPy; booleans square as `int8`, and their bits are those of `uint8`.
    private static func widened(_ operation: UnaryOperation, _ type: DType) -> DType {
        switch operation {
        case .round where type.kind < .floating: type.float
        case .square where type == .bool, .reciprocal where type == .bool, .conjugate where type == .bool: .int8
        case .bitCount where type == .bool: .uint8
        default: type
        }
    }

    @inline(never)
    private func undefined(_ type: DType, _ operands: String) -> TensorError {
        if type == .bool {
            switch operation {
            case .binary(.subtract):
                return .type(
                    "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, "
                        + "or the logical_xor function instead.")
            case .unary(.negative):
                return .type(
                    "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the "
                        + "logical_not function instead.")
            default: break
            }
        }
        return .type("ufunc '\(name)' is not defined for \(operands): cast them first, for example with astype")
    }
}

extension DType {
    /// Whether a cast goes to a type of the same or a higher kind, and keeps signs.
    func isSameKind(as other: DType) -> Bool {
        kind < other.kind || kind == other.kind && (kind != .integer || !isSigned || other.isSigned)
    }
}

extension BinaryOperation {
    /// The type at which operands meet. Integers that become floats become the smallest ones that hold the values of each
    /// alone, not those of the integers that both would make.
    @inline(__always)
    func meeting(_ left: Operand, _ right: Operand) -> DType {
        let promoted = DType.meeting(left, right)
        guard promoted.kind == .integer, takesFloatsOnly, left.weak == nil, right.weak == nil else { return promoted }
        return .promoted(left.dtype.float, right.dtype.float)
    }

    private var takesFloatsOnly: Bool {
        switch self {
        case .copySign, .nextAfter, .hypot, .atan2, .logAddExp, .logAddExp2: true
        default: false
        }
    }
}
