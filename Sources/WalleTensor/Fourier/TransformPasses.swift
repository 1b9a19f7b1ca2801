internal import CWalleKernels

/// The engines of this CPU, widest first.
enum TransformEngines {
    private nonisolated(unsafe) static let kernels = walle_kernels_shared()!

    static let count = kernels.pointee.fft.count

    static func at(_ index: Int) -> UnsafePointer<walle_fft_engine> {
        walle_fft_engine_at(kernels, index).unsafelyUnwrapped
    }
}

extension UnsafePointer<walle_fft_engine> {
    /// Reads elements of lines, of float32 or float64.
    @inline(__always) func gather(
        _ count: Int, _ lines: walle_fft_lines, isNarrow: Bool, into buffer: UnsafeMutablePointer<Double>
    ) {
        var lines = lines
        let kernel = isNarrow ? pointee.narrow_gather : pointee.gather
        kernel.unsafelyUnwrapped(count, &lines, buffer)
    }

    /// Writes elements of lines.
    @inline(__always) func scatter(
        _ count: Int, _ buffer: UnsafePointer<Double>, scale: Double, _ lines: walle_fft_lines, isNarrow: Bool
    ) {
        var lines = lines
        let kernel = isNarrow ? pointee.narrow_scatter : pointee.scatter
        kernel.unsafelyUnwrapped(count, buffer, scale, &lines)
    }
}

/// The passes of a transform of one length, whose prime factors are small.
///
/// Unchecked: the tables are written only by the initialiser.
final class TransformPasses: @unchecked Sendable {
    let length: Int
    private let passes: UnsafeMutableBufferPointer<walle_fft_pass>
    private let tables: UnsafeMutablePointer<Double>
    let byteCount: Int

    private static var largestRadix: Int { Int(walle_fft_largest_radix) }

    /// Factors in the order of passes; nil when a prime factor is larger than passes have.
    static func factors(of length: Int) -> [Int]? {
        var (rest, factors) = (length, [Int]())
        var twos = 0
        while rest % 2 == 0 {
            rest /= 2
            twos += 1
        }
        var prime = 3
        while rest > 1 && prime <= largestRadix {
            while rest % prime == 0 {
                factors.append(prime)
                rest /= prime
            }
            prime += 2
        }
        if rest > 1 { return nil }
        // Eights, but for a rest of one or two fours, or a two.
        while twos > 0 {
            let step = twos == 4 || twos == 2 ? 2 : min(twos, 3)
            factors.append(1 << step)
            twos -= step
        }
        return factors.sorted(by: >)
    }

    init(length: Int, factors: [Int]) {
        self.length = length
        passes = .allocate(capacity: factors.count)
        var (count, rest) = (0, length)
        for radix in factors {
            rest /= radix
            count += 2 * (radix - 1) * rest + 2 * radix
        }
        byteCount = count * MemoryLayout<Double>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
        tables = memory.bindMemory(to: Double.self, capacity: max(count, 1))
        var (next, stride) = (tables, 1)
        rest = length
        for (index, radix) in factors.enumerated() {
            let current = rest
            rest /= radix
            let twiddles = next
            for p in 0..<rest {
                for j in 1..<radix { next = Self.put(UnitRoots.root(p * j, of: current), at: next) }
            }
            let roots = next
            for k in 0..<radix {
                let root = UnitRoots.root(k, of: radix)
                (roots[k], roots[radix + k]) = (root.cosine, -root.sine)
            }
            next += 2 * radix
            passes.initializeElement(
                at: index,
                to: walle_fft_pass(radix: radix, groups: rest, stride: stride, twiddles: twiddles, roots: roots))
            stride *= radix
        }
    }

    deinit {
        UnsafeMutableRawPointer(tables).deallocate()
        passes.deallocate()
    }

    private static func put(
        _ root: (cosine: Double, sine: Double), at place: UnsafeMutablePointer<Double>
    ) -> UnsafeMutablePointer<Double> {
        place[0] = root.cosine
        place[1] = root.sine
        return place + 2
    }

    /// Transforms what is in `first`, in the elements of an engine; both buffers are overwritten.
    ///
    /// - Returns: the buffer that holds the result, then the other.
    func run(
        _ engine: UnsafePointer<walle_fft_engine>, _ first: UnsafeMutablePointer<Double>,
        _ second: UnsafeMutablePointer<Double>
    ) -> (result: UnsafeMutablePointer<Double>, spare: UnsafeMutablePointer<Double>) {
        var (from, to) = (first, second)
        for index in 0..<passes.count {
            engine.pointee.pass.unsafelyUnwrapped(passes.baseAddress.unsafelyUnwrapped + index, from, to)
            swap(&from, &to)
        }
        return (from, to)
    }
}
