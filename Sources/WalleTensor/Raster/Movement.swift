internal import CWalleKernels

/// A copy between two layouts of one shape, in the fewest axes: those that lie in one another on both sides are one.
struct Movement {
    let source: UnsafeMutableRawPointer
    let output: UnsafeMutableRawPointer
    let elementBytes: Int
    /// By the output's strides, the innermost last. At least one axis, all longer than 1.
    private(set) var lengths = Axes()
    private(set) var to = Axes()
    private(set) var from = Axes()
    private(set) var count = 1
    private(set) var kind = Kind.strided

    enum Kind {
        /// Inner loops without gaps on both sides.
        case contiguous
        /// Neighbours in the output's last axis are neighbours in another axis of the source, which is given.
        case transposed(Int)
        case strided
    }

    /// - Parameters:
    ///   - from: Of the shape of `to`; there is at least one element.
    init(
        _ source: UnsafeMutableRawPointer, _ from: Layout, _ output: UnsafeMutableRawPointer, _ to: Layout,
        elementBytes: Int
    ) {
        (self.source, self.output, self.elementBytes) = (source, output, elementBytes)
        for axis in to.shape.indices where to.shape[axis] != 1 {
            add(to.shape[axis], to.strides[axis], from.strides[axis])
        }
        join()
        if lengths.count == 0 { add(1, elementBytes, elementBytes) }
        let last = lengths.count - 1
        guard self.to[last] == elementBytes else { return }
        if self.from[last] == elementBytes {
            kind = .contiguous
        } else if let row = self.from.firstIndex(of: elementBytes), row != last {
            kind = .transposed(row)
        }
    }

    private mutating func add(_ length: Int, _ toStride: Int, _ fromStride: Int) {
        var place = lengths.count
        while place > 0 && abs(to[place - 1]) < abs(toStride) { place -= 1 }
        lengths.insert(length, at: place)
        to.insert(toStride, at: place)
        from.insert(fromStride, at: place)
        count *= length
    }

    private mutating func join() {
        var axis = 1
        while axis < lengths.count {
            if to[axis - 1] == to[axis] * lengths[axis] && from[axis - 1] == from[axis] * lengths[axis] {
                lengths[axis] *= lengths[axis - 1]
                lengths.remove(at: axis - 1)
                to.remove(at: axis - 1)
                from.remove(at: axis - 1)
            } else {
                axis += 1
            }
        }
    }

    var bytes: Int { count * elementBytes }
    var inner: Int { lengths[lengths.count - 1] }
    var outputLayout: Layout { Layout(shape: lengths, strides: to) }
    var sourceLayout: Layout { Layout(shape: lengths, strides: from) }
}

// MARK: execution

extension Movement {
    /// One inner loop after the other, in the order of the output or of the source.
    func walk(inOrderOfSource: Bool) {
        let kernel = walle_kernels_copy(walle_kernels_shared(), elementBytes).unsafelyUnwrapped
        let (first, second) = inOrderOfSource ? (sourceLayout, outputLayout) : (outputLayout, sourceLayout)
        let layouts: InlineArray<2, Layout> = [first, second]
        let (written, read) = inOrderOfSource ? (1, 0) : (0, 1)
        Walk.forEachPart(layouts.span) {
            $0.forEach { count, offsets, strides in
                kernel(count, source + offsets[read], strides[read], output + offsets[written], strides[written])
            }
        }
    }

    /// The same by way of the first cache, past the others.
    func streamWalk() {
        let kernel = walle_kernels_copy(walle_kernels_shared(), elementBytes).unsafelyUnwrapped
        let movement = walle_kernels_movement(walle_kernels_shared()).unsafelyUnwrapped.pointee
        let piece = Self.bufferBytes / elementBytes
        let layouts: InlineArray<2, Layout> = [outputLayout, sourceLayout]
        Walk.forEachPart(layouts.span) { part in
            withUnsafeTemporaryAllocation(byteCount: Self.bufferBytes, alignment: 64) { buffer in
                let buffer = buffer.baseAddress.unsafelyUnwrapped
                part.forEach { count, offsets, strides in
                    for start in stride(from: 0, to: count, by: piece) {
                        let some = min(piece, count - start)
                        let from = source + offsets[1] + start * strides[1]
                        let to = output + offsets[0] + start * elementBytes
                        if strides[1] == elementBytes {
                            movement.stream(some * elementBytes, from, to)
                        } else {
                            kernel(some, from, strides[1], buffer, elementBytes)
                            movement.stream(some * elementBytes, buffer, to)
                        }
                    }
                }
            }
            movement.settle()
        }
    }

