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
    /// The output, then the parameters.
    let operands: [View]

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: operands[0].layout.count) { draws in
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
        let parameters = operands.count - 1
        Rows.forEach(operands) { count, places, strides in
            // A parameter that is not there is read as whatever the first operand's place holds, and not used.
            var (first, second, third) = (places[0], places[0], places[0])
            var (firstStep, secondStep, thirdStep) = (0, 0, 0)
            if parameters > 0 { (first, firstStep) = (places[1], strides[1]) }
            if parameters > 1 { (second, secondStep) = (places[2], strides[2]) }
            if parameters > 2 { (third, thirdStep) = (places[3], strides[3]) }
            var target = places[0]
            for _ in 0..<count {
                let value = draw(
                    first.load(as: UInt64.self), second.load(as: UInt64.self), third.load(as: UInt64.self), &source)
                target.storeBytes(of: value, as: UInt64.self)
                target += strides[0]
                first += firstStep
                second += secondStep
                third += thirdStep
            }
        }
    }
}
