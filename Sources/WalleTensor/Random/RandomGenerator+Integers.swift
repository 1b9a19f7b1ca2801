extension RandomGenerator {
    /// Integers from `low` to `last`, both included, for each element.
    ///
    /// - Parameters:
    ///   - low, last: As the output's elements; bits of int64, or of uint64 for an output of that type.
    ///   - usesMask: By masks, as NumPy's legacy generators.
    ///   - rest: What the part of the array before this one left.
    ///   - output: Integers or bool, contiguous or not; of bool all parts but the last have a multiple of 32.
    /// - Throws: `.value` when `low` is above `last`; `.type` for floats.
    package mutating func drawIntegers(
        low: Int, last: Int, usesMask: Bool = false, rest: inout RestOfWord, to output: View
    ) throws(TensorError) {
        guard output.dtype.kind <= .integer else {
            throw TensorError(.type, "Unsupported dtype \(output.dtype) for integers")
        }
        let isOrdered = output.dtype == .uint64 ? UInt(bitPattern: low) <= UInt(bitPattern: last) : low <= last
        guard isOrdered else { throw TensorError(.value, "low >= high") }
        guard output.layout.isContiguous(elementBytes: output.dtype.byteCount), let base = output.base else {
            rest = withUnsafeTemporaryAllocation(of: Int.self, capacity: 2) { [rest] bounds in
                var rest = rest
                (bounds[0], bounds[1]) = (low, last)
                let layout = Layout(shape: output.layout.shape, strides: output.layout.shape.scaled(by: 0))
                let address = UnsafeMutableRawPointer(bounds.baseAddress.unsafelyUnwrapped)
                drawIntegers(
                    low: View(base: address, dtype: .int64, layout: layout),
                    last: View(base: address + 8, dtype: .int64, layout: layout), usesMask: usesMask, rest: &rest,
                    to: output)
                return rest
            }
            return
        }
        rest = run(
            IntegersBody(
                offset: UInt64(bitPattern: Int64(low)),
                range: UInt64(bitPattern: Int64(last)) &- UInt64(bitPattern: Int64(low)),
                usesMask: usesMask, rest: rest, dtype: output.dtype, base: base, count: output.layout.count))
    }

    /// The same for a whole array.
    package mutating func drawIntegers(
        low: Int, last: Int, usesMask: Bool = false, to output: View
    ) throws(TensorError) {
        var rest = RestOfWord()
        try drawIntegers(low: low, last: last, usesMask: usesMask, rest: &rest, to: output)
    }

    /// The same for bounds of their own for each element, last axis fastest.
    ///
    /// - Parameter low, last: Of int64, or uint64 for an output of that type; ordered, and of the output's shape.
    package mutating func drawIntegers(
        low: View, last: View, usesMask: Bool = false, rest: inout RestOfWord, to output: View
    ) {
        rest = run(BroadcastBody(operands: [output, low, last], usesMask: usesMask, rest: rest))
    }

    /// The same for a whole array.
    package mutating func drawIntegers(low: View, last: View, usesMask: Bool = false, to output: View) {
        var rest = RestOfWord()
        drawIntegers(low: low, last: last, usesMask: usesMask, rest: &rest, to: output)
    }

    /// Random bytes.
    package mutating func drawBytes(to bytes: UnsafeMutableRawBufferPointer) {
        run(BytesBody(bytes: bytes))
    }
}

private struct IntegersBody: GeneratorBody {
    let offset: UInt64
    let range: UInt64
    let usesMask: Bool
    let rest: RestOfWord
    let dtype: DType
    let base: UnsafeMutableRawPointer
    let count: Int

    func callAsFunction(_ generator: inout some BitGenerator) -> RestOfWord {
        var rest = rest
        switch dtype {
        case .bool:
            Bounded.fill(
                bools: base.assumingMemoryBound(to: UInt8.self), count, offset: UInt8(offset & 1),
                range: UInt8(range & 1), &generator)
        case .int8, .uint8: fill(UInt8.self, &rest, &generator)
        case .int16, .uint16: fill(UInt16.self, &rest, &generator)
        case .int32, .uint32: fill(UInt32.self, &rest, &generator)
        default: fill(UInt64.self, &rest, &generator)
        }
        return rest
    }

