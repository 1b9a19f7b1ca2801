internal import CWallePython
internal import WallePython

/// An error that says which Python exception it becomes. Others become `RuntimeError` with their description.
///
///     struct OutOfStock: PythonConvertibleError {
///         var item: Int
///         var pythonException: PythonExceptionType { .lookupError }
///         var pythonMessage: String { "item \(item) is sold out" }
///     }
public protocol PythonConvertibleError: Error {
    var pythonException: PythonExceptionType { get }
    var pythonMessage: String { get }
}

extension PythonConvertibleError {
    public var pythonMessage: String { "\(self)" }
}

/// Python's built-in exceptions that Swift may raise.
public enum PythonExceptionType: String, Sendable, Hashable, CaseIterable {
    case arithmeticError, attributeError, bufferError, fileNotFoundError, importError, indexError, keyError, lookupError
    case memoryError, notImplementedError, osError, overflowError, permissionError, recursionError, runtimeError
    case timeoutError, typeError, valueError, zeroDivisionError

    var object: PythonPointer {
        switch self {
        case .arithmeticError: walle_ArithmeticError()
        case .attributeError: walle_AttributeError()
        case .bufferError: walle_BufferError()
        case .fileNotFoundError: walle_FileNotFoundError()
        case .importError: walle_ImportError()
        case .indexError: walle_IndexError()
        case .keyError: walle_KeyError()
        case .lookupError: walle_LookupError()
        case .memoryError: walle_MemoryError()
        case .notImplementedError: walle_NotImplementedError()
        case .osError: walle_OSError()
        case .overflowError: walle_OverflowError()
        case .permissionError: walle_PermissionError()
        case .recursionError: walle_RecursionError()
        case .runtimeError: walle_RuntimeError()
        case .timeoutError: walle_TimeoutError()
        case .typeError: walle_TypeError()
        case .valueError: walle_ValueError()
        case .zeroDivisionError: walle_ZeroDivisionError()
        }
    }
}

/// Swift code reached for Python on a thread that runs no Python at the moment.
struct NotAttached: Error, CustomStringConvertible {
    var description: String {
        "Python can only be reached inside a call from Python, on its thread and outside withoutGIL."
    }
}

/// Makes Python exceptions of Swift errors.
enum Raising {
    /// Sets the exception for what `caller`, such as `price()`, threw.
    @inline(never)
    static func raise(_ error: any Error, by caller: String) {
        switch error {
        case let failure as ArgumentFailure: raise(argument: failure, by: caller)
        case let error as ConversionError: set(error.type, "\(caller) " + error.inside("result").message)
        case let error as PythonException: error.restore()
        case is CancellationError: raiseCancellation(by: caller)
        case let error as any PythonConvertibleError: set(error.pythonException, error.pythonMessage)
        case PythonFailure.mismatch(let expected, let got, let path):
            set(.typeError, "\(caller) result at \(path) must be \(expected), not \(got)")
        case PythonFailure.pending where PyErr_Occurred() != nil, is PendingException where PyErr_Occurred() != nil:
            break
        default: set(.runtimeError, "\(error)")
        }
    }

    private static func raise(argument failure: ArgumentFailure, by caller: String) {
        switch failure.cause {
        case let error as ConversionError:
            set(error.type, "\(caller) " + error.inside("argument '\(failure.parameter)'").message)
        case let error as any PythonConvertibleError: set(error.pythonException, error.pythonMessage)
        case let error: raise(error, by: caller)
        }
    }

    /// A function that gives up because the run is being stopped raises the stop itself.
    private static func raiseCancellation(by caller: String) {
        if Interpreter.current?.raiseStop() == true { return }
        set(.runtimeError, "\(caller) was cancelled")
    }

    private static func set(_ type: PythonExceptionType, _ message: String) {
        // A conversion that failed half-way may have left one.
        if PyErr_Occurred() != nil { PyErr_Clear() }
        guard let text = message.python() else { return }
        let owned = Owned(taking: text)
        PyErr_SetObject(type.object, owned.pointer)
    }
}
