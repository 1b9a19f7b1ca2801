import CWalleKernels
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Elementary functions of every level this CPU has, against the C library in a wider type.
@Suite struct ElementaryTests {
    @Test(arguments: UnaryCase.all) func isWithinFourUlp(_ function: UnaryCase) {
        var random = Arguments(seed: .random(in: 1...UInt64(UInt32.max)))
        checkAccuracy(function, of: random.values(Float.self, count: 900), seed: random.seed)
        #if arch(x86_64)
            checkAccuracy(function, of: random.values(Double.self, count: 900), seed: random.seed)
        #endif
    }

    @Test(arguments: BinaryCase.all) func isWithinFourUlp(_ function: BinaryCase) {
        var random = Arguments(seed: .random(in: 1...UInt64(UInt32.max)))
        checkAccuracy(function, of: random.pairs(Float.self, count: 900), seed: random.seed)
        #if arch(x86_64)
            checkAccuracy(function, of: random.pairs(Double.self, count: 900), seed: random.seed)
        #endif
    }

    /// Whatever the layout, each element is what a contiguous array gives, and nothing else is written.
    @Test(arguments: UnaryCase.all) func anyLengthAndStride(_ function: UnaryCase) {
        checkLayouts(function, Float.self)
        checkLayouts(function, Double.self)
    }

    /// What users expect of whole numbers, though 4 ULP would allow less.
    @Test func powersOfWholeNumbersAreWhole() {
        checkWholePowers(Float.self)
        checkWholePowers(Double.self)
    }

    #if arch(x86_64)
        @Test(arguments: FlagCase.all) func raisesFlags(_ expected: FlagCase) {
            for level in Level.available {
                expected.check(level, Float.self)
                expected.check(level, Double.self)
            }
        }
    #endif

    private func checkAccuracy<T: Element>(_ function: UnaryCase, of x: [T], seed: UInt64) {
        let exact = x.map { function.exact($0.exact) }
        for level in Level.available {
            var y = [T](repeating: 0, count: x.count)
            level.unary(function.operation, T.self)(x.count, x, T.bytes, &y, T.bytes)
            let worst = x.indices.max { errorUlp(y[$0], exact[$0]) < errorUlp(y[$1], exact[$1]) }!
            let error = errorUlp(y[worst], exact[worst])
            #expect(
                error <= 4,
                "\(level.name) \(function.name) \(T.self): \(x[worst]) gave \(y[worst]), \(error) ULP off; seed \(seed)"
            )
        }
    }

    private func checkAccuracy<T: Element>(_ function: BinaryCase, of pairs: [(T, T)], seed: UInt64) {
        let x = pairs.map(\.0), y = pairs.map(\.1)
        let exact = pairs.map { function.exact($0.exact, $1.exact) }
        for level in Level.available {
            var out = [T](repeating: 0, count: x.count)
            level.binary(function.operation, T.self)(x.count, x, T.bytes, y, T.bytes, &out, T.bytes)
            for index in x.indices {
                let scale = function.errorIsOfOperands ? max(x[index].magnitude, y[index].magnitude) : 0
                let error = errorUlp(out[index], exact[index], atLeast: scale)
                guard error > 4 else { continue }
                Issue.record(
                    """
                    \(level.name) \(function.name) \(T.self): \(x[index]), \(y[index]) gave \(out[index]), \
                    \(error) ULP off; seed \(seed)
                    """)
                break
            }
        }
    }

    private func checkWholePowers<T: Element>(_: T.Type) {
        for level in Level.available {
            let kernel = level.binary(walle_power, T.self)
            for base in -30...30 where base != 0 {
                var power: T = 1
                for exponent in 0..<12 where power.magnitude < T(1 << T.significandBitCount) {
                    var out: T = 0
                    kernel(1, [T(base)], T.bytes, [T(exponent)], T.bytes, &out, T.bytes)
                    #expect(out == power, "\(level.name) \(T.self): \(base) to the power of \(exponent)")
                    power *= T(base)
                }
            }
        }
    }

    private func checkLayouts<T: Element>(_ function: UnaryCase, _: T.Type) {
        let x = (0..<240).map { T(1 + $0 % 80) / 83 + (function.name == "acosh" ? 1 : 0) }
        for level in Level.available {
            let kernel = level.unary(function.operation, T.self)
            var whole = x
            kernel(x.count, x, T.bytes, &whole, T.bytes)
            var spread = [T](repeating: -7, count: 150)
            for count in 0...70 {
                if count > 0 { spread[2 * (count - 1)] = whole[3 * (count - 1)] }
                var strided = [T](repeating: -7, count: 150)
                kernel(count, x, 3 * T.bytes, &strided, 2 * T.bytes)
                #expect(strided == spread, "\(level.name) \(function.name) \(T.self), \(count) elements, strided")
                var inPlace: [T] = Array(x[0..<count]) + [-7, -7, -7]
                inPlace.withUnsafeMutableBytes { kernel(count, $0.baseAddress, T.bytes, $0.baseAddress, T.bytes) }
                let right: [T] = Array(whole[0..<count]) + [-7, -7, -7]
                #expect(inPlace == right, "\(level.name) \(function.name) \(T.self), \(count) elements, in place")
            }
        }
    }
}

