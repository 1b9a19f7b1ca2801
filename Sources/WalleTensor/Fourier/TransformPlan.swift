internal import CWalleKernels

/// How complex transforms of one length are done.
///
/// Several at a time, one in each lane of vectors. A single one of a length that vectors divide is as many shorter ones,
/// of every so many-th number, with a last pass across the lanes. Lengths with a large prime factor are convolutions
/// (L. Bluestein, "A linear filtering approach to the computation of discrete Fourier transform", IEEE Trans. Audio
/// Electroacoust. 18, 1970).
///
/// Unchecked: the tables are written only by the initialiser.
final class TransformPlan: @unchecked Sendable {
    enum Method {
        case passes(TransformPasses)
        case convolution(Convolution)
    }

    /// A single transform as several shorter ones.
    struct Split {
        let engine: UnsafePointer<walle_fft_engine>
        let passes: TransformPasses
        let twiddles: UnsafeMutablePointer<Double>
    }

    let length: Int
    let method: Method
    let split: Split?

    init(length: Int) {
        self.length = length
        if let factors = TransformPasses.factors(of: length) {
            method = .passes(TransformPasses(length: length, factors: factors))
            split = Self.split(length)
        } else {
            method = .convolution(Convolution(length: length))
            split = nil
        }
    }

    deinit {
        if let split { UnsafeMutableRawPointer(split.twiddles).deallocate() }
    }

    /// Of its tables, about.
    var byteCount: Int {
        switch method {
        case .passes(let passes): passes.byteCount + (split.map { $0.passes.byteCount + 2 * length * Self.size } ?? 0)
        case .convolution(let convolution): convolution.byteCount
        }
    }

    private static var size: Int { MemoryLayout<Double>.stride }

    private static func split(_ length: Int) -> Split? {
        for index in 0..<TransformEngines.count {
            let engine = TransformEngines.at(index)
            let lanes = engine.pointee.lanes
            guard engine.pointee.combine != nil, length % lanes == 0, length / lanes >= lanes,
                let factors = TransformPasses.factors(of: length / lanes)
            else { continue }
            let count = length / lanes
            let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * length * size, alignment: 64)
            let twiddles = memory.bindMemory(to: Double.self, capacity: 2 * length)
            for k in 0..<count {
                for lane in 0..<lanes {
                    let root = UnitRoots.root(k * lane, of: length)
                    twiddles[2 * lanes * k + lane] = root.cosine
                    twiddles[2 * lanes * k + lanes + lane] = root.sine
                }
            }
            return Split(
                engine: engine, passes: TransformPasses(length: count, factors: factors), twiddles: twiddles)
        }
        return nil
    }

    /// The engine of one lane.
    static var single: UnsafePointer<walle_fft_engine> {
        TransformEngines.at(TransformEngines.count - 1)
    }

    /// Numbers in each of the two buffers that a single transform needs.
    var bufferCount: Int {
        switch method {
        case .passes: 2 * length
        case .convolution(let convolution): 2 * convolution.plan.length
        }
    }

    /// One transform, of complex numbers at `line`, to contiguous ones.
    ///
    /// - Parameters:
    ///   - line: `length` complex numbers, in one line.
    ///   - exchange: The parts of results are exchanged.
    ///   - isNarrow: The line is of float32.
    ///   - out: may be what is read, but not a buffer.
    ///   - first: `bufferCount` numbers, as is `second`.
    func transform(
        _ line: walle_fft_lines, isNarrow: Bool = false, scale: Double, exchange: Bool,
        into out: UnsafeMutablePointer<Double>,
        _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>
    ) {
        if let split {
            let lanes = split.engine.pointee.lanes
            var lines = line
            lines.line = line.element
            lines.element = line.element * lanes
            lines.lines = lanes
            split.engine.gather(length / lanes, lines, isNarrow: isNarrow, into: first)
            let (result, _) = split.passes.run(split.engine, first, second)
            return split.engine.pointee.combine.unsafelyUnwrapped(
                length / lanes, result, split.twiddles, scale, exchange, out)
        }
        let engine = Self.single
        var result = first
        switch method {
        case .passes(let passes):
            engine.gather(length, line, isNarrow: isNarrow, into: first)
            result = passes.run(engine, first, second).result
        case .convolution(let convolution):
            engine.gather(length, line, isNarrow: isNarrow, into: first)
            convolution.transform(first, second)
        }
        let target = walle_fft_lines(
            re: exchange ? out + 1 : out, im: exchange ? out : out + 1, element: 2 * Self.size, line: 0, lines: 1)
        engine.scatter(length, result, scale: scale, target, isNarrow: false)
    }
}

