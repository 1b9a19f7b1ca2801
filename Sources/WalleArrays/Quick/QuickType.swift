internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The class of functions of `walle.numpy` whose plain calls Swift answers, and Python all others: `walle._tensor.quick`,
/// a decorator of the function in Python.
///
/// A function of Python costs more than what many of these do. Also a method, where a class has it.
enum QuickType {
    static let declaration = TypeDeclaration(
        "walle._tensor.quick", size: QuickObject.place + MemoryLayout<QuickObject.Body>.size,
        flags: UInt(walle_TypeFlagsCallable()),
        methods: [
            .fast(
                "__reduce__", "By name, for pickle.",
                { object, _, _ in
                    PyObject_GetAttrString(QuickObject(object.unsafelyUnwrapped).body.pointee.function, "__qualname__")
                })
        ],
        members: [
            PyMemberDef(
                name: ("__vectorcalloffset__" as StaticString).pointer, type: walle_MemberSize(),
                offset: QuickObject.place, flags: walle_MemberReadOnly(), doc: nil),
            PyMemberDef(
                name: ("__wrapped__" as StaticString).pointer, type: walle_MemberObject(),
                offset: QuickObject.place + MemoryLayout<QuickObject.Body>.offset(of: \.function)!,
                flags: walle_MemberReadOnly(), doc: nil),
        ],
        slots: [
            .function(Py_tp_call, walle_VectorcallCall()),
            .function(Py_tp_new, new),
            .binary(Py_tp_getattro, attribute),
            .function(Py_tp_descr_get, bind),
            .unary(
                Py_tp_repr,
                { object in PyObject_Repr(QuickObject(object.unsafelyUnwrapped).body.pointee.function) }),
            .function(Py_tp_dealloc, free),
        ])

    /// `quick(function)`: the table has the function's name.
    private static let new: newfunc = { type, arguments, names in
        Raising.object {
            guard walle_Size(arguments.unsafelyUnwrapped) == 1, names == nil else {
                throw TensorError.type("quick() takes a function")
            }
            let function = walle_TupleItem(arguments, 0).unsafelyUnwrapped
            let name = try WalleArrays.new(PyObject_GetAttrString(function, "__name__"))
            defer { Py_DecRef(name) }
            let wanted = String(python: name)
            guard let index = QuickFunction.indices[wanted] else {
                throw TensorError.value("there is no quick '\(wanted)'")
            }
            let bytes = QuickObject.place + MemoryLayout<QuickObject.Body>.size
            guard let memory = PyObject_Malloc(bytes) else {
                PyErr_NoMemory()
                throw PythonFailure.pending
            }
            let object = memory.assumingMemoryBound(to: PyObject.self)
            PyObject_Init(object, type)
            QuickObject(object).body.initialize(to: .init(call: call, index: index, function: Py_NewRef(function)))
            return object
        }
    }

    private static let call: vectorcallfunc = { object, arguments, flags, names in
        let quick = QuickObject(object.unsafelyUnwrapped).body
        let count = walle_VectorcallCount(flags)
        do {
            let (given, state) = (QuickArguments(arguments, count, names), ArrayState.current)
            if !isLazy(arguments, count, names, state),
                let result = try QuickFunction.all[quick.pointee.index].run(given, state)
            {
                return result
            }
        } catch {
            return Raising.raise(error)
        }
        return PyObject_Vectorcall(quick.pointee.function, arguments, flags, names)
    }

    /// Whether an argument makes it a call that may become a node of a lazy block.
    @inline(__always)
    private static func isLazy(
        _ arguments: UnsafePointer<PythonPointer?>?, _ count: Int, _ names: PythonPointer?, _ state: StatePointer
    ) -> Bool {
        guard state.pointee.isLazy, let arguments else { return false }
        let all = count + (names.map { walle_Size($0) } ?? 0)
        for index in 0..<all where state.isLazyArgument(arguments[index].unsafelyUnwrapped) { return true }
        return false
    }

