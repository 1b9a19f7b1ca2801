internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Integers, slices and new axes as an index of an array of up to four axes: what scripts write most, without detours. For
/// anything else, and for what is out of bounds, these functions give nil, and `Subscript` reads the index.
enum BasicIndex {
    static func get(_ array: ArrayPointer, _ key: PythonPointer, _ state: StatePointer) throws -> PythonPointer? {
        let layout = array.body.pointer(to: \.layout).unsafelyUnwrapped
        guard layout.pointee.isInline, layout.pointee.rank > 0 else { return nil }
        if walle_IsSlice(key) != 0 {
            let result = try state.twin(of: array)
            return try finish(result) { try slice(key, 0, of: $0, &$1) }
        }
        var index = 0
        if walle_CompactLong(key, &index) != 0 { return try item(array, index, state) }
        if walle_IsEllipsis(key) != 0 { return try state.twin(of: array).object }
        if key == walle_None() {
            guard layout.pointee.rank < 4 else { return nil }
            let result = try state.twin(of: array)
            result.body.pointee.layout.insertAxis(0)
            return result.object
        }
        guard walle_IsTuple(key) != 0, let integers = integers(in: key, layout.pointee.rank) else { return nil }
        if integers == layout.pointee.rank {
            guard let offset = offset(key, layout) else { return nil }
            return try state.scalar(array.body.pointee.dtype, array.body.pointee.first + offset)
        }
        let result = try state.twin(of: array)
        var isInside = true
        let object = try finish(result) { isInside = try entries(key, of: $0, &$1) }
        if isInside { return object }
        Py_DecRef(object)
        return nil
    }

    /// Writes a number to an element of a vector; false for anything else.
    @inline(__always)
    static func set(
        _ array: ArrayPointer, _ key: PythonPointer, _ value: PythonPointer, _ state: StatePointer
    ) -> Bool {
        let (body, index) = (array.body, QuickFunction.integer(key))
        guard let index, body.pointee.layout.rank == 1 else { return false }
        let length = body.pointee.layout.shape[0]
        guard index >= -length && index < length else { return false }
        let offset = (index < 0 ? index + length : index) * body.pointee.layout.strides[0]
        return state.write(value, as: body.pointee.dtype, to: body.pointee.first + offset)
    }

    /// Where values are to be written.
    static func place(_ array: ArrayPointer, _ key: PythonPointer) throws -> View? {
        let layout = array.body.pointer(to: \.layout).unsafelyUnwrapped
        guard layout.pointee.isInline, layout.pointee.rank > 0 else { return nil }
        var (result, offset, isKnown) = (layout.pointee, 0, false)
        try withUnsafeMutablePointer(to: &result) { isKnown = try narrow($0, &offset, key) }
        let body = array.body
        return isKnown ? View(base: body.pointee.first + offset, dtype: body.pointee.dtype, layout: result) : nil
    }

    private static func narrow(_ layout: LayoutPointer, _ offset: inout Int, _ key: PythonPointer) throws -> Bool {
        var index = 0
        if walle_IsSlice(key) != 0 {
            try slice(key, 0, of: layout, &offset)
            return true
        }
        if walle_CompactLong(key, &index) != 0 { return select(0, index, of: layout, &offset) }
        guard walle_IsTuple(key) != 0, integers(in: key, layout.pointee.rank) != nil else { return false }
        return try entries(key, of: layout, &offset)
    }

    /// One index of the first axis.
    @inline(__always)
    static func item(_ array: ArrayPointer, _ index: Int, _ state: StatePointer) throws -> PythonPointer {
        let body = array.body
        let length = body.pointee.layout.shape[0]
        guard index >= -length && index < length else { throw outOfBounds(index, length) }
        let offset = (index < 0 ? index + length : index) * body.pointee.layout.strides[0]
        if body.pointee.layout.rank == 1 { return try state.scalar(body.pointee.dtype, body.pointee.first + offset) }
        let row = try state.twin(of: array)
        row.body.pointee.layout.removeAxis(0)
        row.body.pointee.offset += offset
        return row.object
    }

