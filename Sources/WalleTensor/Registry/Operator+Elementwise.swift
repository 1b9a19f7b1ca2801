/// Operators on single elements.
extension Operator {
    package static func unary(_ operation: UnaryOperation) -> Operator { unaryOperators[operation.rawValue] }
    package static func binary(_ operation: BinaryOperation) -> Operator { binaryOperators[operation.rawValue] }

    /// In the order of the operations.
    static let unaryOperators: [Operator] = UnaryOperation.allCases.map { operation in
        let name = operation.operatorName
        return Operator(
            name, .atomic, arity: 1...1,
            infer: { (forms, _) throws(TensorError) in
                guard let type = operation.computing(forms[0].dtype) else {
                    throw TensorError(.type, "\(name) is not defined for \(forms[0].dtype)")
                }
                return [TensorType(operation.result(type), forms[0].shape)]
            },
            execution: .unary(operation), gradient: Gradient.of(operation))
    }

    /// In the order of the operations.
    static let binaryOperators: [Operator] = BinaryOperation.allCases.map { operation in
        let name = operation.operatorName
        return Operator(
            name, .atomic, arity: 2...2,
            infer: { (forms, _) throws(TensorError) in
                guard let type = operation.computing(DType.promoted(forms[0].dtype, forms[1].dtype)) else {
                    throw TensorError(.type, "\(name) is not defined for \(forms[0].dtype) and \(forms[1].dtype)")
                }
                return [TensorType(operation.result(type), try Layout.broadcast(forms[0].shape, forms[1].shape))]
            },
            execution: .binary(operation), gradient: Gradient.of(operation))
    }

    package static let cast = Operator(
        "cast", .atomic, arity: 1...1,
        infer: { (forms, attributes) throws(TensorError) in [TensorType(try attributes.type("type"), forms[0].shape)] },
        execution: .cast)

    package static let select = Operator(
        "where", .atomic, arity: 3...3,
        infer: { (forms, _) throws(TensorError) in
            let shape = try Layout.broadcast(try Layout.broadcast(forms[0].shape, forms[1].shape), forms[2].shape)
            return [TensorType(DType.promoted(forms[1].dtype, forms[2].dtype), shape)]
        },
        execution: .select)
}

extension UnaryOperation {
    /// As the Array API standard 2024.12 calls it.
    var operatorName: String {
        switch self {
        case .absolute: "abs"
        case .squareRoot: "sqrt"
        case .truncate: "trunc"
        case .bitwiseNot: "bitwise_invert"
        case .conjugate: "conj"
        case .bitCount: "bit_count"
        case .imaginary: "imag"
        case .logicalNot: "logical_not"
        case .isNaN: "isnan"
        case .isInfinite: "isinf"
        case .isFinite: "isfinite"
        case .signBit: "signbit"
        case .expMinusOne: "expm1"
        case .logOnePlus: "log1p"
        case .cubeRoot: "cbrt"
        default: "\(self)"
        }
    }
}

extension BinaryOperation {
    /// As the Array API standard 2024.12 calls it.
    var operatorName: String {
        switch self {
        case .floorDivide: "floor_divide"
        case .power: "pow"
        case .copySign: "copysign"
        case .nextAfter: "nextafter"
        case .logAddExp: "logaddexp"
        case .logAddExp2: "logaddexp2"
        case .bitwiseAnd: "bitwise_and"
        case .bitwiseOr: "bitwise_or"
        case .bitwiseXor: "bitwise_xor"
        case .shiftLeft: "bitwise_left_shift"
        case .shiftRight: "bitwise_right_shift"
        case .greatestCommonDivisor: "gcd"
        case .leastCommonMultiple: "lcm"
        case .notEqual: "not_equal"
        case .lessEqual: "less_equal"
        case .greaterEqual: "greater_equal"
        case .logicalAnd: "logical_and"
        case .logicalOr: "logical_or"
        case .logicalXor: "logical_xor"
        default: "\(self)"
        }
    }
}
