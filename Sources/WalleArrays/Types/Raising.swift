internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleTensor

/// Makes Python exceptions of what Swift throws, at the edge to C.
enum Raising {
    /// The result of `body`, or NULL with an exception.
    @inline(__always)
    static func object(_ body: () throws -> PythonPointer) -> PythonPointer? {
        do { return try body() } catch { return raise(error) }
    }

    /// 0, or -1 with an exception.
    @inline(__always)
    static func status(_ body: () throws -> Void) -> Int32 {
        do {
            try body()
            return 0
        } catch {
            raise(error)
            return -1
        }
    }

    @inline(never)
    @discardableResult
    static func raise(_ error: any Error) -> PythonPointer? {
        switch error {
        case let error as TensorError: set(type(of: error.kind), error.message)
        case PythonFailure.pending where PyErr_Occurred() != nil: break
        case is CancellationError:
            if Interpreter.current?.raiseStop() != true { set(walle_RuntimeError(), "cancelled") }
        default: set(walle_RuntimeError(), "\(error)")
        }
        return nil
    }

    private static func type(of kind: TensorError.Kind) -> PythonPointer {
        switch kind {
        case .value: walle_ValueError()
        case .type: walle_TypeError()
        case .index: walle_IndexError()
        case .axis: helperClass("AxisError") ?? walle_IndexError()
        case .memory: walle_MemoryError()
        case .linearAlgebra: helperClass("LinAlgError") ?? walle_ValueError()
        }
    }

    /// A class that Python declares, kept by its module.
    private static func helperClass(_ name: StaticString) -> PythonPointer? {
        guard let helpers = ArrayState.current.pointee.helpers,
            let found = PyObject_GetAttrString(helpers, name.pointer)
        else {
            PyErr_Clear()
            return nil
        }
        Py_DecRef(found)
        return found
    }

    static func set(_ type: PythonPointer, _ message: String) {
        if PyErr_Occurred() != nil { PyErr_Clear() }
        walle_SetError(type, message)
    }
}

extension TensorError {
    static func value(_ message: String) -> TensorError { TensorError(.value, message) }
    static func type(_ message: String) -> TensorError { TensorError(.type, message) }
    static func index(_ message: String) -> TensorError { TensorError(.index, message) }
}

/// A new reference, or what Python raised.
@inline(__always)
func new(_ object: PythonPointer?) throws -> PythonPointer {
    guard let object else { throw PythonFailure.pending }
    return object
}

/// Throws what Python raised when a C call reports a negative number.
@inline(__always)
func ok(_ status: Int32) throws { if status < 0 { throw PythonFailure.pending } }

/// None, as a new reference: it is immortal.
var none: PythonPointer { walle_None() }
