/// Eigenvalues and eigenvectors of a real symmetric tridiagonal matrix by implicit QL and QR iteration (J. H. Wilkinson and
/// C. Reinsch, "Handbook for Automatic Computation II", 1971, `imtql2`; as in LAPACK's `dsteqr`, iterations run towards the
/// end of a block whose diagonal element is smaller).
struct TridiagonalIteration {
    private let d: UnsafeMutablePointer<Double>
    private let e: UnsafeMutablePointer<Double>
    private let count: Int
    /// Rotates rows, each an eigenvector in the end.
    private var sweeps: RotationSweeps

    /// Iterations for each eigenvalue at most.
    private static let mostIterations = 60

    init(
        diagonal: UnsafeMutablePointer<Double>, offDiagonal: UnsafeMutablePointer<Double>, count: Int,
        sweeps: RotationSweeps
    ) {
        d = diagonal
        e = offDiagonal
        self.count = count
        self.sweeps = sweeps
    }

    /// Diagonalizes; eigenvalues come in any order. False when it does not converge.
    mutating func run() -> Bool {
        guard count > 1 else { return true }
        var largest = 0.0
        for index in 0..<count { largest = max(largest, abs(d[index]), index + 1 < count ? abs(e[index]) : 0) }
        // Numbers whose squares are representable.
        let scale = largest > 1e140 || largest < 1e-140 && largest > 0 ? 1 / largest : 1
        if scale != 1 { scaleAll(by: scale) }
        var budget = Self.mostIterations * count
        var start = 0
        while start < count {
            var end = start
            while end < count - 1 && !isNegligible(end) { end += 1 }
            if end < count - 1 { e[end] = 0 }
            guard diagonalize(start, end, &budget) else { return false }
            start = end + 1
        }
        sweeps.apply()
        if scale != 1 { scaleAll(by: 1 / scale) }
        return true
    }

    private func scaleAll(by factor: Double) {
        for index in 0..<count { d[index] *= factor }
        for index in 0..<count - 1 { e[index] *= factor }
    }

    /// Whether an off-diagonal element is nothing beside its neighbours on the diagonal.
    @inline(__always) private func isNegligible(_ index: Int) -> Bool {
        let size = abs(e[index])
        return size <= 0x1p-53 * (abs(d[index]).squareRoot() * abs(d[index + 1]).squareRoot()) || size < 0x1p-1000
    }

    private mutating func diagonalize(_ start: Int, _ end: Int, _ budget: inout Int) -> Bool {
        var (low, high) = (start, end)
        let isUpwards = abs(d[end]) < abs(d[start])
        while low < high {
            if isUpwards {
                // QR: eigenvalues are found at the end.
                var split = high
                while split > low && !isNegligible(split - 1) { split -= 1 }
                if split > low { e[split - 1] = 0 }
                if split == high {
                    high -= 1
                    continue
                }
                iterateUp(split, high)
            } else {
                var split = low
                while split < high && !isNegligible(split) { split += 1 }
                if split < high { e[split] = 0 }
                if split == low {
                    low += 1
                    continue
                }
                iterateDown(low, split)
            }
            budget -= 1
            if budget < 0 || Interruption.isAsked { return false }
        }
        return true
    }

    /// Wilkinson's shift at an end of a block: `near` its last diagonal element, `far` the one before.
    @inline(__always) private func shift(near: Double, far: Double, between: Double) -> Double {
        let g = (far - near) / (2 * between)
        let r = (g * g + 1).squareRoot()
        return near - between / (g + (g < 0 ? -r : r))
    }

    /// One implicit QL iteration on a block: from its end to its start.
    private mutating func iterateDown(_ l: Int, _ m: Int) {
        let (cosines, sines) = (sweeps.cosines, sweeps.sines)
        var g = d[m] - shift(near: d[l], far: d[l + 1], between: e[l])
        var (s, c, p) = (1.0, 1.0, 0.0)
        for i in stride(from: m - 1, through: l, by: -1) {
            let (f, b) = (s * e[i], c * e[i])
            let rotation = planeRotation(g, f)
            (c, s) = (rotation.c, rotation.s)
            if i != m - 1 { e[i + 1] = rotation.r }
            g = d[i + 1] - p
            let r = (d[i] - g) * s + 2 * c * b
            p = s * r
            d[i + 1] = g + p
            g = c * r - b
            cosines[i - l] = c
            sines[i - l] = -s
        }
        d[l] -= p
        e[l] = g
        sweeps.add(first: l, count: m - l, downwards: true)
    }

    /// One implicit QR iteration on a block: from its start to its end.
    private mutating func iterateUp(_ m: Int, _ l: Int) {
        let (cosines, sines) = (sweeps.cosines, sweeps.sines)
        var g = d[m] - shift(near: d[l], far: d[l - 1], between: e[l - 1])
        var (s, c, p) = (1.0, 1.0, 0.0)
        for i in m..<l {
            let (f, b) = (s * e[i], c * e[i])
            let rotation = planeRotation(g, f)
            (c, s) = (rotation.c, rotation.s)
            if i != m { e[i - 1] = rotation.r }
            g = d[i] - p
            let r = (d[i + 1] - g) * s + 2 * c * b
            p = s * r
            d[i] = g + p
            g = c * r - b
            cosines[i - m] = c
            sines[i - m] = s
        }
        d[l] -= p
        e[l - 1] = g
        sweeps.add(first: m, count: l - m, downwards: false)
    }
}
