/// Choices between values, and values as another type.
extension VectorRunner {
    func select(_ type: ColumnType, _ step: VectorStep) {
        let output = registers + step.output
        let (condition, yes, no) = (registers[step.first], registers[step.second], registers[step.third])
        output.pointee.hasNulls = yes.hasNulls || no.hasNulls
        for word in 0..<words {
            let chosen = condition.bits[word] & ~condition.nullWord(word)
            if output.pointee.hasNulls {
                output.pointee.nulls[word] = yes.nullWord(word) & chosen | no.nullWord(word) & ~chosen
            }
            switch type {
            case .bool: output.pointee.bits[word] = yes.bits[word] & chosen | no.bits[word] & ~chosen
            case .text: choose(chosen, word, yes.codes, no.codes, output.pointee.codes)
            case .int, .float, .time: choose(chosen, word, yes.payloads, no.payloads, output.pointee.payloads)
            }
        }
    }

    @inline(__always) private func choose<Value: FixedWidthInteger>(
        _ chosen: UInt64, _ word: Int, _ yes: UnsafeMutablePointer<Value>, _ no: UnsafeMutablePointer<Value>,
        _ out: UnsafeMutablePointer<Value>
    ) {
        var bits = chosen
        for row in (word << 6)..<min(count, (word + 1) << 6) {
            let mask = 0 &- Value(truncatingIfNeeded: bits & 1)
            out[row] = yes[row] & mask | no[row] & ~mask
            bits >>= 1
        }
    }

    func convert(_ step: VectorStep) {
        let output = single(step)
        let input = registers[step.first]
        switch step.operation {
        case .intToFloat: forEachValue(input.ints, output.pointee.floats, count) { Double($0) }
        case .floatToInt: floatsToInts(input.floats, output)
        case .intToBool:
            forEachValue(input.ints, bytes, count) { $0 != 0 ? 1 : 0 }
            packBits(bytes, output.pointee.bits, count)
        case .floatToBool:
            forEachValue(input.floats, bytes, count) { $0 != 0 ? 1 : 0 }
            packBits(bytes, output.pointee.bits, count)
        case .boolToInt: unpack(input.bits, output.pointee.ints) { Int64(truncatingIfNeeded: $0) }
        default: unpack(input.bits, output.pointee.floats) { $0 == 0 ? 0 : 1 }
        }
    }

    private func floatsToInts(_ input: UnsafeMutablePointer<Double>, _ output: UnsafeMutablePointer<VectorRegister>) {
        let out = output.pointee.ints
        for row in 0..<count {
            // Both bounds are powers of two, which floats hold exactly.
            if input[row] >= -0x1p63, input[row] < 0x1p63 {
                out[row] = Int64(input[row])
            } else {
                out[row] = 0
                output.pointee.setNull(row)
            }
        }
    }

    @inline(__always) private func unpack<Value>(
        _ bits: UnsafeMutablePointer<UInt64>, _ out: UnsafeMutablePointer<Value>, _ value: (UInt64) -> Value
    ) {
        for row in 0..<count { out[row] = value(bits[row >> 6] >> UInt64(row & 63) & 1) }
    }
}
