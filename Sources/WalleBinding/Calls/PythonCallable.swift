internal import CWallePython
public import WallePython

/// A Python function given to a Swift function.
///
///     Function("twice", "action") { (action: PythonCallable) in
///         try action()
///         try action()
///     }
///
/// It can be called during the call that gave it, and later by other calls of the same interpreter.
public struct PythonCallable {
    private let held: HeldObject

    /// Calls it.
    ///
    /// - Throws: ``PythonException`` with what it raised; thrown on, it goes on in Python as it was.
    @discardableResult
    public func callAsFunction(_ arguments: any PythonConvertible...) throws -> Value {
        try call(arguments, returning: Value.self)
    }

    /// Calls it and converts its result.
    public func call<Result: PythonConvertible>(
        _ arguments: [any PythonConvertible] = [], returning type: Result.Type
    ) throws -> Result {
        let function = try held.reach()
        let tuple = try Owned(PyTuple_New(arguments.count))
        for (index, argument) in arguments.enumerated() {
            walle_TupleSetItem(tuple.pointer, index, try argument.toPython().pointer)
        }
        // Swift's own frames lie on the same stack as CPython's, which counts only its own.
        guard Py_EnterRecursiveCall(" in a function given to Swift") == 0 else { throw PythonException.take() }
        defer { Py_LeaveRecursiveCall() }
        guard let result = PyObject_CallObject(function, tuple.pointer) else { throw PythonException.take() }
        let owned = Owned(taking: result)
        return try Result(python: PythonReference(owned.pointer))
    }
}

extension PythonCallable: PythonConvertible {
    public static var pythonType: PythonType { PythonType("Callable[..., Any]") }

    public init(python object: PythonReference) throws {
        guard walle_IsCallable(object.pointer) != 0 else { throw ConversionError.mismatch(Self.pythonType, object) }
        held = HeldObject(borrowing: object.pointer)
    }

    public func toPython() throws -> PythonReference {
        let pointer = try held.reach()
        Py_IncRef(pointer)
        return PythonReference(pointer)
    }
}

/// What a Python function raised that Swift called.
public struct PythonException: Error {
    /// The exception's type, such as `ValueError`.
    public let type: String
    public let message: String
    // Only the thread that caught it reaches the object: elsewhere `reach` refuses.
    private nonisolated(unsafe) let held: HeldObject

    /// Takes the exception out of the current thread state.
    static func take() -> PythonException {
        let raised = Owned(taking: PyErr_GetRaisedException())
        let type = String(cString: walle_TypeName(raised.pointer))
        return PythonException(
            type: type, message: message(of: raised.pointer), held: HeldObject(borrowing: raised.pointer))
    }

    private static func message(of exception: PythonPointer) -> String {
        // `str()` of an exception may be the script's code: not while the run is being stopped.
        guard Interpreter.current?.isStopping == false, let text = PyObject_Str(exception) else {
            PyErr_Clear()
            return ""
        }
        let owned = Owned(taking: text)
        return String(python: owned.pointer)
    }

    /// Puts it back, with its traceback.
    func restore() {
        guard let pointer = try? held.reach() else {
            return walle_SetError(walle_RuntimeError(), "\(type): \(message)")
        }
        Py_IncRef(pointer)
        PyErr_SetRaisedException(pointer)
    }
}

extension PythonException: CustomStringConvertible {
    public var description: String { message.isEmpty ? type : "\(type): \(message)" }
}
