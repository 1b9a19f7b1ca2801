package import CWalleKernels

/// Executes what is computed an element at a time.
///
/// Operands of another type than the one computed with are cast piece by piece into scratch that stays in the first
/// cache, so that no cast array is ever made.
package enum Elementwise {
    /// Elements of a piece: three of them in float64 take half of a first-level cache.
    private static let piece = 512
    /// Bytes of scratch an operand has, for elements of up to 16 bytes.
    private static let scratchBytes = piece * 16

    /// - Parameters:
    ///   - computing: The type of the kernel's operand.
    ///   - result: The type of its results.
    package static func run(
        _ kernel: walle_unary_kernel, _ input: View, to output: View, computing: DType, result: DType
    ) {
        guard let base = output.base, let a = input.base else { return }
        let layouts: InlineArray<2, Layout> = [output.layout, input.layout]
        if output.dtype == result && input.dtype == computing {
            Walk.forEachPart(layouts.span) {
                $0.forEach { count, offsets, strides in
                    kernel(count, a + offsets[1], strides[1], base + offsets[0], strides[0])
                }
            }
            return
        }
        inParts(layouts.span, scratches: 2) { part, start in
            let source = Casting(input.dtype, computing, start),
                target = Casting(result, output.dtype, start + scratchBytes)
            inPieces(part, operands: 2) { count, offsets, strides in
                let (from, step) = source.read(count, a + offsets[1], strides[1])
                target.write(count, base + offsets[0], strides[0]) { kernel(count, from, step, $0, $1) }
            }
        }
    }

    /// - Parameters:
    ///   - left: Of the output's shape, as is `right`: repeated by strides of 0 where it is broadcast.
    ///   - computing: The type of the kernel's operands.
    ///   - result: The type of its results.
    package static func run(
        _ kernel: walle_binary_kernel, _ left: View, _ right: View, to output: View, computing: DType, result: DType
    ) {
        guard let base = output.base, let a = left.base, let b = right.base else { return }
        let layouts: InlineArray<3, Layout> = [output.layout, left.layout, right.layout]
        if output.dtype == result && left.dtype == computing && right.dtype == computing {
            Walk.forEachPart(layouts.span) {
                $0.forEach { count, offsets, strides in
                    kernel(
                        count, a + offsets[1], strides[1], b + offsets[2], strides[2], base + offsets[0], strides[0])
                }
            }
            return
        }
        inParts(layouts.span, scratches: 3) { part, start in
            let first = Casting(left.dtype, computing, start)
            let second = Casting(right.dtype, computing, start + scratchBytes)
            let target = Casting(result, output.dtype, start + 2 * scratchBytes)
            inPieces(part, operands: 3) { count, offsets, strides in
                let (x, xStep) = first.read(count, a + offsets[1], strides[1])
                let (y, yStep) = second.read(count, b + offsets[2], strides[2])
                target.write(count, base + offsets[0], strides[0]) { kernel(count, x, xStep, y, yStep, $0, $1) }
            }
        }
    }

    /// The same numbers as the type of the output: floats are truncated to integers, complex numbers lose their
    /// imaginary part.
    package static func cast(_ input: View, to output: View) {
        if input.dtype == output.dtype { return Raster.copy(input, to: output) }
        let kernel = walle_kernels_cast(
            walle_kernels_shared(), Int32(input.dtype.kernel), Int32(output.dtype.kernel)
        ).unsafelyUnwrapped
        run(kernel, input, to: output, computing: input.dtype, result: output.dtype)
    }

    /// Of `left` where the condition is not 0, of `right` elsewhere. All of one shape, but for the condition of one type.
    package static func select(_ condition: View, _ left: View, _ right: View, to output: View) {
        guard let base = output.base, let c = condition.base, let a = left.base, let b = right.base else { return }
        let kernel = walle_kernels_select(walle_kernels_shared(), output.dtype.byteCount).unsafelyUnwrapped
        let layouts: InlineArray<4, Layout> = [output.layout, condition.layout, left.layout, right.layout]
        Walk.forEachPart(layouts.span) {
            $0.forEach { count, offsets, strides in
                kernel(
                    count, c + offsets[1], strides[1], a + offsets[2], strides[2], b + offsets[3], strides[3],
                    base + offsets[0], strides[0])
            }
        }
    }

    /// Parts of a walk, each with scratch of its own, since threads may visit them at once.
    @inline(__always)
    private static func inParts(
        _ layouts: Span<Layout>, scratches: Int, _ body: (Walk.Part, UnsafeMutableRawPointer) -> Void
    ) {
        Walk.forEachPart(layouts) { part in
            withUnsafeTemporaryAllocation(byteCount: scratches * scratchBytes, alignment: 64) { scratch in
                body(part, scratch.baseAddress.unsafelyUnwrapped)
            }
        }
    }

    /// The inner loops of a part, cut so that a piece fits into the scratch.
    @inline(__always)
    private static func inPieces(
        _ part: Walk.Part, operands: Int, _ body: (Int, UnsafePointer<Int>, UnsafePointer<Int>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: operands) { places in
            let place = places.baseAddress.unsafelyUnwrapped
            part.forEach { count, offsets, strides in
                var done = 0
                while done < count {
                    for operand in 0..<operands { place[operand] = offsets[operand] + done * strides[operand] }
                    body(min(piece, count - done), place, strides)
                    done += piece
                }
            }
        }
    }
}

/// A cast of a piece into or out of scratch; nothing when the types are one.
private struct Casting {
    private let kernel: walle_unary_kernel?
    private let scratch: UnsafeMutableRawPointer
    /// Bytes of an element in the scratch when it is read from, and when it is written to.
    private let (readBytes, writtenBytes): (Int, Int)

    init(_ from: DType, _ to: DType, _ scratch: UnsafeMutableRawPointer) {
        self.scratch = scratch
        kernel = from == to ? nil : walle_kernels_cast(walle_kernels_shared(), Int32(from.kernel), Int32(to.kernel))
        (readBytes, writtenBytes) = (to.byteCount, from.byteCount)
    }

    /// Where the elements are, as the type that is computed with, and how far apart.
    @inline(__always)
    func read(_ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int) -> (UnsafeMutableRawPointer, Int) {
        guard let kernel else { return (source, stride) }
        kernel(count, source, stride, scratch, readBytes)
        return (scratch, readBytes)
    }

    /// Has results written where they are wanted, by way of the scratch when they are of another type.
    @inline(__always)
    func write(
        _ count: Int, _ target: UnsafeMutableRawPointer, _ stride: Int, _ body: (UnsafeMutableRawPointer, Int) -> Void
    ) {
        guard let kernel else { return body(target, stride) }
        body(scratch, writtenBytes)
        kernel(count, scratch, writtenBytes, target, stride)
    }
}
