internal import CWallePython

/// A task's module and entry function, loaded into one interpreter. Used on its thread only.
package final class Script {
    private let interpreter: Interpreter
    // Kept by the interpreter until its end.
    private let module: PythonPointer
    private var entry: PythonPointer

    /// Where a script is and what it is called.
    package struct Location: Sendable {
        /// Folders that come first in `sys.path`.
        package var importPaths: [String]
        package var module: String
        /// `run`, or `Class.method`.
        package var function: String
        /// Modules imported beforehand.
        package var imports: [String]
        /// Python's recursion limit; nil leaves CPython's own.
        package var recursion: Int?

        package init(
            importPaths: [String], module: String, function: String, imports: [String] = [], recursion: Int? = nil
        ) {
            self.importPaths = importPaths
            self.module = module
            self.function = function
            self.imports = imports
            self.recursion = recursion
        }
    }

    /// Imports the module and finds the entry.
    package init(_ location: Location, in interpreter: Interpreter) throws(PythonFailure) {
        self.interpreter = interpreter
        try Self.extendPath(location.importPaths, interpreter)
        if let recursion = location.recursion { Py_SetRecursionLimit(Int32(recursion)) }
        for name in location.imports { _ = try Owned(PyImport_ImportModule(name)) }
        module = try interpreter.keep(PyImport_ImportModule(location.module))
        var object = Owned(borrowing: module)
        for name in location.function.split(separator: ".") {
            guard let next = PyObject_GetAttrString(object.pointer, String(name)) else {
                PyErr_Clear()
                throw .mismatch(
                    expected: "a function `\(location.function)` in \(location.module).py",
                    got: "a module without `\(name)`", path: "entry in task.toml")
            }
            object = Owned(taking: next)
        }
        guard walle_IsCallable(object.pointer) != 0 else {
            throw .mismatch(
                expected: "a function", got: Interpreter.typeName(object.pointer), path: "entry in task.toml")
        }
        entry = try interpreter.keep(object.take())
    }

    /// Makes the entry open pdb where it raises; see ``Interpreter/openTerminal()``.
    package func debug() throws(PythonFailure) {
        let helper = try interpreter.find("wrap", in: "walle._debug")
        entry = try interpreter.keep(try interpreter.call(helper.pointer, entry).take())
    }

    private static func extendPath(_ paths: [String], _ interpreter: Interpreter) throws(PythonFailure) {
        guard let list = PySys_GetObject("path") else { throw .pending }
        for path in paths.reversed() {
            let text = try Owned(path.python())
            try check(PyList_Insert(list, 0, text.pointer))
        }
    }

    // MARK: runs

    /// Calls the entry and reads its result. What a generator yields comes as an array; a coroutine is awaited.
    package func run<Input: Encodable, Output: Decodable>(
        _ input: Input, as type: Output.Type, resultBytes: Int
    ) throws(PythonFailure) -> Output {
        let argument = try interpreter.object(encoding: input)
        let result = try finished(try interpreter.call(entry, argument.pointer))
        var bounds = ConversionBounds(bytes: resultBytes)
        return try interpreter.decode(type, from: result.pointer, bounds: &bounds)
    }

    private func finished(_ result: consuming Owned) throws(PythonFailure) -> Owned {
        guard needsFinishing(result.pointer) else { return result }
        let helper = try interpreter.find("finish", in: "walle._run")
        return try interpreter.call(helper.pointer, result.pointer)
    }

    private func needsFinishing(_ object: PythonPointer) -> Bool {
        walle_IsCoroutine(object) != 0 || walle_IsGenerator(object) != 0 || walle_IsAsyncGenerator(object) != 0
    }

    /// Calls the entry and gives each value it yields to `receive`, which returns false to end the run early.
    ///
    /// An entry that returns a list yields its elements; any other value is yielded alone.
    package func stream<Input: Encodable, Element: Decodable>(
        _ input: Input, of type: Element.Type, resultBytes: Int, _ receive: (Element) -> Bool
    ) throws(PythonFailure) {
        let argument = try interpreter.object(encoding: input)
        let result = try interpreter.call(entry, argument.pointer)
        let helper = try interpreter.find("iterate", in: "walle._run")
        let iterator = try interpreter.call(helper.pointer, result.pointer)
        while true {
            guard let next = PyIter_Next(iterator.pointer) else {
                if PyErr_Occurred() != nil { throw .pending }
                return
            }
            let owned = Owned(taking: next)
            var bounds = ConversionBounds(bytes: resultBytes)
            let element = try interpreter.decode(type, from: owned.pointer, bounds: &bounds)
            guard receive(element) else { break }
        }
        try close(iterator.pointer)
    }

    /// Lets a generator run its `finally`.
    private func close(_ iterator: PythonPointer) throws(PythonFailure) {
        guard let method = PyObject_GetAttrString(iterator, "close") else {
            PyErr_Clear()
            return
        }
        let owned = Owned(taking: method)
        _ = try interpreter.call(owned.pointer)
    }

    // MARK: optional functions of the module

    /// Whether the module has a function of this name.
    package func has(_ function: String) -> Bool {
        PyObject_HasAttrString(module, function) != 0
    }

    /// Calls an optional function of the module without an argument; `.none` when there is none.
    package func call(_ function: String, resultBytes: Int) throws(PythonFailure) -> Value {
        guard let object = PyObject_GetAttrString(module, function) else {
            PyErr_Clear()
            return .none
        }
        let owned = Owned(taking: object)
        let result = try finished(try interpreter.call(owned.pointer))
        var bounds = ConversionBounds(bytes: resultBytes)
        return try interpreter.value(of: result.pointer, bounds: &bounds, path: function)
    }

    /// Calls a function of the module with one argument.
    package func call(_ function: String, _ argument: Value, resultBytes: Int) throws(PythonFailure) -> Value {
        let object = try Owned(PyObject_GetAttrString(module, function))
        let input = try interpreter.object(of: argument)
        let result = try finished(try interpreter.call(object.pointer, input.pointer))
        var bounds = ConversionBounds(bytes: resultBytes)
        return try interpreter.value(of: result.pointer, bounds: &bounds, path: function)
    }

    /// The entry's signature as Python writes it, as in `(session: dict) -> dict`.
    package func signature() throws(PythonFailure) -> String {
        let helper = try interpreter.find("signature", in: "walle._run")
        let text = try interpreter.call(helper.pointer, entry)
        return String(python: text.pointer)
    }

    /// What there is to know of the entry before it runs: its `signature`, and `problems` with calling it with `inputs`.
    package func inspect(inputs: [Value]) throws(PythonFailure) -> Value {
        let helper = try interpreter.find("inspect", in: "walle._check")
        let arguments = try Owned(PyTuple_New(2))
        Py_IncRef(entry)
        walle_TupleSetItem(arguments.pointer, 0, entry)
        walle_TupleSetItem(arguments.pointer, 1, try interpreter.object(of: .array(inputs)).take())
        let facts = try Owned(PyObject_CallObject(helper.pointer, arguments.pointer))
        var bounds = ConversionBounds(bytes: 1 << 20)
        return try interpreter.value(of: facts.pointer, bounds: &bounds)
    }

    /// Makes `random` and the like give the same numbers each time.
    package static func seed(_ interpreter: Interpreter) throws(PythonFailure) {
        let helper = try interpreter.find("seed", in: "walle._run")
        _ = try interpreter.call(helper.pointer)
    }
}
