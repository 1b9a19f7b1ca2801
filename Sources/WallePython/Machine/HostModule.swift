internal import CWalleHeap
internal import CWallePython
internal import CWalleStop
internal import Foundation
internal import WalleStdlib

/// `_walle`, the built-in module through which the Python side of the fence (`Stdlib/walle/_vm.py`) reaches the host.
enum HostModule {
    /// Puts the module into the `sys.modules` of an interpreter that is being prepared.
    static func install(in interpreter: Interpreter) throws(PythonFailure) {
        let module = try Owned(PyModule_New("_walle"))
        for definition in definitions + descriptorDefinitions {
            let function = try Owned(PyCFunction_NewEx(definition.pointer, nil, nil))
            try check(PyModule_AddObjectRef(module.pointer, definition.name, function.pointer))
        }
        for (name, type) in [("lock", walle_lock_make_type), ("rlock", walle_lock_make_recursive_type)] {
            let lock = try Owned(type())
            try check(PyModule_AddObjectRef(module.pointer, name, lock.pointer))
        }
        try check(PyModule_AddIntConstant(module.pointer, "descriptor", Int(walle_stop_descriptor(interpreter.stop))))
        try check(PyModule_AddIntConstant(module.pointer, "stack_bytes", interpreter.configuration.stackBytes))
        for (name, path) in [
            ("standard_library", try? PythonRuntime.shared().standardLibrary), ("folder", Stdlib.folder),
        ] {
            let text = try Owned((path ?? "").python())
            try check(PyModule_AddObjectRef(module.pointer, name, text.pointer))
        }
        try check(PyDict_SetItemString(PyImport_GetModuleDict(), "_walle", module.pointer))
    }

    struct Definition: @unchecked Sendable {
        // Allocated once and never freed: CPython keeps pointers to method definitions.
        let pointer: UnsafeMutablePointer<PyMethodDef>
        let name: String

        init(
            _ name: String, _ doc: String,
            _ body: @escaping @convention(c) (PythonPointer?, PythonPointer?) -> PythonPointer?
        ) {
            self.name = name
            pointer = .allocate(capacity: 1)
            pointer.initialize(
                to: PyMethodDef(ml_name: strdup(name), ml_meth: body, ml_flags: METH_O, ml_doc: strdup(doc)))
        }
    }

    private static let definitions: [Definition] = [
        Definition("sleep", "Sleep for a number of seconds, or until the run is stopped.") { _, seconds in
            HostModule.sleep(seconds!)
        },
        Definition("is_stopping", "Whether the run is being stopped.") { _, _ in
            PyBool_FromLong(Interpreter.current.map { walle_stop_is_asked($0.stop) } == true ? 1 : 0)
        },
        Definition("write_out", "Write text or bytes to the run's standard output.") { _, data in
            HostModule.write(.standardOutput, data!)
        },
        Definition("write_err", "Write text or bytes to the run's standard error.") { _, data in
            HostModule.write(.standardError, data!)
        },
        Definition("refusal", "Why a module is refused, or None.") { _, name in
            let policy = Interpreter.current?.policy
            guard let why = ModuleRules.refusal(of: String(python: name!), policy: policy) else { return walle_None() }
            return why.python()
        },
        Definition("process_wide", "The functions of a module that act on the whole process.") { _, name in
            HostModule.list(ModuleRules.processWideFunctions(of: String(python: name!)))
        },
        Definition("patch", "The file that makes the replacements of a module, or None.") { _, name in
            guard let path = ModuleRules.patch(of: String(python: name!)) else { return walle_None() }
            return path.python()
        },
        Definition("is_package", "Whether a module given by Swift has modules below it; None when Swift gives none.") {
            _, name in
            guard let kind = Interpreter.current?.modules?.kind(of: String(python: name!)) else { return walle_None() }
            return kind == .package ? walle_True() : walle_False()
        },
        Definition("make_module", "A new module that Swift gives.") { _, name in
            HostModule.makeModule(String(python: name!))
        },
        Definition("charge", "Count bytes that the interpreter's heap does not hold.") { _, bytes in
            HostModule.charge(bytes!)
        },
        Definition("shared_code", "The code object of a file that another interpreter compiled, or None.") { _, path in
            do throws(PythonFailure) {
                return try SharedCode.load(String(python: path!))?.take() ?? walle_None()
            } catch {
                return nil
            }
        },
        Definition("share_code", "Keep a path and its marshalled code for the other interpreters.") { _, pair in
            guard walle_IsTuple(pair!) != 0, PyTuple_Size(pair) == 2, walle_IsBytes(walle_TupleItem(pair, 1)) != 0
            else {
                walle_SetError(walle_TypeError(), "share_code() takes a path and bytes")
                return nil
            }
            SharedCode.store(walle_TupleItem(pair, 1), String(python: walle_TupleItem(pair, 0)))
            return walle_None()
        },
        Definition("compile", "The code object of a tuple of source bytes, path and level of optimisation.") {
            _, source in
            SharedCode.compile(source!)
        },
        Definition("memory_left", "Bytes left under the memory limit, or None.") { _, _ in
            HostModule.memoryLeft()
        },
    ]