    /// Of pieces on their way past the caches: few enough that the elements between them, which lie in the same lines, stay
    /// in the first one as well.
    private static let bufferBytes = 4 << 10
    /// Rows of a panel, and rows and columns of a block.
    static let panelRows = 16
    static let blockSide = 64
    /// Columns of a block that is streamed, so that its rows are many lines.
    static let streamedColumns = 256

    /// Turns planes of the output, whose rows are neighbours in the source, in panels of rows.
    func turn(_ candidate: Candidate, rowAxis: Int) {
        let last = lengths.count - 1
        let (rows, columns) = (lengths[rowAxis], lengths[last])
        let side = candidate.algorithm == .panels ? Self.panelRows : Self.blockSide
        let panels = (rows + side - 1) / side
        var outer = (to: outputLayout, from: sourceLayout)
        for axis in [last, rowAxis] {
            outer.to.removeAxis(axis)
            outer.from.removeAxis(axis)
        }
        let turner = Turner(
            kernel: walle_kernels_transpose(walle_kernels_shared(), elementBytes).unsafelyUnwrapped,
            movement: walle_kernels_movement(walle_kernels_shared()).unsafelyUnwrapped.pointee,
            algorithm: candidate.algorithm, elementBytes: elementBytes, columns: columns, fromStep: from[last],
            toStep: to[rowAxis])
        let planes = outer.to.count
        SharedLoop.run(
            planes * panels, threads: Int(candidate.threads), weight: side * columns * elementBytes
        ) { range in
            for index in range {
                let (plane, row) = (index / panels, index % panels * side)
                turner.run(
                    min(side, rows - row), source + outer.from.offset(of: plane) + row * elementBytes,
                    output + outer.to.offset(of: plane) + row * to[rowAxis])
            }
            if candidate.algorithm == .streamedBlocks { turner.movement.settle() }
        }
    }
}

/// Turns a panel of rows.
private struct Turner {
    let kernel: walle_transpose_kernel
    let movement: walle_movement
    let algorithm: Candidate.Algorithm
    let elementBytes: Int
    let columns: Int
    let fromStep: Int
    let toStep: Int

    func run(_ rows: Int, _ from: UnsafeMutableRawPointer, _ to: UnsafeMutableRawPointer) {
        switch algorithm {
        case .panels: kernel(rows, columns, from, fromStep, to, toStep)
        case .blocks:
            for start in stride(from: 0, to: columns, by: Movement.blockSide) {
                kernel(
                    rows, min(Movement.blockSide, columns - start), from + start * fromStep, fromStep,
                    to + start * elementBytes, toStep)
            }
        default: stream(rows, from, to)
        }
    }

    private func stream(_ rows: Int, _ from: UnsafeMutableRawPointer, _ to: UnsafeMutableRawPointer) {
        // Rows a line apart beyond a power of 2 do not share the lines of a cache.
        let step = Movement.streamedColumns * elementBytes + 64
        withUnsafeTemporaryAllocation(byteCount: Movement.blockSide * step, alignment: 64) { buffer in
            let buffer = buffer.baseAddress.unsafelyUnwrapped
            for start in stride(from: 0, to: columns, by: Movement.streamedColumns) {
                let some = min(Movement.streamedColumns, columns - start)
                kernel(rows, some, from + start * fromStep, fromStep, buffer, step)
                for row in 0..<rows {
                    movement.stream(some * elementBytes, buffer + row * step, to + row * toStep + start * elementBytes)
                }
            }
        }
    }
}

extension Layout {
    /// Of an element, by its number in order.
    func offset(of element: Int) -> Int {
        var (rest, offset) = (element, 0)
        for axis in shape.indices.reversed() where rest > 0 {
            offset += rest % shape[axis] * strides[axis]
            rest /= shape[axis]
        }
        return offset
    }
}
