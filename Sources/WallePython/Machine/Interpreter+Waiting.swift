internal import CWallePython
internal import CWalleStop

extension Interpreter {
    /// Calls `body` with the GIL released. It must not touch Python.
    package func released<Result>(_ body: () -> Result) -> Result {
        let saved = PyEval_SaveThread()
        defer { PyEval_RestoreThread(saved) }
        return body()
    }

    /// Calls `body`, and when it will wait, with the GIL released and the run's clock stopped: waiting for a consumer is
    /// not the script's time.
    package func offTheClock<Result>(when waits: Bool, _ body: () -> Result) -> Result {
        guard waits else { return body() }
        walle_stop_pause(stop)
        defer { walle_stop_resume(stop) }
        return released(body)
    }
}
