internal import CWallePython
internal import WallePython

/// A class of Python as it is declared for all interpreters: slots, methods and properties are C functions without state.
struct TypeDeclaration: @unchecked Sendable {
    // Allocated once and never freed or changed: CPython keeps pointers into it.
    private let slots: UnsafeMutablePointer<PyType_Slot>
    private let spec: UnsafeMutablePointer<PyType_Spec>

    typealias Unary = @convention(c) (PythonPointer?) -> PythonPointer?
    typealias Binary = @convention(c) (PythonPointer?, PythonPointer?) -> PythonPointer?
    typealias Getter = @convention(c) (PythonPointer?, UnsafeMutableRawPointer?) -> PythonPointer?
    typealias Setter = @convention(c) (PythonPointer?, PythonPointer?, UnsafeMutableRawPointer?) -> Int32
    typealias Method = @convention(c) (PythonPointer?, UnsafePointer<PythonPointer?>?, Int) -> PythonPointer?
    typealias NamedMethod =
        @convention(c) (PythonPointer?, UnsafePointer<PythonPointer?>?, Int, PythonPointer?) -> PythonPointer?

    init(
        _ name: StaticString, size: Int, flags: UInt, methods: [PyMethodDef] = [], properties: [PyGetSetDef] = [],
        members: [PyMemberDef] = [], slots: [PyType_Slot]
    ) {
        var all = slots
        if !methods.isEmpty { all.append(.init(slot: Py_tp_methods, pfunc: Self.table(methods, PyMethodDef()))) }
        if !properties.isEmpty { all.append(.init(slot: Py_tp_getset, pfunc: Self.table(properties, PyGetSetDef()))) }
        if !members.isEmpty { all.append(.init(slot: Py_tp_members, pfunc: Self.table(members, PyMemberDef()))) }
        self.slots = Self.table(all, PyType_Slot()).assumingMemoryBound(to: PyType_Slot.self)
        spec = .allocate(capacity: 1)
        spec.initialize(
            to: PyType_Spec(
                name: name.pointer, basicsize: Int32(size), itemsize: 0, flags: UInt32(flags), slots: self.slots))
    }

    /// Ends with an entry of zeros.
    private static func table<Entry>(_ entries: [Entry], _ end: Entry) -> UnsafeMutableRawPointer {
        let table = UnsafeMutablePointer<Entry>.allocate(capacity: entries.count + 1)
        for (index, entry) in (entries + [end]).enumerated() { (table + index).initialize(to: entry) }
        return UnsafeMutableRawPointer(table)
    }

    /// Makes the class in the present interpreter.
    func make(in module: PythonPointer, bases: PythonPointer? = nil) throws -> UnsafeMutablePointer<PyTypeObject> {
        guard let type = PyType_FromModuleAndSpec(module, spec, bases) else { throw PythonFailure.pending }
        return UnsafeMutableRawPointer(type).assumingMemoryBound(to: PyTypeObject.self)
    }
}

extension StaticString {
    /// As C has strings; valid for ever.
    var pointer: UnsafePointer<CChar> {
        UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}

extension PyType_Slot {
    static func unary(_ slot: Int32, _ function: TypeDeclaration.Unary) -> PyType_Slot {
        PyType_Slot(slot: slot, pfunc: unsafeBitCast(function, to: UnsafeMutableRawPointer.self))
    }

    static func binary(_ slot: Int32, _ function: TypeDeclaration.Binary) -> PyType_Slot {
        PyType_Slot(slot: slot, pfunc: unsafeBitCast(function, to: UnsafeMutableRawPointer.self))
    }

    /// A function of any type: the slot says which.
    static func function<Function>(_ slot: Int32, _ function: Function) -> PyType_Slot {
        PyType_Slot(slot: slot, pfunc: unsafeBitCast(function, to: UnsafeMutableRawPointer.self))
    }

    static func text(_ slot: Int32, _ text: StaticString) -> PyType_Slot {
        PyType_Slot(slot: slot, pfunc: UnsafeMutableRawPointer(mutating: text.utf8Start))
    }
}

extension PyMethodDef {
    /// Positional arguments only.
    static func fast(_ name: StaticString, _ doc: StaticString, _ function: TypeDeclaration.Method) -> PyMethodDef {
        PyMethodDef(
            ml_name: name.pointer, ml_meth: unsafeBitCast(function, to: PyCFunction.self), ml_flags: METH_FASTCALL,
            ml_doc: doc.pointer)
    }

    static func named(
        _ name: StaticString, _ doc: StaticString, _ function: TypeDeclaration.NamedMethod
    ) -> PyMethodDef {
        PyMethodDef(
            ml_name: name.pointer, ml_meth: unsafeBitCast(function, to: PyCFunction.self),
            ml_flags: METH_FASTCALL | METH_KEYWORDS, ml_doc: doc.pointer)
    }
}

extension PyGetSetDef {
    static func property(
        _ name: StaticString, _ doc: StaticString, get: TypeDeclaration.Getter, set: TypeDeclaration.Setter? = nil
    ) -> PyGetSetDef {
        PyGetSetDef(name: name.pointer, get: get, set: set, doc: doc.pointer, closure: nil)
    }
}
