internal import Logging
internal import WalleModules
internal import WallePython

/// What a script can learn of the task and the present run, and where the lines that it prints go.
final class RunContext: Sendable {
    let task: TaskContext

    init(version: TaskVersion, logger: Logger, shared: SharedValues, host: HostReference) {
        var logger = logger
        logger[metadataKey: "task"] = "\(version.name)"
        logger[metadataKey: "version"] = "\(version.version)"
        task = TaskContext(
            name: version.name, version: version.version, folder: version.snapshot.folder,
            config: .dictionary(version.manifest.config), logger: logger, shared: shared
        ) { sql, values, isStopped in
            guard let host = host.value else { throw TaskError(.stopped(.shutdown), task: version.name) }
            return try host.query(sql, values.map { try EventValue($0) }, isStopped: isStopped)
        } send: { events in
            guard let host = host.value else { throw TaskError(.stopped(.shutdown), task: version.name) }
            let schema = host.configuration.events.schema
            return Int(try host.send(events.map { try Event($0, schema) }).lowerBound)
        }
    }

    /// Before each run, on the VM's thread.
    func begin(_ run: PendingRun, time: Duration?) {
        let deadline = time.map { task.clock.monotonic + Double($0.nanoseconds) / 1e9 }
        task.run = TaskContext.Run(id: run.name, traceID: run.options.traceID, deadlineSeconds: deadline)
    }

    /// Logs a line that the script printed.
    func line(_ stream: OutputCollector.Stream, _ text: String) {
        let isError = stream == .standardError
        var metadata: Logger.Metadata = ["stream": isError ? "stderr" : "stdout"]
        let run = task.run
        if !run.id.isEmpty { metadata["run"] = "\(run.id)" }
        if let trace = run.traceID { metadata["trace_id"] = "\(trace)" }
        task.logger.log(level: isError ? .warning : .info, "\(text)", metadata: metadata)
    }
}
