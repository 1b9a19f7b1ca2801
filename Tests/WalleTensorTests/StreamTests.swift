import CWalleKernels
import Testing
import WalleTensor

/// Kernels that write past the caches, fill, count and repeat, of all levels of CPU features that this CPU has.
@Suite struct StreamTests {
    private static let levels: [String] = ["avx512", "avx2", "neon", "portable"].filter { (name: String) in
        walle_kernels_named(name) != nil
    }
    private static let counts = [0, 1, 7, 8, 63, 64, 65, 1000]

    /// The bytes that a kernel writes into an output that begins `offset` elements after a register does.
    private static func output(
        _ count: Int, _ bytes: Int, offset: Int, _ body: (UnsafeMutableRawPointer) -> Void
    ) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: (count + offset + 1) * bytes, alignment: 64)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
        body(memory.baseAddress! + offset * bytes)
        return Array(memory)
    }

    /// Numbers of any kind, NaN and infinities among them.
    private static func numbers(_ count: Int, _ type: DType, seed: UInt64) -> [UInt8] {
        var generator = SeededRandom(seed)
        var bytes = [UInt8](repeating: 0, count: max(1, count) * type.byteCount)
        for index in 0..<count {
            let special = generator.next() % 8 == 0
            bytes.withUnsafeMutableBytes { place in
                let at = index * type.byteCount
                switch type {
                case .float32:
                    let choices: [Float] = [.nan, .infinity, -.infinity, -0, 0, .leastNonzeroMagnitude]
                    let value = Float(Int64(truncatingIfNeeded: generator.next()) >> 40) / 64
                    place.storeBytes(of: special ? choices[index % 6] : value, toByteOffset: at, as: Float.self)
                case .float64:
                    let choices: [Double] = [.nan, .infinity, -.infinity, -0, 0, .leastNonzeroMagnitude]
                    let value = Double(Int64(truncatingIfNeeded: generator.next()) >> 20) / 4096
                    place.storeBytes(of: special ? choices[index % 6] : value, toByteOffset: at, as: Double.self)
                case .int32:
                    place.storeBytes(
                        of: Int32(truncatingIfNeeded: generator.next()), toByteOffset: at, as: Int32.self)
                default: place.storeBytes(of: generator.next(), toByteOffset: at, as: UInt64.self)
                }
            }
        }
        return bytes
    }

    @Test(arguments: levels, [DType.int32, .int64, .float32, .float64])
    func streamsAsUsualKernelsWrite(level: String, type: DType) throws {
        let kernels = try #require(walle_kernels_named(level))
        var compared = 0
        for operation in BinaryOperation.allCases {
            let codes = (Int32(operation.rawValue), Int32(type.rawValue))
            guard let usual = walle_kernels_binary(kernels, codes.0, codes.1),
                let stream = walle_kernels_stream_binary(kernels, codes.0, codes.1), operation.result(type) == type,
                [.add, .subtract, .multiply, .divide, .minimum, .maximum].contains(operation)
            else { continue }
            for count in Self.counts {
                let (a, b) = (Self.numbers(count, type, seed: 1), Self.numbers(count, type, seed: 2))
                for (offset, step) in [(0, type.byteCount), (3, type.byteCount), (0, 0), (5, 0)] {
                    let results = [usual, stream].map { kernel in
                        Self.output(count, type.byteCount, offset: offset) {
                            kernel(count, a, type.byteCount, b, step, $0, type.byteCount)
                        }
                    }
                    #expect(results[0] == results[1], "\(operation) of \(count) at \(offset), stride \(step)")
                    compared += 1
                }
            }
        }
        #expect(compared >= 5 * 4 * Self.counts.count)
    }

    @Test(arguments: levels, [DType.int32, .int64, .float32, .float64])
    func streamsOneOperand(level: String, type: DType) throws {
        let kernels = try #require(walle_kernels_named(level))
        for operation in [UnaryOperation.negative, .absolute, .square, .squareRoot] {
            let codes = (Int32(operation.rawValue), Int32(type.rawValue))
            guard let usual = walle_kernels_unary(kernels, codes.0, codes.1),
                let stream = walle_kernels_stream_unary(kernels, codes.0, codes.1)
            else { continue }
            for count in Self.counts {
                let a = Self.numbers(count, type, seed: 3)
                for offset in [0, 3] {
                    let results = [usual, stream].map { kernel in
                        Self.output(count, type.byteCount, offset: offset) {
                            kernel(count, a, type.byteCount, $0, type.byteCount)
                        }
                    }
                    #expect(results[0] == results[1], "\(operation) of \(count) at \(offset)")
                }
            }
        }
    }

    @Test(arguments: levels, [DType.int32, .int64, .float32, .float64])
    func clipsAsTwoOperations(level: String, type: DType) throws {
        let kernels = try #require(walle_kernels_named(level))
        let (code, bytes) = (Int32(type.rawValue), type.byteCount)
        let clip = try #require(walle_kernels_clip(kernels, code))
        let raise = try #require(walle_kernels_binary(kernels, Int32(BinaryOperation.maximum.rawValue), code))
        let cut = try #require(walle_kernels_binary(kernels, Int32(BinaryOperation.minimum.rawValue), code))
        let bounds = Self.numbers(40, type, seed: 6)
        for count in Self.counts {
            let a = Self.numbers(count, type, seed: 5)
            for index in 0..<20 {
                let low = Array(bounds[2 * index * bytes..<(2 * index + 1) * bytes])
                let high = Array(bounds[(2 * index + 1) * bytes..<(2 * index + 2) * bytes])
                let expected = Self.output(count, bytes, offset: 3) {
                    raise(count, a, bytes, low, 0, $0, bytes)
                    cut(count, $0, bytes, high, 0, $0, bytes)
                }
                for isPast in [false, true] {
                    let clipped = Self.output(count, bytes, offset: 3) { clip(count, a, low, high, $0, isPast) }
                    #expect(clipped == expected, "\(count), bounds \(index)")
                }
            }
        }
    }

    @Test(arguments: levels)
    func countsRepeatsAndFills(level: String) throws {
        let kernels = try #require(walle_kernels_named(level))
        let values = (0..<1000).map { Double($0 % 3 == 0 ? 0 : $0 % 7 == 0 ? -0.0 : $0 % 11 == 0 ? .nan : 1) }
        let nonzero = values.count { $0 != 0 }
        let count = try #require(walle_kernels_count(kernels, Int32(walle_float64.rawValue)))
        #expect(count(1000, values, 8) == nonzero)
        #expect(count(500, values, 16) == stride(from: 0, to: 1000, by: 2).count { values[$0] != 0 })

        let numbers = (0..<100).map { UInt64($0 * $0) }
        let repeating = try #require(walle_selection_repeat(walle_kernels_selection(kernels), 8))
        for times in 0...5 {
            var result = [UInt64](repeating: .max, count: 100 * times + 1)
            repeating(100, numbers, times, &result)
            #expect(result == numbers.flatMap { Array(repeating: $0, count: times) } + [.max])
        }

        var filled = [Float](repeating: 0, count: 77)
        let copy = try #require(walle_kernels_copy(kernels, 4))
        let number: [Float] = [2.5]
        copy(77, number, 0, &filled, 4)
        #expect(filled.allSatisfy { $0 == 2.5 })

        var ramp = [Float](repeating: 0, count: 50)
        let line = try #require(walle_kernels_ramp(kernels, Int32(walle_float32.rawValue)))
        line(50, 0.1, 0.3, 0, 0, &ramp)
        #expect(ramp == (0..<50).map { Float(0.1 + Double($0) * 0.3) })
    }

    /// The remainder is that of Python: exact, with the sign of the divisor.
    @Test(arguments: levels)
    func remaindersAreThoseOfTheLibrary(level: String) throws {
        let kernels = try #require(walle_kernels_named(level))
        var generator = SeededRandom(9)
        let specials: [Double] = [
            0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e300, -1e300, 3, -3, 0.5,
        ]
        var (a, b) = ([Double](), [Double]())
        for x in specials { for y in specials { (a, b) = (a + [x], b + [y]) } }
        for _ in 0..<5000 {
            let scale = [1e-8, 1, 1e8, 1e20][Int(generator.next() % 4)]
            a.append(Double(Int64(truncatingIfNeeded: generator.next()) >> 30) * scale)
            b.append(Double(Int64(truncatingIfNeeded: generator.next()) >> 50) / 8)
        }
        var result = [Double](repeating: 0, count: a.count)
        let found = walle_kernels_binary(
            kernels, Int32(BinaryOperation.remainder.rawValue), Int32(walle_float64.rawValue))
        let kernel = try #require(found)
        kernel(a.count, a, 8, b, 8, &result, 8)
        for index in a.indices {
            var expected = a[index].truncatingRemainder(dividingBy: b[index])
            if expected == 0 {
                expected = Double(signOf: b[index], magnitudeOf: 0)
            } else if (expected < 0) != (b[index] < 0) {
                expected += b[index]
            }
            let same = result[index].isNaN && expected.isNaN || result[index].bitPattern == expected.bitPattern
            #expect(same, "\(a[index]) % \(b[index]) = \(result[index]), not \(expected)")
        }
    }
}
