/// Singular values, and rotations of singular vectors, of a real upper bidiagonal matrix by implicit QR iteration with zero
/// shifts where they keep small values exact (J. Demmel and W. Kahan, "Accurate singular values of bidiagonal matrices",
/// SIAM J. Sci. Stat. Comput. 11, 1990; the tests for convergence as in LAPACK's `dbdsqr`).
struct BidiagonalIteration {
    private let d: UnsafeMutablePointer<Double>
    private let e: UnsafeMutablePointer<Double>
    private let count: Int
    /// Rotate rows that become left and right singular vectors; nil for values only.
    private var left: RotationSweeps?
    private var right: RotationSweeps?
    /// For the rotations of a sweep that nobody wants.
    private let spare: UnsafeMutablePointer<Double>

    private static let mostIterations = 60
    private static let tolerance = 0x1p-53 * 98  // about eps^(-1/8) roundings
    private var threshold = 0.0
    /// A bound for the smallest singular value of the block.
    private var smallest = 0.0

    /// - Parameter spare: scratch, twice as long as the diagonal.
    init(
        diagonal: UnsafeMutablePointer<Double>, offDiagonal: UnsafeMutablePointer<Double>, count: Int,
        left: RotationSweeps?, right: RotationSweeps?, spare: UnsafeMutablePointer<Double>
    ) {
        d = diagonal
        e = offDiagonal
        self.count = count
        self.left = left
        self.right = right
        self.spare = spare
    }

    /// Diagonalizes; values come in any order and with any sign. False when it does not converge.
    mutating func run() -> Bool {
        guard count > 1 else { return true }
        setThreshold()
        var budget = Self.mostIterations * count
        var (high, isDown, former) = (count - 1, true, (-1, -1))
        while high > 0 {
            if abs(d[high]) <= threshold { d[high] = 0 }
            var low = high
            while low > 0 {
                if abs(d[low - 1]) <= threshold { d[low - 1] = 0 }
                if abs(e[low - 1]) <= threshold {
                    e[low - 1] = 0
                    break
                }
                low -= 1
            }
            if low == high {
                high -= 1
                continue
            }
            budget -= 1
            if budget < 0 || Interruption.isAsked { return false }
            // Iterations go from the larger end of a block to the smaller.
            if low > former.1 || high < former.0 { isDown = abs(d[low]) >= abs(d[high]) }
            if deflate(low, high, isDown, &former) { continue }
            former = (low, high)
            sweep(low, high, isDown)
        }
        left?.apply()
        right?.apply()
        return true
    }

    private mutating func setThreshold() {
        var largest = 0.0
        for index in 0..<count { largest = max(largest, abs(d[index]), index + 1 < count ? abs(e[index]) : 0) }
        var smallest = abs(d[0])
        var mu = smallest
        for index in 1..<count where smallest > 0 {
            mu = abs(d[index]) * (mu / (mu + abs(e[index - 1])))
            smallest = min(smallest, mu)
        }
        smallest /= Double(count).squareRoot()
        threshold = max(Self.tolerance * smallest, Double(6 * count) * Double(count) * Double.leastNormalMagnitude)
    }

    /// Looks for an element that is nothing beside the singular values of the block. True when one was found.
    private mutating func deflate(_ low: Int, _ high: Int, _ isDown: Bool, _ former: inout (Int, Int)) -> Bool {
        let tolerance = Self.tolerance
        if isDown {
            if abs(e[high - 1]) <= tolerance * abs(d[high]) {
                e[high - 1] = 0
                return true
            }
            var mu = abs(d[low])
            smallest = mu
            for index in low..<high {
                if abs(e[index]) <= tolerance * mu {
                    e[index] = 0
                    return true
                }
                mu = abs(d[index + 1]) * (mu / (mu + abs(e[index])))
                smallest = min(smallest, mu)
            }
        } else {
            if abs(e[low]) <= tolerance * abs(d[low]) {
                e[low] = 0
                return true
            }
            var mu = abs(d[high])
            smallest = mu
            for index in (low..<high).reversed() {
                if abs(e[index]) <= tolerance * mu {
                    e[index] = 0
                    return true
                }
                mu = abs(d[index]) * (mu / (mu + abs(e[index])))
                smallest = min(smallest, mu)
            }
        }
        return false
    }

    private mutating func sweep(_ low: Int, _ high: Int, _ isDown: Bool) {
        var largest = 0.0
        for index in low..<high { largest = max(largest, abs(d[index]), abs(e[index])) }
        largest = max(largest, abs(d[high]))
        var shift = 0.0
        // A shift that would cost relative accuracy is left out.
        if Double(count) * Self.tolerance * (smallest / largest) > max(0x1p-53, 0.01 * Self.tolerance) {
            let start = isDown ? abs(d[low]) : abs(d[high])
            shift =
                isDown
                ? Self.smallerValue(d[high - 1], e[high - 1], d[high]) : Self.smallerValue(d[low], e[low], d[low + 1])
            let ratio = start > 0 ? shift / start : 0
            if ratio * ratio < 0x1p-53 { shift = 0 }
        }
        let isWanted = left != nil
        let (leftCosines, leftSines) = isWanted ? (left!.cosines, left!.sines) : (spare, spare + count)
        let (rightCosines, rightSines) = isWanted ? (right!.cosines, right!.sines) : (spare, spare + count)
        let sweep = Sweep(
            d: d, e: e, low: low, high: high, leftCosines: leftCosines, leftSines: leftSines,
            rightCosines: rightCosines,
            rightSines: rightSines)
        switch (shift == 0, isDown) {
        case (true, true): sweep.zeroShiftDown()
        case (true, false): sweep.zeroShiftUp()
        case (false, true): sweep.shiftedDown(shift)
        case (false, false): sweep.shiftedUp(shift)
        }
        let last = isDown ? high - 1 : low
        if abs(e[last]) <= threshold { e[last] = 0 }
        left?.add(first: low, count: high - low, downwards: !isDown)
        right?.add(first: low, count: high - low, downwards: !isDown)
    }

