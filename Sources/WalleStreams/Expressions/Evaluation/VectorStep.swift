/// One operation on registers.
struct VectorStep {
    let operation: VectorOperation
    /// The first three registers it reads; a place that is not used repeats another.
    var first: Int
    var second: Int
    var third: Int
    var output: Int
}

/// What a step computes: `Int` operations serve times too.
enum VectorOperation {
    case addInt, subtractInt, multiplyInt, divideInt, remainderInt, negateInt, absoluteInt
    case addFloat, subtractFloat, multiplyFloat, divideFloat, negateFloat, power
    /// A function of one float.
    case float(ScalarFunction)
    case compareInt(BinaryOperator)
    case compareFloat(BinaryOperator)
    /// Whether texts are equal: their codes are.
    case equalCode
    /// By content.
    case compareText(BinaryOperator)
    case equalBool
    case and, or, not, isNull
    /// One of values that go upwards.
    case isOneInt([Int64])
    case isOneFloat([Double])
    case leastInt, greatestInt, leastFloat, greatestFloat
    /// The second where the first is true, else the third.
    case select(ColumnType)
    case intToFloat, floatToInt, intToBool, floatToBool, boolToInt, boolToFloat
    case text(TextFunction)
    case concatenate(Concatenation)
    case write(ValueWriter)
    case datePart(TimePart, ZonedTime)
    case dateTrunc(TimeUnit, ZonedTime)

    /// Registers read.
    var inputCount: Int {
        switch self {
        case .negateInt, .absoluteInt, .negateFloat, .float, .not, .isNull, .isOneInt, .isOneFloat: 1
        case .intToFloat, .floatToInt, .intToBool, .floatToBool, .boolToInt, .boolToFloat: 1
        case .text, .write, .datePart, .dateTrunc: 1
        case .select: 3
        default: 2
        }
    }
}
