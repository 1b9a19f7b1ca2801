/// A matrix in the memory of an array: of any strides, of a type that may be narrower than what is computed with.
struct StoredMatrix {
    var base: UnsafeMutableRawPointer
    var dtype: DType
    var rows: Int
    var columns: Int
    /// Bytes.
    var rowStride: Int
    var columnStride: Int

    var transposed: StoredMatrix {
        StoredMatrix(
            base: base, dtype: dtype, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
    }

    /// Reads all elements.
    func load<Scalar: LinearScalar>(into block: Block<Scalar>) {
        switch dtype {
        case .float32: load(Float.self, into: block) { Scalar(Double($0)) }
        case .float64: load(Double.self, into: block) { Scalar($0) }
        case .complex64: load(Pair<Float>.self, into: block) { Scalar(Double($0.re), Double($0.im)) }
        default: load(Complex.self, into: block) { Scalar($0.re, $0.im) }
        }
    }

    /// Writes all elements.
    func store<Scalar: LinearScalar>(_ block: Block<Scalar>) {
        switch dtype {
        case .float32: store(Float.self, block) { Float($0.re) }
        case .float64: store(Double.self, block) { $0.re }
        case .complex64: store(Pair<Float>.self, block) { Pair(re: Float($0.re), im: Float($0.im)) }
        default: store(Complex.self, block) { Complex($0.re, $0.im) }
        }
    }

    /// Two parts as they lie in memory.
    private struct Pair<Part: BitwiseCopyable>: BitwiseCopyable {
        var re: Part
        var im: Part
    }

    @inline(__always)
    private func load<Element: BitwiseCopyable, Scalar: LinearScalar>(
        _: Element.Type, into block: Block<Scalar>, _ convert: (Element) -> Scalar
    ) {
        for row in 0..<rows {
            let (from, to) = (UnsafeRawPointer(base) + row * rowStride, block.row(row))
            if columnStride == MemoryLayout<Element>.stride {
                let values = from.assumingMemoryBound(to: Element.self)
                for column in 0..<columns { to[column] = convert(values[column]) }
            } else {
                for column in 0..<columns {
                    to[column] = convert(from.load(fromByteOffset: column * columnStride, as: Element.self))
                }
            }
        }
    }

    @inline(__always)
    private func store<Element: BitwiseCopyable, Scalar: LinearScalar>(
        _: Element.Type, _ block: Block<Scalar>, _ convert: (Scalar) -> Element
    ) {
        for row in 0..<rows {
            let (from, to) = (block.row(row), base + row * rowStride)
            if columnStride == MemoryLayout<Element>.stride {
                let values = to.assumingMemoryBound(to: Element.self)
                for column in 0..<columns { values[column] = convert(from[column]) }
            } else {
                for column in 0..<columns {
                    to.storeBytes(of: convert(from[column]), toByteOffset: column * columnStride, as: Element.self)
                }
            }
        }
    }

    /// One number where there are no axes.
    func store(_ value: Complex) {
        var value = value
        withUnsafeMutablePointer(to: &value) { store(Block(base: $0, rows: 1, columns: 1, stride: 1)) }
    }
}

/// The matrices, vectors or numbers at the end of several arrays whose axes before are the same, or broadcast.
struct MatrixBatch {
    /// How many of the last axes belong to an element of the batch.
    enum Core {
        case matrix
        /// A vector, as a matrix of one column.
        case vector
        case number

        var axes: Int {
            switch self {
            case .matrix: 2
            case .vector: 1
            case .number: 0
            }
        }
    }

    private let layouts: [Layout]
    private let elements: [StoredMatrix]

    /// - Precondition: The axes before the cores broadcast to those of the first array, which is written.
    init(_ operands: [(View, Core)]) {
        let first = operands[0]
        let outer = Axes(first.0.layout.shape.dropLast(first.1.axes))
        layouts = operands.map { Self.batch($0.0.layout, $0.1, outer) }
        elements = operands.map { Self.element($0.0, $0.1) }
    }

    private static func batch(_ layout: Layout, _ core: Core, _ outer: Axes) -> Layout {
        let own = Layout(
            shape: Axes(layout.shape.dropLast(core.axes)), strides: Axes(layout.strides.dropLast(core.axes)))
        guard let result = try? own.broadcast(to: outer) else {
            preconditionFailure("axes \(own.shape) do not broadcast to \(outer)")
        }
        return result
    }

    private static func element(_ view: View, _ core: Core) -> StoredMatrix {
        let (shape, strides) = (view.layout.shape, view.layout.strides)
        var matrix = StoredMatrix(
            base: view.base ?? nowhere, dtype: view.dtype, rows: 1, columns: 1, rowStride: 0, columnStride: 0)
        let last = shape.count - 1
        switch core {
        case .number: break
        case .vector: (matrix.rows, matrix.rowStride) = (shape[last], strides[last])
        case .matrix:
            (matrix.rows, matrix.rowStride) = (shape[last - 1], strides[last - 1])
            (matrix.columns, matrix.columnStride) = (shape[last], strides[last])
        }
        return matrix
    }

    /// The address of arrays without elements, which is neither read nor written.
    nonisolated(unsafe) private static let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

    /// Calls `body` with the elements of each place of the batch, in the order of the operands.
    @inline(__always)
    func forEach(_ body: (UnsafeMutablePointer<StoredMatrix>) -> Void) {
        withUnsafeTemporaryAllocation(of: StoredMatrix.self, capacity: elements.count) { places in
            let place = places.baseAddress.unsafelyUnwrapped
            for operand in elements.indices { (place + operand).initialize(to: elements[operand]) }
            elements.withUnsafeBufferPointer { elements in
                Walk.forEach(layouts.span) { count, offsets, strides in
                    for index in 0..<count {
                        for operand in 0..<elements.count {
                            place[operand].base =
                                elements[operand].base + (offsets[operand] + index * strides[operand])
                        }
                        body(place)
                    }
                }
            }
        }
    }
}
