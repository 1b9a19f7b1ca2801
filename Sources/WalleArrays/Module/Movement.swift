internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Functions that only move data, or show it in another way.
enum Movement {
    /// A view with any strides, as long as they stay within the memory that the array's cell has.
    static func strided(
        _ array: ArrayPointer, _ layout: Layout, _ offset: Int, _ state: StatePointer
    ) throws -> PythonPointer {
        let bytes = array.dtype.byteCount
        _ = try Layout.checkedCount(layout.shape, elementBytes: bytes)
        let extent = try checkedExtent(layout, bytes)
        let start = array.body.pointee.offset + offset
        guard start + extent.lowerBound >= 0, start + extent.upperBound <= array.body.pointee.cell.pointee.byteCount,
            layout.strides.allSatisfy({ $0 % array.dtype.alignment == 0 }), offset % array.dtype.alignment == 0
        else {
            throw TensorError.value(
                "a view of shape \(layout.shape) and strides \(layout.strides) does not lie within the memory of the array"
            )
        }
        return try state.view(of: array, layout, offset: offset).object
    }

    private static func checkedExtent(_ layout: Layout, _ bytes: Int) throws -> Range<Int> {
        for axis in layout.shape.indices where layout.shape[axis] > 0 {
            let (span, overflow) = (layout.shape[axis] - 1).multipliedReportingOverflow(by: layout.strides[axis])
            guard !overflow, abs(span) < 1 << 56 else {
                throw TensorError.value("strides \(layout.strides) are too large")
            }
        }
        return layout.extent(elementBytes: bytes)
    }

    /// The bytes as elements of another type; the last axis is as much longer as they are smaller.
    static func retyped(_ array: ArrayPointer, _ dtype: DType, _ state: StatePointer) throws -> PythonPointer {
        let (from, to) = (array.dtype.byteCount, dtype.byteCount)
        var layout = array.layout
        if from != to {
            guard layout.rank > 0 else {
                throw TensorError.value(
                    "Changing the dtype of a 0d array is only supported if the itemsize is unchanged")
            }
            let last = layout.rank - 1
            guard layout.strides[last] == from || layout.shape[last] <= 1 else {
                throw TensorError.value("To change to a dtype of a different size, the last axis must be contiguous")
            }
            let bytes = layout.shape[last] * from
            guard bytes % to == 0 else {
                throw TensorError.value(
                    "When changing to a larger dtype, its size must be a divisor of the total size in bytes of the last "
                        + "axis of the array.")
            }
            layout.shape[last] = bytes / to
            layout.strides[last] = to
        }
        let liesRight =
            array.body.pointee.offset % dtype.alignment == 0 && layout.strides.allSatisfy { $0 % dtype.alignment == 0 }
        guard liesRight || layout.count == 0 else {
            throw TensorError.value("the elements do not lie where \(dtype) can: make a copy first")
        }
        return try state.view(of: array, layout, dtype: dtype).object
    }

    static func fromBuffer(
        _ object: PythonPointer, _ dtype: DType, count: Int, offset: Int, _ state: StatePointer
    ) throws -> PythonPointer {
        var view = Py_buffer()
        if PyObject_GetBuffer(object, &view, walle_BufferSimple()) < 0 { throw PythonFailure.pending }
        let available = view.len
        let (isReadOnly, first) = (view.readonly != 0, view.buf)
        let bytes = dtype.byteCount
        var length = count
        var problem: String?
        if offset < 0 || offset > available {
            problem = "offset must be non-negative and no greater than buffer length (\(available))"
        } else if count < 0 {
            length = (available - offset) / bytes
            if (available - offset) % bytes != 0 { problem = "buffer size must be a multiple of element size" }
        } else if count > (available - offset) / bytes {
            problem = "buffer is smaller than requested size"
        }
        if let problem {
            PyBuffer_Release(&view)
            throw TensorError.value(problem)
        }
        let cell = try CellPointer.make(of: view)
        let layout = Layout(contiguous: [length], elementBytes: bytes)
        let array = try state.array(
            dtype, layout, offset: offset, over: cell, base: object, isWritable: !isReadOnly)
        guard Int(bitPattern: first) % dtype.alignment != 0 || offset % dtype.alignment != 0 else {
            return array.object
        }
        defer { Py_DecRef(array.object) }
        let copy = try state.array(dtype, shape: [length])
        MisalignedCopy.run(from: array.view, to: copy.view, swapping: false)
        return copy.object
    }

