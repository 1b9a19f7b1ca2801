internal import UnixSignals

/// Work that a person can end with Ctrl-C, in good order.
enum Interruption {
    /// Does `work`, cancelled on SIGINT or SIGTERM.
    ///
    /// - Parameter onSignal: What lets the work end, which is given a moment for it.
    /// - Returns: Nil when the work did not end by itself after a signal.
    static func during<Result: Sendable>(
        _ work: @escaping @Sendable () async -> Result, onSignal: @escaping @Sendable () async -> Void
    ) async -> Result? {
        let (outcomes, outcome) = AsyncStream.makeStream(of: Result?.self)
        let working = Task { outcome.yield(await work()) }
        let listening = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                working.cancel()
                await onSignal()
                // The work may sit in a read of the terminal, which nothing ends.
                try? await Task.sleep(for: .milliseconds(300))
                outcome.yield(nil)
            }
        }
        defer { listening.cancel() }
        for await first in outcomes { return first }
        return nil
    }
}
