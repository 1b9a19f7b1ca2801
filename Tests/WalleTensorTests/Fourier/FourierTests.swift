import Testing
import WalleTensor

/// Transforms against the sum that defines them.
@Suite struct FourierTests {
    /// Lengths with every kernel, a generic prime, a convolution, and single transforms with vectors within.
    private static let lengths = [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 15, 16, 17, 30, 59, 64, 67, 77, 96, 128, 134]

    @Test(arguments: lengths) func complexLines(length: Int) throws {
        var random = SeededRandom(UInt64(length))
        for (shape, axis) in [([length], 0), ([length, 5], 0), ([3, length], 1)] {
            let x = Spectrum(random: shape, &random)
            for direction in Fourier.Direction.allCases {
                let out = try x.tensor.fourierTransform(axis: axis, direction, scale: 0.5)
                let expected = x.transformed(axis, direction == .forward ? -1 : 1).scaled(0.5)
                #expect(try Spectrum(out).distance(expected) < 1e-14, "\(shape) \(direction)")
            }
        }
    }

    @Test(arguments: lengths) func realLines(length: Int) throws {
        var random = SeededRandom(UInt64(length) + 100)
        for (shape, axis) in [([length], 0), ([length, 5], 0), ([3, length], 1)] {
            let x = Spectrum(randomReal: shape, &random)
            let real = try x.tensor.applying(.real)
            let out = try real.realFourierTransform(axis: axis)
            let whole = x.transformed(axis, -1)
            let half = try whole.tensor.sliced(axis: axis, start: 0, count: length / 2 + 1, step: 1)
            #expect(try Spectrum(out).distance(Spectrum(half)) < 1e-14, "\(shape)")

            let back = try out.realFourierInverse(axis: axis, length: length, scale: 1 / Double(length))
            #expect(try Spectrum(back.cast(to: .complex128)).distance(x) < 1e-14, "\(shape)")
        }
    }

    @Test func fillsUpAndCutsOff() throws {
        var random = SeededRandom(7)
        let x = Spectrum(random: [3, 10], &random)
        for length in [6, 16] {
            let out = try x.tensor.fourierTransform(length: length)
            let whole = Spectrum([3, length]) { $0[1] < 10 ? x[$0] : (0, 0) }
            #expect(try Spectrum(out).distance(whole.transformed(1, -1)) < 1e-14)
        }
    }

    @Test func viewsInPlace() throws {
        var random = SeededRandom(8)
        let x = Spectrum(random: [12, 24], &random)
        let copy = try x.tensor
        let turned = try copy.transposed([1, 0]).sliced(axis: 0, start: 23, count: 12, step: -2)
        let expected = try Spectrum(turned.copied()).transformed(0, -1)
        try Fourier.transform(turned.view, axis: 0, .forward, into: turned.view)
        withExtendedLifetime(copy) {}
        #expect(try Spectrum(turned.copied()).distance(expected) < 1e-14)
    }

    /// Widened, computed and rounded once.
    @Test func singlePrecision() throws {
        var random = SeededRandom(9)
        let x = Spectrum(random: [4, 40], &random)
        let narrow = try x.tensor.cast(to: .complex64)
        let out = try narrow.fourierTransform()
        #expect(out.dtype == .complex64)
        let expected = try Spectrum(narrow.cast(to: .complex128)).transformed(1, -1)
        #expect(try Spectrum(out.cast(to: .complex128)).distance(expected) < 0x1p-24)
    }

    /// Parseval's theorem, and a shift in time, for lengths beyond what a sum can check.
    @Test(arguments: [1 << 12, 3 * 5 * 7 * 11, 2_003]) func longLines(length: Int) throws {
        var random = SeededRandom(10)
        let x = Spectrum(random: [length], &random)
        let out = try x.tensor.fourierTransform()
        let y = try Spectrum(out)
        #expect(abs(y.norm / x.norm - Double(length).squareRoot()) < 1e-12 * Double(length).squareRoot())
        let back = try out.fourierTransform(.backward, scale: 1 / Double(length))
        #expect(try Spectrum(back).distance(x) < 1e-14)
    }

    @Test func errors() throws {
        let x = TensorType(.float64, [3])
        #expect { try Fourier.inferTransform(x, length: 0) } throws: {
            "\($0)" == "Invalid number of FFT data points (0) specified."
        }
        #expect { try Fourier.inferTransform(x, axis: 1) } throws: { ($0 as? TensorError)?.kind == .axis }
        #expect { try Fourier.inferTransform(TensorType(.int32, [3])) } throws: {
            ($0 as? TensorError)?.kind == .type
        }
        #expect { try Fourier.inferRealTransform(TensorType(.complex64, [3])) } throws: {
            ($0 as? TensorError)?.kind == .type
        }
    }
}
