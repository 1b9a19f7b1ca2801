/// Comparisons: from values to truths.
extension VectorRunner {
    @inline(__always) func compare<Value: Comparable>(
        _ operation: BinaryOperator, _ step: VectorStep, _ left: UnsafeMutablePointer<Value>,
        _ right: UnsafeMutablePointer<Value>
    ) {
        let out = joined(step).pointee.bits
        switch operation {
        case .equal: bitsOfPairs(left, right, out, count, bytes) { $0 == $1 }
        case .unequal: bitsOfPairs(left, right, out, count, bytes) { $0 != $1 }
        case .less: bitsOfPairs(left, right, out, count, bytes) { $0 < $1 }
        case .lessOrEqual: bitsOfPairs(left, right, out, count, bytes) { $0 <= $1 }
        case .greater: bitsOfPairs(left, right, out, count, bytes) { $0 > $1 }
        default: bitsOfPairs(left, right, out, count, bytes) { $0 >= $1 }
        }
    }

    func equalCodes(_ step: VectorStep) {
        let out = joined(step).pointee.bits
        bitsOfPairs(registers[step.first].codes, registers[step.second].codes, out, count, bytes) { $0 == $1 }
    }

    func compareTexts(_ operation: BinaryOperator, _ step: VectorStep) {
        let output = joined(step)
        let (left, right) = (registers[step.first].codes, registers[step.second].codes)
        for row in 0..<count {
            // The code of a null may be no text's.
            let order =
                output.pointee.isNull(row) ? 0 : TextScalars.order(texts.text(left[row]), texts.text(right[row]))
            bytes[row] = TextScalars.holds(operation, order) ? 1 : 0
        }
        packBits(bytes, output.pointee.bits, count)
    }

    func equalBools(_ step: VectorStep) {
        let out = joined(step).pointee.bits
        let (left, right) = (registers[step.first].bits, registers[step.second].bits)
        for word in 0..<words { out[word] = ~(left[word] ^ right[word]) }
    }

    /// `values` go upwards.
    @inline(__always) func isOne<Value: Comparable>(
        _ values: [Value], _ step: VectorStep, _ input: UnsafeMutablePointer<Value>
    ) {
        let output = single(step)
        values.withUnsafeBufferPointer { values in
            for row in 0..<count { bytes[row] = Self.holds(values, input[row]) ? 1 : 0 }
        }
        packBits(bytes, output.pointee.bits, count)
    }

    @inline(__always) private static func holds<Value: Comparable>(_ values: UnsafeBufferPointer<Value>, _ value: Value)
        -> Bool
    {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < values.count && values[low] == value
    }

    /// False wins over null.
    func and(_ step: VectorStep) {
        let (left, right, output) = (registers[step.first], registers[step.second], registers + step.output)
        output.pointee.hasNulls = left.hasNulls || right.hasNulls
        for word in 0..<words {
            let (leftNull, rightNull) = (left.nullWord(word), right.nullWord(word))
            output.pointee.bits[word] = left.bits[word] & right.bits[word]
            guard output.pointee.hasNulls else { continue }
            let isFalse = ~left.bits[word] & ~leftNull | ~right.bits[word] & ~rightNull
            output.pointee.nulls[word] = (leftNull | rightNull) & ~isFalse
            // What is false must not look true through the value of a null.
            output.pointee.bits[word] &= ~isFalse
        }
    }

    /// True wins over null.
    func or(_ step: VectorStep) {
        let (left, right, output) = (registers[step.first], registers[step.second], registers + step.output)
        output.pointee.hasNulls = left.hasNulls || right.hasNulls
        for word in 0..<words {
            let (leftNull, rightNull) = (left.nullWord(word), right.nullWord(word))
            let isTrue = left.bits[word] & ~leftNull | right.bits[word] & ~rightNull
            output.pointee.bits[word] = isTrue
            if output.pointee.hasNulls { output.pointee.nulls[word] = (leftNull | rightNull) & ~isTrue }
        }
    }

    func not(_ step: VectorStep) {
        let output = single(step)
        for word in 0..<words { output.pointee.bits[word] = ~registers[step.first].bits[word] }
    }

    func isNull(_ step: VectorStep) {
        let (input, output) = (registers[step.first], registers + step.output)
        output.pointee.hasNulls = false
        for word in 0..<words { output.pointee.bits[word] = input.nullWord(word) }
    }
}