    /// Arrays one after the other along an axis.
    static func concatenate(
        _ sequence: PythonPointer, axis: Int, _ dtype: DType?, _ state: StatePointer
    ) throws -> PythonPointer {
        let list = try new(PySequence_List(sequence))
        defer { Py_DecRef(list) }
        let count = walle_Size(list)
        guard count > 0 else { throw TensorError.value("need at least one array to concatenate") }
        if state.pointee.isLazy, let result = try LazyMovement.concatenate(list, axis, dtype, state) { return result }
        var operands: [Operand] = []
        operands.reserveCapacity(count)
        defer { for operand in operands { operand.release() } }
        for index in 0..<count {
            var operand = try Operand(reading: walle_ListItem(list, index).unsafelyUnwrapped, state)
            // Numbers have no axes, which is an error below.
            if operand.weak != nil { operand.weak = nil }
            operands.append(operand)
        }
        let (shape, place) = try joined(operands, axis)
        let type = dtype ?? common(operands)
        let result = try state.array(type, shape: shape)
        var view = result.view
        for operand in operands {
            view.layout.shape[place] = operand.layout.shape[place]
            Elementwise.cast(operand.view, to: view)
            view.base = view.base.map { $0 + operand.layout.shape[place] * view.layout.strides[place] }
        }
        return result.object
    }

    /// An array with elements of one value before and after each axis.
    ///
    /// - Parameters:
    ///   - before: How many elements for each axis, as `after`.
    ///   - value: A number, which is cast to the type of the array.
    static func padded(
        _ array: ArrayPointer, _ before: Axes, _ after: Axes, _ value: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer {
        var filling = try Operand(reading: value, state)
        defer { filling.release() }
        try filling.settle(as: array.dtype, state, place: 0)
        var shape = array.shape
        for axis in shape.indices { shape[axis] += before[axis] + after[axis] }
        return try state.array(array.dtype, shape: shape) { view in
            var inside = view
            // What is left of the box within the margins of the axes so far.
            for axis in shape.indices {
                let (length, step) = (array.shape[axis], view.layout.strides[axis])
                var margin = inside
                margin.layout.shape[axis] = before[axis]
                fill(margin, filling)
                margin.layout.shape[axis] = after[axis]
                margin.base = margin.base.map { $0 + (before[axis] + length) * step }
                fill(margin, filling)
                inside.layout.shape[axis] = length
                inside.base = inside.base.map { $0 + before[axis] * step }
            }
            Raster.copy(array.view, to: inside)
        }.object
    }

    private static func fill(_ target: View, _ number: Operand) {
        let strides = Axes(repeating: 0, count: target.layout.rank)
        let repeated = View(
            base: number.base, dtype: number.dtype, layout: Layout(shape: target.layout.shape, strides: strides))
        Elementwise.cast(repeated, to: target)
    }

    /// The type that holds the values of all. Floats come first: each integer type meets them alone, not the integers that
    /// it would make with another.
    static func common(_ operands: [Operand]) -> DType {
        let types = operands.map(\.dtype).sorted { $0.kind > $1.kind }
        return types.dropFirst().reduce(types[0], DType.promoted)
    }

    static func joined(_ operands: [Operand], _ axis: Int) throws -> (shape: Axes, axis: Int) {
        guard operands.allSatisfy({ $0.rank > 0 }) else {
            throw TensorError.value("zero-dimensional arrays cannot be concatenated")
        }
        let place = try operands[0].layout.axis(axis)
        var shape = operands[0].layout.shape
        for (index, operand) in operands.enumerated().dropFirst() {
            guard operand.rank == shape.count else {
                throw TensorError.value(
                    "all the input array dimensions except for the concatenation axis must match exactly, but the array "
                        + "at index 0 has shape \(operands[0].layout.shape) and the array at index \(index) has shape "
                        + "\(operand.layout.shape)")
            }
            for other in shape.indices where other != place && operand.layout.shape[other] != shape[other] {
                throw TensorError.value(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along "
                        + "dimension \(other), the array at index 0 has size \(shape[other]) and the array at index "
                        + "\(index) has size \(operand.layout.shape[other])")
            }
            shape[place] += operand.layout.shape[place]
        }
        return (shape, place)
    }
}