// MARK: - oracle

#if arch(x86_64)
    typealias Exact = Float80
#else
    typealias Exact = Double
#endif

protocol Element: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    static var type: walle_dtype { get }
    static var bytes: Int { get }
    init(_ exact: Exact)
    var exact: Exact { get }
}

extension Float: Element {
    static var type: walle_dtype { walle_float32 }
    static var bytes: Int { 4 }
    var exact: Exact { Exact(self) }
}

extension Double: Element {
    static var type: walle_dtype { walle_float64 }
    static var bytes: Int { 8 }
    var exact: Exact { Exact(self) }
}

/// How far a result is from the exact one, in units of the last place of the latter, or of `scale` if that is larger.
private func errorUlp<T: Element>(_ result: T, _ exact: Exact, atLeast scale: T = 0) -> Double {
    let rounded = T(exact)
    if result.isNaN || rounded.isNaN { return result.isNaN && rounded.isNaN ? 0 : .infinity }
    if result == rounded { return result == 0 && scale == 0 && result.sign != rounded.sign ? .infinity : 0 }
    if result.isInfinite || rounded.isInfinite {
        let edge = T.greatestFiniteMagnitude.nextDown.nextDown.exact
        return result.exact.magnitude >= edge && exact.magnitude >= edge && (result < 0) == (exact < 0) ? 1 : .infinity
    }
    let unit = max(rounded.magnitude, scale.isFinite ? scale : 0).ulp
    return Double((result.exact - exact).magnitude / unit.exact)
}

struct UnaryCase: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: walle_unary
    let exact: @Sendable (Exact) -> Exact
    var testDescription: String { name }

    init(_ name: String, _ operation: walle_unary, _ exact: @escaping @Sendable (Exact) -> Exact) {
        (self.name, self.operation, self.exact) = (name, operation, exact)
    }

    static let all = [
        UnaryCase("exp", walle_exp) { exp($0) }, UnaryCase("exp2", walle_exp2) { exp2($0) },
        UnaryCase("expm1", walle_expm1) { expm1($0) }, UnaryCase("log", walle_log) { log($0) },
        UnaryCase("log2", walle_log2) { log2($0) }, UnaryCase("log10", walle_log10) { log10($0) },
        UnaryCase("log1p", walle_log1p) { log1p($0) }, UnaryCase("cbrt", walle_cbrt) { cbrt($0) },
        UnaryCase("sin", walle_sin) { sin($0) }, UnaryCase("cos", walle_cos) { cos($0) },
        UnaryCase("tan", walle_tan) { tan($0) }, UnaryCase("asin", walle_asin) { asin($0) },
        UnaryCase("acos", walle_acos) { acos($0) }, UnaryCase("atan", walle_atan) { atan($0) },
        UnaryCase("sinh", walle_sinh) { sinh($0) }, UnaryCase("cosh", walle_cosh) { cosh($0) },
        UnaryCase("tanh", walle_tanh) { tanh($0) }, UnaryCase("asinh", walle_asinh) { asinh($0) },
        UnaryCase("acosh", walle_acosh) { acosh($0) }, UnaryCase("atanh", walle_atanh) { atanh($0) },
    ]
}