    @inline(__always)
    private func fill<Word: FixedWidthInteger & UnsignedInteger & Sendable>(
        _: Word.Type, _ rest: inout RestOfWord, _ generator: inout some BitGenerator
    ) {
        Bounded.fill(
            base.assumingMemoryBound(to: Word.self), count, offset: Word(truncatingIfNeeded: offset),
            range: Word(truncatingIfNeeded: range), usesMask: usesMask, rest: &rest, &generator)
    }
}

private struct BroadcastBody: GeneratorBody {
    let operands: [View]
    let usesMask: Bool
    let rest: RestOfWord

    func callAsFunction(_ generator: inout some BitGenerator) -> RestOfWord {
        Draws.with(&generator, expected: (operands[0].layout.count + 1) / 2) { draws in
            switch operands[0].dtype {
            case .bool: bools(&draws)
            case .int8, .uint8: each(UInt8.self, &draws)
            case .int16, .uint16: each(UInt16.self, &draws)
            case .int32, .uint32: each(UInt32.self, &draws)
            default: each(UInt64.self, &draws)
            }
        }
    }

    private func each<Word: FixedWidthInteger & UnsignedInteger & Sendable>(
        _: Word.Type, _ draws: inout some DrawSource
    ) -> RestOfWord {
        var row = Row<Word>(rest)
        var narrowRow = Row<UInt32>(RestOfWord())
        rows { target, low, range in
            let limit = Word(truncatingIfNeeded: range)
            let number: Word
            if Word.bitWidth == 64 && limit <= 0xFFFF_FFFF {
                number = Word(truncatingIfNeeded: draw(UInt32(truncatingIfNeeded: limit), &narrowRow, &draws))
            } else {
                number = draw(limit, &row, &draws)
            }
            target.storeBytes(of: Word(truncatingIfNeeded: low) &+ number, as: Word.self)
        }
        return row.rest
    }

    @inline(__always)
    private func draw<Word: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ range: Word, _ row: inout Row<Word>, _ draws: inout some DrawSource
    ) -> Word {
        if range == 0 { return 0 }
        if range == .max { return row.next(&draws) }
        let filter = Bounded.Filter(range, usesMask: usesMask)
        while true {
            let (number, isKept) = filter(row.next(&draws))
            if isKept { return number }
        }
    }

    private func bools(_ draws: inout some DrawSource) -> RestOfWord {
        var (word, left) = (rest.bits, rest.count)
        rows { target, low, range in
            guard range != 0 else { return target.storeBytes(of: UInt8(low & 1), as: UInt8.self) }
            if left == 0 { (word, left) = (draws.next32(), 32) } else { word >>= 1 }
            left -= 1
            target.storeBytes(of: UInt8(word & 1), as: UInt8.self)
        }
        var rest = RestOfWord()
        (rest.bits, rest.count) = (word, left)
        return rest
    }

    @inline(__always)
    private func rows(_ body: (UnsafeMutableRawPointer, UInt64, UInt64) -> Void) {
        Rows.forEach(operands) { count, places, strides in
            for index in 0..<count {
                let low = (places[1] + index * strides[1]).load(as: UInt64.self)
                let last = (places[2] + index * strides[2]).load(as: UInt64.self)
                body(places[0] + index * strides[0], low, last &- low)
            }
        }
    }
}

extension RandomGenerator {
    /// What the generator gives before anything is made of it: words of 64 bits, of 32 bits for the Mersenne Twister.
    package mutating func drawWords(to words: UnsafeMutableBufferPointer<UInt64>) {
        run(WordsBody(words: words))
    }
}

private struct WordsBody: GeneratorBody {
    let words: UnsafeMutableBufferPointer<UInt64>

    func callAsFunction<Generator: BitGenerator>(_ generator: inout Generator) {
        if Generator.isNarrow {
            for index in words.indices { words[index] = UInt64(generator.next32()) }
        } else {
            generator.fill(words)
        }
    }
}

private struct BytesBody: GeneratorBody {
    let bytes: UnsafeMutableRawBufferPointer

    func callAsFunction(_ generator: inout some BitGenerator) {
        var done = 0
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1024) { block in
            while done < bytes.count {
                let words = UnsafeMutableBufferPointer(rebasing: block.prefix((bytes.count - done + 3) / 4))
                generator.fill(words)
                for index in words.indices { words[index] = words[index].littleEndian }
                let part = UnsafeRawBufferPointer(words).prefix(bytes.count - done)
                UnsafeMutableRawBufferPointer(rebasing: bytes[done...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: part))
                done += part.count
            }
        }
    }
}
