internal import CWallePython

extension Interpreter {
    /// Runs source text in a new namespace and gives the namespace, a `dict`.
    package func execute(_ source: String, file: String = "<script>") throws(PythonFailure) -> Owned {
        let namespace = try Owned(PyDict_New())
        try check(PyDict_SetItemString(namespace.pointer, "__builtins__", PyEval_GetBuiltins()))
        let name = try Owned("__walle__".python())
        try check(PyDict_SetItemString(namespace.pointer, "__name__", name.pointer))
        try execute(source, file: file, in: namespace.pointer)
        return namespace
    }

    /// Runs source text in a namespace, a `dict`.
    package func execute(
        _ source: String, file: String = "<script>", in namespace: PythonPointer
    ) throws(PythonFailure) {
        let code = try Owned(Py_CompileString(source, file, Py_file_input))
        _ = try Owned(PyEval_EvalCode(code.pointer, namespace, namespace))
    }

    /// Imports a module and gives one of its attributes; `Class.method` works too.
    package func find(_ attribute: String, in module: String) throws(PythonFailure) -> Owned {
        var object = try Owned(PyImport_ImportModule(module))
        for name in attribute.split(separator: ".") {
            object = try Owned(PyObject_GetAttrString(object.pointer, String(name)))
        }
        return object
    }

    /// Calls a function with one argument.
    package func call(_ function: PythonPointer, _ argument: PythonPointer) throws(PythonFailure) -> Owned {
        try Owned(PyObject_CallOneArg(function, argument))
    }

    /// Calls a function with no argument.
    package func call(_ function: PythonPointer) throws(PythonFailure) -> Owned {
        try Owned(PyObject_CallNoArgs(function))
    }

    /// A borrowed item of a `dict`.
    package func item(_ key: String, of dictionary: PythonPointer) throws(PythonFailure) -> PythonPointer {
        guard let item = PyDict_GetItemWithError(dictionary, try keys.string(key)) else {
            if PyErr_Occurred() != nil { throw .pending }
            throw .mismatch(expected: "the name \(key)", got: "a namespace without it", path: "script")
        }
        return item
    }
}
