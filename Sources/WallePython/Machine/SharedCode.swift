internal import CWallePython
internal import Foundation
internal import Synchronization
internal import WalleStdlib

/// Bytecode of the `walle` package: compiled by the first interpreter, loaded by the others. The package lies where no
/// `__pycache__` can be written.
enum SharedCode {
    private static let known = Mutex<[String: [UInt8]]>([:])

    /// Imports `walle._vm`, with which the other modules of the package can be shared, too.
    static func importMachine() throws(PythonFailure) -> Owned {
        // The package first: a submodule without it has no parent.
        let folder = Stdlib.folder + "/walle"
        let package = try execute("walle", folder + "/__init__.py")
        let path = try Owned(PyList_New(0))
        let entry = try Owned(folder.python())
        try check(PyList_Append(path.pointer, entry.pointer))
        try check(PyObject_SetAttrString(package.pointer, "__path__", path.pointer))
        return try execute("walle._vm", folder + "/_vm.py")
    }

    private static func execute(_ name: String, _ path: String) throws(PythonFailure) -> Owned {
        let code = try self.code(path)
        return try Owned(PyImport_ExecCodeModuleEx(name, code.pointer, path))
    }

    private static func code(_ path: String) throws(PythonFailure) -> Owned {
        if let found = try load(path) { return found }
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        // Without docstrings: no task reads those of Walle's own plumbing.
        let code = try Owned(Py_CompileStringExFlags(text, path, Py_file_input, nil, 2))
        let bytes = try Owned(PyMarshal_WriteObjectToString(code.pointer, Int32(Py_MARSHAL_VERSION)))
        store(bytes.pointer, path)
        return code
    }

    /// Compiles as `compile()` does, but without what that makes at its first call in an interpreter: the 124 types of
    /// the module `ast`, 350 KB.
    ///
    /// - Parameter source: A tuple of `bytes`, the path and the level of optimisation.
    static func compile(_ source: PythonPointer) -> PythonPointer? {
        guard walle_IsTuple(source) != 0, PyTuple_Size(source) == 3, walle_IsBytes(walle_TupleItem(source, 0)) != 0
        else {
            walle_SetError(walle_TypeError(), "compile() takes bytes, a path and a level of optimisation")
            return nil
        }
        var text: UnsafeMutablePointer<CChar>?
        var length = 0
        guard PyBytes_AsStringAndSize(walle_TupleItem(source, 0), &text, &length) == 0, let text else { return nil }
        guard strlen(text) == length else {
            walle_SetError(walle_SyntaxError(), "source code string cannot contain null bytes")
            return nil
        }
        let level = PyLong_AsLong(walle_TupleItem(source, 2))
        return Py_CompileStringObject(text, walle_TupleItem(source, 1), Py_file_input, nil, Int32(level))
    }

    /// The code object of a file; nil when no interpreter shared it.
    static func load(_ path: String) throws(PythonFailure) -> Owned? {
        guard let bytes = known.withLock({ $0[path] }) else { return nil }
        return try Owned(
            bytes.withUnsafeBytes {
                PyMarshal_ReadObjectFromString($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            })
    }

    /// Keeps the marshalled code, a `bytes` object, for the other interpreters.
    static func store(_ marshalled: PythonPointer, _ path: String) {
        let bytes = [UInt8](
            UnsafeRawBufferPointer(start: PyBytes_AsString(marshalled), count: PyBytes_Size(marshalled)))
        known.withLock { $0[path] = bytes }
    }
}