    /// Its own attributes are those of the class; all others are the function's.
    private static let attribute: TypeDeclaration.Binary = { object, name in
        let function = QuickObject(object.unsafelyUnwrapped).body.pointee.function
        guard let name, walle_IsString(name) != 0 else { return PyObject_GenericGetAttr(object, name) }
        switch String(python: name) {
        case "__class__", "__wrapped__", "__reduce__", "__reduce_ex__", "__call__", "__get__":
            return PyObject_GenericGetAttr(object, name)
        default: return PyObject_GetAttr(function, name)
        }
    }

    /// As functions of Python become methods.
    private static let bind: descrgetfunc = { object, instance, _ in
        guard let instance, instance != walle_None() else { return Py_NewRef(object) }
        return PyMethod_New(object, instance)
    }

    private static let free: destructor = { object in
        let type = walle_Type(object).unsafelyUnwrapped
        Py_DecRef(QuickObject(object.unsafelyUnwrapped).body.pointee.function)
        PyObject_Free(object)
        Py_DecRef(type.object)
    }
}

/// The object that Python has of one.
struct QuickObject {
    struct Body {
        var call: vectorcallfunc
        var index: Int
        var function: PythonPointer
    }

    static let place = MemoryLayout<PyObject>.size

    let object: PythonPointer

    init(_ object: PythonPointer) { self.object = object }

    var body: UnsafeMutablePointer<Body> {
        (UnsafeMutableRawPointer(object) + Self.place).assumingMemoryBound(to: Body.self)
    }
}

/// The arguments of a call, each of which must be taken: what is not, only Python understands.
struct QuickArguments {
    private let values: UnsafePointer<PythonPointer?>?
    private let names: PythonPointer?
    let count: Int
    private var taken = 0

    @inline(__always)
    init(_ values: UnsafePointer<PythonPointer?>?, _ count: Int, _ names: PythonPointer?) {
        (self.values, self.count, self.names) = (values, count, names)
    }

    /// The argument at a place, or under a name; nil when it was left out or is None.
    @inline(__always)
    mutating func take(_ place: Int, _ name: QuickName? = nil, _ state: StatePointer) -> PythonPointer? {
        var found: PythonPointer?
        if place < count {
            found = values.unsafelyUnwrapped[place]
        } else if let names, let name {
            found = named(name, names, state)
        }
        guard let found else { return nil }
        taken += 1
        return found == walle_None() ? nil : found
    }

    private func named(_ name: QuickName, _ names: PythonPointer, _ state: StatePointer) -> PythonPointer? {
        for index in 0..<walle_Size(names)
        where walle_TupleItem(names, index) == state.pointee.quickNames[name.rawValue] {
            return values.unsafelyUnwrapped[count + index]
        }
        return nil
    }

    /// An array that operators can take as it is.
    @inline(__always)
    mutating func array(_ place: Int, _ state: StatePointer) -> ArrayPointer? {
        guard let object = take(place, nil, state), walle_Type(object) == state.pointee.arrayType else { return nil }
        return ArrayPointer(object)
    }

    /// Whether an argument is left.
    @inline(__always)
    var hasMore: Bool { !isSpent }

    /// Whether no argument is left.
    @inline(__always)
    var isSpent: Bool { taken == count + (names.map(walle_Size) ?? 0) }
}

/// Names of arguments that quick functions know.
enum QuickName: Int, CaseIterable {
    case axis, dtype, out

    var text: StaticString {
        switch self {
        case .axis: "axis"
        case .dtype: "dtype"
        case .out: "out"
        }
    }
}

/// A function that answers plain calls, and gives nil for all others.
struct QuickFunction: Sendable {
    typealias Run = @Sendable (QuickArguments, StatePointer) throws -> PythonPointer?

    let name: StaticString
    let run: Run

    init(_ name: StaticString, _ run: @escaping Run) {
        self.name = name
        self.run = run
    }

    static let all =
        QuickFolds.all + QuickCreation.all + QuickMovement.all + QuickSelection.all + QuickOrdering.all
        + QuickSummation.all + QuickMoments.all

    /// Where each is among all, by its name.
    static let indices = Dictionary(uniqueKeysWithValues: all.enumerated().map { ("\($1.name)", $0) })

    /// A number of Python as an integer; nil for anything else.
    @inline(__always)
    static func integer(_ object: PythonPointer) -> Int? {
        var value = 0
        return walle_CompactLong(object, &value) != 0 ? value : nil
    }
}
