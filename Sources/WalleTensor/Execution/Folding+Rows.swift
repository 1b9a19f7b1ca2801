internal import CWalleKernels

/// A row of results at a time.
extension Folding {
    /// Rows that are folded one after the other; more are halved first.
    private static let sequentialRows = 16

    /// The axis of results that is walked innermost, the other kept axes, and the folded ones in order.
    func foldRows(_ kernel: walle_binary_kernel, _ candidate: Candidate, inOrder: Bool) {
        guard let out = output.base, let base = input.base, kept.count > 0, inner.count > 0 else { return }
        let rows = RowLoops(self, piece: 1 << Int(candidate.block))
        let positions = FoldedRows(inner)
        let most = inOrder ? positions.count : Self.sequentialRows
        let halvings = Int.bitWidth - (positions.count / most).leadingZeroBitCount
        let rowBytes = (Swift.min(rows.length, rows.piece) * computing.byteCount).roundedUp(to: 64)
        SharedLoop.run(
            rows.count, threads: Int(candidate.threads),
            weight: positions.count * Swift.min(rows.length, rows.piece) * 8
        ) { range in
            LargeScratch.with(byteCount: (halvings + 3) * rowBytes) { scratch in
                let fold = RowFold(
                    kernel: kernel, cast: PieceCast(input.dtype, computing), bytes: computing.byteCount,
                    scratch: scratch, rowBytes: rowBytes, castRow: halvings + 2, sequentialRows: most,
                    stride: rows.strides.in, positions: positions)
                for index in range {
                    let (to, from, width) = rows.piece(index)
                    fold.run(base + from, width, to: out + to, rows.strides.out, output.dtype)
                }
            }
        }
    }

    /// Results of a piece whose elements are turned together.
    static let turnedResults = 512

    /// Short rows of elements turned in blocks, so that neighbouring results lie next to one another. In order, as the
    /// kernel of a few elements goes.
    func foldTurnedRows(_ kernel: walle_binary_kernel, _ candidate: Candidate) {
        guard let out = output.base, let base = input.base, kept.count > 0, inner.count > 0 else { return }
        let rows = RowLoops(self, piece: Self.turnedResults)
        let (bytes, depth) = (computing.byteCount, inner.count)
        let turn = walle_kernels_transpose(walle_kernels_shared(), bytes).unsafelyUnwrapped
        let copy = walle_kernels_copy(walle_kernels_shared(), bytes).unsafelyUnwrapped
        let step = Self.turnedResults * bytes
        SharedLoop.run(rows.count, threads: Int(candidate.threads), weight: depth * step) { range in
            LargeScratch.with(byteCount: (depth + 1) * step) { scratch in
                let identity = scratch + depth * step
                for index in range {
                    let (to, from, width) = rows.piece(index)
                    turn(depth, width, base + from, rows.strides.in, scratch, step)
                    if case .identity(let value) = start {
                        withUnsafeBytes(of: value) {
                            convert($0.baseAddress.unsafelyUnwrapped, .bool, to: identity, computing)
                        }
                        kernel(width, identity, 0, scratch, bytes, scratch, bytes)
                    }
                    for row in 1..<Swift.max(1, depth) {
                        kernel(width, scratch, bytes, scratch + row * step, bytes, scratch, bytes)
                    }
                    copy(width, scratch, bytes, out + to, rows.strides.out)
                }
            }
        }
    }
}

/// Rows of results, cut into pieces.
private struct RowLoops {
    private var outerOut: Layout
    private var outerIn: Layout
    private(set) var strides = (out: 0, in: 0)
    private(set) var length = 1
    let piece: Int

    init(_ folding: Folding, piece: Int) {
        (outerOut, outerIn, self.piece) = (folding.output.layout, folding.kept, piece)
        guard let row = folding.rowAxis else { return }
        length = outerIn.shape[row]
        strides = (outerOut.strides[row], outerIn.strides[row])
        outerOut.removeAxis(row)
        outerIn.removeAxis(row)
    }

    private var pieces: Int { (length + piece - 1) / piece }
    var count: Int { outerIn.count * pieces }

    /// Offsets of a piece's first result and element, and how many results it has.
    func piece(_ index: Int) -> (out: Int, in: Int, width: Int) {
        let (outer, start) = (index / pieces, index % pieces * piece)
        return (
            outerOut.offset(of: outer) + start * strides.out, outerIn.offset(of: outer) + start * strides.in,
            Swift.min(piece, length - start)
        )
    }
}

/// The offsets of the folded axes, in order, the last fastest.
private struct FoldedRows {
    let layout: Layout
    let count: Int

    init(_ layout: Layout) {
        self.layout = layout
        count = layout.count
    }

    @inline(__always)
    subscript(position: Int) -> Int {
        if layout.rank == 1 { return position * layout.strides[0] }
        var (rest, offset) = (position, 0)
        for axis in layout.shape.indices.reversed() {
            offset += rest % layout.shape[axis] * layout.strides[axis]
            rest /= layout.shape[axis]
        }
        return offset
    }
}

/// Folds rows of a piece's width.
private struct RowFold {
    let kernel: walle_binary_kernel
    let cast: PieceCast
    let bytes: Int
    /// A row for each level of halving, one for what is cast, one for the result.
    let scratch: UnsafeMutableRawPointer
    let rowBytes: Int
    let castRow: Int
    /// Rows that are folded one after the other.
    let sequentialRows: Int
    let stride: Int
    let positions: FoldedRows

    func run(
        _ source: UnsafeMutableRawPointer, _ width: Int, to output: UnsafeMutableRawPointer, _ step: Int,
        _ type: DType
    ) {
        fold(source, width, 0..<positions.count, into: 0)
        let finish = walle_kernels_copy(walle_kernels_shared(), bytes).unsafelyUnwrapped
        finish(width, row(0), bytes, output, step)
    }

    private func row(_ level: Int) -> UnsafeMutableRawPointer { scratch + level * rowBytes }

    private func fold(_ source: UnsafeMutableRawPointer, _ width: Int, _ rows: Range<Int>, into level: Int) {
        let result = row(level)
        guard rows.count <= sequentialRows else {
            let middle = rows.lowerBound + (rows.count + 1) / 2
            fold(source, width, rows.lowerBound..<middle, into: level)
            fold(source, width, middle..<rows.upperBound, into: level + 1)
            return kernel(width, result, bytes, row(level + 1), bytes, result, bytes)
        }
        cast.copy(width, source + positions[rows.lowerBound], stride, to: result)
        for position in rows.dropFirst() {
            let (next, step) = cast.read(width, source + positions[position], stride, by: row(castRow))
            kernel(width, result, bytes, next, step, result, bytes)
        }
    }
}
