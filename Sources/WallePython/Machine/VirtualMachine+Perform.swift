internal import Synchronization

/// Why ``VirtualMachine/perform(limits:_:)`` has no result.
package enum PerformFailure: Error {
    case run(RunFailure)
    /// Nothing could stop it; the VM is condemned and the call goes on in the background.
    case unresponsive(StopReason)
    /// The VM takes no more work.
    case ended
}

/// One call waiting for its answer, which comes from the VM's thread, or from the watcher when that hangs.
package final class Ticket<Result: Sendable>: Sendable {
    package let run: UInt64
    private let state = Mutex(State.fresh)

    private enum State {
        case fresh
        case waiting(@Sendable (Swift.Result<Result, PerformFailure>) -> Void)
        case answered
    }

    package init(run: UInt64 = Interpreter.nextRun()) { self.run = run }

    /// Says who is to be told. Called once.
    package func onAnswer(_ answer: @escaping @Sendable (Swift.Result<Result, PerformFailure>) -> Void) {
        state.withLock { state in
            if case .fresh = state { state = .waiting(answer) }
        }
    }

    /// Answers, unless that happened.
    package func answer(_ result: Swift.Result<Result, PerformFailure>) {
        let tell = state.withLock { state -> (@Sendable (Swift.Result<Result, PerformFailure>) -> Void)? in
            guard case .waiting(let tell) = state else { return nil }
            state = .answered
            return tell
        }
        tell?(result)
    }
}

extension VirtualMachine {
    /// Runs `body` on the VM's thread for `ticket`, under `limits`, and answers the ticket. On the VM's thread.
    package func run<Result: Sendable>(
        _ ticket: Ticket<Result>, limits: RunLimits, on interpreter: Interpreter,
        _ body: (Interpreter) throws(PythonFailure) -> Result
    ) {
        guard interpreter.isUsable else { return ticket.answer(.failure(.ended)) }
        begin(run: ticket.run) { reason in ticket.answer(.failure(.unresponsive(reason))) }
        let result: Swift.Result<Result, PerformFailure>
        do throws(RunFailure) {
            result = .success(
                try interpreter.run(ticket.run, limits: limits) { () throws(PythonFailure) in
                    try body(interpreter)
                })
        } catch {
            result = .failure(.run(error))
        }
        if end(run: ticket.run) { ticket.answer(result) } else { interpreter.condemn() }
    }

    /// Runs `body` on the VM's thread and waits for it. Cancelling the calling task stops it.
    package func perform<Result: Sendable>(
        limits: RunLimits = .none,
        _ body: @escaping @Sendable (Interpreter) throws(PythonFailure) -> Result
    ) async throws(PerformFailure) -> Result {
        let ticket = Ticket<Result>()
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation {
                (continuation: UnsafeContinuation<Swift.Result<Result, PerformFailure>, Never>) in
                ticket.onAnswer { continuation.resume(returning: $0) }
                let sent = submit { interpreter in
                    self.run(ticket, limits: limits, on: interpreter, body)
                }
                if !sent { ticket.answer(.failure(.ended)) }
            }
        } onCancel: {
            stop(run: ticket.run, reason: .cancelled)
        }
        return try result.get()
    }
}