    @inline(never)
    private static func outOfBounds(_ index: Int, _ length: Int) -> TensorError {
        .index("index \(index) is out of bounds for axis 0 with size \(length)")
    }

    /// Narrows a new view; nothing is left of it when that throws.
    @inline(__always)
    private static func finish(
        _ view: ArrayPointer, _ narrow: (LayoutPointer, inout Int) throws -> Void
    ) throws -> PythonPointer {
        let body = view.body
        do {
            try narrow(body.pointer(to: \.layout).unsafelyUnwrapped, &body.pointee.offset)
        } catch {
            Py_DecRef(view.object)
            throw error
        }
        return view.object
    }

    /// One index of an axis, which goes; false when it is out of bounds.
    @inline(__always)
    private static func select(_ axis: Int, _ index: Int, of layout: LayoutPointer, _ offset: inout Int) -> Bool {
        let length = layout.pointee.shape[axis]
        guard index >= -length && index < length else { return false }
        offset += (index < 0 ? index + length : index) * layout.pointee.strides[axis]
        layout.pointee.removeAxis(axis)
        return true
    }

    /// How many entries are integers; nil when there are others than integers, slices and new axes, or too many. When there
    /// are others than integers, it is less than the number of axes.
    @inline(__always)
    private static func integers(in key: PythonPointer, _ rank: Int) -> Int? {
        let count = walle_Size(key)
        var (integers, slices, axes, index) = (0, 0, 0, 0)
        for entry in 0..<count {
            let object = walle_TupleItem(key, entry).unsafelyUnwrapped
            if walle_CompactLong(object, &index) != 0 {
                integers += 1
            } else if walle_IsSlice(object) != 0 {
                slices += 1
            } else if object == walle_None() {
                axes += 1
            } else {
                return nil
            }
        }
        guard integers + slices <= rank, rank - integers + axes <= 4, axes == 0 || integers < rank else { return nil }
        return integers
    }

    /// Bytes to the element at an integer for each axis; nil when one is out of bounds.
    @inline(__always)
    private static func offset(_ key: PythonPointer, _ layout: UnsafePointer<Layout>) -> Int? {
        var (offset, index) = (0, 0)
        for axis in 0..<layout.pointee.rank {
            _ = walle_CompactLong(walle_TupleItem(key, axis).unsafelyUnwrapped, &index)
            let length = layout.pointee.shape[axis]
            guard index >= -length && index < length else { return nil }
            offset += (index < 0 ? index + length : index) * layout.pointee.strides[axis]
        }
        return offset
    }

    private static func entries(_ key: PythonPointer, of layout: LayoutPointer, _ offset: inout Int) throws -> Bool {
        var (axis, index) = (0, 0)
        for entry in 0..<walle_Size(key) {
            let object = walle_TupleItem(key, entry).unsafelyUnwrapped
            if walle_CompactLong(object, &index) != 0 {
                guard select(axis, index, of: layout, &offset) else { return false }
            } else if object == walle_None() {
                layout.pointee.insertAxis(axis)
                axis += 1
            } else {
                try slice(object, axis, of: layout, &offset)
                axis += 1
            }
        }
        return true
    }

    @inline(__always)
    private static func slice(
        _ key: PythonPointer, _ axis: Int, of layout: LayoutPointer, _ offset: inout Int
    ) throws {
        var (start, stop, step) = (0, 0, 0)
        try ok(PySlice_Unpack(key, &start, &stop, &step))
        let count = PySlice_AdjustIndices(layout.pointee.shape[axis], &start, &stop, step)
        if count > 0 { offset += start * layout.pointee.strides[axis] }
        layout.pointee.shape[axis] = count
        layout.pointee.strides[axis].step(by: step)
    }
}

extension Int {
    /// A stride, times a slice's step. A step that is too large for that leaves one element at most: its stride is
    /// never taken.
    @inline(__always)
    mutating func step(by step: Int) {
        let (product, overflows) = multipliedReportingOverflow(by: step)
        if !overflows { self = product }
    }
}

private typealias LayoutPointer = UnsafeMutablePointer<Layout>
