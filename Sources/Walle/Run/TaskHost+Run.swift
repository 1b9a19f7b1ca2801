internal import Synchronization
internal import WalleModules
public import WallePython

extension TaskHost {
    /// Runs a task with a `Codable` input and reads its result as `Output`.
    ///
    /// The input becomes Python objects on the VM's thread and the result comes back the same way, without JSON. A
    /// generator's values come as an array. Cancelling the calling `Task` stops the script.
    ///
    /// - Parameters:
    ///   - task: The name in `task.toml`.
    ///   - input: The argument of the entry.
    ///   - type: What the result is read as; seldom needed, as Swift knows it from the context.
    ///   - options: Deadline, priority, trace id of this call.
    /// - Throws: ``TaskError``, with task, version, run and the script's traceback.
    public func run<Input: Encodable & Sendable, Output: Decodable & Sendable>(
        _ task: String, _ input: Input, as type: Output.Type = Output.self, options: RunOptions = RunOptions()
    ) async throws(TaskError) -> Output {
        let controller = try controller(task)
        let answer = Answer<Output>()
        let hash = Self.routeHash(controller, input, options)
        let run = PendingRun(options: options, routeHash: hash) { [weak controller] kind in
            answer.resolve(.failure(controller?.waitingError(kind) ?? TaskError(kind, task: task)))
        } body: { run, instance, interpreter in
            controller.execute(run, on: instance, interpreter, answer: { answer.resolve($0) }) {
                (script, bytes) throws(PythonFailure) -> Output in
                try script.run(input, as: Output.self, resultBytes: bytes)
            }
        }
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                answer.onResolve { continuation.resume(returning: $0) }
                controller.submit(run)
                controller.watchDeadline(of: run)
            }
        } onCancel: {
            run.stop(.cancelled)
        }
        return try result.get()
    }

    /// Runs a task with a raw value and gives its raw result.
    public func run(
        _ task: String, _ input: Value, options: RunOptions = RunOptions()
    ) async throws(TaskError) -> Value {
        try await run(task, input, as: Value.self, options: options)
    }

    /// Shares a value with all tasks under a name, which `walle.task.shared(name)` gives; `.none` takes it away.
    ///
    /// Tensors and `SharedBytes` in it are not copied: each VM sees their memory, and gets a copy of its own with its first
    /// write.
    ///
    /// - Throws: ``TaskError`` of kind `.refused` when more would be shared than ``HostConfiguration/sharedBytes``.
    public func share(_ name: String, _ value: Value) throws(TaskError) {
        do { try preparer.shared.set(name, value) } catch {
            throw TaskError(.refused("\(name) cannot be shared: there is too much already"), task: "host")
        }
    }

    /// What a task or the app shared under a name; `.none` when nothing is.
    public func shared(_ name: String) -> Value { preparer.shared.value(of: name) }

    static func routeHash(_ controller: TaskController, _ input: some Encodable, _ options: RunOptions) -> UInt64? {
        if let key = options.routeKey { return RouteKey.hash(key) }
        guard let key = controller.current.manifest.route else { return nil }
        return RouteKey.hash(of: input, key: key)
    }
}

/// The answer to a call, which may come before anybody waits for it.
final class Answer<Output: Sendable>: Sendable {
    private enum State {
        case open
        case waiting(@Sendable (Result<Output, TaskError>) -> Void)
        case resolved(Result<Output, TaskError>)
        case told
    }
    private let state = Mutex(State.open)

    func onResolve(_ tell: @escaping @Sendable (Result<Output, TaskError>) -> Void) {
        let early = state.withLock { state -> Result<Output, TaskError>? in
            if case .resolved(let result) = state {
                state = .told
                return result
            }
            state = .waiting(tell)
            return nil
        }
        if let early { tell(early) }
    }

    /// The first result counts.
    func resolve(_ result: Result<Output, TaskError>) {
        let tell = state.withLock { state -> (@Sendable (Result<Output, TaskError>) -> Void)? in
            switch state {
            case .open:
                state = .resolved(result)
                return nil
            case .waiting(let tell):
                state = .told
                return tell
            case .resolved, .told: return nil
            }
        }
        tell?(result)
    }
}
