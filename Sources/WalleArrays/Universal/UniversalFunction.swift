internal import CWallePython
internal import WallePython
internal import WalleTensor

/// An operation on elements as NumPy has it: a name, the operands, and how arrays of it fold.
struct UniversalFunction: Sendable {
    let name: StaticString
    let operation: Operation
    /// What an empty fold gives; nil when there is none.
    var identity: Identity?
    /// The fold of the engine that `reduce` is, when there is one.
    var fold: FoldOperation?

    enum Operation: Sendable {
        case unary(UnaryOperation)
        case binary(BinaryOperation)
    }

    enum Identity: Int, Sendable {
        case zero = 0
        case one = 1
        case allBits = -1
    }

    var inputCount: Int {
        if case .unary = operation { 1 } else { 2 }
    }

    /// All of them; a Python object's index points in here.
    static let all: [UniversalFunction] = unary + binary

    static func index(of operation: BinaryOperation) -> Int { unary.count + operation.rawValue }
    static func index(of operation: UnaryOperation) -> Int { unaryIndices[operation.rawValue] }

    private static let unaryIndices = UnaryOperation.allCases.map { wanted in
        unary.firstIndex { if case .unary(let found) = $0.operation { found == wanted } else { false } } ?? -1
    }

    private static let unary: [UniversalFunction] =
        ([
            ("negative", .negative), ("absolute", .absolute), ("sign", .sign), ("square", .square),
            ("reciprocal", .reciprocal), ("sqrt", .squareRoot), ("floor", .floor), ("ceil", .ceil),
            ("trunc", .truncate),
            ("rint", .round), ("invert", .bitwiseNot), ("conjugate", .conjugate), ("bitwise_count", .bitCount),
            ("logical_not", .logicalNot), ("isnan", .isNaN), ("isinf", .isInfinite), ("isfinite", .isFinite),
            ("signbit", .signBit), ("exp", .exp), ("exp2", .exp2), ("expm1", .expMinusOne), ("log", .log),
            ("log2", .log2),
            ("log10", .log10), ("log1p", .logOnePlus), ("cbrt", .cubeRoot), ("sin", .sin), ("cos", .cos), ("tan", .tan),
            ("arcsin", .asin), ("arccos", .acos), ("arctan", .atan), ("sinh", .sinh), ("cosh", .cosh), ("tanh", .tanh),
            ("arcsinh", .asinh), ("arccosh", .acosh), ("arctanh", .atanh),
        ] as [(StaticString, UnaryOperation)]).map { UniversalFunction(name: $0.0, operation: .unary($0.1)) }

    /// In the order of the operations.
    private static let binary: [UniversalFunction] =
        ([
            ("add", .add, .zero, .sum), ("subtract", .subtract, nil, nil), ("multiply", .multiply, .one, .product),
            ("divide", .divide, nil, nil), ("floor_divide", .floorDivide, nil, nil),
            ("remainder", .remainder, nil, nil),
            ("fmod", .fmod, nil, nil), ("power", .power, nil, nil), ("minimum", .minimum, nil, .minimum),
            ("maximum", .maximum, nil, .maximum), ("fmin", .fmin, nil, nil), ("fmax", .fmax, nil, nil),
            ("copysign", .copySign, nil, nil), ("nextafter", .nextAfter, nil, nil), ("hypot", .hypot, .zero, nil),
            ("arctan2", .atan2, nil, nil), ("logaddexp", .logAddExp, nil, nil), ("logaddexp2", .logAddExp2, nil, nil),
            ("bitwise_and", .bitwiseAnd, .allBits, nil), ("bitwise_or", .bitwiseOr, .zero, nil),
            ("bitwise_xor", .bitwiseXor, .zero, nil), ("left_shift", .shiftLeft, nil, nil),
            ("right_shift", .shiftRight, nil, nil), ("gcd", .greatestCommonDivisor, .zero, nil),
            ("lcm", .leastCommonMultiple, nil, nil), ("equal", .equal, nil, nil), ("not_equal", .notEqual, nil, nil),
            ("less", .less, nil, nil), ("less_equal", .lessEqual, nil, nil), ("greater", .greater, nil, nil),
            ("greater_equal", .greaterEqual, nil, nil), ("logical_and", .logicalAnd, .one, .all),
            ("logical_or", .logicalOr, .zero, .any), ("logical_xor", .logicalXor, .zero, nil),
        ] as [(StaticString, BinaryOperation, Identity?, FoldOperation?)]).map {
            UniversalFunction(name: $0.0, operation: .binary($0.1), identity: $0.2, fold: $0.3)
        }
}

/// The object that Python has of one.
struct FunctionObject {
    let object: PythonPointer

    init(_ object: PythonPointer) { self.object = object }

    /// Follows the header.
    struct Body {
        var call: vectorcallfunc
        var index: Int
    }

    static let place = MemoryLayout<PyObject>.size

    var body: UnsafeMutablePointer<Body> {
        (UnsafeMutableRawPointer(object) + Self.place).assumingMemoryBound(to: Body.self)
    }

    var index: Int { body.pointee.index }
    var function: UniversalFunction { UniversalFunction.all[index] }
}