    private static func sleep(_ seconds: PythonPointer) -> PythonPointer? {
        let value = PyFloat_AsDouble(seconds)
        if PyErr_Occurred() != nil { return nil }
        guard value >= 0 else {
            walle_SetError(walle_ValueError(), "sleep length must be non-negative")
            return nil
        }
        guard let interpreter = Interpreter.current else { return walle_None() }
        let nanoseconds = Int64(min(value * 1e9, 9e18))
        return walle_stop_sleep(interpreter.stop, nanoseconds) < 0 ? nil : walle_None()
    }

    private static func write(_ stream: OutputCollector.Stream, _ data: PythonPointer) -> PythonPointer? {
        guard let interpreter = Interpreter.current else { return walle_None() }
        var view = Py_buffer()
        var taken: Bool
        if walle_IsString(data) != 0 {
            guard let encoded = PyUnicode_AsEncodedString(data, "utf-8", "backslashreplace") else { return nil }
            let owned = Owned(taking: encoded)
            let bytes = UnsafeRawBufferPointer(
                start: PyBytes_AsString(owned.pointer), count: PyBytes_Size(owned.pointer))
            taken = interpreter.output.write(stream, bytes)
        } else {
            guard PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) == 0 else { return nil }
            defer { PyBuffer_Release(&view) }
            taken = interpreter.output.write(stream, UnsafeRawBufferPointer(start: view.buf, count: view.len))
        }
        if !taken { walle_stop_request_current(interpreter.stop, Int32(walle_stop_output)) }
        return walle_None()
    }

    static func list(_ names: [String]) -> PythonPointer? {
        guard let list = PyList_New(names.count) else { return nil }
        for (index, name) in names.enumerated() {
            guard let text = name.python() else { return nil }
            walle_ListSetItem(list, index, text)
        }
        return list
    }

    private static func makeModule(_ name: String) -> PythonPointer? {
        guard let interpreter = Interpreter.current, let modules = interpreter.modules else { return walle_None() }
        do throws(PythonFailure) {
            return try modules.make(name, in: interpreter).take()
        } catch {
            if PyErr_Occurred() == nil { walle_SetError(walle_ImportError(), "\(name): \(error)") }
            return nil
        }
    }

    private static func charge(_ bytes: PythonPointer) -> PythonPointer? {
        let count = PyLong_AsLong(bytes)
        if PyErr_Occurred() != nil { return nil }
        guard let interpreter = Interpreter.current else { return walle_None() }
        if count > 0 && !interpreter.admits(bytes: count) {
            walle_SetError(walle_MemoryError(), "\(count) bytes would pass limits.memory in task.toml")
            return nil
        }
        interpreter.charge(bytes: count)
        return walle_None()
    }

    private static func memoryLeft() -> PythonPointer? {
        guard let interpreter = Interpreter.current, let limit = interpreter.configuration.memoryBytes else {
            return walle_None()
        }
        return PyLong_FromLong(max(0, limit - interpreter.liveBytes))
    }
}