struct BinaryCase: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: walle_binary
    /// The error is in units of the larger operand: terms may cancel.
    var errorIsOfOperands = false
    let exact: @Sendable (Exact, Exact) -> Exact
    var testDescription: String { name }

    static let all = [
        BinaryCase(name: "power", operation: walle_power) { pow($0, $1) },
        BinaryCase(name: "atan2", operation: walle_atan2) { atan2($0, $1) },
        BinaryCase(name: "hypot", operation: walle_hypot) { hypot($0, $1) },
        BinaryCase(name: "logaddexp", operation: walle_logaddexp, errorIsOfOperands: true) { x, y in
            if x.isNaN || y.isNaN { return .nan }
            if x == y { return x + 0.693147180559945309417232 }
            return max(x, y) + log1p(exp(min(x, y) - max(x, y)))
        },
    ]
}

// MARK: - flags

#if arch(x86_64)
    struct FlagCase: Sendable, CustomTestStringConvertible {
        static let invalid: Int32 = 1, divideByZero: Int32 = 4, overflow: Int32 = 8, underflow: Int32 = 16
        private static let watched = invalid | divideByZero | overflow | underflow
        let function: UnaryCase
        let argument: Double
        let flags: Int32
        var testDescription: String { "\(function.name)(\(argument))" }

        static let all: [FlagCase] = {
            let raised: [(String, Double, Int32)] = [
                ("exp", 1000, overflow), ("exp", -1000, underflow), ("exp2", 1100, overflow),
                ("exp2", -1100, underflow),
                ("expm1", 1000, overflow), ("log", 0, divideByZero), ("log", -1, invalid), ("log2", 0, divideByZero),
                ("log10", -0.5, invalid), ("log1p", -1, divideByZero), ("log1p", -2, invalid),
                ("sin", .infinity, invalid),
                ("cos", -.infinity, invalid), ("tan", .infinity, invalid), ("asin", 1.5, invalid),
                ("acos", -2, invalid),
                ("sinh", 1000, overflow), ("cosh", -1000, overflow), ("acosh", 0.5, invalid),
                ("atanh", 1, divideByZero), ("atanh", 2, invalid),
            ]
            let quiet: [(String, Double)] = [
                ("exp", .infinity), ("exp", -.infinity), ("exp2", -.infinity), ("expm1", -.infinity),
                ("log", .infinity),
                ("tanh", .infinity), ("tanh", 1e30), ("atan", .infinity), ("cbrt", -.infinity), ("asinh", 1e30),
                ("sin", 1e22), ("cos", 1e30), ("exp", 1e-30), ("sin", 1e-9), ("cos", 1e-30), ("tanh", 1e-18),
            ]
            let everywhere = UnaryCase.all.flatMap { function in
                [.nan, 1.0, 0.999, 2.0, 0.0, -0.0, 0.5, 1e-6].map { (function.name, $0) }
                    .filter { !exact(function, $0.1).isInfinite && ($0.1.isNaN || !exact(function, $0.1).isNaN) }
            }
            let functions = Dictionary(uniqueKeysWithValues: UnaryCase.all.map { ($0.name, $0) })
            return (raised + (quiet + everywhere).map { ($0, $1, 0) })
                .map { FlagCase(function: functions[$0]!, argument: $1, flags: $2) }
        }()

        private static func exact(_ function: UnaryCase, _ x: Double) -> Exact { function.exact(Exact(x)) }

        func check<T: Element>(_ level: Level, _: T.Type) {
            let kernel = level.unary(function.operation, T.self)
            let x = T(argument)
            var y = x
            feclearexcept(Self.watched)
            kernel(1, [x], T.bytes, &y, T.bytes)
            let raised = fetestexcept(Self.watched)
            #expect(raised == flags, "\(level.name) \(testDescription) \(T.self)")
        }
    }
#endif

