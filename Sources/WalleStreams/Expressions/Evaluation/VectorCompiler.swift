/// Makes steps of an expression. Parts that are equal are computed once.
struct VectorCompiler {
    /// Where the values of a name come from.
    struct Leaf {
        let place: ExpressionScope.Place
        let type: ColumnType
        var register: Int
    }

    struct Constant {
        let value: EventValue
        let type: ColumnType
        var register: Int
    }

    private(set) var steps: [VectorStep] = []
    private(set) var leaves: [Leaf] = []
    private(set) var constants: [Constant] = []
    private(set) var registerCount = 0
    private var known: [CheckedExpression: Int] = [:]

    mutating func compile(_ expression: CheckedExpression) -> Int {
        if let register = known[expression] { return register }
        let register = emitParts(expression)
        known[expression] = register
        return register
    }

    /// Puts every register to its place.
    mutating func move(to places: [Int]) {
        for index in steps.indices {
            steps[index].first = places[steps[index].first]
            steps[index].second = places[steps[index].second]
            steps[index].third = places[steps[index].third]
            steps[index].output = places[steps[index].output]
        }
        for index in leaves.indices { leaves[index].register = places[leaves[index].register] }
        for index in constants.indices { constants[index].register = places[constants[index].register] }
    }

    private mutating func newRegister() -> Int {
        registerCount += 1
        return registerCount - 1
    }

    private mutating func emit(_ operation: VectorOperation, _ first: Int, _ second: Int? = nil, _ third: Int? = nil)
        -> Int
    {
        let output = newRegister()
        let second = second ?? first
        steps.append(
            VectorStep(operation: operation, first: first, second: second, third: third ?? second, output: output))
        return output
    }

    private mutating func emitParts(_ expression: CheckedExpression) -> Int {
        switch expression.node {
        case .column(let place):
            leaves.append(Leaf(place: place, type: expression.type, register: newRegister()))
            return registerCount - 1
        case .literal(let value): return constant(value, expression.type)
        case .negated(let operand):
            return emit(operand.type == .int ? .negateInt : .negateFloat, compile(operand))
        case .not(let operand): return emit(.not, compile(operand))
        case .binary(let operation, let left, let right): return binary(operation, left, right, expression.type)
        case .isNull(let operand): return emit(.isNull, compile(operand))
        case .isOne(let operand, let values): return isOne(operand, values)
        case .like(let operand, let pattern): return emit(.text(.like(pattern)), compile(operand))
        case .cases(let branches, let otherwise): return cases(branches, otherwise)
        case .cast(let operand): return cast(operand, to: expression.type)
        case .call(let function, let arguments): return call(function, arguments, expression.type)
        }
    }

    private mutating func constant(_ value: EventValue, _ type: ColumnType) -> Int {
        constants.append(Constant(value: value, type: type, register: newRegister()))
        return registerCount - 1
    }

    private mutating func binary(
        _ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression, _ type: ColumnType
    ) -> Int {
        if let literal = Self.orderedText(operation, right) {
            return emit(.text(.compare(operation, literal)), compile(left))
        }
        let (first, second) = (compile(left), compile(right))
        switch operation {
        case .and: return emit(.and, first, second)
        case .or: return emit(.or, first, second)
        case .concatenate: return emit(.concatenate(Concatenation()), first, second)
        case .equal, .unequal: return equality(operation, left.type, first, second)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            switch left.type {
            case .float: return emit(.compareFloat(operation), first, second)
            case .text: return emit(.compareText(operation), first, second)
            default: return emit(.compareInt(operation), first, second)
            }
        default: return emit(Self.arithmetic(operation, isFloat: type == .float), first, second)
        }
    }

    /// The literal on the right when texts are compared by their order.
    private static func orderedText(_ operation: BinaryOperator, _ right: CheckedExpression) -> String? {
        switch operation {
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            if case .text(let literal)? = right.literal { return literal }
            return nil
        default: return nil
        }
    }

    private static func arithmetic(_ operation: BinaryOperator, isFloat: Bool) -> VectorOperation {
        switch operation {
        case .add: isFloat ? .addFloat : .addInt
        case .subtract: isFloat ? .subtractFloat : .subtractInt
        case .multiply: isFloat ? .multiplyFloat : .multiplyInt
        case .divide: .divideFloat
        case .divideWhole: .divideInt
        default: .remainderInt
        }
    }

    private mutating func equality(_ operation: BinaryOperator, _ type: ColumnType, _ first: Int, _ second: Int) -> Int
    {
        switch type {
        case .int, .time: return emit(.compareInt(operation), first, second)
        case .float: return emit(.compareFloat(operation), first, second)
        case .text, .bool:
            let equal = emit(type == .text ? .equalCode : .equalBool, first, second)
            return operation == .equal ? equal : emit(.not, equal)
        }
    }

