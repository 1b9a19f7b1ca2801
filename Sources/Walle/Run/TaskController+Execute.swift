internal import WalleText
internal import Foundation
internal import WallePython

extension TaskController {
    /// Calls the script for a run, on the instance's thread, and answers.
    func execute<Output: Sendable>(
        _ run: PendingRun, on instance: Instance, _ interpreter: Interpreter,
        answer: @escaping @Sendable (Result<Output, TaskError>) -> Void,
        _ call: (Script, Int) throws(PythonFailure) -> Output
    ) {
        guard let script = instance.script else { return run.fail(.stopped(.shutdown)) }
        let version = instance.version
        let limits = Self.limits(of: version, run)
        if let time = limits.time, time <= .zero { return run.fail(.limit(.time)) }
        instance.context.begin(run, time: limits.time)
        let ticket = Ticket<Output>(run: run.id)
        ticket.onAnswer { result in
            self.finish(run, on: instance, result, answer)
        }
        let bytes = limits.resultBytes
        instance.machine.run(ticket, limits: limits, on: interpreter) { (_) throws(PythonFailure) in
            try call(script, bytes)
        }
    }

    /// The version's limits, cut to the caller's deadline.
    private static func limits(of version: TaskVersion, _ run: PendingRun) -> RunLimits {
        var limits = version.limits
        if let left = run.timeLeft { limits.time = min(limits.time ?? left, left) }
        return limits
    }

    /// Tells the caller; on the VM's thread, or on the watcher's when the VM hangs.
    private func finish<Output: Sendable>(
        _ run: PendingRun, on instance: Instance, _ result: Result<Output, PerformFailure>,
        _ answer: @Sendable (Result<Output, TaskError>) -> Void
    ) {
        let version = instance.version
        var hangs = false
        if case .failure(.unresponsive) = result { hangs = true }
        let mapped = result.mapError { failure in
            var error = version.error(failure, run: run.name)
            if case .limit(.time) = error.kind, let deadline = run.options.deadline,
                version.manifest.limits.run.map({ deadline < $0 }) ?? true
            {
                error.amount = "\(Quantity.text(deadline)), the deadline of the call; else \(error.amount ?? "")"
            }
            return error
        }
        if hangs { condemn(instance) }
        guard run.claimAnswer() else { return }
        record(run, version, mapped)
        answer(mapped)
    }

    private func record<Output>(_ run: PendingRun, _ version: TaskVersion, _ result: Result<Output, TaskError>) {
        let latency = run.submitted.duration(to: .now)
        guard case .failure(let error) = result else { return version.measures.record(nil, latency: latency) }
        version.measures.record(error.kind, latency: latency)
        switch error.kind {
        case .limit, .stopped, .cancelled:
            events.send(.stopped(run: run.name, error), task: name, version: version.version)
        default: break
        }
    }

    /// The error of a run that never began.
    func waitingError(_ kind: TaskError.Kind) -> TaskError { current.error(kind) }

    /// Answers a run that still waits when its deadline is over.
    func watchDeadline(of run: PendingRun) {
        guard let deadline = run.options.deadline, run.isWaiting else { return }
        let queue = DispatchQueue.global(qos: .userInitiated)
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(deadline.nanoseconds))) { [weak run] in
            guard let run, run.isWaiting else { return }
            run.fail(.limit(.time))
        }
    }
}