// MARK: - kernels and arguments

/// One table of kernels.
struct Level: @unchecked Sendable {
    // The table is constant.
    private let table: UnsafePointer<walle_kernels>
    let name: String

    static let available = ["avx512", "avx2", "neon", "portable"].compactMap { name in
        walle_kernels_named(name).map { Level(table: $0, name: name) }
    }

    func unary<T: Element>(_ operation: walle_unary, _: T.Type) -> walle_unary_kernel {
        kernel(MemoryLayout<walle_kernels>.offset(of: \.unary)!, operation.rawValue, T.type)
    }

    func binary<T: Element>(_ operation: walle_binary, _: T.Type) -> walle_binary_kernel {
        kernel(MemoryLayout<walle_kernels>.offset(of: \.binary)!, operation.rawValue, T.type)
    }

    private func kernel<Kernel>(_ offset: Int, _ operation: UInt32, _ type: walle_dtype) -> Kernel {
        let row = Int(operation) * Int(walle_dtype_count.rawValue) + Int(type.rawValue)
        return UnsafeRawPointer(table).load(fromByteOffset: offset + row * MemoryLayout<Kernel>.size, as: Kernel.self)
    }
}

/// Random arguments of many sizes, and the values where functions turn.
struct Arguments {
    let seed: UInt64
    private var random: SeededRandom

    init(seed: UInt64) { (self.seed, random) = (seed, SeededRandom(seed)) }

    static let special: [Double] = [
        0, 1, 2, 3, 0.5, 1.5, 0.25, .infinity, .nan, 0x1p-1074, 0x1p-1022, 0x1p-1030, 0x1p-149, 0x1p-126, 1e-40, 1e-20,
        1e-200,
        0x1.fffffep127, 0x1.fffffffffffffp1023, 87, 88.72, 88.73, 103.97, 104, 105, 126, 127.99, 128, 149, 149.5, 150,
        708.4,
        709.78, 709.79, 745.13, 745.14, 1000, 1022.5, 1024, 1074, 1075, 1e5, 0x1p20, 1e7, 1e10, 1e22, 1e300, 9.01, 19.1,
        0.414213562, 2.414213562, 0.70710678118654, 1.4142135623731, 0.9999999, 1.0000001, 1.5707963267948966,
        3.141592653589793, 0.78539816339744828, 0.34657359, 1.0986122886681098,
    ]

    private mutating func next() -> UInt64 { random.next() }

    private mutating func value<T: Element>(_ kind: Int, _: T.Type) -> T {
        let sign: Double = next() % 2 == 0 ? 1 : -1
        let unit = Double(next() >> 11) * 0x1p-53
        switch kind % 6 {
        case 0: return T(sign * unit * 2)
        case 1: return T(sign * unit * 100)
        case 2: return T(sign * unit * 1100)
        case 3: return T(1 + sign * unit * Double(sign: .plus, exponent: -Int(next() % 40), significand: 1))
        case 4:
            let quarters = Double(next() % 4000) * 1.5707963267948966
            return T(sign * quarters + unit * Double(sign: .plus, exponent: -Int(next() % 40), significand: 1))
        default:
            let least = T.leastNonzeroMagnitude.exponent, most = T.greatestFiniteMagnitude.exponent
            let exponent = Int(least) + Int(next() % UInt64(Int(most) - Int(least)))
            return T(sign * Double(sign: .plus, exponent: exponent, significand: 1 + unit))
        }
    }

    mutating func values<T: Element>(_: T.Type, count: Int) -> [T] {
        Self.special.flatMap { [T($0), -T($0)] } + (0..<count).map { value($0, T.self) }
    }

    mutating func pairs<T: Element>(_: T.Type, count: Int) -> [(T, T)] {
        let some = Self.special.enumerated().filter { $0.offset % 2 == 0 || $0.offset < 10 }.map(\.element)
        let special = some.flatMap { x in some.flatMap { y in [(T(x), T(y)), (-T(x), T(y)), (T(x), -T(y))] } }
        return special + (0..<count).map { (value($0, T.self), value($0 / 6, T.self)) }
    }
}
