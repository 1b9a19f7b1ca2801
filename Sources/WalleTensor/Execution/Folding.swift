package import CWalleKernels

/// Executes what makes one element of many: sums, extremes and the like along some axes.
///
/// Where the elements of a result lie next to one another, each is folded by a kernel that has several partial results;
/// where neighbouring results do, whole rows are folded into a row of results at a time. Either way sums of floats are
/// pairwise: their error grows with the logarithm of the number of elements (Higham 1993).
package struct Folding {
    private let input: View
    private let output: View
    /// What results start as, before elements are folded in.
    private let start: Start
    private let kept: Layout
    private let inner: Layout
    private let computing: DType

    private enum Start {
        case identity(UInt8)
        case firstElement
    }

    /// - Parameters:
    ///   - folded: 1 for each axis of the input that goes, 0 for the others.
    ///   - output: The axes that stay, of the type that the operation accumulates.
    ///   - computing: The type that elements are cast to first.
    private init(_ input: View, folded: Axes, to output: View, computing: DType, start: Start) {
        self.input = input
        self.output = output
        self.computing = computing
        self.start = start
        var (kept, inner) = (Layout(shape: [], strides: []), Layout(shape: [], strides: []))
        for axis in folded.indices {
            let (length, stride) = (input.layout.shape[axis], input.layout.strides[axis])
            if folded[axis] == 1 {
                inner.shape.append(length)
                inner.strides.append(stride)
            } else {
                kept.shape.append(length)
                kept.strides.append(stride)
            }
        }
        (self.kept, self.inner) = (kept, inner)
    }

    /// A fold with a kernel of its own.
    ///
    /// - Precondition: An extreme has elements; the output is of the type `operation.result(computing)`.
    package static func run(
        _ operation: FoldOperation, _ input: View, folded: Axes, to output: View, computing: DType
    ) {
        let start: Start =
            switch operation {
            case .minimum, .maximum: .firstElement
            case .product, .all: .identity(1)
            case .sum, .any: .identity(0)
            }
        let folding = Folding(input, folded: folded, to: output, computing: computing, start: start)
        if let rows = operation.rowOperation, folding.hasNeighbouringResults, input.dtype == computing,
            let kernel = walle_kernels_binary(
                walle_kernels_shared(), Int32(rows.rawValue), Int32(computing.kernel)),
            rows.result(computing) == output.dtype
        {
            return folding.foldRows(kernel, inOrder: false)
        }
        let kernel = walle_kernels_fold(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
        folding.foldElements(kernel.unsafelyUnwrapped)
    }

    /// Any other operation of two operands, from the first element on, in order.
    ///
    /// - Precondition: There are elements; the operation gives what it takes.
    package static func run(
        _ kernel: walle_binary_kernel, _ input: View, folded: Axes, to output: View, computing: DType
    ) {
        Folding(input, folded: folded, to: output, computing: computing, start: .firstElement)
            .foldRows(kernel, inOrder: true)
    }

    private var hasNeighbouringResults: Bool {
        guard let nearest = Self.nearest(kept), let nearestInner = Self.nearest(inner) else { return false }
        return nearest < nearestInner
    }

    private static func nearest(_ layout: Layout) -> Int? {
        var least: Int?
        for axis in layout.shape.indices where layout.shape[axis] > 1 {
            least = Swift.min(least ?? .max, abs(layout.strides[axis]))
        }
        return least
    }

    // MARK: an element at a time

    private func foldElements(_ kernel: walle_fold_kernel) {
        guard let out = output.base, kept.count > 0 else { return }
        let base = input.base ?? out
        let outer: InlineArray<2, Layout> = [output.layout, kept]
        let within: InlineArray<1, Layout> = [inner]
        let casting = PieceCast(input.dtype, computing)
        Walk.forEach(outer.span) { count, offsets, strides in
            for index in 0..<count {
                let accumulator = out + offsets[0] + index * strides[0]
                let first = base + offsets[1] + index * strides[1]
                begin(accumulator, first)
                Walk.forEach(within.span) { count, offsets, strides in
                    casting.forEachPiece(count, first + offsets[0], strides[0]) { kernel($0, $1, $2, accumulator) }
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

    private func convert(
        _ source: UnsafeRawPointer, _ from: DType, to place: UnsafeMutableRawPointer, _ type: DType
    ) {
        if from == type { return place.copyMemory(from: source, byteCount: type.byteCount) }
        let cast = walle_kernels_cast(walle_kernels_shared(), Int32(from.kernel), Int32(type.kernel))
        cast.unsafelyUnwrapped(1, source, from.byteCount, place, type.byteCount)
    }

    // MARK: a row at a time

    /// Elements of a row that are folded together: partial results of some levels stay in the second cache.
    private static let rowPiece = 4096
    /// Rows that are folded one after the other; more are halved first.
    private static let sequentialRows = 16

    /// The axis of results that is walked innermost, the other kept axes, and the folded ones in order.
    private func foldRows(_ kernel: walle_binary_kernel, inOrder: Bool) {
        guard let out = output.base, let base = input.base, kept.count > 0, inner.count > 0 else { return }
        let row = rowAxis
        var (outerOut, outerIn) = (output.layout, kept)
        var rowStrides = (out: 0, in: 0), length = 1
        if let row {
            length = kept.shape[row]
            rowStrides = (output.layout.strides[row], kept.strides[row])
            outerOut.removeAxis(row)
            outerIn.removeAxis(row)
        }
        let outer: InlineArray<2, Layout> = [outerOut, outerIn]
        let positions = Positions(inner)
        let most = inOrder ? positions.count : Self.sequentialRows
        let halvings = Int.bitWidth - (positions.count / most).leadingZeroBitCount
        let rowBytes = (Swift.min(length, Self.rowPiece) * computing.byteCount + 63) / 64 * 64
        withUnsafeTemporaryAllocation(byteCount: (halvings + 3) * rowBytes, alignment: 64) { scratch in
            let fold = RowFold(
                kernel: kernel, cast: PieceCast(input.dtype, computing), bytes: computing.byteCount,
                scratch: scratch.baseAddress.unsafelyUnwrapped, rowBytes: rowBytes, castRow: halvings + 2,
                sequentialRows: most, stride: rowStrides.in, positions: positions)
            Walk.forEach(outer.span) { count, offsets, strides in
                for index in 0..<count {
                    let to = out + offsets[0] + index * strides[0]
                    let from = base + offsets[1] + index * strides[1]
                    for start in stride(from: 0, to: length, by: Self.rowPiece) {
                        fold.run(
                            from + start * rowStrides.in, Swift.min(Self.rowPiece, length - start),
                            to: to + start * rowStrides.out, rowStrides.out, output.dtype)
                    }
                }
            }
        }
    }

    private var rowAxis: Int? {
        var found: Int?
        for axis in kept.shape.indices where kept.shape[axis] > 1 {
            if found == nil || abs(kept.strides[axis]) < abs(kept.strides[found.unsafelyUnwrapped]) { found = axis }
        }
        return found ?? kept.shape.indices.first
    }

    /// The offsets of the folded axes, in order, the last fastest.
    private struct Positions {
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
        let positions: Positions

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
}

extension FoldOperation {
    /// What folds a row into a row of results.
    fileprivate var rowOperation: BinaryOperation? {
        switch self {
        case .sum: .add
        case .product: .multiply
        case .minimum: .minimum
        case .maximum: .maximum
        case .any, .all: nil
        }
    }
}

/// Casts of elements as they are read, a piece at a time; nothing when the types are one.
private struct PieceCast {
    private let kernel: walle_unary_kernel?
    private let copy: walle_unary_kernel
    private let bytes: Int
    private static let piece = 512

    init(_ from: DType, _ to: DType) {
        kernel = from == to ? nil : walle_kernels_cast(walle_kernels_shared(), Int32(from.kernel), Int32(to.kernel))
        copy = walle_kernels_copy(walle_kernels_shared(), to.byteCount).unsafelyUnwrapped
        bytes = to.byteCount
    }

    @inline(__always)
    func forEachPiece(
        _ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int,
        _ body: (Int, UnsafeMutableRawPointer, Int) -> Void
    ) {
        guard let kernel else { return body(count, source, stride) }
        withUnsafeTemporaryAllocation(byteCount: Self.piece * 16, alignment: 64) { scratch in
            let scratch = scratch.baseAddress.unsafelyUnwrapped
            for start in Swift.stride(from: 0, to: count, by: Self.piece) {
                let some = Swift.min(Self.piece, count - start)
                kernel(some, source + start * stride, stride, scratch, bytes)
                body(some, scratch, bytes)
            }
        }
    }

    func copy(
        _ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int, to place: UnsafeMutableRawPointer
    ) {
        (kernel ?? copy)(count, source, stride, place, bytes)
    }

    func read(
        _ count: Int, _ source: UnsafeMutableRawPointer, _ stride: Int, by place: UnsafeMutableRawPointer
    ) -> (UnsafeMutableRawPointer, Int) {
        guard let kernel else { return (source, stride) }
        kernel(count, source, stride, place, bytes)
        return (place, bytes)
    }
}
