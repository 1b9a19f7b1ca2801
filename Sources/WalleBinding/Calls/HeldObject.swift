internal import CWallePython
internal import WallePython

/// A reference that Swift code may keep: given back only where that is safe.
///
/// Dropped on another thread, or after its interpreter ended, the object is left to the interpreter's heap, which is
/// thrown away whole.
final class HeldObject {
    private let pointer: PythonPointer
    /// Never used twice in a process, unlike an address.
    private let interpreter: Int64

    /// Adds a reference. On a thread that runs Python.
    init(borrowing pointer: PythonPointer) {
        Py_IncRef(pointer)
        self.pointer = pointer
        interpreter = Self.present ?? -1
    }

    /// The interpreter attached to the calling thread.
    private static var present: Int64? {
        guard let state = PyThreadState_GetUnchecked() else { return nil }
        return PyInterpreterState_GetID(PyThreadState_GetInterpreter(state))
    }

    /// The object, when the calling thread may touch it.
    func reach() throws -> PythonPointer {
        guard Self.present == interpreter else { throw NotAttached() }
        return pointer
    }

    deinit {
        if Self.present == interpreter { Py_DecRef(pointer) }
    }
}
