internal import CWalleKernels

/// Executes what is computed an element at a time.
///
/// Operands of another type than the one computed with are cast piece by piece into scratch that stays in the first
/// cache, so that no cast array is ever made.
struct Elementwise {
    /// All of the output's shape, repeated by strides of 0 where they are broadcast.
    let inputs: [View]
    let output: View
    /// The type of the kernel's operands and of its results.
    let computing: DType
    let result: DType

    /// Elements of a piece: three of them in float64 take half of a first-level cache.
    private static let piece = 512

    /// - Parameter kernel: Gets a count, the addresses and strides of the inputs, and those of the output.
    func run(
        _ kernel: (Int, [UnsafeMutableRawPointer], [Int], UnsafeMutableRawPointer, Int) -> Void
    ) {
        guard let base = output.base, output.layout.count > 0 else { return }
        let addresses = inputs.map { $0.base.unsafelyUnwrapped }
        let walk = Walk([output.layout] + inputs.map(\.layout))
        let isDirect = output.dtype == result && inputs.allSatisfy { $0.dtype == computing }
        if isDirect {
            walk.forEach { count, offsets, strides in
                kernel(
                    count, addresses.indices.map { addresses[$0] + offsets[$0 + 1] }, Array(strides.dropFirst()),
                    base + offsets[0], strides[0])
            }
            return
        }
        let bytes = Self.piece * 16
        withUnsafeTemporaryAllocation(byteCount: bytes * (inputs.count + 1), alignment: 64) { scratch in
            walk.forEach { count, offsets, strides in
                var done = 0
                while done < count {
                    let piece = min(Self.piece, count - done)
                    pass(piece, after: done, addresses, base, offsets, strides, scratch, kernel)
                    done += piece
                }
            }
        }
    }

    private func pass(
        _ count: Int, after done: Int, _ addresses: [UnsafeMutableRawPointer], _ base: UnsafeMutableRawPointer,
        _ offsets: [Int], _ strides: [Int], _ scratch: UnsafeMutableRawBufferPointer,
        _ kernel: (Int, [UnsafeMutableRawPointer], [Int], UnsafeMutableRawPointer, Int) -> Void
    ) {
        let kernels = walle_kernels_shared()
        let start = scratch.baseAddress.unsafelyUnwrapped
        var (operands, steps) = (addresses, Array(strides.dropFirst()))
        for index in operands.indices {
            operands[index] += offsets[index + 1] + done * steps[index]
            guard inputs[index].dtype != computing else { continue }
            let place = start + index * Self.piece * 16
            let cast = walle_kernels_cast(kernels, Int32(inputs[index].dtype.kernel), Int32(computing.kernel))
            cast.unsafelyUnwrapped(count, operands[index], steps[index], place, computing.byteCount)
            (operands[index], steps[index]) = (place, computing.byteCount)
        }
        let out = base + offsets[0] + done * strides[0]
        guard output.dtype != result else { return kernel(count, operands, steps, out, strides[0]) }
        let place = start + inputs.count * Self.piece * 16
        kernel(count, operands, steps, place, result.byteCount)
        let cast = walle_kernels_cast(kernels, Int32(result.kernel), Int32(output.dtype.kernel))
        cast.unsafelyUnwrapped(count, place, result.byteCount, out, strides[0])
    }
}
