extension RandomGenerator {
    /// Shuffles the elements of one axis, as NumPy does with arrays (Fisher and Yates, in the form of Durstenfeld
    /// 1964).
    ///
    /// For more axes, shuffle the positions of one and take by them: that is what NumPy's result is.
    ///
    /// - Parameters:
    ///   - elements: Of one axis, of any stride.
    ///   - places: Those to fill, the last first, with any element up to there: all, or part of a longer shuffle.
    package mutating func shuffle(_ elements: View, places: Range<Int>? = nil) {
        precondition(elements.layout.rank == 1, "shuffle one axis, not \(elements.layout.shape)")
        let places = (places ?? 0..<elements.layout.count).clamped(to: 1..<max(1, elements.layout.count))
        guard let base = elements.base, !places.isEmpty else { return }
        run(
            ShuffleBody(
                base: base, places: places, stride: elements.layout.strides[0],
                elementBytes: elements.dtype.byteCount))
    }

    /// With which element before it, or itself, a shuffle swaps each of these places, the last first.
    package mutating func drawSwaps(_ places: Range<Int>, to partners: UnsafeMutablePointer<Int>) {
        run(SwapsBody(places: places, partners: partners))
    }

}

private struct ShuffleBody: GeneratorBody {
    let base: UnsafeMutableRawPointer
    let places: Range<Int>
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
        let first = places.lowerBound
        var last = places.upperBound - 1
        while last > 0xFFFF_FFFF && last >= first {
            swap(Element.self, last, masked(UInt64(last), &generator))
            last -= 1
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1024) { block in
            while last >= first {
                let words = UnsafeMutableBufferPointer(rebasing: block.prefix(last - first + 1))
                generator.fill(words)
                for word in words {
                    let limit = UInt32(truncatingIfNeeded: last)
                    let other = word & UInt32.max &>> UInt32(truncatingIfNeeded: limit.leadingZeroBitCount)
                    let isKept = other <= limit
                    swap(Element.self, last, Int(isKept ? other : limit))
                    last -= isKept ? 1 : 0
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

private struct SwapsBody: GeneratorBody {
    let places: Range<Int>
    let partners: UnsafeMutablePointer<Int>

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: (places.count + 1) / 2) { draws in
            for (index, place) in places.reversed().enumerated() {
                partners[index] = Int(draws.interval(UInt64(place)))
            }
        }
    }
}
