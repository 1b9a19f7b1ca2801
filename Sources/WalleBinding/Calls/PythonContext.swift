internal import WallePython

/// The interpreter that called the Swift function that runs on this thread.
///
///     guard let context = PythonContext.current else { return }
///     try context.withoutGIL {
///         for chunk in chunks where !context.isCancelled { crunch(chunk) }
///     }
public struct PythonContext: Sendable {
    // `isStopping` may be asked on any thread; the rest checks that its thread is attached.
    private nonisolated(unsafe) let interpreter: Interpreter

    /// The interpreter attached to the calling thread; nil outside a call from Python and inside ``withoutGIL(_:)``.
    public static var current: PythonContext? { Interpreter.current.map(PythonContext.init) }

    /// Whether the run that called is being stopped. Long work asks now and then, on any thread, and ends; to throw
    /// `CancellationError` then raises the stop in Python.
    public var isCancelled: Bool { interpreter.isStopping }

    /// Throws `CancellationError` when the run is being stopped.
    public func checkCancellation() throws {
        if isCancelled { throw CancellationError() }
    }

    /// Calls `body` while other threads of the same interpreter may run Python.
    ///
    /// Inside it nothing of Python can be reached: a ``PythonCallable`` throws.
    public func withoutGIL<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        guard Interpreter.current === interpreter else { return try body() }
        return try interpreter.released { Swift.Result(catching: body) }.get()
    }
}