/// A transform of any length as a convolution with a chirp, which is three transforms of at least twice the length.
final class Convolution: @unchecked Sendable {
    let plan: TransformPlan
    private let length: Int
    /// `exp(-πi · k² / length)`.
    private let chirp: UnsafeMutablePointer<Double>
    /// The transform of its conjugate, divided by the plan's length.
    private let kernel: UnsafeMutablePointer<Double>

    var byteCount: Int { plan.byteCount + 2 * (length + plan.length) * MemoryLayout<Double>.stride }

    init(length: Int) {
        self.length = length
        let padded = Self.paddedLength(2 * length - 1)
        plan = TransformPlan(length: padded)
        chirp = Self.allocate(length)
        kernel = Self.allocate(padded)
        kernel.update(repeating: 0, count: 2 * padded)
        for k in 0..<length {
            let (high, low) = k.multipliedFullWidth(by: k)
            let square = (2 * length).dividingFullWidth((high, low)).remainder
            let root = UnitRoots.root(square, of: 2 * length)
            (chirp[2 * k], chirp[2 * k + 1]) = (root.cosine, root.sine)
            for place in [k, (padded - k) % padded] {
                (kernel[2 * place], kernel[2 * place + 1]) = (root.cosine, -root.sine)
            }
        }
        let (first, second) = (Self.allocate(padded), Self.allocate(padded))
        plan.transform(
            Self.line(kernel), scale: 1 / Double(padded), exchange: false, into: kernel, first, second)
        UnsafeMutableRawPointer(first).deallocate()
        UnsafeMutableRawPointer(second).deallocate()
    }

    deinit {
        UnsafeMutableRawPointer(chirp).deallocate()
        UnsafeMutableRawPointer(kernel).deallocate()
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Double> {
        UnsafeMutableRawPointer.allocate(byteCount: 2 * count * MemoryLayout<Double>.stride, alignment: 64)
            .bindMemory(to: Double.self, capacity: 2 * count)
    }

    private static func line(_ base: UnsafeMutablePointer<Double>, exchange: Bool = false) -> walle_fft_lines {
        walle_fft_lines(
            re: exchange ? base + 1 : base, im: exchange ? base : base + 1, element: 2 * MemoryLayout<Double>.stride,
            line: 0, lines: 1)
    }

    /// The cheapest length from `least` on: a power of two, or three or five quarters of one, or so.
    private static func paddedLength(_ least: Int) -> Int {
        var best = 16
        while best < least { best *= 2 }
        for factor in [3, 5, 9, 15] {
            var length = 16 * factor
            while length < least { length *= 2 }
            best = min(best, length)
        }
        return best
    }

    /// In place; both buffers are as long as the plan's.
    func transform(_ line: UnsafeMutablePointer<Double>, _ spare: UnsafeMutablePointer<Double>) {
        let engine = TransformPlan.single
        let third = Self.allocate(plan.length)
        defer { UnsafeMutableRawPointer(third).deallocate() }
        engine.pointee.multiply.unsafelyUnwrapped(length, chirp, line)
        (line + 2 * length).update(repeating: 0, count: 2 * (plan.length - length))
        third.update(from: line, count: 2 * plan.length)
        plan.transform(Self.line(third), scale: 1, exchange: false, into: third, line, spare)
        engine.pointee.multiply.unsafelyUnwrapped(plan.length, kernel, third)
        plan.transform(Self.line(third, exchange: true), scale: 1, exchange: true, into: third, line, spare)
        engine.pointee.multiply.unsafelyUnwrapped(length, chirp, third)
        line.update(from: third, count: 2 * length)
    }
}
