/// What a number can be drawn from, with its parameters in NumPy's order.
package enum Distribution: Int, Sendable, CaseIterable {
    // Results are float64.
    case uniform, normal, exponential, standardGamma, gamma, beta, chiSquare, noncentralChiSquare
    case fisher, noncentralFisher, student, cauchy, pareto, weibull, power, laplace, gumbel, logistic, logNormal
    case rayleigh, wald, triangular, vonMises
    // Results are int64.
    case binomial, negativeBinomial, poisson, zipf, geometric, hypergeometric, logSeries

    /// The type of the results.
    package var result: DType {
        switch self {
        case .binomial, .negativeBinomial, .poisson, .zipf, .geometric, .hypergeometric, .logSeries: .int64
        default: .float64
        }
    }

    /// What parameters there are.
    package var parameters: [Parameter] { Self.table[rawValue] }

    private static let table = allCases.map(\.declaration)

    private var declaration: [Parameter] {
        switch self {
        case .uniform: [.init("low", .any), .init("high", .any)]
        case .normal, .laplace, .gumbel, .logistic: [.init("loc", .any), .init("scale", .notNegative)]
        case .logNormal: [.init("mean", .any), .init("sigma", .notNegative)]
        case .exponential, .rayleigh: [.init("scale", .notNegative)]
        case .standardGamma: [.init("shape", .notNegative)]
        case .gamma: [.init("shape", .notNegative), .init("scale", .notNegative)]
        case .beta: [.init("a", .positive), .init("b", .positive)]
        case .chiSquare, .student: [.init("df", .positive)]
        case .noncentralChiSquare: [.init("df", .positive), .init("nonc", .notNegative)]
        case .fisher: [.init("dfnum", .positive), .init("dfden", .positive)]
        case .noncentralFisher:
            [.init("dfnum", .positive), .init("dfden", .positive), .init("nonc", .notNegative)]
        case .cauchy: []
        case .pareto, .power: [.init("a", .positive)]
        case .weibull: [.init("a", .notNegative)]
        case .wald: [.init("mean", .positive), .init("scale", .positive)]
        case .triangular: [.init("left", .any), .init("mode", .any), .init("right", .any)]
        case .vonMises: [.init("mu", .any), .init("kappa", .notNegative)]
        case .binomial: [.init("n", .notNegative, .int64), .init("p", .probability)]
        case .negativeBinomial: [.init("n", .positiveNumber), .init("p", .positiveProbability)]
        case .poisson: [.init("lam", .poisson)]
        case .zipf: [.init("a", .aboveOne)]
        case .geometric: [.init("p", .positiveProbability)]
        case .hypergeometric:
            [
                .init("ngood", .notNegative, .int64), .init("nbad", .notNegative, .int64),
                .init("nsample", .notNegative, .int64),
            ]
        case .logSeries: [.init("p", .probabilityBelowOne)]
        }
    }

    package struct Parameter: Sendable {
        package let name: String
        package let constraint: Constraint
        /// `float64` or `int64`.
        package let dtype: DType

        init(_ name: String, _ constraint: Constraint, _ dtype: DType = .float64) {
            (self.name, self.constraint, self.dtype) = (name, constraint, dtype)
        }
    }

    /// What the values of a parameter must be.
    package enum Constraint: Sendable {
        case any, notNegative, positive, positiveNumber, probability, positiveProbability, probabilityBelowOne
        case aboveOne, atLeastOne, poisson
    }
}

extension Distribution.Constraint {
    /// Above it the sum of a Poisson number and ten deviations is no int64.
    static var largestPoissonMean: Double { Double(Int.max) - Double(Int.max).squareRoot() * 10 }

    func allows(_ value: Double) -> Bool {
        switch self {
        case .any: true
        case .notNegative: value.isNaN || value.sign == .plus
        case .positive: !(value <= 0)
        case .positiveNumber: value > 0
        case .probability: value >= 0 && value <= 1
        case .positiveProbability: value > 0 && value <= 1
        case .probabilityBelowOne: value >= 0 && value < 1
        case .aboveOne: value > 1
        case .atLeastOne: value >= 1
        case .poisson: value >= 0 && value <= Self.largestPoissonMean
        }
    }

    /// What NumPy says of a value that is not allowed.
    func complaint(_ name: String, _ value: Double, isArray: Bool) -> String {
        let notANumber = isArray ? "\(name) contains NaNs" : "\(name) is NaN"
        return switch self {
        case .any, .notNegative: "\(name) < 0"
        case .positive: "\(name) <= 0"
        case .positiveNumber: value.isNaN ? "\(name) must not be NaN" : "\(name) <= 0"
        case .probability: "\(name) < 0, \(name) > 1 or \(notANumber)"
        case .positiveProbability: "\(name) <= 0, \(name) > 1 or \(name) contains NaNs"
        case .probabilityBelowOne: "\(name) < 0, \(name) >= 1 or \(notANumber)"
        case .aboveOne: "\(name) <= 1 or \(notANumber)"
        case .atLeastOne: "\(name) < 1 or \(notANumber)"
        case .poisson: value >= 0 ? "\(name) value too large" : "\(name) < 0 or \(notANumber)"
        }
    }
}

