internal import CWallePython

extension Interpreter {
    /// Gives back the import lock if the calling thread kept it.
    ///
    /// The import system takes it with `_imp.acquire_lock()` just before a `try`. An exception that a stop raises between
    /// the two leaves it held: this thread could take it again, every other thread would wait for ever. Must not be
    /// called while this thread imports.
    ///
    /// - Returns: false while another thread holds it, or ended with it: an import would wait here, and no stop reaches it.
    @discardableResult
    func releaseImportLock() -> Bool {
        guard let module = PyDict_GetItemString(PyImport_GetModuleDict(), "_imp") else { return true }
        while isTrue("lock_held", of: module) {
            // Raises when the lock is another thread's.
            guard let done = result(of: "release_lock", in: module) else {
                PyErr_Clear()
                return false
            }
            Py_DecRef(done)
        }
        return true
    }

    private func isTrue(_ method: String, of module: PythonPointer) -> Bool {
        guard let answer = result(of: method, in: module) else {
            PyErr_Clear()
            return false
        }
        defer { Py_DecRef(answer) }
        return answer == walle_True()
    }

    private func result(of method: String, in object: PythonPointer) -> PythonPointer? {
        guard let function = PyObject_GetAttrString(object, method) else { return nil }
        defer { Py_DecRef(function) }
        return PyObject_CallNoArgs(function)
    }
}
