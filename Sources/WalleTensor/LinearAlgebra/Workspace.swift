#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Scratch of one call: handed out piece by piece, freed together.
struct Workspace: ~Copyable {
    private var pieces: [UnsafeMutableRawPointer] = []

    init() {}

    deinit {
        for piece in pieces { free(piece) }
    }

    /// - Throws: `.memory`
    mutating func bytes(_ count: Int) throws(TensorError) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, 64, max(count, 64)) == 0, let memory else {
            throw TensorError(.memory, "no memory for \(count) bytes of scratch")
        }
        pieces.append(memory)
        return memory
    }

    mutating func array<Element: BitwiseCopyable>(
        _ count: Int, of type: Element.Type = Element.self
    ) throws(TensorError) -> UnsafeMutablePointer<Element> {
        try bytes(count * MemoryLayout<Element>.stride).bindMemory(to: type, capacity: max(count, 1))
    }

    /// Rows of large matrices begin at different places of a cache: not a power of two apart.
    mutating func block<Scalar: LinearScalar>(
        _ rows: Int, _ columns: Int, of type: Scalar.Type = Scalar.self
    ) throws(TensorError) -> Block<Scalar> {
        var stride = columns
        if columns >= 64 {
            stride = (columns + 7) / 8 * 8
            if stride % 64 == 0 { stride += 8 }
        }
        return Block(base: try array(rows * stride, of: type), rows: rows, columns: columns, stride: stride)
    }
}
