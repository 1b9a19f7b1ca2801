internal import CWalleStop
internal import WalleTensor

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

    /// Runs long work of the tensor engine, which ends early when the present run is being stopped.
    ///
    /// - Throws: `CancellationError` when it did, whatever unfinished results made `body` throw; else what `body` throws.
    package func endingEarly(_ body: () throws -> Void) throws {
        var failure: (any Error)?
        let isDone = Interruption.allow({ walle_stop_is_asked(OpaquePointer($0)) }, UnsafeRawPointer(stop)) {
            do { try body() } catch { failure = error }
        }
        guard isDone else { throw CancellationError() }
        if let failure { throw failure }
    }

    /// Raises what the stop of the present run would raise next; false when none is due.
    package func raiseStop() -> Bool { walle_stop_raise_pending() < 0 }
}
