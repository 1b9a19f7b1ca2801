import CWalleKernels
import Foundation
import Testing
import WalleTensor

/// Operators on elements, against Swift's own arithmetic.
@Suite struct ElementwiseTests {
    private static let numbers: [DType] = DType.allCases.filter { $0 != .bool }

    @Test(arguments: numbers)
    func addsAndMultipliesBroadcastViews(dtype: DType) throws {
        var random = SeededRandom(21)
        for round in 0..<20 {
            let (left, a) = try Tensor.randomView(dtype, &random, axes: 0...3)
            // The right operand lacks some axes, or has them with a length of 1.
            var shape = Array(a.shape.dropFirst(Int.random(in: 0...a.shape.count, using: &random)))
            for axis in shape.indices where Bool.random(using: &random) { shape[axis] = 1 }
            let b = Reference(random: shape, &random)
            let right = try b.tensor(.int8)
            let isNarrow = dtype == .int8 || dtype == .uint8
            for (operation, compute) in [(BinaryOperation.add, { $0 + $1 }), (.maximum, { max($0, $1) })]
                as [(BinaryOperation, (Double, Double) -> Double)]
            where !(isNarrow && operation == .add) {
                let result = try Reference(Tensor.applying(operation, left, right).cast(to: .float64))
                let expected = Reference(a.shape) { index in
                    let short = zip(index.suffix(shape.count), shape).map { $1 == 1 ? 0 : $0 }
                    return compute(a[index], b[short])
                }
                #expect(
                    result.shape == expected.shape && result.values == expected.values, "\(operation), round \(round)")
            }
        }
    }

    @Test func wrapsIntegers() throws {
        let sum = try Tensor([Int8.max, Int8.min]) + Tensor([Int8(1), -1])
        #expect(try sum.values() == [Int8.min, Int8.max])
        let product = try Tensor([UInt16(40_000)]) * Tensor([UInt16(3)])
        #expect(try product.values() == [UInt16(truncatingIfNeeded: 120_000)])
    }

    /// As Python divides: towards minus infinity, with the sign of the divisor; 0 for a divisor of 0.
    @Test func dividesIntegersAsPython() throws {
        let (left, right) = (Tensor([7, -7, 7, -7, 5, Int.min]), Tensor([2, 2, -2, -2, 0, -1]))
        #expect(try Tensor.applying(.floorDivide, left, right).values() == [3, -4, -4, 3, 0, Int.min])
        #expect(try Tensor.applying(.remainder, left, right).values() == [1, 1, -1, -1, 0, 0])
        #expect(try Tensor.applying(.fmod, left, right).values() == [1, -1, 1, -1, 0, 0])
    }

    @Test func ordersNaN() throws {
        let (left, right) = (Tensor([1, Double.nan, 3]), Tensor([Double.nan, 2, 2]))
        let least = try Tensor.applying(.minimum, left, right).values(of: Double.self)
        #expect(least.map { $0.isNaN } == [true, true, false])
        #expect(try Tensor.applying(.fmin, left, right).values() == [1.0, 2, 2])
        #expect(try Tensor.applying(.less, left, right).values() == [false, false, false])
    }

    /// float16 and bfloat16 round once, to even.
    @Test func roundsHalfPrecisionOnce() throws {
        let values = [1.0 + 0x1p-11, 1.0 + 0x1.8p-10, 65_520, 0x1p-25, -0.0, 1.0 + 0x1p-11 + 0x1p-40]
        let half = try Tensor(values).cast(to: .float16).cast(to: .float64).values(of: Double.self)
        #expect(half == [1, 1.0 + 0x1p-9, .infinity, 0, 0, 1.0 + 0x1p-10])
        let brain = Tensor([1.0 + 0x1p-8, 1.0 + 0x1p-8 + 0x1p-45, 1.0 - 0x1p-9 - 0x1p-45]).cast(to: .bfloat16)
        let rounded = try brain.cast(to: .float64).values(of: Double.self)
        #expect(rounded == [1, 1.0 + 0x1p-7, 1.0 - 0x1p-8])
    }

    @Test(arguments: [DType.int32, .uint8, .int64, .float32, .float64, .float16])
    func foldsOverAnyAxes(dtype: DType) throws {
        var random = SeededRandom(22)
        for round in 0..<40 {
            let (tensor, reference) = try Tensor.randomView(dtype, &random, axes: 0...4)
            let axes = tensor.shape.indices.filter { _ in Bool.random(using: &random) }
            let kept = tensor.shape.indices.filter { !axes.contains($0) }
            for (operation, start, combine) in [
                (FoldOperation.sum, 0, { $0 + $1 }), (.maximum, -1, { max($0, $1) }), (.minimum, 1e9, { min($0, $1) }),
            ] as [(FoldOperation, Double, (Double, Double) -> Double)] {
                var expected = Reference(kept.map { reference.shape[$0] }) { _ in start }
                for index in reference.indices {
                    let place = zip(kept.map { index[$0] }, expected.shape).reduce(0) { $0 * $1.1 + $1.0 }
                    expected.values[place] = combine(expected.values[place], reference[index])
                }
                if dtype == .float16 && operation == .sum { continue }
                let result = try Reference(tensor.folded(operation, axes: Axes(axes)))
                #expect(
                    result.shape == expected.shape && result.values == expected.values, "\(operation), round \(round)")
            }
        }
    }

    /// A sum one by one would be wrong in the fourth digit.
    @Test func sumsPairwise() throws {
        let count = 1_000_000
        let tenths = try Tensor(scalar: Float(0.1)).broadcast(to: [count])
        let sum = try tenths.folded(.sum).values(of: Float.self)[0]
        #expect(abs(sum - Float(Double(Float(0.1)) * Double(count))) <= 4 * sum.ulp)
        #expect(abs(try tenths.copied().folded(.sum).values(of: Float.self)[0] - sum) <= 4 * sum.ulp)
    }

    /// Every level that this CPU has computes the same.
    @Test func levelsAgree() throws {
        let portable = try #require(walle_kernels_named("portable") ?? walle_kernels_named("neon"))
        var random = SeededRandom(23)
        for name in ["avx2", "avx512"] {
            guard let level = walle_kernels_named(name) else { continue }
            for operation in 0..<Int32(walle_logaddexp.rawValue) where operation != Int32(walle_power.rawValue) {
                for type in [DType.int8, .uint32, .int64, .float32, .float64, .complex64] {
                    let kernels = [portable, level].map {
                        walle_kernels_binary($0, operation, Int32(type.rawValue))
                    }
                    guard let one = kernels[0], let other = kernels[1] else { continue }
                    let left = try Reference(random: [37], &random).tensor(type)
                    let right = try Reference(random: [37], &random).tensor(type)
                    var outputs = [[UInt8]](repeating: [UInt8](repeating: 0, count: 37 * type.byteCount), count: 2)
                    for (index, kernel) in [one, other].enumerated() {
                        left.withBytes { a in
                            right.withBytes { b in
                                let bytes = type.byteCount
                                outputs[index].withUnsafeMutableBytes {
                                    kernel(37, a, bytes, b, bytes, $0.baseAddress, bytes)
                                }
                            }
                        }
                    }
                    #expect(outputs[0] == outputs[1], "\(name), operation \(operation), \(type)")
                }
            }
        }
    }

    @Test func refusesWhatIsNotDefined() throws {
        let complex = Tensor([1.0]).cast(to: .complex64)
        #expect { try complex.applying(.floor) } throws: { "\($0)" == "floor is not defined for complex64" }
        #expect { try Tensor.applying(.bitwiseAnd, Tensor([1.0]), Tensor([1])) } throws: {
            "\($0)" == "bitwiseAnd is not defined for float64 and int64"
        }
        #expect { try Tensor([Double]()).folded(.maximum) } throws: {
            "\($0)" == "zero-size array to reduction operation maximum which has no identity"
        }
    }
}

extension Tensor {
    fileprivate func withBytes(_ body: (UnsafeRawPointer) -> Void) {
        let packed = contiguous()
        packed.withUnsafeBytes { body($0.baseAddress!) }
    }
}
