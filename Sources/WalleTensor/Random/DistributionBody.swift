#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Draws from a distribution: one loop each, chosen before it.
struct DistributionBody: GeneratorBody {
    let distribution: Distribution
    /// The output, then the parameters; empty when these are single numbers.
    private let operands: [View]
    private var numbers: InlineArray<3, UInt64> = [0, 0, 0]
    private let start: UnsafeMutableRawPointer?
    private let count: Int

    init(distribution: Distribution, operands: [View]) {
        (self.distribution, self.operands) = (distribution, operands)
        (start, count) = (nil, operands[0].layout.count)
    }

    init(
        distribution: Distribution, numbers: InlineArray<3, UInt64>, start: UnsafeMutableRawPointer, count: Int
    ) {
        (self.distribution, self.numbers, operands) = (distribution, numbers, [])
        (self.start, self.count) = (start, count)
    }

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: count) { draws in
            draw(&draws)
        }
    }

    @inline(__always)
    func draw(_ source: inout some DrawSource) {
        if distribution.result == .int64 { counts(&source) } else { reals(&source) }
    }

    private func reals<Source: DrawSource>(_ source: inout Source) {
        switch distribution {
        case .uniform: real(&source) { $0 + ($1 - $0) * $3.nextDouble() }
        case .normal: real(&source) { $0 + $1 * $3.standardNormal() }
        case .exponential: real(&source) { a, _, _, source in a * source.standardExponential() }
        case .standardGamma: real(&source) { a, _, _, source in source.standardGamma(a) }
        case .gamma: real(&source) { $1 * $3.standardGamma($0) }
        case .beta: real(&source) { $3.beta($0, $1) }
        case .chiSquare: real(&source) { a, _, _, source in source.chiSquare(a) }
        case .noncentralChiSquare: real(&source) { $3.noncentralChiSquare($0, $1) }
        case .fisher: real(&source) { $3.fisher($0, $1) }
        case .noncentralFisher: real(&source) { $3.noncentralFisher($0, $1, $2) }
        case .student: real(&source) { a, _, _, source in source.student(a) }
        case .cauchy: real(&source) { _, _, _, source in source.cauchy() }
        case .pareto: real(&source) { a, _, _, source in source.pareto(a) }
        case .weibull: real(&source) { a, _, _, source in source.weibull(a) }
        case .power: real(&source) { a, _, _, source in source.power(a) }
        case .laplace: real(&source) { $3.laplace($0, $1) }
        case .gumbel: real(&source) { $3.gumbel($0, $1) }
        case .logistic: real(&source) { $3.logistic($0, $1) }
        case .logNormal: real(&source) { exp($0 + $1 * $3.standardNormal()) }
        case .rayleigh: real(&source) { a, _, _, source in source.rayleigh(a) }
        case .wald: real(&source) { $3.wald($0, $1) }
        case .triangular: real(&source) { $3.triangular($0, $1, $2) }
        case .vonMises: real(&source) { $3.vonMises($0, $1) }
        default: preconditionFailure("\(distribution) gives \(distribution.result)")
        }
    }

    private func counts<Source: DrawSource>(_ source: inout Source) {
        var (binomial, poisson) = (Binomial(), Poisson())
        switch distribution {
        case .binomial:
            each(&source) { n, p, _, source in
                UInt64(bitPattern: Int64(binomial.draw(Int(bitPattern: UInt(n)), Double(bitPattern: p), from: &source)))
            }
        case .hypergeometric:
            each(&source) { good, bad, sample, source in
                UInt64(bitPattern: Int64(source.hypergeometric(Int(good), Int(bad), Int(sample))))
            }
        case .negativeBinomial: count(&source) { $2.negativeBinomial($0, $1) }
        case .poisson: count(&source) { a, _, source in poisson.draw(a, from: &source) }
        case .zipf: count(&source) { a, _, source in source.zipf(a) }
        case .geometric: count(&source) { a, _, source in source.geometric(a) }
        case .logSeries: count(&source) { a, _, source in source.logSeries(a) }
        default: preconditionFailure("\(distribution) gives \(distribution.result)")
        }
    }

    @inline(__always)
    func real<Source: DrawSource>(
        _ source: inout Source, _ draw: (Double, Double, Double, inout Source) -> Double
    ) {
        each(&source) {
            draw(Double(bitPattern: $0), Double(bitPattern: $1), Double(bitPattern: $2), &$3).bitPattern
        }
    }

    @inline(__always)
    func count<Source: DrawSource>(
        _ source: inout Source, _ draw: (Double, Double, inout Source) -> Int
    ) {
        each(&source) { first, second, _, source in
            UInt64(bitPattern: Int64(draw(Double(bitPattern: first), Double(bitPattern: second), &source)))
        }
    }

    /// Parameters and results have 8 bytes each; what they are, the closure knows.
    @inline(__always)
    func each<Source: DrawSource>(
        _ source: inout Source, _ draw: (UInt64, UInt64, UInt64, inout Source) -> UInt64
    ) {
        @inline(__always)
        func row(_ count: Int, _ target: Place, _ first: Place, _ second: Place, _ third: Place) {
            var (target, first, second, third) = (target, first, second, third)
            for _ in 0..<count {
                let value = draw(first.bits, second.bits, third.bits, &source)
                target.address.storeBytes(of: value, as: UInt64.self)
                target.address += target.step
                first.address += first.step
                second.address += second.step
                third.address += third.step
            }
        }
        if let start {
            return withUnsafePointer(to: numbers) { numbers in
                let first = UnsafeMutableRawPointer(mutating: UnsafeRawPointer(numbers))
                row(
                    count, Place(address: start, step: 8), Place(address: first, step: 0),
                    Place(address: first + 8, step: 0), Place(address: first + 16, step: 0))
            }
        }
        let last = operands.count - 1
        Rows.forEach(operands) { count, places, strides in
            // A parameter that is not there is read as whatever the first operand's place holds, and not used.
            func place(_ index: Int) -> Place {
                index <= last ? Place(address: places[index], step: strides[index]) : Place(address: places[0], step: 0)
            }
            row(count, place(0), place(1), place(2), place(3))
        }
    }
}

/// Where the next element of a row is.
private struct Place {
    var address: UnsafeMutableRawPointer
    /// In bytes.
    let step: Int

    var bits: UInt64 { address.load(as: UInt64.self) }
}
