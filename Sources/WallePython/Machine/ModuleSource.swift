internal import CWalleStop

/// Gives an interpreter the modules that are declared in Swift, when they are imported and not before: an idle VM pays
/// for none.
package protocol ModuleSource: AnyObject {
    /// What is there under a full name, such as `walle._task`; nil when nothing is.
    func kind(of name: String) -> ModuleKind?
    /// A new module object. On a thread of the interpreter, with its GIL.
    func make(_ name: String, in interpreter: Interpreter) throws(PythonFailure) -> Owned
}

package enum ModuleKind: Sendable {
    case module
    /// Other modules' names begin with this one's.
    case package
}

extension Interpreter {
    /// Whether the present run is being stopped. Any thread.
    package var isStopping: Bool { walle_stop_is_asked(stop) }

    /// Raises what the stop of the present run would raise next; false when none is due.
    package func raiseStop() -> Bool { walle_stop_raise_pending() < 0 }
}
