package import Logging
internal import Synchronization
internal import WallePython

/// What a script can learn of the task and the present run, and where its log goes.
package final class RunContext: Sendable {
    private struct State {
        var logger: Logger
        var run = ""
    }
    private let state: Mutex<State>

    package init(logger: Logger, task: String, version: String) {
        var logger = logger
        logger[metadataKey: "task"] = "\(task)"
        logger[metadataKey: "version"] = "\(version)"
        state = Mutex(State(logger: logger))
    }

    func begin(_ run: PendingRun) {
        state.withLock { state in
            state.run = run.name
            state.logger[metadataKey: "run"] = "\(run.name)"
            state.logger[metadataKey: "trace_id"] = run.options.traceID.map { "\($0)" }
        }
    }

    /// Logs a line that the script printed.
    func line(_ stream: OutputCollector.Stream, _ text: String) {
        let logger = state.withLock(\.logger)
        switch stream {
        case .standardOutput: logger.info("\(text)", metadata: ["stream": "stdout"])
        case .standardError: logger.warning("\(text)", metadata: ["stream": "stderr"])
        }
    }
}