    private mutating func isOne(_ operand: CheckedExpression, _ values: [EventValue]) -> Int {
        let register = compile(operand)
        switch operand.type {
        case .text:
            let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
            return emit(.text(.isOne(of: texts)), register)
        case .float:
            let floats = values.compactMap { if case .float(let value) = $0 { value } else { nil } }
            return emit(.isOneFloat(floats.sorted()), register)
        case .int, .time: return emit(.isOneInt(values.compactMap(\.whole).sorted()), register)
        case .bool:
            let number = emit(.boolToInt, register)
            return emit(.isOneInt(values.compactMap(\.whole).sorted()), number)
        }
    }

    /// From the last branch to the first, each over what the later ones gave.
    private mutating func cases(_ branches: [CheckedExpression.Branch], _ otherwise: CheckedExpression) -> Int {
        var result = compile(otherwise)
        for branch in branches.reversed() {
            let condition = compile(branch.condition)
            result = emit(.select(otherwise.type), condition, compile(branch.result), result)
        }
        return result
    }

    private mutating func cast(_ operand: CheckedExpression, to type: ColumnType) -> Int {
        let register = compile(operand)
        switch (operand.type, type) {
        case (.int, .float): return emit(.intToFloat, register)
        case (.int, .bool): return emit(.intToBool, register)
        case (.float, .int): return emit(.floatToInt, register)
        case (.float, .bool): return emit(.floatToBool, register)
        case (.bool, .int): return emit(.boolToInt, register)
        case (.bool, .float): return emit(.boolToFloat, register)
        case (.int, .text): return emit(.write(ValueWriter { String(Int64(bitPattern: $0)) }), register)
        case (.float, .text): return emit(.write(ValueWriter { String(Double(bitPattern: $0)) }), register)
        case (.time, .text): return emit(.write(ValueWriter { TimeText.text(Int64(bitPattern: $0)) }), register)
        case (.bool, .text):
            let (yes, no) = (constant(.text("true"), .text), constant(.text("false"), .text))
            let text = emit(.select(.text), register, yes, no)
            return emit(.select(.text), emit(.isNull, register), constant(.null, .text), text)
        case (.text, _): return emit(.text(.cast(to: type)), register)
        // Times are ints.
        default: return register
        }
    }

    private mutating func call(_ function: ScalarFunction, _ arguments: [CheckedExpression], _ type: ColumnType) -> Int
    {
        switch function {
        case .absolute where type == .int: return emit(.absoluteInt, compile(arguments[0]))
        case .absolute, .ceiling, .floor, .round, .squareRoot, .exponential, .naturalLogarithm:
            return emit(.float(function), compile(arguments[0]))
        case .power: return emit(.power, compile(arguments[0]), compile(arguments[1]))
        case .least, .greatest: return extremes(function == .least, arguments, type)
        case .coalesce: return coalesce(arguments, type)
        case .nullIf:
            let subject = compile(arguments[0])
            let isEqual = equality(.equal, type, subject, compile(arguments[1]))
            return emit(.select(type), isEqual, constant(.null, type), subject)
        case .epochMicroseconds: return compile(arguments[0])
        case .datePart, .dateTrunc, .formatTime: return time(function, arguments)
        default:
            let constants = arguments.dropFirst().compactMap(\.literal)
            return emit(.text(.make(function, constants)), compile(arguments[0]))
        }
    }

    private mutating func extremes(_ isLeast: Bool, _ arguments: [CheckedExpression], _ type: ColumnType) -> Int {
        let operation: VectorOperation =
            type == .float ? (isLeast ? .leastFloat : .greatestFloat) : (isLeast ? .leastInt : .greatestInt)
        var result = compile(arguments[0])
        for argument in arguments.dropFirst() { result = emit(operation, result, compile(argument)) }
        return result
    }

    private mutating func coalesce(_ arguments: [CheckedExpression], _ type: ColumnType) -> Int {
        var result = compile(arguments[arguments.count - 1])
        for argument in arguments.dropLast().reversed() {
            let register = compile(argument)
            result = emit(.select(type), emit(.isNull, register), result, register)
        }
        return result
    }

    private mutating func time(_ function: ScalarFunction, _ arguments: [CheckedExpression]) -> Int {
        let constants = arguments.compactMap { part -> String? in
            if case .text(let text)? = part.literal { text } else { nil }
        }
        guard let zone = try? ZonedTime(zone: constants.count > 1 ? constants[1] : "UTC") else {
            preconditionFailure("the checker has found the zone")
        }
        if function == .formatTime, let pattern = try? TimePattern(constants[0]) {
            return emit(.write(ValueWriter(pattern, zone)), compile(arguments[0]))
        }
        let register = compile(arguments[1])
        if let part = TimePart(rawValue: constants[0]), function == .datePart {
            return emit(.datePart(part, zone), register)
        }
        guard let unit = TimeUnit(rawValue: constants[0]) else { preconditionFailure("the checker has found the unit") }
        return emit(.dateTrunc(unit, zone), register)
    }
}

extension EventValue {
    /// How a column of ints holds it.
    var whole: Int64? {
        switch self {
        case .int(let value), .time(let value): value
        case .bool(let value): value ? 1 : 0
        case .null, .float, .text: nil
        }
    }
}
