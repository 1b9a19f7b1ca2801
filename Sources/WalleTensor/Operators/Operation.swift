/// What is computed for each element of one array.
public enum UnaryOperation: Int, Sendable, CaseIterable {
    case negative, absolute, sign, square, reciprocal, squareRoot
    case floor, ceil, truncate, round
    case bitwiseNot, conjugate, bitCount, real, imaginary
    case logicalNot, isNaN, isInfinite, isFinite, signBit
    case exp, exp2, expMinusOne, log, log2, log10, logOnePlus, cubeRoot
    case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
}

/// What is computed of pairs of elements.
public enum BinaryOperation: Int, Sendable, CaseIterable {
    case add, subtract, multiply, divide, floorDivide, remainder, fmod, power
    /// NaN wins.
    case minimum, maximum
    /// NaN loses.
    case fmin, fmax
    case copySign, nextAfter, hypot, atan2, logAddExp, logAddExp2
    case bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRight
    case greatestCommonDivisor, leastCommonMultiple
    case equal, notEqual, less, lessEqual, greater, greaterEqual
    case logicalAnd, logicalOr, logicalXor
}

/// What many elements become one by.
public enum FoldOperation: Int, Sendable, CaseIterable {
    case sum, product, minimum, maximum, any, all
}

extension UnaryOperation {
    /// The type that the operation computes with, for elements of a type; nil when it is not defined for it.
    package func computing(_ type: DType) -> DType? {
        switch self {
        case .squareRoot, .exp, .exp2, .expMinusOne, .log, .log2, .log10, .logOnePlus, .cubeRoot, .sin, .cos, .tan,
            .asin,
            .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh:
            type.kind < .floating ? type.float : type
        case .bitwiseNot, .bitCount: type.kind == .integer || type == .bool && self == .bitwiseNot ? type : nil
        case .negative, .sign, .square, .reciprocal: type == .bool ? nil : type
        case .floor, .ceil, .truncate: type.kind == .complex ? nil : type
        case .signBit: type.kind == .complex ? nil : type
        default: type
        }
    }

    /// The type of the results, for elements of the type it computes with.
    package func result(_ type: DType) -> DType {
        switch self {
        case .absolute, .real, .imaginary: type.real
        case .logicalNot, .isNaN, .isInfinite, .isFinite, .signBit: .bool
        case .bitCount: .uint8
        default: type
        }
    }
}

extension BinaryOperation {
    package var isComparison: Bool { rawValue >= BinaryOperation.equal.rawValue }
    package var isLogical: Bool { rawValue >= BinaryOperation.logicalAnd.rawValue }

    /// The type that the operation computes with, for operands of a promoted type; nil when it is not defined for it.
    package func computing(_ type: DType) -> DType? {
        switch self {
        case .divide: type.kind < .floating ? .float64 : type
        case .copySign, .nextAfter, .hypot, .atan2, .logAddExp, .logAddExp2:
            if type.kind == .complex { nil } else { type.kind < .floating ? type.float : type }
        case .subtract: type == .bool ? nil : type
        case .floorDivide, .remainder, .fmod: type.kind == .complex ? nil : type == .bool ? .int8 : type
        case .power: type == .bool ? .int8 : type
        case .bitwiseAnd, .bitwiseOr, .bitwiseXor: type.kind <= .integer ? type : nil
        case .shiftLeft, .shiftRight: type.kind <= .integer ? (type == .bool ? .int8 : type) : nil
        case .greatestCommonDivisor, .leastCommonMultiple: type.kind == .integer ? type : nil
        default: type
        }
    }

    package func result(_ type: DType) -> DType { isComparison ? .bool : type }
}

extension FoldOperation {
    /// Sums and products of short integers are those of long ones, as in the Array API standard.
    package func computing(_ type: DType) -> DType? {
        switch self {
        case .sum, .product:
            switch type {
            case .bool, .int8, .int16, .int32: .int64
            case .uint8, .uint16, .uint32: .uint64
            default: type
            }
        default: type
        }
    }

    package func result(_ type: DType) -> DType { self == .any || self == .all ? .bool : type }
}

extension DType {
    /// The float that functions of integers give, as NumPy chooses it.
    package var float: DType {
        switch byteCount {
        case _ where kind >= .floating: self
        case 1: .float16
        case 2: .float32
        default: .float64
        }
    }
}
