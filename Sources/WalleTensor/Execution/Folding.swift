package import CWalleKernels

/// Executes what makes one element of many: sums, extremes and the like along some axes.
///
/// Where the elements of a result lie next to one another, each is folded by a kernel that has several partial results;
/// where neighbouring results do, whole rows are folded into a row of results at a time. Either way sums of floats are
/// pairwise: their error grows with the logarithm of the number of elements (Higham 1993). Which elements meet first
/// depends on the layout alone, not on the candidate chosen or on threads: neither changes a bit of a result.
package struct Folding {
    let input: View
    let output: View
    /// nil for a kernel of the caller's, which goes from the first element on in order.
    let operation: FoldOperation?
    /// What results start as, before elements are folded in.
    let start: Start
    /// The axes that stay, and those that go, of the input.
    let kept: Layout
    let inner: Layout
    let computing: DType

    enum Start {
        case identity(UInt8)
        case firstElement
    }

    /// - Parameters:
    ///   - folded: 1 for each axis of the input that goes, 0 for the others.
    ///   - output: The axes that stay, of the type that the operation accumulates.
    ///   - computing: The type that elements are cast to first.
    init(_ operation: FoldOperation?, _ input: View, folded: Axes, to output: View, computing: DType) {
        (self.input, self.output, self.operation, self.computing) = (input, output, operation, computing)
        start =
            switch operation {
            case nil, .minimum, .maximum: .firstElement
            case .product, .all: .identity(1)
            case .sum, .any: .identity(0)
            }
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

    /// Bytes below which every way takes about as long as choosing one.
    private static let leastSearchedBytes = 32 << 10

    /// A fold with a kernel of its own.
    ///
    /// - Precondition: An extreme has elements; the output is of the type `operation.result(computing)`.
    package static func run(
        _ operation: FoldOperation, _ input: View, folded: Axes, to output: View, computing: DType
    ) {
        let folding = Folding(operation, input, folded: folded, to: output, computing: computing)
        if input.layout.count * input.dtype.byteCount < leastSearchedBytes { return folding.run(folding.usual) }
        folding.run(MethodSearch.choice(folding))
    }

    /// Any other operation of two operands, from the first element on, in order.
    ///
    /// - Precondition: There are elements; the operation gives what it takes.
    package static func run(
        _ kernel: walle_binary_kernel, _ input: View, folded: Axes, to output: View, computing: DType
    ) {
        Folding(nil, input, folded: folded, to: output, computing: computing)
            .foldRows(kernel, Candidate(.rows, block: usualRowLogarithm), inOrder: true)
    }

    /// The search of one fold, for whoever wants to know.
    package static func explain(
        _ operation: FoldOperation, _ input: View, folded: Axes, to output: View, computing: DType, isMeasured: Bool
    ) -> Explanation {
        Explanation(
            "\(operation)", Folding(operation, input, folded: folded, to: output, computing: computing),
            isMeasured: isMeasured)
    }

    func run(_ candidate: Candidate) {
        switch candidate.algorithm {
        case .rows: if let rowKernel { foldRows(rowKernel, candidate, inOrder: false) }
        case .turnedRows: if let rowKernel { foldTurnedRows(rowKernel, candidate) }
        default: foldElements(candidate)
        }
    }

    // MARK: what decides the order of elements

    /// The logarithm of a row's elements that are folded together when nothing else says how many: partial results of
    /// some levels stay in the second cache.
    static let usualRowLogarithm = 12

    /// The way that the layout suggests: it decides which elements meet first.
    var usual: Candidate {
        rowKernel != nil && hasNeighbouringResults
            ? Candidate(.rows, block: Self.usualRowLogarithm) : Candidate(.elements)
    }

    /// What folds a row, cast to the type computed with, into a row of results.
    var rowKernel: walle_binary_kernel? {
        guard let rows = operation?.rowOperation, rows.result(computing) == output.dtype else { return nil }
        return walle_kernels_binary(walle_kernels_shared(), Int32(rows.rawValue), Int32(computing.kernel))
    }

    var kernel: walle_fold_kernel {
        let operation = operation.unsafelyUnwrapped
        return walle_kernels_fold(walle_kernels_shared(), Int32(operation.rawValue), Int32(computing.kernel))
            .unsafelyUnwrapped
    }

    /// Whether any order of elements gives the same result.
    var isExact: Bool {
        switch operation {
        case .sum, .product: computing.kind < .floating
        case nil: false
        default: true
        }
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

    /// The axis of results whose neighbours are closest together.
    var rowAxis: Int? {
        var found: Int?
        for axis in kept.shape.indices where kept.shape[axis] > 1 {
            if found == nil || abs(kept.strides[axis]) < abs(kept.strides[found.unsafelyUnwrapped]) { found = axis }
        }
        return found ?? kept.shape.indices.first
    }
}

extension FoldOperation {
    /// What folds a row into a row of results.
    var rowOperation: BinaryOperation? {
        switch self {
        case .sum: .add
        case .product: .multiply
        case .minimum: .minimum
        case .maximum: .maximum
        case .any, .all: nil
        }
    }
}
