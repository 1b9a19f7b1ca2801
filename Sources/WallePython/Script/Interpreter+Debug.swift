internal import CWallePython

extension Interpreter {
    /// Gives scripts the process's terminal and `pdb`. Before the policy of the task holds.
    package func openTerminal() throws(PythonFailure) {
        let helper = try find("open_terminal", in: "walle._debug")
        _ = try call(helper.pointer)
    }

    /// Calls `body`; when Python raises in it, a person may look at the frames with pdb before the failure goes on.
    package func debugging<Result>(_ body: () throws(PythonFailure) -> Result) throws(PythonFailure) -> Result {
        do {
            return try body()
        } catch {
            guard case .pending = error, let exception = PyErr_GetRaisedException() else { throw error }
            let held = Owned(borrowing: exception)
            let helper = try find("post_mortem", in: "walle._debug")
            _ = try call(helper.pointer, held.pointer)
            PyErr_SetRaisedException(exception)
            throw error
        }
    }
}
