/// Runs steps on registers. Each method is a loop over their rows.
struct VectorRunner {
    let registers: UnsafeMutablePointer<VectorRegister>
    let count: Int
    let texts: TextDictionary
    let bytes: UnsafeMutablePointer<UInt8>

    var words: Int { (count + 63) >> 6 }

    func run(_ step: VectorStep) {
        let (left, right) = (registers[step.first], registers[step.second])
        switch step.operation {
        case .addInt, .subtractInt, .multiplyInt, .divideInt, .remainderInt, .negateInt, .absoluteInt: ints(step)
        case .addFloat, .subtractFloat, .multiplyFloat, .divideFloat, .negateFloat, .power: floats(step)
        case .float(let function): float(function, step)
        case .compareInt(let operation): compare(operation, step, left.ints, right.ints)
        case .compareFloat(let operation): compare(operation, step, left.floats, right.floats)
        case .equalCode: equalCodes(step)
        case .compareText(let operation): compareTexts(operation, step)
        case .equalBool: equalBools(step)
        case .and: and(step)
        case .or: or(step)
        case .not: not(step)
        case .isNull: isNull(step)
        case .isOneInt(let values): isOne(values, step, left.ints)
        case .isOneFloat(let values): isOne(values, step, left.floats)
        case .leastInt, .greatestInt, .leastFloat, .greatestFloat: extremes(step)
        case .select(let type): select(type, step)
        case .intToFloat, .floatToInt, .intToBool, .floatToBool, .boolToInt, .boolToFloat: convert(step)
        case .text(let function): text(function, step)
        case .concatenate(let concatenation): concatenate(concatenation, step)
        case .write(let writer): write(writer, step)
        case .datePart(let part, let zone): datePart(part, zone, step)
        case .dateTrunc(let unit, let zone): dateTrunc(unit, zone, step)
        }
    }

    /// The output, null where an input of two is.
    @inline(__always) func joined(_ step: VectorStep) -> UnsafeMutablePointer<VectorRegister> {
        let output = registers + step.output
        output.pointee.joinNulls(registers[step.first], registers[step.second])
        return output
    }

    /// The output, null where the one input is.
    @inline(__always) func single(_ step: VectorStep) -> UnsafeMutablePointer<VectorRegister> {
        let output = registers + step.output
        output.pointee.copyNulls(registers[step.first])
        return output
    }
}
