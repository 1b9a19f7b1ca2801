extension RandomGenerator {
    /// Counts of kinds among independent draws.
    ///
    /// - Parameters:
    ///   - trials: Of int64, not negative, of the output's shape but for its last axis.
    ///   - probabilities: Of float64 and the output's shape: the last axis lies without gaps, its sum without the last
    ///     element is at most 1.
    ///   - output: Of int64, whose last axis lies without gaps.
    package mutating func drawMultinomial(_ trials: View, _ probabilities: View, to output: View) {
        run(MultinomialBody(trials: trials, probabilities: probabilities, output: output))
    }

    /// Vectors whose elements sum to 1.
    ///
    /// - Parameters:
    ///   - alpha: Not negative.
    ///   - output: Contiguous rows of float64, as long as `alpha`.
    package mutating func drawDirichlet(_ alpha: [Double], rows: Int, to output: UnsafeMutablePointer<Double>) {
        run(DirichletBody(alpha: alpha, rows: rows, output: output))
    }

    /// How many of each colour are in samples without replacement.
    ///
    /// - Parameters:
    ///   - colors: How many there are, not negative; their sum is at least `sample`.
    ///   - byCounting: By a shuffle of all items, as NumPy's method "count"; otherwise by hypergeometric draws.
    ///   - choices: For `byCounting` the colours of all items, in any order; it is another afterwards.
    ///   - output: Contiguous rows of int64, as long as `colors`.
    /// - Throws: `.value` with NumPy's words for a sum that is too large or too small.
    package mutating func drawMultivariateHypergeometric(
        _ colors: [Int], sample: Int, choices: UnsafeMutablePointer<Int>?, rows: Int,
        to output: UnsafeMutablePointer<Int>
    ) throws(TensorError) {
        let total = try Self.checkUrn(colors, sample: sample, byCounting: choices != nil)
        guard colors.count > 0 && rows > 0 else { return }
        run(UrnBody(colors: colors, total: total, sample: sample, choices: choices, rows: rows, output: output))
    }

    /// The number of all items.
    ///
    /// - Throws: As drawing does.
    package static func checkUrn(_ colors: [Int], sample: Int, byCounting: Bool) throws(TensorError) -> Int {
        var total = 0
        for color in colors {
            let (sum, overflows) = total.addingReportingOverflow(color)
            guard color >= 0 && !overflows else {
                throw TensorError(.value, "sum(colors) must not exceed the maximum value of a 64 bit signed integer")
            }
            total = sum
        }
        guard sample >= 0 else { throw TensorError(.value, "nsample must be nonnegative.") }
        guard byCounting || total < 1_000_000_000 else {
            throw TensorError(.value, "When method is \"marginals\", sum(colors) must be less than 1000000000.")
        }
        guard !byCounting || total <= Int.max / 8 else {
            throw TensorError(.value, "When method is 'count', sum(colors) must not exceed \(Int.max / 8)")
        }
        guard sample <= total else { throw TensorError(.value, "nsample > sum(colors)") }
        return total
    }
}

private struct MultinomialBody: GeneratorBody {
    let trials: View
    let probabilities: View
    let output: View

    func callAsFunction(_ generator: inout some BitGenerator) {
        let kinds = output.layout.shape[output.layout.rank - 1]
        guard output.layout.count > 0 else { return }
        var binomial = Binomial()
        // One element of a row stands for it.
        let heads = [output, probabilities].map { view in
            var head = view
            head.layout.shape.remove(at: view.layout.rank - 1)
            head.layout.strides.remove(at: view.layout.rank - 1)
            return head
        }
        Draws.with(&generator, expected: output.layout.count) { draws in
            Rows.forEach(heads + [trials]) { count, places, strides in
                for index in 0..<count {
                    let counts = (places[0] + index * strides[0]).assumingMemoryBound(to: Int.self)
                    let parts = (places[1] + index * strides[1]).assumingMemoryBound(to: Double.self)
                    draws.multinomial(
                        (places[2] + index * strides[2]).load(as: Int.self),
                        UnsafeBufferPointer(start: parts, count: kinds), counts, &binomial)
                }
            }
        }
    }
}

private struct DirichletBody: GeneratorBody {
    let alpha: [Double]
    let rows: Int
    let output: UnsafeMutablePointer<Double>

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: rows * alpha.count) { draws in
            alpha.withUnsafeBufferPointer { alpha in
                for row in 0..<rows { draws.dirichlet(alpha, output + row * alpha.count) }
            }
        }
    }
}

private struct UrnBody: GeneratorBody {
    let colors: [Int]
    let total: Int
    let sample: Int
    let choices: UnsafeMutablePointer<Int>?
    let rows: Int
    let output: UnsafeMutablePointer<Int>

    func callAsFunction(_ generator: inout some BitGenerator) {
        Draws.with(&generator, expected: rows) { draws in
            colors.withUnsafeBufferPointer { colors in
                if let choices { count(colors, choices, &draws) } else { draw(colors, &draws) }
            }
        }
    }

    private func draw(_ colors: UnsafeBufferPointer<Int>, _ draws: inout some DrawSource) {
        for row in 0..<rows {
            draws.multivariateHypergeometric(colors, total, sample, output + row * colors.count)
        }
    }

    /// The order that a row leaves is where the next begins.
    private func count(
        _ colors: UnsafeBufferPointer<Int>, _ choices: UnsafeMutablePointer<Int>, _ draws: inout some DrawSource
    ) {
        output.update(repeating: 0, count: rows * colors.count)
        guard total > 0 && sample > 0 else { return }
        for row in 0..<rows {
            draws.multivariateHypergeometric(
                colors, total, sample, output + row * colors.count, choices: choices)
        }
    }
}
