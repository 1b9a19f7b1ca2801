extension RandomGenerator {
    /// Shuffles the elements of one axis, as NumPy does with arrays (Fisher and Yates, in the form of Durstenfeld
    /// 1964).
    ///
    /// For more axes, shuffle the positions of one and take by them: that is what NumPy's result is.
    ///
    /// - Parameter elements: Of one axis, of any stride.
    package mutating func shuffle(_ elements: View) {
        precondition(elements.layout.rank == 1, "shuffle one axis, not \(elements.layout.shape)")
        guard let base = elements.base, elements.layout.count > 1 else { return }
        run(
            ShuffleBody(
                base: base, count: elements.layout.count, stride: elements.layout.strides[0],
                elementBytes: elements.dtype.byteCount))
    }

    /// Some numbers below a limit, all different, as NumPy's `choice(limit, count, replace=False)`.
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
        guard result.count > 0 else { return }
        run(ChoiceBody(limit: limit, isShuffled: isShuffled, result: result))
    }
}

private struct ShuffleBody: GeneratorBody {
    let base: UnsafeMutableRawPointer
    let count: Int
    let stride: Int
    let elementBytes: Int

    func callAsFunction(_ generator: inout some BitGenerator) {
        switch elementBytes {
        case 1: shuffle(UInt8.self, &generator)
        case 2: shuffle(UInt16.self, &generator)
        case 4: shuffle(UInt32.self, &generator)
        case 8: shuffle(UInt64.self, &generator)
        default: shuffle(InlineArray<2, UInt64>.self, &generator)
        }
    }

    /// A word is used for an element, or thrown away: either way there is a swap, if of an element with itself, since a
    /// branch would be guessed wrong too often.
    private func shuffle<Element: BitwiseCopyable>(_: Element.Type, _ generator: inout some BitGenerator) {
        // Longer arrays need words of 64 bits first.
        var last = count - 1
        while last > 0xFFFF_FFFF {
            swap(Element.self, last, masked(UInt64(last), &generator))
            last -= 1
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1024) { block in
            while last > 0 {
                let words = UnsafeMutableBufferPointer(rebasing: block.prefix(last))
                generator.fill(words)
                for word in words {
                    let limit = UInt32(truncatingIfNeeded: last)
                    let other = word & UInt32.max &>> UInt32(truncatingIfNeeded: limit.leadingZeroBitCount)
                    let isKept = other <= limit
                    swap(Element.self, last, Int(isKept ? other : limit))
                    last -= isKept ? 1 : 0
                    if last == 0 { break }
                }
            }
        }
    }

    private func masked(_ limit: UInt64, _ generator: inout some BitGenerator) -> Int {
        let mask = UInt64.max >> UInt64(limit.leadingZeroBitCount)
        while true {
            let value = generator.next64() & mask
            if value <= limit { return Int(value) }
        }
    }

    @inline(__always)
    private func swap<Element: BitwiseCopyable>(_: Element.Type, _ first: Int, _ second: Int) {
        let (a, b) = (base + first * stride, base + second * stride)
        let (x, y) = (a.load(as: Element.self), b.load(as: Element.self))
        a.storeBytes(of: y, as: Element.self)
        b.storeBytes(of: x, as: Element.self)
    }
}

private struct ChoiceBody: GeneratorBody {
    let limit: Int
    let isShuffled: Bool
    let result: UnsafeMutableBufferPointer<Int>

    func callAsFunction(_ generator: inout some BitGenerator) {
        let count = result.count
        let start = result.baseAddress.unsafelyUnwrapped
        Draws.with(&generator, expected: (count + 1) / 2) { draws in
            if limit > 10000 && count > limit / (isShuffled ? 50 : 20) {
                let all = UnsafeMutablePointer<Int>.allocate(capacity: limit)
                defer { all.deallocate() }
                for index in 0..<limit { all[index] = index }
                shuffle(all, limit, first: max(limit - count, 1), &draws)
                start.update(from: all + (limit - count), count: count)
            } else {
                sample(start, count, &draws)
                if isShuffled { shuffle(start, count, first: 1, &draws) }
            }
        }
    }

    /// The elements from the last down to `first` are swapped with any before them.
    private func shuffle(
        _ elements: UnsafeMutablePointer<Int>, _ count: Int, first: Int, _ draws: inout some DrawSource
    ) {
        var index = count - 1
        while index >= first {
            let other = bounded(index, &draws)
            (elements[index], elements[other]) = (elements[other], elements[index])
            index -= 1
        }
    }

    /// Floyd's algorithm (Bentley and Floyd, "A Sample of Brilliance", 1987).
    private func sample(_ elements: UnsafeMutablePointer<Int>, _ count: Int, _ draws: inout some DrawSource) {
        var seen = Seen(count)
        defer { seen.deallocate() }
        for index in 0..<count {
            let last = limit - count + index
            let value = bounded(last, &draws)
            let isNew = seen.insert(value)
            if !isNew { _ = seen.insert(last) }
            elements[index] = isNew ? value : last
        }
    }

    /// Random numbers that were met: their lower bits are as good a hash as any.
    private struct Seen {
        private let places: UnsafeMutablePointer<Int>
        private let mask: Int

        init(_ count: Int) {
            let capacity = 1 << (Int.bitWidth - (2 * count).leadingZeroBitCount)
            mask = capacity - 1
            places = .allocate(capacity: capacity)
            places.initialize(repeating: -1, count: capacity)
        }

        func deallocate() { places.deallocate() }

        /// Whether it was not met before.
        mutating func insert(_ value: Int) -> Bool {
            var place = value & mask
            while places[place] != -1 {
                if places[place] == value { return false }
                place = (place + 1) & mask
            }
            places[place] = value
            return true
        }
    }

    /// From 0...last, by Lemire's method.
    @inline(__always)
    private func bounded(_ last: Int, _ draws: inout some DrawSource) -> Int {
        if last == 0 { return 0 }
        if last < 0xFFFF_FFFF {
            let range = UInt32(truncatingIfNeeded: last) + 1
            var product = draws.next32().multipliedFullWidth(by: range)
            if product.low < range {
                let threshold = (0 &- range) % range
                while product.low < threshold { product = draws.next32().multipliedFullWidth(by: range) }
            }
            return Int(product.high)
        }
        if last == 0xFFFF_FFFF { return Int(draws.next32()) }
        let filter = Bounded.Filter(UInt64(last), usesMask: false)
        while true {
            let (number, isKept) = filter(draws.next64())
            if isKept { return Int(number) }
        }
    }
}
