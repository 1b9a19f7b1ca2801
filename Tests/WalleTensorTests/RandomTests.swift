import Testing
import WalleTensor

/// Against numbers of NumPy 2.5.5: what it prints for the same seeds.
@Suite struct RandomTests {
    static func generator(_ kind: Int = 0, seed: UInt64 = 42) -> RandomGenerator {
        let seeds = SeedSequence(seed)
        return RandomGenerator(
            [.pcg64(PCG64(seeds)), .pcg64DXSM(PCG64DXSM(seeds)), .mt19937(MT19937(seeds))][kind])
    }

    static func draw(
        _ distribution: Distribution, _ parameters: [Double], count: Int, _ generator: inout RandomGenerator
    ) throws -> Tensor {
        let values = zip(distribution.parameters, parameters).map { Tensor(scalar: $1).cast(to: $0.dtype) }
        #expect(try distribution.check(values.map(\.view)) == [])
        let wide = try values.map { try $0.broadcast(to: [count]) }
        let result = try Tensor(zeros: [count], distribution.result)
        generator.draw(distribution, wide.map(\.view), to: result.view)
        withExtendedLifetime(wide) {}
        return result
    }

    // MARK: seeds and bits

    @Test func mixesSeeds() throws {
        #expect(SeedSequence(42).state(words: 4) == [3_444_837_047, 2_669_555_309, 2_046_530_742, 3_581_440_988])
        let long = try SeedSequence(entropy: [5, 0, 64], spawnKey: [3, 1])
        #expect(long.state(words: 3) == [1_466_503_934, 3_208_184_311, 2_837_491_668])
        let many = try SeedSequence(entropy: [1, 2, 3, 4, 5, 6])
        #expect(many.state(longWords: 2) == [16_991_237_094_181_161_505, 14_981_931_853_785_751_691])
        var parent = try SeedSequence(entropy: [5, 0, 64], spawnKey: [3])
        #expect(parent.spawn(2)[1].state(words: 3) == long.state(words: 3))
        #expect(parent.childrenSpawned == 2 && parent.spawn(1)[0].spawnKey == [3, 2])
        #expect(SeedSequence() != SeedSequence())
    }