extension Distribution {
    /// Looks at all parameters, and gives the shape that they broadcast to.
    ///
    /// - Parameters:
    ///   - values: In order, of the types that `parameters` says.
    ///   - isLegacy: Whether for `LegacyDraws`, which allows other values here and there.
    /// - Throws: `.value` with NumPy's words for a value outside of the parameter's range, and for shapes that do not
    ///   broadcast; `.type` for another type or number of parameters.
    package func check(_ values: [View], isLegacy: Bool = false) throws(TensorError) -> Axes {
        guard values.count == parameters.count else {
            throw TensorError(.type, "\(self) takes \(parameters.count) parameters, not \(values.count)")
        }
        var shape = Axes()
        for (parameter, value) in zip(parameters, values) {
            guard value.dtype == parameter.dtype else {
                throw TensorError(.type, "\(parameter.name) must be \(parameter.dtype), not \(value.dtype)")
            }
            shape = try Layout.broadcast(shape, value.layout.shape)
        }
        let constraints = parameters.map { isLegacy ? legacyConstraint($0) : $0.constraint }
        for (index, value) in values.enumerated() { try parameters[index].check(value, constraints[index]) }
        try checkTogether(values, shape, isLegacy: isLegacy)
        return shape
    }

    /// Looks at parameters that are single numbers.
    ///
    /// - Parameter numbers: The bits of each.
    /// - Throws: As for arrays.
    package func check(_ numbers: InlineArray<3, UInt64>, isLegacy: Bool) throws(TensorError) {
        var values: InlineArray<3, Double> = [0, 0, 0]
        for (index, parameter) in parameters.enumerated() {
            let isInteger = parameter.dtype == .int64
            let value =
                isInteger ? Double(Int64(bitPattern: numbers[index])) : Double(bitPattern: numbers[index])
            let constraint = isLegacy ? legacyConstraint(parameter) : parameter.constraint
            guard constraint.allows(value) else {
                throw TensorError(.value, constraint.complaint(parameter.name, value, isArray: false))
            }
            values[index] = value
        }
        guard let rule = rule(isLegacy: isLegacy) else { return }
        if let complaint = rule(values[0], values[1], values[2]) { throw TensorError(.value, complaint) }
    }

    private func legacyConstraint(_ parameter: Parameter) -> Constraint {
        switch (self, parameter.name) {
        case (.negativeBinomial, "n"): .positive
        case (.negativeBinomial, "p"): .probability
        case (.hypergeometric, "nsample"): .atLeastOne
        default: parameter.constraint
        }
    }

    /// What the first parameters must be to one another: says what is wrong.
    private func rule(isLegacy: Bool) -> ((Double, Double, Double) -> String?)? {
        switch self {
        case .uniform:
            return { low, high, _ in
                let range = high - low
                guard range.isFinite else { return "high - low range exceeds valid bounds" }
                return !isLegacy && range.sign == .minus ? "high - low < 0" : nil
            }
        case .triangular:
            return { left, mode, right in
                if left > mode { return "left > mode" }
                return mode > right ? "mode > right" : left == right ? "left == right" : nil
            }
        case .negativeBinomial where !isLegacy:
            return { n, p, _ in
                let mean: Double = (1 - p) / p * (n + 10 * n.squareRoot())
                return mean > Constraint.largestPoissonMean
                    ? "n too large or p too small, see Generator.negative_binomial Notes" : nil
            }
        case .hypergeometric:
            return { good, bad, sample in
                if !isLegacy && max(good, bad) >= 1e9 { return "both ngood and nbad must be less than 1000000000" }
                return good + bad < sample ? "ngood + nbad < nsample" : nil
            }
        default: return nil
        }
    }

    /// What concerns more than one parameter.
    private func checkTogether(_ values: [View], _ shape: Axes, isLegacy: Bool) throws(TensorError) {
        guard let rule = rule(isLegacy: isLegacy) else { return }
        var together: [View] = []
        for var value in values {
            value.layout = try value.layout.broadcast(to: shape)
            together.append(value)
        }
        while together.count < 3 { together.append(together[0]) }
        var complaint: String?
        Rows.forEach(together) { count, places, strides in
            for index in 0..<count where complaint == nil {
                complaint = rule(
                    together[0].number(places[0] + index * strides[0]),
                    together[1].number(places[1] + index * strides[1]),
                    together[2].number(places[2] + index * strides[2]))
            }
        }
        if let complaint { throw TensorError(.value, complaint) }
    }
}

extension Distribution.Parameter {
    fileprivate func check(_ value: View, _ constraint: Distribution.Constraint) throws(TensorError) {
        var wrong: Double?
        Rows.forEach([value]) { count, places, strides in
            for index in 0..<count where wrong == nil {
                let number = value.number(places[0] + index * strides[0])
                if !constraint.allows(number) { wrong = number }
            }
        }
        if let wrong {
            throw TensorError(.value, constraint.complaint(name, wrong, isArray: value.layout.rank > 0))
        }
    }
}

extension View {
    /// An element of a parameter.
    fileprivate func number(_ place: UnsafeMutableRawPointer) -> Double {
        dtype == .int64 ? Double(place.load(as: Int.self)) : place.load(as: Double.self)
    }
}
