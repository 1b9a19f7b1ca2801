/// Eigenvalues alone of a real symmetric tridiagonal matrix, by QL and QR iteration without square roots but for shifts
/// (the Pal-Walker-Kahan variant; B. Parlett, "The Symmetric Eigenvalue Problem", 1980, section 8.15).
struct RootFreeIteration {
    private let d: UnsafeMutablePointer<Double>
    /// Squares of the off-diagonal elements.
    private let e: UnsafeMutablePointer<Double>
    private let count: Int

    private static let mostIterations = 60

    init(diagonal: UnsafeMutablePointer<Double>, offDiagonal: UnsafeMutablePointer<Double>, count: Int) {
        d = diagonal
        e = offDiagonal
        self.count = count
    }

    /// Eigenvalues come in any order in place of the diagonal. False when it does not converge.
    func run() -> Bool {
        guard count > 1 else { return true }
        var largest = 0.0
        for index in 0..<count { largest = max(largest, abs(d[index]), index + 1 < count ? abs(e[index]) : 0) }
        if largest == 0 { return true }
        for index in 0..<count { d[index] /= largest }
        for index in 0..<count - 1 {
            e[index] /= largest
            e[index] *= e[index]
        }
        var budget = Self.mostIterations * count
        var start = 0
        while start < count {
            var end = start
            while end < count - 1 && !isNegligible(end) { end += 1 }
            guard diagonalize(start, end, &budget) else { return false }
            start = end + 1
        }
        for index in 0..<count { d[index] *= largest }
        return true
    }

    @inline(__always) private func isNegligible(_ index: Int) -> Bool {
        e[index] <= 0x1p-106 * abs(d[index] * d[index + 1]) || e[index] < 0x1p-1000
    }

    private func diagonalize(_ start: Int, _ end: Int, _ budget: inout Int) -> Bool {
        var (low, high) = (start, end)
        let isUpwards = abs(d[end]) < abs(d[start])
        while low < high {
            if isUpwards {
                var split = high
                while split > low && !isNegligible(split - 1) { split -= 1 }
                if split == high { high -= 1 } else { iterateUp(split, high) }
            } else {
                var split = low
                while split < high && !isNegligible(split) { split += 1 }
                if split == low { low += 1 } else { iterateDown(low, split) }
            }
            budget -= 1
            if budget < 0 || Interruption.isAsked { return false }
        }
        return true
    }

    private func shift(near: Double, far: Double, between square: Double) -> Double {
        let root = square.squareRoot()
        let g = (far - near) / (2 * root)
        let r = (g * g + 1).squareRoot()
        return near - root / (g + (g < 0 ? -r : r))
    }

    private func iterateDown(_ l: Int, _ m: Int) {
        let sigma = shift(near: d[l], far: d[l + 1], between: e[l])
        var (c, s, gamma) = (1.0, 0.0, d[m] - sigma)
        var p = gamma * gamma
        for i in stride(from: m - 1, through: l, by: -1) {
            let b = e[i]
            let r = p + b
            if i != m - 1 { e[i + 1] = s * r }
            let (oldCosine, oldGamma, alpha) = (c, gamma, d[i])
            c = p / r
            s = b / r
            gamma = c * (alpha - sigma) - s * oldGamma
            d[i + 1] = oldGamma + (alpha - gamma)
            p = c != 0 ? gamma * gamma / c : oldCosine * b
        }
        e[l] = s * p
        d[l] = sigma + gamma
    }

    private func iterateUp(_ m: Int, _ l: Int) {
        let sigma = shift(near: d[l], far: d[l - 1], between: e[l - 1])
        var (c, s, gamma) = (1.0, 0.0, d[m] - sigma)
        var p = gamma * gamma
        for i in m..<l {
            let b = e[i]
            let r = p + b
            if i != m { e[i - 1] = s * r }
            let (oldCosine, oldGamma, alpha) = (c, gamma, d[i + 1])
            c = p / r
            s = b / r
            gamma = c * (alpha - sigma) - s * oldGamma
            d[i] = oldGamma + (alpha - gamma)
            p = c != 0 ? gamma * gamma / c : oldCosine * b
        }
        e[l - 1] = s * p
        d[l] = sigma + gamma
    }
}
