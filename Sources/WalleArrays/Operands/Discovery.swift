internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Finds the shape and the element type of nested sequences, and then copies their elements.
struct Discovery {
    private let state: StatePointer
    private(set) var shape = Axes()
    /// Nil while no element was seen.
    private(set) var dtype: DType?
    /// The depth of the elements; nil while none was seen.
    private var depth: Int?
    /// Integers above `int64` were among them.
    private var isUnsigned = false

    init(_ state: StatePointer) { self.state = state }

    // MARK: the first pass

    mutating func visit(_ object: PythonPointer, at level: Int = 0) throws {
        try state.settle(object)
        if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 {
            try visitItems(of: object, at: level)
        } else if try !visitNumber(object, at: level) {
            try visitOther(object, at: level)
        }
    }

    private mutating func visitItems(of sequence: PythonPointer, at level: Int) throws {
        try enter(length: walle_Size(sequence), at: level)
        var index = 0
        while index < walle_Size(sequence) {
            let item = Self.item(sequence, index)
            try visit(item, at: level + 1)
            index += 1
        }
    }

    /// Borrowed, out of a list or a tuple.
    private static func item(_ sequence: PythonPointer, _ index: Int) -> PythonPointer {
        (walle_IsList(sequence) != 0 ? walle_ListItem(sequence, index) : walle_TupleItem(sequence, index))
            .unsafelyUnwrapped
    }

    private mutating func visitNumber(_ object: PythonPointer, at level: Int) throws -> Bool {
        let found: DType
        if walle_IsExactFloat(object) != 0 {
            found = .float64
        } else if let scalar = Scalar(object, state) {
            found = scalar.dtype
        } else if walle_IsBool(object) != 0 {
            found = .bool
        } else if walle_IsLong(object) != 0 {
            found = try integerType(object)
        } else if walle_IsFloat(object) != 0 {
            found = .float64
        } else if walle_IsComplex(object) != 0 {
            found = .complex128
        } else {
            return false
        }
        try leaf(found, at: level)
        return true
    }

    private func integerType(_ object: PythonPointer) throws -> DType {
        var overflow: Int32 = 0
        _ = PyLong_AsLongAndOverflow(object, &overflow)
        if overflow == 0 { return .int64 }
        _ = PyLong_AsUnsignedLongLong(object)
        guard PyErr_Occurred() != nil else { return .uint64 }
        PyErr_Clear()
        throw TensorError.type(
            "an integer beyond 64 bits has no element type (there are no arrays of objects): use float, or a list")
    }

    private mutating func leaf(_ type: DType, at level: Int) throws {
        if let depth, depth != level { throw inhomogeneous(after: min(depth, level)) }
        if depth == nil {
            guard level >= shape.count else { throw inhomogeneous(after: level) }
            depth = level
        }
        dtype = dtype.map { $0 == type ? type : DType.promoted($0, type) } ?? type
    }

    private mutating func enter(length: Int, at level: Int) throws {
        if let depth, level >= depth { throw inhomogeneous(after: level) }
        if level < shape.count {
            guard shape[level] == length else { throw inhomogeneous(after: level) }
        } else {
            guard level < Layout.mostAxes else {
                throw TensorError.value("setting an array element with a sequence: it has more than 64 dimensions")
            }
            shape.append(length)
        }
    }

    private func inhomogeneous(after level: Int) -> TensorError {
        .value(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after \(level) "
                + "dimensions. The detected shape was \(Axes(shape.prefix(level))) + inhomogeneous part.")
    }

    private mutating func visitOther(_ object: PythonPointer, at level: Int) throws {
        if walle_Type(object) == state.pointee.arrayType {
            let array = ArrayPointer(object)
            for (axis, length) in array.shape.enumerated() { try enter(length: length, at: level + axis) }
            if array.count > 0 || depth == nil { try leaf(array.dtype, at: level + array.rank) }
            return
        }
        let (array, items) = try Self.expanded(object, state)
        defer { Py_DecRef(array ?? items) }
        if let array { return try visitOther(array, at: level) }
        try visitItems(of: items.unsafelyUnwrapped, at: level)
    }

    /// A new reference to an array or a list of what an object holds.
    private static func expanded(
        _ object: PythonPointer, _ state: StatePointer
    ) throws -> (array: PythonPointer?, items: PythonPointer?) {
        if let array = try state.exchanged(object) { return (array.object, nil) }
        guard walle_IsString(object) == 0, walle_IsBytes(object) == 0, walle_IsDict(object) == 0,
            PySequence_Check(object) != 0
        else { throw notNumeric(object) }
        return (nil, try new(PySequence_List(object)))
    }

    private static func notNumeric(_ object: PythonPointer) -> TensorError {
        let name = String(cString: walle_TypeName(object))
        let hint =
            switch name {
            case "str", "bytes": "arrays hold numbers: keep text in a list"
            case "dict", "set", "frozenset", "generator", "dict_keys", "dict_values":
                "make a list of it first"
            case "NoneType": "use numpy.nan for what is missing"
            case "datetime", "date", "timedelta", "datetime.datetime", "datetime.date", "datetime.timedelta":
                "use numbers of seconds, such as .timestamp()"
            default: "arrays hold numbers, there are none of objects: keep these in a list"
            }
        return .type("cannot make an array of '\(name)': \(hint)")
    }

