#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// How many good ones are in a sample without replacement.
extension DrawSource {
    mutating func hypergeometric(_ good: Int, _ bad: Int, _ sample: Int) -> Int {
        sample >= 10 && sample <= good + bad - 10
            ? largeHypergeometric(good, bad, sample) : smallHypergeometric(good, bad, sample)
    }

    /// Takes them one by one, or leaves out the others one by one.
    private mutating func smallHypergeometric(_ good: Int, _ bad: Int, _ sample: Int) -> Int {
        let total = good + bad
        let isRest = sample > total / 2
        var left = isRest ? total - sample : sample
        var (remaining, remainingGood) = (total, good)
        while left > 0 && remainingGood > 0 && remaining > remainingGood {
            remaining -= 1
            if Int(interval(UInt64(remaining))) < remainingGood { remainingGood -= 1 }
            left -= 1
        }
        if remaining == remainingGood { remainingGood -= left }
        return isRest ? remainingGood : good - remainingGood
    }

    /// Stadlober's ratio of uniforms HRUA, "The Ratio of Uniforms Approach for Generating Discrete Random Variates"
    /// (1990).
    private mutating func largeHypergeometric(_ good: Int, _ bad: Int, _ sample: Int) -> Int {
        let total = good + bad
        let taken = min(sample, total - sample)
        let (few, many) = (min(good, bad), max(good, bad))
        let (p, q) = (Double(few) / Double(total), Double(many) / Double(total))
        let a = Double(taken) * p + 0.5
        let variance = Double(total - taken) * Double(taken) * p * q / Double(total - 1)
        let c = (variance + 0.5).squareRoot()
        // 2 sqrt(2/e) and 3 - 2 sqrt(3/e).
        let h = 1.7155277699214135 * c + 0.8989161620588988
        let mode = Int((Double(taken + 1) * Double(few + 1) / Double(total + 2)).rounded(.down))
        func weight(_ count: Int) -> Double {
            logFactorial(count) + logFactorial(few - count) + logFactorial(taken - count)
                + logFactorial(many - taken + count)
        }
        let g = weight(mode)
        let bound = min(Double(min(taken, few) + 1), (a + 16 * c).rounded(.down))
        var count = 0
        while true {
            let u = nextDouble()
            let x = a + h * (nextDouble() - 0.5) / u
            // Also without 0 / 0.
            guard x >= 0 && x < bound else { continue }
            count = truncated(x.rounded(.down))
            let t = g - weight(count)
            if u * (4 - u) - 3 <= t { break }
            if u * (u - t) >= 1 { continue }
            if 2 * log(u) <= t { break }
        }
        if good > bad { count = taken - count }
        return taken < sample ? good - count : count
    }

    /// Of each colour how many, by hypergeometric draws.
    mutating func multivariateHypergeometric(
        _ colors: UnsafeBufferPointer<Int>, _ total: Int, _ sample: Int, _ counts: UnsafeMutablePointer<Int>
    ) {
        counts.update(repeating: 0, count: colors.count)
        guard total > 0 && sample > 0 else { return }
        let isRest = sample > total / 2
        var (left, remaining) = (isRest ? total - sample : sample, total)
        for color in 0..<colors.count - 1 where left > 0 {
            remaining -= colors[color]
            counts[color] = hypergeometric(colors[color], remaining, left)
            left -= counts[color]
        }
        if left > 0 { counts[colors.count - 1] = left }
        if isRest { for color in colors.indices { counts[color] = colors[color] - counts[color] } }
    }

    /// The same by a shuffle of all items.
    ///
    /// - Parameter choices: Room for `total` numbers.
    mutating func multivariateHypergeometric(
        _ colors: UnsafeBufferPointer<Int>, _ total: Int, _ sample: Int, _ counts: UnsafeMutablePointer<Int>,
        choices: UnsafeMutablePointer<Int>
    ) {
        let isRest = sample > total / 2
        for place in 0..<(isRest ? total - sample : sample) {
            let other = place + Int(interval(UInt64(total - place - 1)))
            (choices[place], choices[other]) = (choices[other], choices[place])
            counts[choices[place]] += 1
        }
        if isRest { for color in colors.indices { counts[color] = colors[color] - counts[color] } }
    }
}

/// log(k!): summed for small `k`, else by Stirling's series.
func logFactorial(_ k: Int) -> Double {
    if k < smallLogFactorialCount { return smallLogFactorials[k] }
    let x = Double(k)
    return (x + 0.5) * log(x) - x + (0.9189385332046728 + (1 / x) * (1 / 12 - 1 / (360 * x * x)))
}

private let smallLogFactorialCount = 126

/// Rounded once from sums of 32 digits. Never freed.
private nonisolated(unsafe) let smallLogFactorials: UnsafePointer<Double> = {
    let table = UnsafeMutablePointer<Double>.allocate(capacity: smallLogFactorialCount)
    var sum = DoubleDouble(0)
    for k in 0..<smallLogFactorialCount {
        if k > 1 { sum = sum + DoubleDouble(Double(k)).logarithm(near: log(Double(k))) }
        table[k] = sum.high
    }
    return UnsafePointer(table)
}()
