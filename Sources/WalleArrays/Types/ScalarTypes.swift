internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The classes of scalars: one for each element type, below the abstract ones that `isinstance` knows.
enum ScalarTypes {
    /// Makes all classes, adds them to the module and notes the concrete ones.
    static func make(in module: PythonPointer, _ state: StatePointer) throws {
        var made: [String: PythonPointer] = [:]
        for abstract in abstract {
            let bases = try abstract.parent.map { try tuple([made[$0].unsafelyUnwrapped]) }
            defer { if let bases { Py_DecRef(bases) } }
            let type = try abstract.declaration.make(in: module, bases: bases)
            made[abstract.name] = UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyObject.self)
            try ok(PyModule_AddObjectRef(module, abstract.name, made[abstract.name]))
        }
        for dtype in DType.allCases {
            var parents = [made[parent(of: dtype)].unsafelyUnwrapped]
            if dtype == .float64 { parents.append(walle_FloatTypeObject()) }
            if dtype == .complex128 { parents.append(walle_ComplexTypeObject()) }
            let bases = try tuple(parents)
            defer { Py_DecRef(bases) }
            let type = try declarations[Int(dtype.rawValue)].make(in: module, bases: bases)
            state.pointee.scalarTypes[Int(dtype.rawValue)] = type
            let object = UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyObject.self)
            try ok(PyModule_AddObjectRef(module, dtype == .bool ? "bool_" : "\(dtype)", object))
        }
        for type in made.values { Py_DecRef(type) }
    }

    private static func tuple(_ objects: [PythonPointer]) throws -> PythonPointer {
        let tuple = try new(PyTuple_New(objects.count))
        for (index, object) in objects.enumerated() { walle_TupleSetItem(tuple, index, Py_NewRef(object)) }
        return tuple
    }

    // MARK: abstract

    private struct Abstract: Sendable {
        let name: String
        let parent: String?
        let declaration: TypeDeclaration

        init(_ name: String, _ parent: String?, _ title: StaticString) {
            self.name = name
            self.parent = parent
            declaration = TypeDeclaration(
                title, size: MemoryLayout<PyObject>.size, flags: UInt(walle_TypeFlagsBase()),
                properties: parent == nil ? properties : [],
                slots: [.function(Py_tp_new, refuse), .function(Py_tp_dealloc, Scalar.free)])
        }
    }

    private static let abstract = [
        Abstract("generic", nil, "walle.numpy.generic"),
        Abstract("number", "generic", "walle.numpy.number"),
        Abstract("integer", "number", "walle.numpy.integer"),
        Abstract("signedinteger", "integer", "walle.numpy.signedinteger"),
        Abstract("unsignedinteger", "integer", "walle.numpy.unsignedinteger"),
        Abstract("inexact", "number", "walle.numpy.inexact"),
        Abstract("floating", "inexact", "walle.numpy.floating"),
        Abstract("complexfloating", "inexact", "walle.numpy.complexfloating"),
    ]

    private static func parent(of dtype: DType) -> String {
        switch dtype.kind {
        case .bool: "generic"
        case .integer: dtype.isSigned ? "signedinteger" : "unsignedinteger"
        case .floating: "floating"
        case .complex: "complexfloating"
        }
    }

    private static let refuse: newfunc = { type, _, _ in
        Raising.object {
            let name = type.map { String(cString: $0.pointee.tp_name) } ?? "type"
            throw TensorError.type("cannot create '\(name)' instances: call a concrete type such as float64")
        }
    }

    private static var properties: [PyGetSetDef] {
        [
            .property(
                "dtype", "The element type.",
                get: { object, _ in
                    let state = ArrayState.current
                    guard let scalar = Scalar(object.unsafelyUnwrapped, state) else { return walle_None() }
                    return state.pointee.dtypes[Int(scalar.dtype.rawValue)].map { Py_NewRef($0) } ?? walle_None()
                })
        ]
    }

    // MARK: concrete

    private static let declarations: [TypeDeclaration] = DType.allCases.map { dtype in
        var slots =
            Operators.scalarSlots + [
                .function(Py_tp_new, construct), .function(Py_tp_dealloc, Scalar.free), .function(Py_tp_hash, hash),
                .unary(Py_tp_repr) { represent($0, "_scalar_repr") },
                .unary(Py_tp_str) { represent($0, "_scalar_str") },
            ]
        if dtype.kind == .integer { slots.append(.unary(Py_nb_index, Operators.index)) }
        return TypeDeclaration(
            title(dtype), size: MemoryLayout<PyObject>.size + (dtype == .float64 ? 8 : Scalar.valueBytes),
            flags: UInt(walle_TypeFlags()), methods: methods, slots: slots)
    }

    private static func title(_ dtype: DType) -> StaticString {
        switch dtype {
        case .bool: "walle.numpy.bool"
        case .int8: "walle.numpy.int8"
        case .int16: "walle.numpy.int16"
        case .int32: "walle.numpy.int32"
        case .int64: "walle.numpy.int64"
        case .uint8: "walle.numpy.uint8"
        case .uint16: "walle.numpy.uint16"
        case .uint32: "walle.numpy.uint32"
        case .uint64: "walle.numpy.uint64"
        case .float16: "walle.numpy.float16"
        case .bfloat16: "walle.numpy.bfloat16"
        case .float32: "walle.numpy.float32"
        case .float64: "walle.numpy.float64"
        case .complex64: "walle.numpy.complex64"
        case .complex128: "walle.numpy.complex128"
        }
    }

    private static var methods: [PyMethodDef] {
        [
            .fast(
                "item", "The value as a number of Python.",
                { object, _, _ in
                    Raising.object {
                        let state = ArrayState.current
                        guard let scalar = Scalar(object.unsafelyUnwrapped, state) else {
                            throw TensorError.type("no scalar")
                        }
                        return try Element.python(scalar.dtype, scalar.value)
                    }
                })
        ]
    }

    /// `float32(x)`: of a number a scalar, of anything else an array.
    private static let construct: newfunc = { type, arguments, names in
        Raising.object {
            let state = ArrayState.current
            guard let type, let dtype = state.dtype(ofScalarType: type) else {
                throw TensorError.type("no scalar type")
            }
            let count = walle_Size(arguments.unsafelyUnwrapped)
            guard count <= 1, names.map({ PyDict_Size($0) == 0 }) ?? true else {
                throw TensorError.type("\(dtype)() takes at most 1 positional argument")
            }
            let place = state.pointee.numbers + 48
            guard count == 1 else {
                place.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
                return try state.scalar(dtype, place)
            }
            return try make(dtype, walle_TupleItem(arguments, 0).unsafelyUnwrapped, state)
        }
    }

    private static func make(_ dtype: DType, _ value: PythonPointer, _ state: StatePointer) throws -> PythonPointer {
        let place = state.pointee.numbers + 48
        if walle_IsString(value) != 0 {
            let parsed = try new(
                PyObject_CallOneArg(
                    dtype.kind == .integer
                        ? walle_LongTypeObject()
                        : dtype.kind == .complex ? walle_ComplexTypeObject() : walle_FloatTypeObject(), value))
            defer { Py_DecRef(parsed) }
            return try make(dtype, parsed, state)
        }
        var operand = try Operand(reading: value, state)
        defer { operand.release() }
        try operand.settle(as: dtype, state, place: 0)
        if operand.rank == 0 {
            let layout = Layout(shape: [], strides: [])
            try TellingCast.run(operand.view, to: View(base: place, dtype: dtype, layout: layout), state)
            return try state.scalar(dtype, place)
        }
        return try state.array(dtype, layout: Layout(contiguous: operand.layout.shape, elementBytes: dtype.byteCount)) {
            try TellingCast.run(operand.view, to: $0, state)
        }.object
    }

    /// That of the same number of Python.
    private static let hash: hashfunc = { object in
        do {
            let scalar = Scalar(object.unsafelyUnwrapped, ArrayState.current).unsafelyUnwrapped
            let number = try Element.python(scalar.dtype, scalar.value)
            defer { Py_DecRef(number) }
            return PyObject_Hash(number)
        } catch {
            Raising.raise(error)
            return -1
        }
    }

    private static func represent(_ object: PythonPointer?, _ helper: StaticString) -> PythonPointer? {
        Raising.object {
            guard let helpers = ArrayState.current.pointee.helpers else { throw TensorError.type("import walle.numpy") }
            let function = try new(PyObject_GetAttrString(helpers, helper.pointer))
            defer { Py_DecRef(function) }
            return try new(PyObject_CallOneArg(function, object))
        }
    }
}