    // MARK: the second pass

    /// Copies the elements into a contiguous array of the shape that was found.
    func fill(_ array: ArrayPointer, from object: PythonPointer) throws {
        let view = array.view
        var place = view.base.unsafelyUnwrapped
        try copy(object, at: 0, as: array.dtype, to: &place)
    }

    private func copy(
        _ object: PythonPointer, at level: Int, as type: DType, to place: inout UnsafeMutableRawPointer
    ) throws {
        if level == shape.count {
            if let scalar = Scalar(object, state) {
                try write(scalar, as: type, to: place)
            } else if walle_Type(object) == state.pointee.arrayType {
                Element.convert(
                    ArrayPointer(object).dtype, ArrayPointer(object).view.base.unsafelyUnwrapped, to: type, place)
            } else {
                try Element.write(object, as: type, to: place)
            }
            place += type.byteCount
            return
        }
        if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 {
            return try copyItems(of: object, at: level, as: type, to: &place)
        }
        let isArray = walle_Type(object) == state.pointee.arrayType
        let (array, items) = isArray ? (Py_NewRef(object), nil) : try Self.expanded(object, state)
        defer { Py_DecRef(array ?? items) }
        if let array { return try copyArray(ArrayPointer(array), at: level, as: type, to: &place) }
        try copyItems(of: items.unsafelyUnwrapped, at: level, as: type, to: &place)
    }

    private func write(_ scalar: Scalar, as type: DType, to place: UnsafeMutableRawPointer) throws {
        if shape.count > 0, let number = try scalar.number(checkedFor: type) {
            defer { Py_DecRef(number) }
            return try Element.write(number, as: type, to: place)
        }
        try TellingCast.tellOfImaginaryParts(scalar.dtype, type, state)
        Element.convert(scalar.dtype, scalar.value, to: type, place)
    }

    private func copyItems(
        of sequence: PythonPointer, at level: Int, as type: DType, to place: inout UnsafeMutableRawPointer
    ) throws {
        for index in 0..<shape[level] {
            guard index < walle_Size(sequence) else {
                throw TensorError.value("the sequence changed while an array was made of it")
            }
            try copy(Self.item(sequence, index), at: level + 1, as: type, to: &place)
        }
    }

    private func copyArray(
        _ array: ArrayPointer, at level: Int, as type: DType, to place: inout UnsafeMutableRawPointer
    ) throws {
        guard array.shape.elementsEqual(shape.dropFirst(level)) else {
            throw TensorError.value("the sequence changed while an array was made of it")
        }
        let layout = Layout(contiguous: array.shape, elementBytes: type.byteCount)
        Elementwise.cast(array.view, to: View(base: place, dtype: type, layout: layout))
        place += layout.count * type.byteCount
    }
}

extension StatePointer {
    /// A new array of what an object holds: numbers, nested sequences of them, buffers, arrays of other libraries.
    ///
    /// - Parameter type: nil takes the type that holds all elements.
    func array(from object: PythonPointer, as type: DType? = nil) throws -> ArrayPointer {
        if let array = try exchanged(object) { return array }
        var discovery = Discovery(self)
        try discovery.visit(object)
        let array = try self.array(type ?? discovery.dtype ?? .float64, shape: discovery.shape)
        do {
            FloatErrors.clear()
            try discovery.fill(array, from: object)
            if array.dtype.kind >= .floating { try FloatErrors.check(self, "cast") }
        } catch {
            Py_DecRef(array.object)
            throw error
        }
        return array
    }

    /// A new reference to an array that shows the memory of an object with the buffer protocol or NumPy's protocols;
    /// nil when it has none.
    func exchanged(_ object: PythonPointer) throws -> ArrayPointer? {
        try settle(object)
        if walle_IsFreedBy(object, ArrayPointer.free) != 0 { return ArrayPointer(Py_NewRef(object)) }
        if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 || walle_IsFreedBy(object, Scalar.free) != 0
            || walle_IsLong(object) != 0 || walle_IsFloat(object) != 0 || walle_IsString(object) != 0
            || walle_IsBytes(object) != 0
        {
            return nil
        }
        if PyObject_CheckBuffer(object) != 0 { return try array(viewing: object) }
        guard let helper = pointee.helpers else { return nil }
        let function = try new(PyObject_GetAttrString(helper, "_exchanged"))
        defer { Py_DecRef(function) }
        let result = try new(PyObject_CallOneArg(function, object))
        if result == walle_None() { return nil }
        guard walle_IsFreedBy(result, ArrayPointer.free) != 0 else {
            Py_DecRef(result)
            throw TensorError.type("__array__ of '\(String(cString: walle_TypeName(object)))' gave no array")
        }
        return ArrayPointer(result)
    }
}
