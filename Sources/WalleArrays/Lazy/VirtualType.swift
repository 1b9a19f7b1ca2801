internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The class of virtual arrays. Their `__class__` is what they become, so that `isinstance` holds; what asks for no
/// elements is answered from the node, and all else settles the array first and goes on with it.
enum VirtualType {
    static let declaration = TypeDeclaration(
        "walle.numpy.virtual", size: ArrayBody.place + MemoryLayout<ArrayBody>.size,
        flags: UInt(walle_TypeFlagsFinal()), methods: methods, properties: properties,
        members: [
            PyMemberDef(
                name: ("__weaklistoffset__" as StaticString).pointer, type: walle_MemberSize(),
                offset: ArrayBody.place + MemoryLayout<ArrayBody>.offset(of: \.weakReferences)!,
                flags: walle_MemberReadOnly(), doc: nil)
        ],
        slots: [
            .function(Py_tp_dealloc, VirtualArray.free),
            .function(Py_tp_hash, hash),
            .function(Py_tp_richcompare, Operators.compare),
            .function(Py_tp_getattro, getAttribute),
            .function(Py_tp_setattro, setAttribute),
            .unary(Py_tp_repr, { settled($0, PyObject_Repr) }),
            .unary(Py_tp_str, { settled($0, PyObject_Str) }),
            .unary(Py_tp_iter, { settled($0, PyObject_GetIter) }),
            .function(Py_mp_subscript, subscript_),
            .function(Py_mp_ass_subscript, assignSubscript),
            .function(Py_mp_length, length),
            .function(Py_sq_length, length),
            .function(Py_sq_contains, contains),
            .function(Py_bf_getbuffer, buffer),
        ] + Operators.slots)

    // MARK: with elements

    /// Settles the array and calls a function with it.
    private static func settled(
        _ object: PythonPointer?, _ body: (PythonPointer?) -> PythonPointer?
    ) -> PythonPointer? {
        Raising.object {
            try ArrayState.current.settle(object.unsafelyUnwrapped)
            return try new(body(object))
        }
    }

    private static let hash: hashfunc = { object in
        do { try ArrayState.current.settle(object.unsafelyUnwrapped) } catch {
            Raising.raise(error)
            return -1
        }
        return PyObject_Hash(object)
    }

    private static let setAttribute: setattrofunc = { object, name, value in
        Raising.status {
            try ArrayState.current.settle(object.unsafelyUnwrapped)
            try ok(PyObject_SetAttr(object, name, value))
        }
    }

    private static let subscript_: TypeDeclaration.Binary = { object, key in
        Raising.object {
            let (object, key, state) = (object.unsafelyUnwrapped, key.unsafelyUnwrapped, ArrayState.current)
            if let part = try LazyMovement.get(VirtualArray(object), key, state) { return part }
            try state.settle(object)
            return try new(PyObject_GetItem(object, key))
        }
    }

    private static let assignSubscript: objobjargproc = { object, key, value in
        Raising.status {
            try ArrayState.current.settle(object.unsafelyUnwrapped)
            guard let value else { return try ok(PyObject_DelItem(object, key)) }
            try ok(PyObject_SetItem(object, key, value))
        }
    }

    private static let contains: objobjproc = { object, value in
        do { try ArrayState.current.settle(object.unsafelyUnwrapped) } catch {
            Raising.raise(error)
            return -1
        }
        return PySequence_Contains(object, value)
    }

    private static let buffer: getbufferproc = { object, view, flags in
        do { try ArrayState.current.settle(object.unsafelyUnwrapped) } catch {
            view?.pointee.obj = nil
            Raising.raise(error)
            return -1
        }
        return PyObject_GetBuffer(object, view, flags)
    }

    // MARK: without

    private static let length: lenfunc = { object in
        let array = VirtualArray(object.unsafelyUnwrapped)
        if array.form.rank == 0 {
            walle_SetError(walle_TypeError(), "len() of unsized object")
            return -1
        }
        return array.form.shape[0]
    }

    /// Names of `ndarray` that a virtual array answers itself, and methods in Python that work on one.
    private static let own: Set<String> = [
        "shape", "ndim", "size", "itemsize", "nbytes", "dtype", "T", "mT", "__class__", "reshape", "transpose", "copy",
    ]
    private static let inherited: Set<String> = [
        "sum", "prod", "max", "min", "mean", "var", "std", "any", "all", "astype", "swapaxes", "squeeze", "ravel",
        "flatten", "clip",
    ]
    private static let ofScalars: Set<String> = ["shape", "ndim", "size", "itemsize", "nbytes", "dtype", "__class__"]

    private static let getAttribute: getattrofunc = { object, name in
        Raising.object {
            let (object, name, state) = (object.unsafelyUnwrapped, name.unsafelyUnwrapped, ArrayState.current)
            let (text, isScalar) = (String(python: name), VirtualArray(object).isScalar)
            let isActive = LazyBlock.active(state) != nil
            if isScalar ? ofScalars.contains(text) : own.contains(text) && (isActive || ofScalars.contains(text)) {
                return try new(PyObject_GenericGetAttr(object, name))
            }
            if isActive, !isScalar, inherited.contains(text) {
                let function = try new(PyObject_GetAttr(state.pointee.arrayType.object, name))
                defer { Py_DecRef(function) }
                return try new(walle_NewMethod(function, object))
            }
            try state.settle(object)
            return try new(PyObject_GetAttr(object, name))
        }
    }

