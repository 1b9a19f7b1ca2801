internal import WallePython

/// Long work of the tensor engine, which a stop of the run ends before it is done.
enum Stopping {
    /// Elements that any work on is over before a stop would be looked at.
    private static let leastElements = 1 << 13

    /// Runs work whose results are thrown away when it was ended: whatever it was writing to is unfinished then.
    ///
    /// - Parameter elements: About how many are worked on; with few nothing is looked at.
    /// - Throws: `CancellationError` when a stop ended it; else what `body` throws.
    @inline(__always)
    static func allow(elements: Int = .max, _ body: () throws -> Void) throws {
        guard elements >= leastElements, let interpreter = Interpreter.current else { return try body() }
        try interpreter.endingEarly(body)
    }
}
