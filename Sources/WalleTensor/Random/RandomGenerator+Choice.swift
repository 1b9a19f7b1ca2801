/// Numbers below a limit, all different, as NumPy's `choice(limit, count, replace=False)`.
extension RandomGenerator {
    /// Which of two ways the numbers come by: all of them shuffled at the end, or one after the other into a table.
    package static func choosesByShuffle(below limit: Int, _ count: Int, isShuffled: Bool) -> Bool {
        limit > 10000 && count > limit / (isShuffled ? 50 : 20)
    }

    /// Slots of the table for so many numbers: a power of two, of which at most five in six are used.
    package static func choiceTableCount(_ count: Int) -> Int {
        let most = UInt64(1.2 * Double(count))
        return Int(UInt64.max >> UInt64(most.leadingZeroBitCount)) + 1
    }

    /// Fills places from the last down, each with any element up to there.
    ///
    /// - Parameter places: From 1 on; those of a longer shuffle in parts, the last first.
    package mutating func shuffleByMultiplication(_ elements: UnsafeMutablePointer<Int>, _ places: Range<Int>) {
        run(LemireShuffleBody(elements: elements, places: places))
    }

    /// Chooses the numbers at these ranks (Bentley and Floyd, "A Sample of Brilliance", 1987).
    ///
    /// - Parameters:
    ///   - ranks: Of the numbers that are chosen now, among `count`; the earlier ones went before.
    ///   - table: `choiceTableCount` slots, -1 at first.
    ///   - result: A place for each of the `count`.
    package mutating func choose(
        _ ranks: Range<Int>, of count: Int, below limit: Int, table: UnsafeMutableBufferPointer<Int>,
        to result: UnsafeMutablePointer<Int>
    ) {
        run(FloydBody(ranks: ranks, offset: limit - count, table: table, result: result))
    }

    /// The same at once.
    ///
    /// - Parameters:
    ///   - isShuffled: Whether their order is random as well.
    ///   - result: As many as are wanted.
    /// - Throws: `.value` for more numbers than there are.
    package mutating func choose(
        below limit: Int, isShuffled: Bool, _ result: UnsafeMutableBufferPointer<Int>
    ) throws(TensorError) {
        guard result.count <= limit else {
            throw TensorError(.value, "Cannot take a larger sample than population when replace is False")
        }
        guard let start = result.baseAddress, result.count > 0 else { return }
        let count = result.count
        let isByShuffle = Self.choosesByShuffle(below: limit, count, isShuffled: isShuffled)
        let scratch = UnsafeMutableBufferPointer<Int>.allocate(
            capacity: isByShuffle ? limit : Self.choiceTableCount(count))
        defer { scratch.deallocate() }
        if isByShuffle, let all = scratch.baseAddress {
            for index in 0..<limit { all[index] = index }
            shuffleByMultiplication(all, max(limit - count, 1)..<limit)
            start.update(from: all + (limit - count), count: count)
        } else {
            scratch.update(repeating: -1)
            choose(0..<count, of: count, below: limit, table: scratch, to: start)
            if isShuffled { shuffleByMultiplication(start, min(1, count)..<count) }
        }
    }
}

private struct LemireShuffleBody: GeneratorBody {
    let elements: UnsafeMutablePointer<Int>
    let places: Range<Int>

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: (places.count + 1) / 2) { draws in
            for place in places.reversed() {
                let other = draws.bounded(place)
                (elements[place], elements[other]) = (elements[other], elements[place])
            }
        }
    }
}

private struct FloydBody: GeneratorBody {
    let ranks: Range<Int>
    let offset: Int
    let table: UnsafeMutableBufferPointer<Int>
    let result: UnsafeMutablePointer<Int>

    func callAsFunction(_ generator: inout some BitGenerator) {
        guard let slots = table.baseAddress else { return }
        let mask = table.count - 1
        Draws.with(&generator, expected: (ranks.count + 1) / 2) { draws in
            for rank in ranks {
                let last = offset + rank
                let value = draws.bounded(last)
                var slot = value & mask
                while slots[slot] != -1 && slots[slot] != value { slot = (slot + 1) & mask }
                guard slots[slot] == value else {
                    slots[slot] = value
                    result[rank] = value
                    continue
                }
                slot = last & mask
                while slots[slot] != -1 { slot = (slot + 1) & mask }
                slots[slot] = last
                result[rank] = last
            }
        }
    }
}

extension DrawSource {
    /// From 0...last, by Lemire's method.
    @inline(__always)
    mutating func bounded(_ last: Int) -> Int {
        if last == 0 { return 0 }
        if last < 0xFFFF_FFFF {
            let range = UInt32(truncatingIfNeeded: last) + 1
            var product = next32().multipliedFullWidth(by: range)
            if product.low < range {
                let threshold = (0 &- range) % range
                while product.low < threshold { product = next32().multipliedFullWidth(by: range) }
            }
            return Int(product.high)
        }
        if last == 0xFFFF_FFFF { return Int(next32()) }
        let filter = Bounded.Filter(UInt64(last), usesMask: false)
        while true {
            let (number, isKept) = filter(next64())
            if isKept { return Int(number) }
        }
    }
}