    private static var properties: [PyGetSetDef] {
        [
            .property(
                "shape", "The lengths of the axes.",
                get: { object, _ in
                    Raising.object { try Integer.tuple(VirtualArray(object.unsafelyUnwrapped).form.shape) }
                }),
            .property(
                "ndim", "The number of axes.",
                get: { object, _ in PyLong_FromLong(VirtualArray(object.unsafelyUnwrapped).form.rank) }),
            .property(
                "size", "The number of elements.",
                get: { object, _ in PyLong_FromLong(VirtualArray(object.unsafelyUnwrapped).form.count) }),
            .property(
                "itemsize", "Bytes of an element.",
                get: { object, _ in PyLong_FromLong(VirtualArray(object.unsafelyUnwrapped).form.dtype.byteCount) }),
            .property(
                "nbytes", "Bytes of all elements.",
                get: { object, _ in PyLong_FromLong(VirtualArray(object.unsafelyUnwrapped).form.byteCount) }),
            .property(
                "dtype", "The type of the elements.",
                get: { object, _ in VirtualType.dtype(VirtualArray(object.unsafelyUnwrapped)) }),
            .property(
                "__class__", "What it becomes.",
                get: { object, _ in VirtualType.future(VirtualArray(object.unsafelyUnwrapped)) }),
            .property(
                "T", "The axes from last to first.",
                get: { object, _ in
                    Raising.object { try VirtualType.turned(VirtualArray(object.unsafelyUnwrapped), all: true) }
                }),
            .property(
                "mT", "The last two axes exchanged.",
                get: { object, _ in
                    Raising.object { try VirtualType.turned(VirtualArray(object.unsafelyUnwrapped), all: false) }
                }),
        ]
    }

    private static func dtype(_ array: VirtualArray) -> PythonPointer {
        guard let found = ArrayState.current.pointee.dtypes[Int(array.form.dtype.rawValue)] else { return none }
        return Py_NewRef(found)
    }

    private static func future(_ array: VirtualArray) -> PythonPointer {
        let state = ArrayState.current
        guard array.isScalar, let scalar = state.pointee.scalarTypes[Int(array.form.dtype.rawValue)] else {
            return Py_NewRef(state.pointee.arrayType.object)
        }
        return Py_NewRef(scalar.object)
    }

    /// All axes from last to first, or the last two exchanged.
    private static func turned(_ array: VirtualArray, all: Bool) throws -> PythonPointer {
        let rank = array.form.rank
        if all { return try LazyMovement.permute(array.node, nil, ArrayState.current) }
        guard rank >= 2 else { throw TensorError.value("matrix transpose with ndim < 2 is undefined") }
        var order = Axes(0..<rank)
        order.swapAt(rank - 2, rank - 1)
        return try LazyMovement.permute(array.node, order, ArrayState.current)
    }

    private static var methods: [PyMethodDef] {
        [
            .named("reshape", "The same elements in order under another shape.", reshape),
            .named("transpose", "The axes in another order.", transpose),
            .named("copy", "The same elements in memory of their own.", copy),
        ]
    }

    /// Settles the array and calls its method of a name with the same arguments.
    private static func eagerly(
        _ object: PythonPointer, _ name: StaticString, _ arguments: UnsafePointer<PythonPointer?>?, _ count: Int,
        _ names: PythonPointer?, _ state: StatePointer
    ) throws -> PythonPointer {
        try state.settle(object)
        let method = try new(PyObject_GetAttrString(object, name.pointer))
        defer { Py_DecRef(method) }
        return try new(PyObject_Vectorcall(method, arguments, count, names))
    }

    private static let reshape: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (object, given, state) = (object.unsafelyUnwrapped, Arguments(arguments, count), ArrayState.current)
            guard count > 0, try asksForRows(names, given) else {
                return try eagerly(object, "reshape", arguments, count, names, state)
            }
            return try LazyMovement.reshape(VirtualArray(object), try axes(given), state)
        }
    }

    /// Whether names ask for nothing but the usual order, and for no copy of their own.
    private static func asksForRows(_ names: PythonPointer?, _ given: Arguments) throws -> Bool {
        guard let names else { return true }
        for place in 0..<walle_Size(names) {
            let value = given[given.count + place]
            switch String(python: walle_TupleItem(names, place).unsafelyUnwrapped) {
            case "order": if String(python: value) != "C" { return false }
            case "copy": if value != walle_None() { return false }
            default: return false
            }
        }
        return true
    }

    private static func axes(_ given: Arguments) throws -> Axes {
        if given.count == 1 { return try Integer.readAxes(given[0]) }
        var axes = Axes(repeating: 0, count: given.count)
        for index in 0..<given.count { axes[index] = try Integer.read(given[index]) }
        return axes
    }

    private static let transpose: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (object, given, state) = (object.unsafelyUnwrapped, Arguments(arguments, count), ArrayState.current)
            guard names == nil else { return try eagerly(object, "transpose", arguments, count, names, state) }
            let order = count == 0 || count == 1 && given[0] == walle_None() ? nil : try axes(given)
            return try LazyMovement.permute(VirtualArray(object).node, order, state)
        }
    }

    private static let copy: TypeDeclaration.NamedMethod = { object, arguments, count, names in
        Raising.object {
            let (object, state) = (object.unsafelyUnwrapped, ArrayState.current)
            guard count == 0, names == nil else { return try eagerly(object, "copy", arguments, count, names, state) }
            return try LazyMovement.copy(VirtualArray(object), state)
        }
    }
}
