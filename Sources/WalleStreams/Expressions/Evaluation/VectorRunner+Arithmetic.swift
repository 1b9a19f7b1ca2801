#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Arithmetic. What has no value, as an overflow or a division by zero, is null.
extension VectorRunner {
    func ints(_ step: VectorStep) {
        let output = joined(step)
        let (left, right, out) = (registers[step.first].ints, registers[step.second].ints, output.pointee.ints)
        switch step.operation {
        case .addInt: addInts(left, right, out, output)
        case .subtractInt: subtractInts(left, right, out, output)
        case .multiplyInt: multiplyInts(left, right, out, output)
        case .negateInt:
            forEachValue(left, out, count) { 0 &- $0 }
            leastIsNull(left, output)
        case .absoluteInt:
            forEachValue(left, out, count) { $0 < 0 ? 0 &- $0 : $0 }
            leastIsNull(left, output)
        default: divideInts(step, left, right, out, output)
        }
    }

    /// The sign tells of an overflow: the rows are looked at one by one only where there was one.
    private func addInts(
        _ left: UnsafeMutablePointer<Int64>, _ right: UnsafeMutablePointer<Int64>, _ out: UnsafeMutablePointer<Int64>,
        _ output: UnsafeMutablePointer<VectorRegister>
    ) {
        var overflows: Int64 = 0
        for row in 0..<count {
            let sum = left[row] &+ right[row]
            overflows |= (left[row] ^ sum) & (right[row] ^ sum)
            out[row] = sum
        }
        guard overflows < 0 else { return }
        for row in 0..<count where left[row].addingReportingOverflow(right[row]).overflow {
            output.pointee.setNull(row)
        }
    }

    private func subtractInts(
        _ left: UnsafeMutablePointer<Int64>, _ right: UnsafeMutablePointer<Int64>, _ out: UnsafeMutablePointer<Int64>,
        _ output: UnsafeMutablePointer<VectorRegister>
    ) {
        var overflows: Int64 = 0
        for row in 0..<count {
            let difference = left[row] &- right[row]
            overflows |= (left[row] ^ right[row]) & (left[row] ^ difference)
            out[row] = difference
        }
        guard overflows < 0 else { return }
        for row in 0..<count where left[row].subtractingReportingOverflow(right[row]).overflow {
            output.pointee.setNull(row)
        }
    }

    private func multiplyInts(
        _ left: UnsafeMutablePointer<Int64>, _ right: UnsafeMutablePointer<Int64>, _ out: UnsafeMutablePointer<Int64>,
        _ output: UnsafeMutablePointer<VectorRegister>
    ) {
        var overflows = false
        for row in 0..<count {
            let product = left[row].multipliedReportingOverflow(by: right[row])
            overflows = product.overflow || overflows
            out[row] = product.partialValue
        }
        guard overflows else { return }
        for row in 0..<count where left[row].multipliedReportingOverflow(by: right[row]).overflow {
            output.pointee.setNull(row)
        }
    }

    private func divideInts(
        _ step: VectorStep, _ left: UnsafeMutablePointer<Int64>, _ right: UnsafeMutablePointer<Int64>,
        _ out: UnsafeMutablePointer<Int64>, _ output: UnsafeMutablePointer<VectorRegister>
    ) {
        var isQuotient = false
        if case .divideInt = step.operation { isQuotient = true }
        for row in 0..<count {
            let divisor = right[row]
            // Division by −1 overflows for the least integer, the remainder does not.
            if divisor == 0 || (divisor == -1 && left[row] == .min && isQuotient) {
                out[row] = 0
                output.pointee.setNull(row)
            } else if divisor == -1 {
                out[row] = isQuotient ? 0 &- left[row] : 0
            } else {
                out[row] = isQuotient ? left[row] / divisor : left[row] % divisor
            }
        }
    }

    /// The least integer has no positive counterpart.
    private func leastIsNull(_ left: UnsafeMutablePointer<Int64>, _ output: UnsafeMutablePointer<VectorRegister>) {
        for row in 0..<count where left[row] == .min { output.pointee.setNull(row) }
    }

    func floats(_ step: VectorStep) {
        let output = joined(step)
        let (left, right, out) = (registers[step.first].floats, registers[step.second].floats, output.pointee.floats)
        switch step.operation {
        case .addFloat: forEachPair(left, right, out, count) { $0 + $1 }
        case .subtractFloat: forEachPair(left, right, out, count) { $0 - $1 }
        case .multiplyFloat: forEachPair(left, right, out, count) { $0 * $1 }
        case .divideFloat: divideFloats(left, right, out, output)
        case .negateFloat: forEachValue(left, out, count) { -$0 }
        default: forEachPair(left, right, out, count) { pow($0, $1) }
        }
    }

    private func divideFloats(
        _ left: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>,
        _ out: UnsafeMutablePointer<Double>,
        _ output: UnsafeMutablePointer<VectorRegister>
    ) {
        var zeros = 0
        for row in 0..<count {
            out[row] = left[row] / right[row]
            zeros |= right[row] == 0 ? 1 : 0
        }
        guard zeros != 0 else { return }
        for row in 0..<count where right[row] == 0 { output.pointee.setNull(row) }
    }

    /// Functions of one float.
    func float(_ function: ScalarFunction, _ step: VectorStep) {
        let output = single(step)
        let (input, out) = (registers[step.first].floats, output.pointee.floats)
        switch function {
        case .absolute: forEachValue(input, out, count) { Swift.abs($0) }
        case .ceiling: forEachValue(input, out, count) { $0.rounded(.up) }
        case .floor: forEachValue(input, out, count) { $0.rounded(.down) }
        case .round: forEachValue(input, out, count) { $0.rounded(.toNearestOrAwayFromZero) }
        case .exponential: forEachValue(input, out, count) { exp($0) }
        case .squareRoot:
            forEachValue(input, out, count) { $0.squareRoot() }
            for row in 0..<count where input[row] < 0 { output.pointee.setNull(row) }
        default:
            forEachValue(input, out, count) { log($0) }
            for row in 0..<count where input[row] <= 0 { output.pointee.setNull(row) }
        }
    }

    func extremes(_ step: VectorStep) {
        let output = joined(step)
        let (left, right) = (registers[step.first], registers[step.second])
        switch step.operation {
        case .leastInt: forEachPair(left.ints, right.ints, output.pointee.ints, count) { $1 < $0 ? $1 : $0 }
        case .greatestInt: forEachPair(left.ints, right.ints, output.pointee.ints, count) { $1 > $0 ? $1 : $0 }
        case .leastFloat:
            forEachPair(left.floats, right.floats, output.pointee.floats, count) { $1 < $0 || $0 != $0 ? $1 : $0 }
        default:
            forEachPair(left.floats, right.floats, output.pointee.floats, count) { $1 > $0 || $1 != $1 ? $1 : $0 }
        }
    }
}
