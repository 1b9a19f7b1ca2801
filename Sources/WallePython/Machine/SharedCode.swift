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
        _ = try Owned(PyImport_ImportModule("walle"))
        let path = Stdlib.folder + "/walle/_vm.py"
        let code = try self.code(path)
        return try Owned(PyImport_ExecCodeModuleEx("walle._vm", code.pointer, path))
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
