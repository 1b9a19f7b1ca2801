import WalleTensor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Complex numbers with any number of axes, and their transform as the definition says.
struct Spectrum {
    var shape: [Int]
    var re: [Double]
    var im: [Double]

    init(_ shape: [Int], _ value: ([Int]) -> (Double, Double)) {
        self.shape = shape
        let values = Reference.indices(shape).map(value)
        re = values.map { $0.0 }
        im = values.map { $0.1 }
    }

    init(random shape: [Int], _ random: inout SeededRandom) {
        self.init(shape) { _ in (.random(in: -1...1, using: &random), .random(in: -1...1, using: &random)) }
    }

    init(randomReal shape: [Int], _ random: inout SeededRandom) {
        self.init(shape) { _ in (.random(in: -1...1, using: &random), 0) }
    }

    init(_ tensor: Tensor) throws {
        shape = Array(tensor.shape)
        re = try tensor.applying(.real).values()
        im = try tensor.applying(.imaginary).values()
    }

    var tensor: Tensor {
        get throws {
            let result = try Tensor(zeros: Axes(shape), .complex128)
            let bytes = result.view.base
            for index in re.indices {
                bytes?.storeBytes(of: re[index], toByteOffset: 16 * index, as: Double.self)
                bytes?.storeBytes(of: im[index], toByteOffset: 16 * index + 8, as: Double.self)
            }
            return result
        }
    }

    subscript(index: [Int]) -> (Double, Double) {
        let place = zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
        return (re[place], im[place])
    }

    func transformed(_ axis: Int, _ sign: Double) -> Spectrum {
        let length = shape[axis]
        let roots = (0..<length).map { k in
            let angle = 2 * Double.pi * Double(k) / Double(length)
            return (cos(angle), sign * sin(angle))
        }
        return Spectrum(shape) { index in
            var (sum, at) = ((0.0, 0.0), index)
            for j in 0..<length {
                at[axis] = j
                let (x, w) = (self[at], roots[j * index[axis] % length])
                sum.0 += x.0 * w.0 - x.1 * w.1
                sum.1 += x.0 * w.1 + x.1 * w.0
            }
            return sum
        }
    }

    func scaled(_ factor: Double) -> Spectrum {
        var result = self
        result.re = re.map { $0 * factor }
        result.im = im.map { $0 * factor }
        return result
    }

    var norm: Double { (zip(re, im).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }).squareRoot() }

    /// Relative, in the Euclidean norm; for sums of up to some hundred terms, those of the definition included.
    func distance(_ other: Spectrum) -> Double {
        guard shape == other.shape else { return .infinity }
        var difference = self
        for index in re.indices {
            difference.re[index] -= other.re[index]
            difference.im[index] -= other.im[index]
        }
        return difference.norm / max(other.norm, 1e-300)
    }
}
