#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Draws arrays of numbers, as NumPy's `Generator` does: from the same state the same numbers.
///
/// A value without references; whoever draws from one in two threads must take turns.
package struct RandomGenerator: Sendable, BitwiseCopyable {
    /// What the bits come from. It can be read and set at any time.
    package enum Bits: Sendable, BitwiseCopyable {
        case pcg64(PCG64), pcg64DXSM(PCG64DXSM), mt19937(MT19937)
    }

    // Beside one another, so that the one in use is changed where it lies: what an enumeration holds is copied.
    private var kind: Kind
    private var rotating = PCG64(state: 0, increment: 1)
    private var multiplying = PCG64DXSM(state: 0, increment: 1)
    private var twister = MT19937()

    private enum Kind: BitwiseCopyable { case rotating, multiplying, twister }

    package init(_ bits: Bits) {
        kind = .rotating
        self.bits = bits
    }

    /// NumPy's default.
    package init(seed: UInt64) { self.init(.pcg64(PCG64(SeedSequence(seed)))) }

    package var bits: Bits {
        get {
            switch kind {
            case .rotating: .pcg64(rotating)
            case .multiplying: .pcg64DXSM(multiplying)
            case .twister: .mt19937(twister)
            }
        }
        set {
            switch newValue {
            case .pcg64(let bits): (kind, rotating) = (.rotating, bits)
            case .pcg64DXSM(let bits): (kind, multiplying) = (.multiplying, bits)
            case .mt19937(let bits): (kind, twister) = (.twister, bits)
            }
        }
    }

    /// Draws NumPy's old numbers from a Mersenne Twister.
    ///
    /// - Parameter spare: The second number of a pair of normal ones, when it is still to be given.
    /// - Throws: `.type` for another kind of bits.
    package mutating func withLegacy(
        spare: inout Double?, _ body: (inout LegacyDraws) -> Void
    ) throws(TensorError) {
        guard kind == .twister else {
            throw TensorError(.type, "RandomState draws these numbers from MT19937 only: use default_rng()")
        }
        withUnsafeMutablePointer(to: &twister) { twister in
            var draws = LegacyDraws(twister: twister, spare: spare)
            body(&draws)
            spare = draws.spare
        }
    }
}

/// What is done with a generator whose type is known.
///
/// A generic closure, so that each kind of generator has loops of its own.
protocol GeneratorBody<Result> {
    associatedtype Result
    func callAsFunction(_ generator: inout some BitGenerator) -> Result
}

extension RandomGenerator {
    @inline(__always)
    mutating func run<Body: GeneratorBody>(_ body: Body) -> Body.Result {
        switch kind {
        case .rotating: return body(&rotating)
        case .multiplying: return body(&multiplying)
        case .twister:
            return withUnsafeMutablePointer(to: &twister) { twister in
                var reference = TwisterReference(twister: twister)
                return body(&reference)
            }
        }
    }

    /// Draws a number for each element, the last axis fastest.
    ///
    /// - Parameters:
    ///   - parameters: Checked, and broadcast to the output's shape.
    ///   - output: Of the distribution's type.
    package mutating func draw(_ distribution: Distribution, _ parameters: [View], to output: View) {
        precondition(
            output.dtype == distribution.result && parameters.count == distribution.parameters.count,
            "\(distribution) gives \(distribution.result), not \(output.dtype)")
        run(DistributionBody(distribution: distribution, operands: [output] + parameters))
    }

    /// The same for parameters that are single numbers.
    ///
    /// - Parameters:
    ///   - numbers: The bits of each; those that the distribution does not have do not matter.
    ///   - start: Contiguous elements of 8 bytes.
    package mutating func draw(
        _ distribution: Distribution, _ numbers: InlineArray<3, UInt64>, to start: UnsafeMutableRawPointer, _ count: Int
    ) {
        run(DistributionBody(distribution: distribution, numbers: numbers, start: start, count: count))
    }

    /// Of what the standard distributions have one form for float64 and one for float32.
    package enum Standard: Int, Sendable {
        /// From [0, 1).
        case uniform
        case normal
        case exponential
        /// Exponential, by the logarithm of a uniform number.
        case exponentialByInversion
    }

    /// Draws a number for each element, the last axis fastest.
    ///
    /// - Throws: `.type` when the output is not float64 or float32.
    package mutating func draw(_ standard: Standard, to output: View) throws(TensorError) {
        guard output.dtype == .float64 || output.dtype == .float32 else {
            throw TensorError(.type, "Unsupported dtype \(output.dtype) for random numbers: use float64 or float32")
        }
        run(StandardBody(standard: standard, output: output))
    }

    /// Gamma numbers of scale 1 in float32.
    ///
    /// - Parameter shape: Of float32, not negative, broadcast to the output's shape.
    package mutating func drawStandardGamma(_ shape: View, toFloat output: View) {
        precondition(output.dtype == .float32 && shape.dtype == .float32, "float32 is expected")
        run(GammaFloatBody(operands: [output, shape]))
    }
}

private struct GammaFloatBody: GeneratorBody {
    let operands: [View]

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: operands[0].layout.count) { draws in
            Rows.forEach(operands) { count, places, strides in
                for index in 0..<count {
                    let shape = (places[1] + index * strides[1]).load(as: Float.self)
                    (places[0] + index * strides[0]).storeBytes(of: draws.standardGammaFloat(shape), as: Float.self)
                }
            }
        }
    }
}

