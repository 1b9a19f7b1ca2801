internal import CWalleKernels
internal import WalleMemory

/// The distinct elements of an array in order, found by sorting: first how many there are, then what is wanted of them.
package struct Distinct {
    /// How many there are.
    package let count: Int
    private let sorted: Tensor
    /// Where each of them comes first among the sorted elements.
    private let starts: Tensor
    /// The positions that sort the elements; only when they are needed.
    private let order: Tensor?

    /// - Parameters:
    ///   - elements: Of any axes, taken in order.
    ///   - withPositions: Whether first positions or the inverse will be asked for, which takes longer.
    ///   - mergingNaN: Whether all NaN count as one element, as in NumPy, or each as its own, as in the Array API
    ///     standard.
    /// - Throws: `.value` for more elements than can be sorted.
    package init(_ elements: View, withPositions: Bool, mergingNaN: Bool) throws(TensorError) {
        let flat = try Self.flattened(elements)
        _ = try Sorting.axis(0, of: flat.layout)
        if withPositions {
            let order = try Tensor(uninitialized: flat.shape, .int64)
            Sorting.order(flat.view, axis: 0, to: order.view)
            sorted = try Tensor(uninitialized: flat.shape, flat.dtype)
            try Selection.take(flat.view, at: order.view, axis: 0, to: sorted.view)
            self.order = order
        } else {
            Sorting.sort(flat.view, axis: 0, to: flat.view)
            (sorted, order) = (flat, nil)
        }
        let isFirst = try Self.firsts(of: sorted, mergingNaN: mergingNaN)
        count = Masks.count(isFirst.view)
        starts = try Tensor(uninitialized: [count], .int64)
        Masks.positions(isFirst.view, to: [starts.view])
        withExtendedLifetime((flat, isFirst)) {}
    }

    private static func flattened(_ elements: View) throws(TensorError) -> Tensor {
        let flat = try Tensor(uninitialized: [elements.layout.count], elements.dtype)
        var target = flat.view
        target.layout = Layout(contiguous: elements.layout.shape, elementBytes: elements.dtype.byteCount)
        Raster.copy(elements, to: target)
        return flat
    }

    /// Whether sorted elements differ from the ones before them.
    private static func firsts(of sorted: Tensor, mergingNaN: Bool) throws(TensorError) -> Tensor {
        let count = sorted.count
        let result = try Tensor(uninitialized: [count], .bool)
        guard let mask = result.view.base, count > 0 else { return result }
        mask.storeBytes(of: 1, as: UInt8.self)
        let computing = sorted.dtype.computing
        let kernel = walle_kernels_binary(
            walle_kernels_shared(), Int32(BinaryOperation.notEqual.rawValue), Int32(computing.kernel)
        ).unsafelyUnwrapped
        Elementwise.run(
            kernel, sorted.part(1..<count), sorted.part(0..<count - 1), to: result.part(1..<count),
            computing: computing, result: .bool)
        if mergingNaN && computing.kind >= .floating {
            let numbers = numbers(in: sorted, computing)
            if numbers + 1 < count { memset(mask + numbers + 1, count - numbers - 1) }
        }
        return result
    }

    private static func memset(_ base: UnsafeMutableRawPointer, _ count: Int) {
        base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    /// How many sorted elements come before NaN.
    private static func numbers(in sorted: Tensor, _ computing: DType) -> Int {
        let kernel = walle_kernels_unary(
            walle_kernels_shared(), Int32(UnaryOperation.isNaN.rawValue), Int32(computing.kernel)
        ).unsafelyUnwrapped
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            var isNaN: UInt8 = 0
            withUnsafeMutableBytes(of: &isNaN) {
                let target = View(base: $0.baseAddress, dtype: .bool, layout: Layout(shape: [], strides: []))
                var element = sorted.part(middle..<middle + 1)
                element.layout = target.layout
                Elementwise.run(kernel, element, to: target, computing: computing, result: .bool)
            }
            if isNaN == 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// - Parameter output: Of the elements' type, as long as `count`.
    package func writeValues(to output: View) {
        guard let from = sorted.view.base, let to = output.base else { return }
        let bytes = sorted.dtype.byteCount
        let gather = walle_selection_gather(Masks.selection, bytes).unsafelyUnwrapped
        gather(count, from, bytes, numbers(starts), to, output.layout.strides[0])
    }

    /// Where each of them comes first.
    ///
    /// - Parameter output: `int64`, as long as `count`.
    /// - Precondition: Positions were asked for.
    package func writeFirstPositions(to output: View) {
        guard let to = output.base, let from = positions.view.base else { return }
        let gather = walle_selection_gather(Masks.selection, 8).unsafelyUnwrapped
        gather(count, from, 8, numbers(starts), to, output.layout.strides[0])
    }

    /// How often each of them is there.
    ///
    /// - Parameter output: `int64`, as long as `count`.
    package func writeCounts(to output: View) {
        guard let to = output.base, count > 0 else { return }
        let (starts, step) = (numbers(starts), output.layout.strides[0])
        for index in 0..<count {
            let end = index + 1 < count ? starts[index + 1] : Int64(sorted.count)
            (to + index * step).storeBytes(of: end - starts[index], as: Int64.self)
        }
    }

    /// Which of them each element is.
    ///
    /// - Parameter output: `int64`, contiguous, as many as the elements, in order.
    /// - Precondition: Positions were asked for.
    package func writeInverse(to output: View) {
        guard let base = output.base, count > 0 else { return }
        let (starts, order) = (numbers(starts), numbers(positions))
        let inverse = base.assumingMemoryBound(to: Int64.self)
        for index in 0..<count {
            let end = index + 1 < count ? Int(starts[index + 1]) : sorted.count
            for place in Int(starts[index])..<end { inverse[Int(order[place])] = Int64(index) }
        }
    }

    private var positions: Tensor {
        guard let order else { preconditionFailure("positions were not asked for") }
        return order
    }

    private func numbers(_ tensor: Tensor) -> UnsafeMutablePointer<Int64> {
        // Of an array that this holds.
        tensor.view.base.unsafelyUnwrapped.assumingMemoryBound(to: Int64.self)
    }
}

extension Tensor {
    /// Some elements of an array of one axis.
    fileprivate func part(_ range: Range<Int>) -> View {
        var result = view
        result.base = result.base.map { $0 + range.lowerBound * dtype.byteCount }
        result.layout.shape[0] = range.count
        return result
    }

    /// The distinct elements in order.
    ///
    /// - Parameter mergingNaN: Whether all NaN count as one element, or each as its own.
    /// - Throws: `.value` for more elements than can be sorted.
    public func distinct(mergingNaN: Bool = true) throws(TensorError) -> Tensor {
        let distinct = try Distinct(view, withPositions: false, mergingNaN: mergingNaN)
        let result = try Tensor(uninitialized: [distinct.count], dtype)
        distinct.writeValues(to: result.view)
        return result
    }
}
