internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// Makes the exceptions of `walle.streams` of what the engine throws.
enum StreamRaising {
    /// The result of `body`. A `StreamError` is set as an exception with its field and its remedy.
    static func run<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as StreamError { throw raised(error) } catch let error as SQLRefusal {
            throw raised(error.parts[0], "\(error)")
        }
    }

    /// A user's function raised, which the engine was told by an error: the exception goes on as it is.
    static func raised(_ error: StreamError, _ text: String? = nil) -> any Error {
        if PyErr_Occurred() != nil { return PendingException() }
        do {
            let module = try Owned(PyImport_ImportModule("walle.streams._errors"))
            let name =
                switch error.code {
                case .input: "InputError"
                case .storage: "StateError"
                default: "DefinitionError"
                }
            let type = try Owned(PyObject_GetAttrString(module.pointer, name))
            let arguments = try Owned(PyTuple_New(3))
            walle_TupleSetItem(arguments.pointer, 0, try NewObject.text(text ?? error.description))
            walle_TupleSetItem(
                arguments.pointer, 1, try error.field.map { try NewObject.text($0) } ?? NewObject.none())
            walle_TupleSetItem(arguments.pointer, 2, try NewObject.text(error.remedy))
            let exception = try Owned(PyObject_CallObject(type.pointer, arguments.pointer))
            PyErr_SetObject(type.pointer, exception.pointer)
        } catch {
            // The exception that this could not be made with is set.
            return PendingException()
        }
        return PendingException()
    }
}
