internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The class of functions of elements, `numpy.ufunc`.
enum FunctionType {
    static let declaration = TypeDeclaration(
        "walle.numpy.ufunc", size: FunctionObject.place + MemoryLayout<FunctionObject.Body>.size,
        flags: UInt(walle_TypeFlagsVectorcall()),
        properties: [
            .property(
                "__name__", "What it is called.",
                get: { function, _ in
                    let name = FunctionObject(function.unsafelyUnwrapped).function.name
                    return PyUnicode_FromString(name.pointer)
                }),
            .property(
                "nin", "The number of operands.",
                get: { function, _ in PyLong_FromLong(FunctionObject(function.unsafelyUnwrapped).function.inputCount) }),
            .property("nout", "The number of results.", get: { _, _ in PyLong_FromLong(1) }),
            .property(
                "nargs", "Operands and results.",
                get: { function, _ in
                    PyLong_FromLong(FunctionObject(function.unsafelyUnwrapped).function.inputCount + 1)
                }),
            .property(
                "identity", "What the fold of no elements is, or None.",
                get: { function, _ in
                    let identity = FunctionObject(function.unsafelyUnwrapped).function.identity
                    return identity.map { PyLong_FromLong($0.rawValue) } ?? walle_None()
                }),
        ],
        members: [
            PyMemberDef(
                name: ("__vectorcalloffset__" as StaticString).pointer, type: walle_MemberSize(),
                offset: FunctionObject.place, flags: walle_MemberReadOnly(), doc: nil)
        ],
        slots: [
            .function(Py_tp_call, walle_VectorcallCall()),
            .unary(
                Py_tp_repr,
                { function in
                    "<ufunc '\(FunctionObject(function.unsafelyUnwrapped).function.name)'>".python()
                }),
            .function(Py_tp_dealloc, free),
        ])

    private static let free: destructor = { object in
        let type = walle_Type(object).unsafelyUnwrapped
        PyObject_Free(object)
        Py_DecRef(UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyObject.self))
    }

    /// A new function object.
    static func make(_ index: Int, _ state: StatePointer) throws -> PythonPointer {
        let bytes = FunctionObject.place + MemoryLayout<FunctionObject.Body>.size
        guard let memory = PyObject_Malloc(bytes) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let object = memory.assumingMemoryBound(to: PyObject.self)
        PyObject_Init(object, state.pointee.functionType)
        FunctionObject(object).body.initialize(to: .init(call: call, index: index))
        return object
    }

    private static let call: vectorcallfunc = { function, arguments, flags, names in
        let index = FunctionObject(function.unsafelyUnwrapped).index
        let count = walle_VectorcallCount(flags)
        return Raising.object {
            let state = ArrayState.current
            let inputs = UniversalFunction.all[index].inputCount
            let given = Arguments(arguments, count)
            if names == nil && count == inputs {
                return try inputs == 1
                    ? UniversalCall.unary(index, given[0], state)
                    : UniversalCall.binary(index, given[0], given[1], state)
            }
            let said = try options(given, inputs, names, index, state)
            let options = said.isEmpty ? nil : said
            return try inputs == 1
                ? UniversalCall.unary(index, given[0], state, options)
                : UniversalCall.binary(index, given[0], given[1], state, options)
        }
    }

    private static func options(
        _ given: Arguments, _ inputs: Int, _ names: PythonPointer?, _ index: Int, _ state: StatePointer
    ) throws -> UniversalCall.Options {
        let name = UniversalFunction.all[index].name
        guard given.count == inputs || given.count == inputs + 1 else {
            throw TensorError.type(
                "\(name)() takes from \(inputs) to \(inputs + 1) positional arguments but \(given.count) were given")
        }
        var options = UniversalCall.Options()
        if let out = given.optional(inputs) { options.out = try output(out, state) }
        guard let names else { return options }
        for place in 0..<walle_Size(names) {
            let keyword = String(python: walle_TupleItem(names, place).unsafelyUnwrapped)
            try apply(keyword, given[given.count + place], to: &options, name, state)
        }
        return options
    }

    private static func apply(
        _ keyword: String, _ value: PythonPointer, to options: inout UniversalCall.Options, _ name: StaticString,
        _ state: StatePointer
    ) throws {
        switch keyword {
        case "out": if value != walle_None() { options.out = try output(value, state) }
        case "where": options.condition = value == walle_True() ? nil : value
        case "dtype": options.dtype = try state.optionalDType(value)
        case "casting": options.isUnsafe = String(python: value) == "unsafe"
        case "order", "subok": break
        case "signature", "sig":
            throw TensorError.type("\(name)() has no argument 'signature' here: use dtype=")
        default: throw TensorError.type("\(name)() got an unexpected keyword argument '\(keyword)'")
        }
    }

    private static func output(_ object: PythonPointer, _ state: StatePointer) throws -> ArrayPointer {
        if walle_IsTuple(object) != 0, walle_Size(object) == 1 {
            return try output(walle_TupleItem(object, 0).unsafelyUnwrapped, state)
        }
        try state.settle(object)
        guard walle_Type(object) == state.pointee.arrayType else {
            throw TensorError.type("return arrays must be of ArrayType")
        }
        return ArrayPointer(object)
    }
}
