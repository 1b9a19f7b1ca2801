internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The methods of `ndarray` whose call itself counts.
enum ArrayMethods {
    static var all: [PyMethodDef] {
        [
            .named(
                "reshape", "The same elements in order under another shape; a view where that is possible.", reshape),
            .named("transpose", "The axes in another order; a view.", transpose),
            .named("copy", "The same elements in memory of their own.", copy),
            .fast("item", "An element as a number of Python.", item),
            .fast(
                "tolist", "Nested lists of numbers of Python.",
                { array, _, _ in
                    Raising.object { try ArrayMethods.list(ArrayPointer(array.unsafelyUnwrapped).view) }
                }),
            .named("tobytes", "The elements as bytes, in the order C, F or A.", bytes),
            .fast(
                "fill", "Set every element to a value.",
                { array, arguments, count in
                    Raising.object {
                        let given = Arguments(arguments, count)
                        try given.expect(1...1, "fill")
                        let array = ArrayPointer(array.unsafelyUnwrapped)
                        try ArrayIndexing.assign(given[0], to: try array.writableView(), ArrayState.current)
                        return none
                    }
                }),
        ]
    }

    // MARK: shapes

    private static let reshape: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (array, given, state) = (
                ArrayPointer(object.unsafelyUnwrapped), Arguments(arguments, count), ArrayState.current
            )
            if names == nil, let view = try quickReshape(array, given, state) { return view }
            var (byColumns, copies) = (false, nil as Bool?)
            if let names {
                for place in 0..<walle_Size(names) {
                    let value = given[count + place]
                    switch String(python: walle_TupleItem(names, place).unsafelyUnwrapped) {
                    case "order":
                        let text = String(python: value)
                        byColumns = text == "F" || text == "A" && !array.isContiguous && isByColumns(array)
                    case "copy": copies = value == walle_None() ? nil : PyObject_IsTrue(value) == 1
                    case let name: throw TensorError.type("reshape() got an unexpected keyword argument '\(name)'")
                    }
                }
            }
            try given.expect(1...Layout.mostAxes, "reshape")
            let target = count == 1 ? try Integer.readAxes(given[0]) : try axes(given)
            return try reshaped(array, target, byColumns: byColumns, copies: copies, state)
        }
    }

    /// A packed array of up to four axes under another shape of integers; nil for anything else.
    private static func quickReshape(
        _ array: ArrayPointer, _ given: Arguments, _ state: StatePointer
    ) throws -> PythonPointer? {
        let body = array.body
        guard given.count > 0, body.pointee.layout.isInline, array.isContiguous else { return nil }
        let tuple = given.count == 1 && walle_IsTuple(given[0]) != 0 ? given[0] : nil
        let rank = tuple.map(walle_Size) ?? given.count
        guard rank <= 4 else { return nil }
        var (shape, known, open) = (Axes(repeating: 0, count: rank), 1, -1)
        for axis in 0..<rank {
            let object = tuple.map { walle_TupleItem($0, axis).unsafelyUnwrapped } ?? given[axis]
            guard let length = QuickFunction.integer(object), length >= 0 || length == -1 && open < 0 else {
                return nil
            }
            shape[axis] = length
            if length < 0 { open = axis } else { known = known.multipliedReportingOverflow(by: length).partialValue }
        }
        let count = body.pointee.layout.count
        if open >= 0 {
            guard known > 0, count % known == 0 else { return nil }
            shape[open] = count / known
        } else if known != count {
            return nil
        }
        let view = try state.twin(of: array)
        view.body.pointee.layout.shape = shape
        view.body.pointee.layout.strides = shape
        view.body.pointee.layout.pack(elementBytes: body.pointee.dtype.byteCount)
        return view.object
    }

    private static func axes(_ given: Arguments) throws -> Axes {
        var axes = Axes(repeating: 0, count: given.count)
        for index in 0..<given.count { axes[index] = try Integer.read(given[index]) }
        return axes
    }

    private static func isByColumns(_ array: ArrayPointer) -> Bool {
        array.layout.reversed.isContiguous(elementBytes: array.dtype.byteCount)
    }

    static func reshaped(
        _ array: ArrayPointer, _ target: Axes, byColumns: Bool = false, copies: Bool? = nil, _ state: StatePointer
    ) throws -> PythonPointer {
        let shape = try array.layout.completed(target)
        if !byColumns, copies != true, shape.isInline, array.body.pointee.layout.isInline, array.isContiguous {
            let view = try state.twin(of: array)
            view.body.pointee.layout = Layout(contiguous: shape, elementBytes: array.body.pointee.dtype.byteCount)
            return view.object
        }
        if byColumns {
            // The same with all axes reversed.
            let reversed = try state.view(of: array, array.layout.reversed)
            defer { Py_DecRef(reversed.object) }
            let result = ArrayPointer(try reshaped(reversed, Axes(shape.reversed()), copies: copies, state))
            result.body.pointee.layout = result.layout.reversed
            return result.object
        }
        if copies != true, let layout = array.layout.reshaped(shape) { return try state.view(of: array, layout).object }
        if copies == false {
            throw TensorError.value("Unable to avoid creating a copy while reshaping.")
        }
        let copy = try state.copy(of: array)
        copy.body.pointee.layout = Layout(contiguous: shape, elementBytes: array.dtype.byteCount)
        return copy.object
    }

    private static let transpose: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (array, given, state) = (
                ArrayPointer(object.unsafelyUnwrapped), Arguments(arguments, count), ArrayState.current
            )
            var order: Axes?
            if names != nil, count == 0, given.optional(0) == nil, walle_Size(names) == 1 {
                order = given[0] == walle_None() ? nil : try Integer.readAxes(given[0])
            } else if count == 1 {
                order = given[0] == walle_None() ? nil : try Integer.readAxes(given[0])
            } else if count > 1 {
                order = try axes(given)
            }
            guard let order else { return try state.transposed(array).object }
            return try state.view(of: array, try array.layout.permuted(order)).object
        }
    }

    private static let copy: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (array, given, state) = (
                ArrayPointer(object.unsafelyUnwrapped), Arguments(arguments, count), ArrayState.current
            )
            if count == 0, names == nil, let copy = try state.quickCopy(of: array) { return copy.object }
            let hasOrder = count == 1 || names.map { walle_Size($0) == 1 } ?? false
            let order = hasOrder ? String(python: given[0]) : "C"
            if state.pointee.isLazy, order == "C", let result = try LazyMovement.copy(array, state) { return result }
            let bytes = array.dtype.byteCount
            let layout =
                switch order {
                case "F": Layout(contiguous: Axes(array.shape.reversed()), elementBytes: bytes).reversed
                case "K", "A": array.layout.packed(elementBytes: bytes)
                default: Layout(contiguous: array.shape, elementBytes: bytes)
                }
            return try state.array(array.dtype, layout: layout) { output in
                try Stopping.allow(elements: output.layout.count) { Raster.copy(array.view, to: output) }
            }.object
        }
    }

    // MARK: as objects of Python

    private static let item: TypeDeclaration.Method = { object, arguments, count in
        Raising.object {
            let (array, given) = (ArrayPointer(object.unsafelyUnwrapped), Arguments(arguments, count))
            let view = array.view
            if count == 0 {
                guard array.count == 1 else {
                    throw TensorError.value("can only convert an array of size 1 to a Python scalar")
                }
                return try Element.python(view.dtype, view.base.unsafelyUnwrapped)
            }
            var indices = count == 1 ? try Integer.readAxes(given[0]) : try axes(given)
            if indices.count == 1 && array.rank != 1 { indices = try unravel(indices[0], array.shape) }
            guard indices.count == array.rank else { throw TensorError.value("incorrect number of indices for array") }
            var offset = 0
            for axis in 0..<indices.count {
                let (index, length) = (indices[axis], array.shape[axis])
                guard index >= -length && index < length else {
                    throw TensorError.index("index \(index) is out of bounds for axis \(axis) with size \(length)")
                }
                offset += (index < 0 ? index + length : index) * array.layout.strides[axis]
            }
            return try Element.python(view.dtype, view.base.unsafelyUnwrapped + offset)
        }
    }

    private static func unravel(_ index: Int, _ shape: Axes) throws -> Axes {
        let count = shape.reduce(1, *)
        guard index >= -count && index < count else {
            throw TensorError.index("index \(index) is out of bounds for size \(count)")
        }
        var (rest, result) = (index < 0 ? index + count : index, Axes(repeating: 0, count: shape.count))
        for axis in shape.indices.reversed() {
            result[axis] = rest % shape[axis]
            rest /= shape[axis]
        }
        return result
    }

    private static func list(_ view: View) throws -> PythonPointer {
        guard view.layout.rank > 0 else { return try Element.python(view.dtype, view.base.unsafelyUnwrapped) }
        return try list(view.dtype, view.layout, 0, view.base)
    }

    private static func list(
        _ dtype: DType, _ layout: Layout, _ axis: Int, _ base: UnsafeMutableRawPointer?
    ) throws -> PythonPointer {
        let (count, stride) = (layout.shape[axis], layout.strides[axis])
        let list = try new(PyList_New(count))
        do {
            if axis + 1 == layout.rank, let base, try fill(list, dtype, base, count, stride) { return list }
            for index in 0..<count {
                let place = base.unsafelyUnwrapped + index * stride
                let item =
                    axis + 1 == layout.rank
                    ? try Element.python(dtype, place) : try self.list(dtype, layout, axis + 1, place)
                walle_ListSetItem(list, index, item)
            }
        } catch {
            Py_DecRef(list)
            throw error
        }
        return list
    }

    /// The items of a list, of the types that scripts have most; false for others.
    private static func fill(
        _ list: PythonPointer, _ dtype: DType, _ base: UnsafeMutableRawPointer, _ count: Int, _ stride: Int
    ) throws -> Bool {
        @inline(__always)
        func items<Number>(_ type: Number.Type, _ make: (Number) -> PythonPointer?) throws {
            var place = base
            for index in 0..<count {
                guard let item = make(place.load(as: type)) else { throw PythonFailure.pending }
                walle_ListSetItem(list, index, item)
                place += stride
            }
        }
        switch dtype {
        case .float64: try items(Double.self) { PyFloat_FromDouble($0) }
        case .float32: try items(Float.self) { PyFloat_FromDouble(Double($0)) }
        case .int64: try items(Int.self) { PyLong_FromLong($0) }
        case .int32: try items(Int32.self) { PyLong_FromLong(Int($0)) }
        default: return false
        }
        return true
    }

    private static let bytes: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (array, given) = (ArrayPointer(object.unsafelyUnwrapped), Arguments(arguments, count))
            try given.expect(0...1, "tobytes")
            var order = count == 1 ? given[0] : nil
            if let names {
                for place in 0..<walle_Size(names) {
                    let name = String(python: walle_TupleItem(names, place).unsafelyUnwrapped)
                    guard name == "order", order == nil else {
                        throw TensorError.type("tobytes() got an unexpected keyword argument '\(name)'")
                    }
                    order = given[count + place]
                }
            }
            return try bytes(array, byColumns: try isByColumns(array, order))
        }
    }

    /// Whether an order, None or text, puts the first axis closest in memory.
    private static func isByColumns(_ array: ArrayPointer, _ order: PythonPointer?) throws -> Bool {
        guard let order, order != walle_None() else { return false }
        switch walle_IsString(order) != 0 ? String(python: order) : "" {
        case "C", "K": return false
        case "F": return true
        case "A": return !array.isContiguous && isByColumns(array)
        default: throw TensorError.value("order must be one of 'C', 'F', 'A', or 'K'")
        }
    }

    private static func bytes(_ array: ArrayPointer, byColumns: Bool) throws -> PythonPointer {
        var view = array.view
        if byColumns {
            view.layout = Layout(
                shape: Axes(Array(view.layout.shape.reversed())), strides: Axes(Array(view.layout.strides.reversed())))
        }
        let bytes = try new(PyBytes_FromStringAndSize(nil, array.count * array.dtype.byteCount))
        let place = UnsafeMutableRawPointer(PyBytes_AsString(bytes).unsafelyUnwrapped)
        let layout = Layout(contiguous: view.layout.shape, elementBytes: array.dtype.byteCount)
        if array.count > 0 {
            // Bytes of Python may lie at any address.
            MisalignedCopy.run(
                from: view, to: View(base: place, dtype: array.dtype, layout: layout), swapping: false)
        }
        return bytes
    }
}
