/// Layers of equal area over a falling density, of which most draws need one word and one comparison.
///
/// Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables" (2000), with 256 layers, of which the
/// last is the widest and layer 0 the tail with the rectangle beneath it. The recurrence `x[i] = f⁻¹(v / x[i+1] +
/// f(x[i+1]))` is computed anew at the first use, so that it gives the tables of NumPy's generators bit by bit.
struct Ziggurat<Real: BinaryFloatingPoint & Sendable, Bits: FixedWidthInteger & Sendable>: @unchecked Sendable {
    struct Layer {
        /// Integers below it lie within the layer beneath as well.
        var threshold: Bits
        /// Of an integer to a place.
        var scale: Real
    }

    /// Never freed: one for the life of the process.
    let layers: UnsafePointer<Layer>
    /// The density at the right end of each layer.
    let densities: UnsafePointer<Real>

    private init(_ layer: (Int) -> Layer, _ density: (Int) -> Real) {
        let layers = UnsafeMutablePointer<Layer>.allocate(capacity: 256)
        let densities = UnsafeMutablePointer<Real>.allocate(capacity: 256)
        for index in 0..<256 {
            (layers + index).initialize(to: layer(index))
            (densities + index).initialize(to: density(index))
        }
        (self.layers, self.densities) = (UnsafePointer(layers), UnsafePointer(densities))
    }
}

/// Where the tails begin, after the recurrence closes at the top.
enum ZigguratTail {
    static let normal = 3.6541528853610087963519472518
    static let normalInverse = 0.27366123732975827203338247596
    static let exponential = 7.6971174701310497140446280481
}

extension Ziggurat where Real == Double, Bits == UInt64 {
    /// For 52 bits and a sign.
    static let normal: Self = {
        let (places, densities) = Places.normal
        return Self(
            { Layer(threshold: Places.threshold(places, $0, 0x1p52), scale: places[$0] * 0x1p-52) }, { densities[$0] })
    }()

    /// For 53 bits, of which the thresholds do not use the last.
    static let exponential: Self = {
        let (places, densities) = Places.exponential
        return Self(
            { Layer(threshold: Places.quotient(places, $0).floor(0x1p52) * 2, scale: places[$0].high * 0x1p-53) },
            { densities[$0].high })
    }()
}

extension Ziggurat where Real == Float, Bits == UInt32 {
    /// For 23 bits and a sign.
    static let normal: Self = {
        let (places, densities) = Places.normal
        return Self(
            { Layer(threshold: Places.threshold(places, $0, 0x1p23), scale: Float(places[$0] * 0x1p-23)) },
            { Float(densities[$0]) })
    }()

    /// For 23 bits. NumPy's numbers were written with nine digits, and are rounded once more for that.
    static let exponential: Self = {
        let (places, densities) = Places.exponential
        return Self(
            { index in
                let threshold = (Places.quotient(places, index) + DoubleDouble(0x1p-24)).floor(0x1p23)
                return Layer(threshold: UInt32(threshold), scale: Float(nineDigits(places[index].high * 0x1p-23)))
            }, { Float(nineDigits(densities[$0].high)) })
    }()

    private static func nineDigits(_ value: Double) -> Double {
        var scale = 1.0
        while value * scale < 1e8 { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}

extension DoubleDouble {
    /// The product with a power of two, without its fraction.
    fileprivate func floor(_ scale: Double) -> UInt64 {
        let (whole, rest) = (high * scale, low * scale)
        let below = whole.rounded(.down)
        return UInt64(below == whole && rest < 0 ? below - 1 : below)
    }
}

/// The right ends of the layers, and the densities there.
private enum Places {
    /// In double precision, as the tables of NumPy were made: they stand for this sequence of roundings. The area was
    /// found so, and the one density where the exponential of their library rounded up is set right.
    static let normal: (places: [Double], densities: [Double]) = {
        let area = 0.004928673233974652
        var places = Array(repeating: ZigguratTail.normal, count: 256)
        var densities = Array(repeating: 1.0, count: 256)
        densities[255] = density(places[255])
        for index in (1..<255).reversed() {
            let height = area / places[index + 1] + densities[index + 1]
            places[index] = (-2 * DoubleDouble(height).logarithm(near: estimate(height)).high).squareRoot()
            densities[index] = density(places[index])
            if index == 38 { densities[index] = densities[index].nextUp }
        }
        places[0] = area / densities[255]
        return (places, densities)
    }()

    private static func density(_ place: Double) -> Double { DoubleDouble(-0.5 * place * place).exponential.high }

    static let exponential: (places: [DoubleDouble], densities: [DoubleDouble]) = {
        let tail = DoubleDouble(ZigguratTail.exponential, exponentialRest)
        let last = DoubleDouble(-tail.high, -tail.low).exponential
        let area = tail * last + last
        var places = Array(repeating: tail, count: 256)
        var densities = Array(repeating: DoubleDouble(1), count: 256)
        densities[255] = last
        for index in (1..<255).reversed() {
            densities[index] = area / places[index + 1] + densities[index + 1]
            places[index] = DoubleDouble(0) - densities[index].logarithm(near: estimate(densities[index].high))
        }
        places[0] = area / last
        return (places, densities)
    }()

    /// What `ZigguratTail.exponential` has beyond a double.
    private static let exponentialRest = -0x1.a1eb4a1d9ae5ep-52

    /// A logarithm, good to start from: the area hyperbolic tangent's series after the exponent.
    private static func estimate(_ value: Double) -> Double {
        let ratio = (value.significand - 1) / (value.significand + 1), square = ratio * ratio
        let series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9)))
        return Double(value.exponent) * 0.6931471805599453 + 2 * ratio * series
    }

    static func threshold<Bits: FixedWidthInteger>(_ places: [Double], _ index: Int, _ scale: Double) -> Bits {
        switch index {
        case 0: Bits((places[255] / places[0] * scale).rounded(.toNearestOrEven))
        case 1: 0
        default: Bits((places[index - 1] / places[index] * scale).rounded(.toNearestOrEven))
        }
    }

    static func quotient(_ places: [DoubleDouble], _ index: Int) -> DoubleDouble {
        switch index {
        case 0: places[255] / places[0]
        case 1: DoubleDouble(0)
        default: places[index - 1] / places[index]
        }
    }
}
