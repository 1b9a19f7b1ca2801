internal import CWalleKernels

/// An element of the result at a time.
extension Folding {
    func foldElements(_ candidate: Candidate) {
        guard let out = output.base, kept.count > 0 else { return }
        let base = input.base ?? out
        if let length = treeLength, kept.count <= 2 * Int(candidate.threads) {
            return foldTrees(length, candidate, out, base)
        }
        let (kernel, casting) = (kernel, PieceCast(input.dtype, computing))
        let outer: InlineArray<2, Layout> = [output.layout, kept]
        let (inner, bytes) = (inner, input.dtype.byteCount)
        Walk.forEachPart(outer.span, threads: Int(candidate.threads), weight: inner.count * bytes + 64) {
            $0.forEach { count, offsets, strides in
                for index in 0..<count {
                    let accumulator = out + offsets[0] + index * strides[0]
                    let first = base + offsets[1] + index * strides[1]
                    begin(accumulator, first)
                    if inner.rank == 1 {
                        casting.forEachPiece(inner.shape[0], first, inner.strides[0]) {
                            kernel($0, $1, $2, accumulator)
                        }
                        continue
                    }
                    let within: InlineArray<1, Layout> = [inner]
                    Walk.forEach(within.span) { count, offsets, strides in
                        casting.forEachPiece(count, first + offsets[0], strides[0]) { kernel($0, $1, $2, accumulator) }
                    }
                }
            }
        }
    }

    private func begin(_ accumulator: UnsafeMutableRawPointer, _ first: UnsafeMutableRawPointer) {
        switch start {
        case .firstElement: convert(first, input.dtype, to: accumulator, output.dtype)
        case .identity(let value):
            withUnsafeBytes(of: value) {
                convert($0.baseAddress.unsafelyUnwrapped, .bool, to: accumulator, output.dtype)
            }
        }
    }

    func convert(_ source: UnsafeRawPointer, _ from: DType, to place: UnsafeMutableRawPointer, _ type: DType) {
        if from == type { return place.copyMemory(from: source, byteCount: type.byteCount) }
        let cast = walle_kernels_cast(walle_kernels_shared(), Int32(from.kernel), Int32(type.kernel))
        cast.unsafelyUnwrapped(1, source, from.byteCount, place, type.byteCount)
    }

    // MARK: long ones, in parts

    /// Elements of a part: some ten microseconds of work.
    private static let leafElements = 1 << 17

    /// How many elements a result is made of, when these are one long loop that can be folded in parts.
    var treeLength: Int? {
        guard input.dtype == computing, !(operation == .product && computing.kind == .complex) else { return nil }
        let joined = inner.joinedInOrder
        guard joined.rank == 1, joined.shape[0] > 2 * Self.leafElements else { return nil }
        return joined.shape[0]
    }

    /// Folds the parts that the kernel itself would halve the elements into, and the results as it would.
    private func foldTrees(
        _ length: Int, _ candidate: Candidate, _ out: UnsafeMutableRawPointer, _ base: UnsafeMutableRawPointer
    ) {
        var ends: [Int] = []
        split(0..<length, into: &ends)
        let (kernel, stride, bytes) = (kernel, inner.joinedInOrder.strides[0], output.dtype.byteCount)
        let outer: InlineArray<2, Layout> = [output.layout, kept]
        withUnsafeTemporaryAllocation(byteCount: ends.count * bytes, alignment: 16) { memory in
            let results = memory.baseAddress.unsafelyUnwrapped
            Walk.forEach(outer.span) { count, offsets, strides in
                for index in 0..<count {
                    let first = base + offsets[1] + index * strides[1]
                    SharedLoop.run(ends.count, threads: Int(candidate.threads), weight: Self.leafElements * bytes) {
                        for leaf in $0 {
                            let from = leaf == 0 ? 0 : ends[leaf - 1]
                            begin(results + leaf * bytes, first + from * stride)
                            kernel(ends[leaf] - from, first + from * stride, stride, results + leaf * bytes)
                        }
                    }
                    var leaf = 0
                    join(length, results, &leaf)
                    let accumulator = out + offsets[0] + index * strides[0]
                    begin(accumulator, first)
                    kernel(1, results, bytes, accumulator)
                }
            }
        }
    }

    /// Where parts end.
    private func split(_ range: Range<Int>, into ends: inout [Int]) {
        guard range.count > Self.leafElements else { return ends.append(range.upperBound) }
        let middle = range.lowerBound + half(range.count)
        split(range.lowerBound..<middle, into: &ends)
        split(middle..<range.upperBound, into: &ends)
    }

    /// Leaves the fold of the parts that so many elements were split into in the first of their results.
    private func join(_ count: Int, _ results: UnsafeMutableRawPointer, _ leaf: inout Int) {
        let first = leaf
        guard count > Self.leafElements else { return leaf += 1 }
        join(half(count), results, &leaf)
        let second = leaf
        join(count - half(count), results, &leaf)
        let bytes = output.dtype.byteCount
        kernel(1, results + second * bytes, bytes, results + first * bytes)
    }

    /// As the kernels halve: blocks of 1024 floats, or any number of complex ones.
    private func half(_ count: Int) -> Int {
        computing.kind == .complex ? count / 2 : (count / 1024 + 1) / 2 * 1024
    }
}

extension Layout {
    /// Axes that lie in the ones before them joined to these.
    var joinedInOrder: Layout {
        var result = Layout(shape: [], strides: [])
        for axis in shape.indices where shape[axis] != 1 {
            let last = result.rank - 1
            if last >= 0 && result.strides[last] == strides[axis] * shape[axis] {
                result.shape[last] *= shape[axis]
                result.strides[last] = strides[axis]
            } else {
                result.shape.append(shape[axis])
                result.strides.append(strides[axis])
            }
        }
        return result
    }
}
