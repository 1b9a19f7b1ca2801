/// Functions of texts, and texts of values: by what is remembered, computed where nothing is.
extension VectorRunner {
    func text(_ function: TextFunction, _ step: VectorStep) {
        let output = single(step)
        let codes = registers[step.first].codes
        switch function.result {
        case .bool:
            remembered(function, codes, output) { bytes[$0] = UInt8(truncatingIfNeeded: $1) }
            packBits(bytes, output.pointee.bits, count)
        case .text:
            let out = output.pointee.codes
            remembered(function, codes, output) { out[$0] = UInt32(truncatingIfNeeded: $1) }
        case .int, .float, .time:
            let out = output.pointee.payloads
            remembered(function, codes, output) { out[$0] = $1 }
        }
    }

    @inline(__always) private func remembered(
        _ function: TextFunction, _ codes: UnsafeMutablePointer<UInt32>, _ output: UnsafeMutablePointer<VectorRegister>,
        _ put: (Int, UInt64) -> Void
    ) {
        let (entries, mask) = (function.memo.entries, function.memo.mask)
        for row in 0..<count {
            let slot = Int(codes[row]) & mask
            if entries[slot].key != UInt64(codes[row]) || entries[slot].state == .empty {
                // The code of a null may be no text's.
                guard !output.pointee.isNull(row) else {
                    put(row, 0)
                    continue
                }
                function.find(codes[row], slot: slot, in: texts)
            }
            put(row, entries[slot].value)
            if entries[slot].state == .null { output.pointee.setNull(row) }
        }
    }

    func concatenate(_ concatenation: Concatenation, _ step: VectorStep) {
        let output = joined(step)
        let (left, right, out) = (registers[step.first].codes, registers[step.second].codes, output.pointee.codes)
        let (entries, mask) = (concatenation.memo.entries, concatenation.memo.mask)
        for row in 0..<count {
            if output.pointee.isNull(row) {
                out[row] = 0
                continue
            }
            let key = UInt64(left[row]) << 32 | UInt64(right[row])
            let slot = Int(truncatingIfNeeded: fold(key, Self.spread)) & mask
            if entries[slot].key != key || entries[slot].state == .empty {
                concatenation.find(left[row], right[row], key: key, slot: slot, in: texts)
            }
            out[row] = UInt32(truncatingIfNeeded: entries[slot].value)
        }
    }

    func write(_ writer: ValueWriter, _ step: VectorStep) {
        let output = single(step)
        let (input, out) = (registers[step.first].payloads, output.pointee.codes)
        let (entries, mask) = (writer.memo.entries, writer.memo.mask)
        for row in 0..<count {
            if output.pointee.isNull(row) {
                out[row] = 0
                continue
            }
            let key = writer.key(input[row])
            let slot = Int(truncatingIfNeeded: fold(key ^ Self.spread, Self.spread)) & mask
            if entries[slot].key != key || entries[slot].state == .empty { writer.find(key, slot: slot, in: texts) }
            out[row] = UInt32(truncatingIfNeeded: entries[slot].value)
        }
    }

    /// An odd number without pattern, to spread keys that count up.
    private static let spread: UInt64 = 0x9e37_79b9_7f4a_7c15
}