private struct StandardBody: GeneratorBody {
    let standard: RandomGenerator.Standard
    let output: View

    func callAsFunction<Generator: BitGenerator>(_ generator: inout Generator) {
        let isDouble = output.dtype == .float64
        if standard == .uniform && output.layout.isContiguous(elementBytes: output.dtype.byteCount) {
            guard let base = output.base else { return }
            let count = output.layout.count
            return isDouble
                ? Uniform.fill(base.assumingMemoryBound(to: Double.self), count, &generator)
                : Uniform.fill(base.assumingMemoryBound(to: Float.self), count, &generator)
        }
        let words = isDouble ? output.layout.count : (output.layout.count + 1) / 2
        Draws.with(&generator, expected: words) { isDouble ? doubles(&$0) : floats(&$0) }
    }

    @inline(__always)
    private func doubles(_ draws: inout Draws<some BitGenerator>) {
        switch standard {
        case .uniform: each(&draws) { $0.nextDouble() }
        case .normal: each(&draws) { $0.standardNormal() }
        case .exponential: each(&draws) { $0.standardExponential() }
        case .exponentialByInversion: each(&draws) { -log1p(-$0.nextDouble()) }
        }
    }

    @inline(__always)
    private func floats(_ draws: inout Draws<some BitGenerator>) {
        switch standard {
        case .uniform: each(&draws) { $0.nextFloat() }
        case .normal: each(&draws) { $0.standardNormalFloat() }
        case .exponential: each(&draws) { $0.standardExponentialFloat() }
        case .exponentialByInversion: each(&draws) { Float(-log1p(Double(-$0.nextFloat()))) }
        }
    }

    @inline(__always)
    private func each<Generator, Element>(
        _ draws: inout Draws<Generator>, _ draw: (inout Draws<Generator>) -> Element
    ) {
        // A copy on the stack, whose fields stay in registers.
        var local = draws
        defer { draws = local }
        if let base = output.base, output.layout.isContiguous(elementBytes: MemoryLayout<Element>.size) {
            let start = base.assumingMemoryBound(to: Element.self)
            for index in 0..<output.layout.count { start[index] = draw(&local) }
            return
        }
        Rows.forEach([output]) { count, places, strides in
            var place = places[0]
            for _ in 0..<count {
                place.storeBytes(of: draw(&local), as: Element.self)
                place += strides[0]
            }
        }
    }
}

/// Uniform numbers made where the bits are.
enum Uniform {
    static func fill(
        _ output: UnsafeMutablePointer<Double>, _ count: Int, _ generator: inout some BitGenerator
    ) {
        var done = 0
        while done < count {
            let part = min(512, count - done)
            let start = output + done
            if type(of: generator).looksAhead {
                let raw = UnsafeMutableRawPointer(start)
                let words = raw.bindMemory(to: UInt64.self, capacity: part)
                generator.fill(UnsafeMutableBufferPointer(start: words, count: part))
                for index in 0..<part {
                    let value = unit(raw.load(fromByteOffset: index * 8, as: UInt64.self))
                    raw.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
                }
                _ = raw.bindMemory(to: Double.self, capacity: part)
            } else {
                narrow(start, part, &generator)
            }
            done += part
        }
    }

    /// As `MT19937.nextDouble`, at most 512 of them.
    private static func narrow(
        _ output: UnsafeMutablePointer<Double>, _ count: Int, _ generator: inout some BitGenerator
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1024) { block in
            let words = UnsafeMutableBufferPointer(rebasing: block.prefix(2 * count))
            generator.fill(words)
            guard let start = words.baseAddress else { return }
            for index in 0..<count {
                let high = Double(Int32(bitPattern: start[2 &* index] >> 5))
                let low = Double(Int32(bitPattern: start[2 &* index &+ 1] >> 6))
                output[index] = (high * 67_108_864 + low) * 0x1p-53
            }
        }
    }

    /// The upper 53 bits as a fraction, without a conversion, which baseline vectors do not have: the lower 32 become
    /// the mantissa of a number from 1/2 on, the others that of one from 2^31 on, and what was added goes exactly.
    @inline(__always)
    private static func unit(_ word: UInt64) -> Double {
        let low = Double(bitPattern: word >> 11 & 0xFFFF_FFFF | (0.5).bitPattern)
        let high = Double(bitPattern: word >> 43 | (0x1p31).bitPattern)
        return (high - (0x1p31 + 0.5)) + low
    }

    static func fill(
        _ output: UnsafeMutablePointer<Float>, _ count: Int, _ generator: inout some BitGenerator
    ) {
        var done = 0
        while done < count {
            let part = min(1024, count - done)
            let raw = UnsafeMutableRawPointer(output + done)
            let words = raw.bindMemory(to: UInt32.self, capacity: part)
            generator.fill(UnsafeMutableBufferPointer(start: words, count: part))
            for index in 0..<part {
                let bits = raw.load(fromByteOffset: index * 4, as: UInt32.self)
                let value = Float(Int32(bitPattern: bits >> 8)) * 0x1p-24
                raw.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
            }
            _ = raw.bindMemory(to: Float.self, capacity: part)
            done += part
        }
    }
}
