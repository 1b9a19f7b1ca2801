public import CWallePython

/// A borrowed reference to a Python object; valid while its owner holds it and the GIL is held.
public typealias PythonPointer = UnsafeMutablePointer<PyObject>

/// One owned reference, given back when the value goes away. The GIL of its interpreter must be held then.
package struct Owned: ~Copyable {
    package let pointer: PythonPointer

    /// Takes over a new reference; throws what Python raised when there is none.
    package init(_ new: PythonPointer?) throws(PythonFailure) {
        guard let new else { throw PythonFailure.pending }
        pointer = new
    }

    /// Takes over a new reference.
    package init(taking new: PythonPointer) {
        pointer = new
    }

    /// Adds a reference to a borrowed object.
    package init(borrowing borrowed: PythonPointer) {
        Py_IncRef(borrowed)
        pointer = borrowed
    }

    /// Gives the reference to the caller.
    package consuming func take() -> PythonPointer {
        let pointer = pointer
        discard self
        return pointer
    }

    deinit {
        Py_DecRef(pointer)
    }
}

/// Something went wrong inside an interpreter.
package enum PythonFailure: Error {
    /// An exception is set in the current thread state.
    case pending
    /// A value does not fit; `path` says where in it.
    case mismatch(expected: String, got: String, path: String)
}

/// Throws when a C call reports failure with a negative number.
@inline(__always)
package func check(_ status: Int32) throws(PythonFailure) {
    if status < 0 { throw PythonFailure.pending }
}