    @Test func refusesASmallPool() {
        #expect { try SeedSequence(entropy: [1], poolSize: 3) } throws: {
            "\($0)" == "The size of the entropy pool should be at least 4"
        }
        #expect { try MT19937(key: [1], position: 0) } throws: { "\($0)".contains("624 words") }
    }

    @Test func stepsAndJumps() {
        var generator = PCG64(SeedSequence(42))
        #expect(generator.state == 0xcea4_4f67_9879_8f2a_acbc_7c9d_6886_0ac8)
        #expect(generator.increment == 0xfa50_5436_c9a8_416e_66ca_f2e2_8d25_abff)
        #expect(generator.jumped().state == 0xb99c_cb59_ba40_84e2_5f1a_0025_268e_2dcb)
        let start = generator
        generator.advance(1000)
        #expect(generator.state == 0x53db_a5fb_bd59_3fbd_66af_d87b_cedd_4130)
        generator.advance(0 &- 1000)
        #expect(generator == start)
    }

    @Test(
        arguments: [
            (0, [14_276_969_152_011_380_360, 8_095_878_257_575_067_585, 15_838_336_090_824_644_132]),
            (1, [12_329_818_062_196_000_797, 125_530_269_004_142_706, 12_137_922_674_892_001_441]),
        ] as [(Int, [UInt])])
    func givesBits(kind: Int, expected: [UInt]) throws {
        var generator = Self.generator(kind)
        let words = try Tensor(zeros: [3], .uint64)
        try generator.drawIntegers(low: 0, last: -1, to: words.view)
        #expect(try words.values() == expected)
    }

    /// However many numbers a call makes, the sequence is the same.
    @Test(arguments: 0..<3)
    func drawsTheSameInPieces(kind: Int) throws {
        for dtype in [DType.float64, .float32] {
            for standard in [RandomGenerator.Standard.uniform, .normal, .exponential, .exponentialByInversion] {
                var (once, pieces) = (Self.generator(kind), Self.generator(kind))
                let all = try Tensor(zeros: [1300], dtype)
                try once.draw(standard, to: all.view)
                let parts = try Tensor(zeros: [1300], dtype)
                var done = 0
                for length in [1, 2, 600, 0, 3, 512, 182] {
                    try pieces.draw(standard, to: parts.sliced(axis: 0, start: done, count: length, step: 1).view)
                    done += length
                }
                #expect(try Reference(all).values == Reference(parts).values, "\(standard) \(dtype)")
            }
        }
    }

    // MARK: integers and orders

    @Test(arguments: [
        (DType.int64, 0, 99, [8, 77, 65, 43, 43, 85, 8, 69]),
        (.int32, -5, 999_999_999, [89_250_949, 773_956_047, 654_571_516, 438_878_436, 433_015_232, 858_597_919]),
        (.int16, -300, 2999, [196, -6, 2945, 2996, 813, 1148, -15, 1128]),
        (.uint8, 3, 199, [107, 32, 169, 19, 160, 28, 155, 151]), (.int8, -100, 99, [6, -71, 69, -75, 54, 50, 99, 13]),
        (.bool, 0, 1, [0, 0, 0, 1, 0, 0, 0, 1]),
        (.int64, -1 << 62, (1 << 62) - 1, [2_526_798_557_578_302_276, -563_746_889_639_854_112]),
    ])
    func drawsIntegers(dtype: DType, low: Int, last: Int, expected: [Int]) throws {
        var generator = Self.generator()
        let output = try Tensor(zeros: [expected.count], dtype)
        try generator.drawIntegers(low: low, last: last, to: output.view)
        #expect(try output.cast(to: .int64).values() == expected)
        // The same where every element has bounds of its own, and backwards in memory.
        var second = Self.generator()
        let flipped = try Tensor(zeros: [expected.count], dtype).sliced(
            axis: 0, start: expected.count - 1, count: expected.count, step: -1)
        try second.drawIntegers(low: low, last: last, to: flipped.view)
        #expect(try flipped.cast(to: .int64).values() == expected)
    }

    @Test func refusesWhatIsNoRange() throws {
        var generator = Self.generator()
        let output = try Tensor(zeros: [2], .int8)
        #expect { try generator.drawIntegers(low: 3, last: 2, to: output.view) } throws: { "\($0)" == "low >= high" }
        let float = try Tensor(zeros: [2], .float32)
        #expect { try generator.drawIntegers(low: 3, last: 4, to: float.view) } throws: {
            "\($0)" == "Unsupported dtype float32 for integers"
        }
        #expect { try generator.draw(.normal, to: output.view) } throws: { "\($0)".contains("Unsupported dtype int8") }
    }

    @Test func drawsBytes() {
        var generator = Self.generator()
        var bytes = [UInt8](repeating: 0, count: 7)
        bytes.withUnsafeMutableBytes { generator.drawBytes(to: $0) }
        #expect(bytes == [136, 38, 217, 22, 205, 251, 33])
    }

    @Test func shuffles() throws {
        for (dtype, step) in [(DType.int64, 1), (.int8, 1), (.float32, -1), (.complex128, 1), (.int16, -1)] {
            var generator = Self.generator()
            let numbers = Tensor((0..<10).map { step == 1 ? $0 : 9 - $0 }).cast(to: dtype)
            let view = try numbers.sliced(axis: 0, start: step == 1 ? 0 : 9, count: 10, step: step)
            generator.shuffle(view.view)
            #expect(try view.cast(to: .float64).values() == [5.0, 6, 0, 7, 3, 2, 4, 9, 1, 8], "\(dtype)")
        }
    }

    @Test(arguments: [
        (1000, 5, true, [771, 438, 653, 88, 433]), (1000, 5, false, [88, 771, 653, 438, 433]),
        (20000, 401, true, [19561, 6082, 5498, 3850, 877]),
    ])
    func choosesDifferentNumbers(limit: Int, count: Int, isShuffled: Bool, first: [Int]) throws {
        var generator = Self.generator()
        var chosen = [Int](repeating: 0, count: count)
        try chosen.withUnsafeMutableBufferPointer { try generator.choose(below: limit, isShuffled: isShuffled, $0) }
        #expect(Array(chosen.prefix(5)) == first && Set(chosen).count == count)
        #expect {
            try chosen.withUnsafeMutableBufferPointer { try generator.choose(below: 3, isShuffled: true, $0) }
        } throws: { "\($0)".hasPrefix("Cannot take a larger sample") }
    }

    // MARK: distributions

    /// All bits of 100,000 draws, so that every layer and the tails are met.
    @Test func drawsFromLayers() throws {
        for (standard, dtype, bits) in [
            (RandomGenerator.Standard.normal, DType.float64, 0x13a_fe9a_567d_bb1f),
            (.exponential, .float64, 0x106_d100_d97f_b619),
            (.normal, .float32, 0xf528_0efa), (.exponential, .float32, 0x9e_f2f5),
        ] as [(RandomGenerator.Standard, DType, UInt64)] {
            var generator = Self.generator()
            let output = try Tensor(zeros: [100_000], dtype)
            try generator.draw(standard, to: output.view)
            let folded = output.withUnsafeBytes { bytes in
                dtype == .float64
                    ? bytes.bindMemory(to: UInt64.self).reduce(0, ^)
                    : UInt64(bytes.bindMemory(to: UInt32.self).reduce(0, ^))
            }
            #expect(folded == bits, "\(standard) \(dtype)")
        }
    }

    @Test(
        arguments: [
            (.uniform, [-1, 2], 1.32186814566789, -0.15731084210753465),
            (.normal, [1, 2], 1.6094341595088628, 2.647506263752364),
            (.exponential, [2], 4.808417207931989, 0.7703889093033952),
            (.standardGamma, [0.5], 0.8045001461315131, 0.0854460384224239),
            (.standardGamma, [2.5], 2.646860815267719, 3.2242890827673696),
            (.gamma, [2, 3], 6.275451811499848, 5.642681354112405),
            (.beta, [0.5, 0.5], 0.7566840941053092, 0.6992664523998743),
            (.beta, [2, 3], 0.33841183847153383, 0.3000908829792002),
            (.chiSquare, [3], 3.0554394899785056, 1.421419927839933),
            (.noncentralChiSquare, [3, 2], 4.948464893769291, 3.5561091333151604),
            (.noncentralChiSquare, [0.5, 2], 3.6784878039531472, 0.00020771885813569008),
            (.fisher, [3, 4], 0.7184167134065333, 0.8298554373813901),
            (.noncentralFisher, [3, 4, 1.5], 1.138615757156416, 1.0975054841338707),
            (.student, [4.5], 0.5087088657079029, -0.3624020600718509),
            (.cauchy, [], -0.2930016698581793, -0.2397403974521396),
            (.pareto, [3], 1.228665259618174, 0.13700561313517914),
            (.power, [2.5], 0.9628357780513209, 0.6337049403310275),
            (.weibull, [1.5], 1.794656893050126, 0.5294033488532128),
            (.laplace, [1, 2], 2.5877572852834136, -0.15324446062180908),
            (.gumbel, [1, 2], 0.20644393339980482, 3.2188420476439017),
            (.logistic, [1, 2], 3.4615712627710136, -0.880039175521963),
            (.logNormal, [0.5, 0.7], 2.04071850836604, 2.9347644435157623),
            (.rayleigh, [2], 4.385620689449551, 1.755436024813659),
            (.wald, [2, 3], 1.560465249674811, 0.5487637331473074),
            (.triangular, [-1, 0.5, 3], 1.4965241889407177, 0.2982212121918708),
            (.vonMises, [1, 2], 2.5156046999931245, 1.3915518018905697), (.binomial, [10, 0.3], 4, 2),
            (.binomial, [1000, 0.6], 610, 594), (.negativeBinomial, [3, 0.2], 17, 0), (.poisson, [5], 8, 7),
            (.poisson, [1000], 1027, 985), (.zipf, [1.5], 19, 3), (.geometric, [0.5], 3, 1),
            (.geometric, [0.01], 240, 39),
            (.hypergeometric, [3, 4, 5], 2, 2), (.hypergeometric, [1000, 2000, 500], 165, 176),
            (.logSeries, [0.9], 1, 7),
        ] as [(Distribution, [Double], Double, Double)])
    func draws(distribution: Distribution, parameters: [Double], first: Double, thousandth: Double) throws {
        var generator = Self.generator()
        let values = try Reference(Self.draw(distribution, parameters, count: 1000, &generator)).values
        // The last bit may be the C library's.
        #expect(abs(values[0] - first) <= 1e-13 * abs(first))
        #expect(abs(values[999] - thousandth) <= 1e-13 * abs(thousandth))
    }

    @Test(arguments: [
        (Distribution.normal, [0, -1], "scale < 0"), (.beta, [0, 1], "a <= 0"),
        (.binomial, [3, 1.5], "p < 0, p > 1 or p is NaN"), (.poisson, [-1], "lam < 0 or lam is NaN"),
        (.poisson, [1e300], "lam value too large"), (.geometric, [0], "p <= 0, p > 1 or p contains NaNs"),
        (.logSeries, [1], "p < 0, p >= 1 or p is NaN"), (.zipf, [1], "a <= 1 or a is NaN"),
        (.triangular, [2, 1, 3], "left > mode"), (.hypergeometric, [1, 2, 4], "ngood + nbad < nsample"),
        (.uniform, [-1e308, 1e308], "high - low range exceeds valid bounds"),
        (.negativeBinomial, [.nan, 0.5], "n must not be NaN"),
        (.negativeBinomial, [1e18, 1e-3], "n too large or p too small, see Generator.negative_binomial Notes"),
    ])
    func refusesParameters(distribution: Distribution, parameters: [Double], message: String) throws {
        let values = zip(distribution.parameters, parameters).map { Tensor(scalar: $1).cast(to: $0.dtype) }
        #expect { try distribution.check(values.map(\.view)) } throws: { "\($0)" == message }
    }

    @Test func broadcastsParameters() throws {
        var (together, single) = (Self.generator(), Self.generator())
        let centers = try Tensor([1.0, 2, 3]).reshaped([3, 1])
        let scales = Tensor([0.5, 4.0])
        let shape = try Distribution.normal.check([centers.view, scales.view])
        #expect(shape == [3, 2])
        let output = try Tensor(zeros: shape, .float64)
        together.draw(
            .normal, [try centers.broadcast(to: shape).view, try scales.broadcast(to: shape).view], to: output.view)
        var expected: [Double] = []
        for center in [1.0, 2, 3] {
            for scale in [0.5, 4] {
                expected += try Reference(Self.draw(.normal, [center, scale], count: 1, &single)).values
            }
        }
        #expect(try output.values() == expected)
    }

    @Test func drawsVectors() throws {
        var generator = Self.generator()
        let (trials, parts) = (try Tensor(scalar: 20).broadcast(to: [2]), Tensor([0.2, 0.3, 0.5]))
        let counts = try Tensor(zeros: [2, 3], .int64)
        generator.drawMultinomial(trials.view, try parts.broadcast(to: [2, 3]).view, to: counts.view)
        #expect(try counts.values() == [5, 5, 10, 6, 6, 8])
        for (alpha, expected) in [
            ([1.0, 2, 3], [0.3174762876184857, 0.08613712680247759, 0.5963865855790367]),
            ([0.01, 0.02], [0.999999823971749, 1.760282509755129e-07]),
        ] {
            var generator = Self.generator()
            var vector = alpha
            vector.withUnsafeMutableBufferPointer {
                generator.drawDirichlet(alpha, rows: 1, to: $0.baseAddress.unsafelyUnwrapped)
            }
            #expect(zip(vector, expected).allSatisfy { abs($0 - $1) <= 1e-13 * $1 })
        }
        for (byCounting, expected) in [(false, [2, 1, 3]), (true, [1, 2, 3])] {
            var generator = Self.generator()
            var counts = [0, 0, 0]
            var choices = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2]
            try counts.withUnsafeMutableBufferPointer { counts in
                try choices.withUnsafeMutableBufferPointer { choices in
                    try generator.drawMultivariateHypergeometric(
                        [3, 4, 5], sample: 6, choices: byCounting ? choices.baseAddress : nil, rows: 1,
                        to: counts.baseAddress.unsafelyUnwrapped)
                }
            }
            #expect(counts == expected)
        }
    }

    // MARK: legacy

    @Test func drawsLegacyNumbers() throws {
        var random = RandomGenerator(.mt19937(MT19937(legacySeed: 42)))
        var spare: Double?
        let three = try Tensor(zeros: [3], .float64)
        try random.draw(.uniform, to: three.view)
        #expect(try three.values() == [0.3745401188473625, 0.9507143064099162, 0.7319939418114051])
        let numbers = try #require(three.view.base).assumingMemoryBound(to: Double.self)
        try random.withLegacy(spare: &spare) { $0.drawNormal(to: UnsafeMutableBufferPointer(start: numbers, count: 3)) }
        let normal = [-1.1118801180469204, 0.31890218468938336, 0.2790412922001377]
        #expect(try zip(three.values(of: Double.self), normal).allSatisfy { abs($0 - $1) < 1e-14 })
        #expect(spare != nil)
        let integers = try Tensor(zeros: [5], .int64)
        try random.drawIntegers(low: 0, last: 99, usesMask: true, to: integers.view)
        #expect(try integers.values() == [23, 2, 21, 52, 1])
        let order = Tensor(Array(0..<8))
        random.shuffle(order.view)
        #expect(try order.values() == [4, 2, 0, 6, 1, 5, 3, 7])
        var other = RandomGenerator(.mt19937(try MT19937(legacySeed: [1, 2, 3])))
        let two = try Tensor(zeros: [2], .float64)
        try other.draw(.uniform, to: two.view)
        #expect(try two.values() == [0.6098612722867289, 0.8866970434146851])
        var modern = Self.generator()
        #expect { try modern.withLegacy(spare: &spare) { _ in } } throws: { "\($0)".contains("default_rng()") }
    }
}
