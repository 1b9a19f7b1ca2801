internal import CWalleKernels

/// The types of parts of complex numbers that are transformed.
protocol TransformPart: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    static var transformKernels: UnsafePointer<walle_fft> { get }
}

extension Float: TransformPart {
    nonisolated(unsafe) static let transformKernels = walle_fft_of(walle_kernels_shared(), false)!
}

extension Double: TransformPart {
    nonisolated(unsafe) static let transformKernels = walle_fft_of(walle_kernels_shared(), true)!
}

/// The passes of a transform of one length, whose prime factors are small.
///
/// Unchecked: the tables are written only by the initialiser.
final class TransformPasses<Part: TransformPart>: @unchecked Sendable {
    let length: Int
    private let passes: UnsafeMutableBufferPointer<walle_fft_pass>
    private let tables: UnsafeMutablePointer<Part>
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
        byteCount = count * MemoryLayout<Part>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
        tables = memory.bindMemory(to: Part.self, capacity: max(count, 1))
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
                (roots[k], roots[radix + k]) = (Part(root.cosine), Part(-root.sine))
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
        _ root: (cosine: Double, sine: Double), at place: UnsafeMutablePointer<Part>
    ) -> UnsafeMutablePointer<Part> {
        place[0] = Part(root.cosine)
        place[1] = Part(root.sine)
        return place + 2
    }

    /// Transforms what is in `first`, in the elements of an engine; both buffers are overwritten.
    ///
    /// - Returns: the buffer that holds the result, then the other.
    func run(
        _ engine: UnsafePointer<walle_fft_engine>, _ first: UnsafeMutablePointer<Part>,
        _ second: UnsafeMutablePointer<Part>
    ) -> (result: UnsafeMutablePointer<Part>, spare: UnsafeMutablePointer<Part>) {
        var (from, to) = (first, second)
        for index in 0..<passes.count {
            engine.pointee.pass.unsafelyUnwrapped(passes.baseAddress.unsafelyUnwrapped + index, from, to)
            swap(&from, &to)
        }
        return (from, to)
    }
}
