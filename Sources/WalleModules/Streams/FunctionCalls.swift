internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// Calls the functions of a script that derive values of whole batches.
///
/// The functions belong to the script: they are here only while a call of it lasts, so that Python's collector sees all who
/// hold them.
final class FunctionCalls {
    private let types: [String: ColumnType]
    private let options: IngestOptions
    /// A dict of functions by the names of their values, borrowed.
    private var functions: PythonPointer?

    init(_ types: [String: ColumnType], _ options: IngestOptions) {
        self.types = types
        self.options = options
    }

    /// Has these functions while `body` runs.
    func with<Result>(_ functions: PythonPointer, _ body: () throws -> Result) rethrows -> Result {
        self.functions = functions
        defer { self.functions = nil }
        return try body()
    }

    /// The column of a value for rows without nulls.
    ///
    /// - Throws: `StreamError`; when the function raised, that exception is set too, and is what the script is to see.
    func column(
        _ name: String, _ arguments: [Column], _ count: Int, _ texts: TextDictionary
    ) throws(StreamError) -> Column {
        let type = types[name].unsafelyUnwrapped
        if count == 0 { return Column(uninitialized: type, count: 0) }
        do {
            let key = try Owned(taking: NewObject.text(name))
            guard let function = functions.flatMap({ PyDict_GetItemWithError($0, key.pointer) }) else {
                throw wrong(name, "there is no function for it", remedy: "Give it to st.batch().")
            }
            let result = try call(function, arguments, texts)
            return try column(of: result.pointer, Owned(borrowing: function), name, type, count, texts)
        } catch let error as StreamError {
            throw error
        } catch {
            if error is CancellationError { _ = Interpreter.current?.raiseStop() }
            if PyErr_Occurred() == nil { throw wrong(name, "\(error)", remedy: "Change the function.") }
            throw wrong(name, "the function raised", remedy: "Change the function.")
        }
    }

    private func call(
        _ function: PythonPointer, _ arguments: [Column], _ texts: TextDictionary
    ) throws -> Owned {
        let tuple = try Owned(PyTuple_New(arguments.count))
        for (index, column) in arguments.enumerated() {
            let object =
                column.type == .text
                ? try TextColumnObject(column, texts).toPython().pointer : try column.array()
            walle_TupleSetItem(tuple.pointer, index, object)
        }
        // Swift's own frames lie on the same stack as CPython's, which counts only its own.
        guard Py_EnterRecursiveCall(" in a function of a batch") == 0 else { throw PendingException() }
        defer { Py_LeaveRecursiveCall() }
        return try Owned(PyObject_CallObject(function, tuple.pointer))
    }

    private func column(
        of result: PythonPointer, _ function: borrowing Owned, _ name: String, _ type: ColumnType, _ count: Int,
        _ texts: TextDictionary
    ) throws -> Column {
        var reader = ColumnReader(type, texts, options)
        let given = try reader.column(result)
        let title = Self.title(of: function.pointer)
        guard let column = given, reader.unfitCount == 0 else {
            let what = PythonReference(result).typeName
            let values = reader.unfitCount > 0 ? "\(reader.unfitCount) values of other types" : "\(what)"
            throw wrong(
                name, "\(title) gave \(values), and its values are declared as \(type.rawValue)",
                remedy: "Return an array or a list of \(reader.expected), or change the type.")
        }
        guard column.count == count else {
            throw wrong(
                name, "\(title) gave \(column.count) values for \(count) rows",
                remedy: "Return a value for each row; None where there is none.")
        }
        return column
    }

    private func wrong(_ name: String, _ message: String, remedy: String) -> StreamError {
        StreamError(.definition, field: "let.\(name)", message, remedy: remedy)
    }

    /// What a function is called, for messages.
    private static func title(of function: PythonPointer) -> String {
        guard let name = PyObject_GetAttrString(function, "__qualname__") else {
            PyErr_Clear()
            return PythonReference(function).typeName
        }
        let owned = Owned(taking: name)
        return walle_IsString(owned.pointer) != 0 ? String(python: owned.pointer) + "()" : "the function"
    }
}
