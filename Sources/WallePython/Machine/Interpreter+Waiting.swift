internal import CWallePython

extension Interpreter {
    /// Calls `body` with the GIL released. It must not touch Python.
    package func released<Result>(_ body: () -> Result) -> Result {
        let saved = PyEval_SaveThread()
        defer { PyEval_RestoreThread(saved) }
        return body()
    }
}