    /// The smaller singular value of the triangle `f g; 0 h` (LAPACK's `dlas2`).
    private static func smallerValue(_ f: Double, _ g: Double, _ h: Double) -> Double {
        let (f, g, h) = (abs(f), abs(g), abs(h))
        let (small, large) = (min(f, h), max(f, h))
        if small == 0 { return 0 }
        let sum = 1 + small / large
        let difference = (large - small) / large
        if g < large {
            let square = (g / large) * (g / large)
            let c = 2 / ((sum * sum + square).squareRoot() + (difference * difference + square).squareRoot())
            return small * c
        }
        let ratio = large / g
        if ratio == 0 { return small * large / g }
        let (x, y) = (sum * ratio, difference * ratio)
        let c = 1 / ((1 + x * x).squareRoot() + (1 + y * y).squareRoot())
        return 2 * (small * c) * ratio
    }
}

/// One sweep over a block.
private struct Sweep {
    let d: UnsafeMutablePointer<Double>
    let e: UnsafeMutablePointer<Double>
    let low: Int
    let high: Int
    let leftCosines: UnsafeMutablePointer<Double>
    let leftSines: UnsafeMutablePointer<Double>
    let rightCosines: UnsafeMutablePointer<Double>
    let rightSines: UnsafeMutablePointer<Double>

    func zeroShiftDown() {
        var (c, oldCosine, oldSine, s) = (1.0, 1.0, 0.0, 0.0)
        for i in low..<high {
            let first = planeRotation(d[i] * c, e[i])
            (c, s) = (first.c, first.s)
            if i > low { e[i - 1] = oldSine * first.r }
            let second = planeRotation(oldCosine * first.r, d[i + 1] * s)
            (oldCosine, oldSine) = (second.c, second.s)
            d[i] = second.r
            rightCosines[i - low] = c
            rightSines[i - low] = s
            leftCosines[i - low] = oldCosine
            leftSines[i - low] = oldSine
        }
        let h = d[high] * c
        d[high] = h * oldCosine
        e[high - 1] = h * oldSine
    }

    func zeroShiftUp() {
        var (c, oldCosine, oldSine, s) = (1.0, 1.0, 0.0, 0.0)
        for i in (low + 1...high).reversed() {
            let first = planeRotation(d[i] * c, e[i - 1])
            (c, s) = (first.c, first.s)
            if i < high { e[i] = oldSine * first.r }
            let second = planeRotation(oldCosine * first.r, d[i - 1] * s)
            (oldCosine, oldSine) = (second.c, second.s)
            d[i] = second.r
            leftCosines[i - low - 1] = c
            leftSines[i - low - 1] = -s
            rightCosines[i - low - 1] = oldCosine
            rightSines[i - low - 1] = -oldSine
        }
        let h = d[low] * c
        d[low] = h * oldCosine
        e[low] = h * oldSine
    }

    func shiftedDown(_ shift: Double) {
        var f = (abs(d[low]) - shift) * ((d[low] < 0 ? -1 : 1) + shift / d[low])
        var g = e[low]
        for i in low..<high {
            let first = planeRotation(f, g)
            if i > low { e[i - 1] = first.r }
            f = first.c * d[i] + first.s * e[i]
            e[i] = first.c * e[i] - first.s * d[i]
            g = first.s * d[i + 1]
            d[i + 1] *= first.c
            let second = planeRotation(f, g)
            d[i] = second.r
            f = second.c * e[i] + second.s * d[i + 1]
            d[i + 1] = second.c * d[i + 1] - second.s * e[i]
            if i < high - 1 {
                g = second.s * e[i + 1]
                e[i + 1] *= second.c
            }
            rightCosines[i - low] = first.c
            rightSines[i - low] = first.s
            leftCosines[i - low] = second.c
            leftSines[i - low] = second.s
        }
        e[high - 1] = f
    }

    func shiftedUp(_ shift: Double) {
        var f = (abs(d[high]) - shift) * ((d[high] < 0 ? -1 : 1) + shift / d[high])
        var g = e[high - 1]
        for i in (low + 1...high).reversed() {
            let first = planeRotation(f, g)
            if i < high { e[i] = first.r }
            f = first.c * d[i] + first.s * e[i - 1]
            e[i - 1] = first.c * e[i - 1] - first.s * d[i]
            g = first.s * d[i - 1]
            d[i - 1] *= first.c
            let second = planeRotation(f, g)
            d[i] = second.r
            f = second.c * e[i - 1] + second.s * d[i - 1]
            d[i - 1] = second.c * d[i - 1] - second.s * e[i - 1]
            if i > low + 1 {
                g = second.s * e[i - 2]
                e[i - 2] *= second.c
            }
            leftCosines[i - low - 1] = first.c
            leftSines[i - low - 1] = -first.s
            rightCosines[i - low - 1] = second.c
            rightSines[i - low - 1] = -second.s
        }
        e[low] = f
    }
}
