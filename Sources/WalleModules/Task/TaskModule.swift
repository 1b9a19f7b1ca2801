internal import Logging
package import WalleBinding
internal import WallePython

/// `walle._task`, the native side of `walle.task` (`Stdlib/walle/task.py`).
package enum TaskModule {
    package static let module = PythonModule(
        "walle._task", doc: "What the host tells a task. Use `walle.task`, which also works outside the host."
    ) {
        Function("name", doc: "Name of the task.") { try TaskContext.current().name }
        Function("version", doc: "Version of the task.") { try TaskContext.current().version }
        Function("config", doc: "`[config]` of task.toml, a new dict at each call.") {
            try TaskContext.current().config
        }
        Function("resource", "path", doc: "Absolute path of a file of the task's package.") { (path: String) in
            try TaskContext.current().resource(path)
        }
        Function("log", "level", "message", "fields", doc: "Write a message with fields to the host's log.") {
            (level: String, message: String, fields: LogFields) in
            try log(level, message, fields)
        }
        Function("now", doc: "Seconds since 1970, UTC.") { try TaskContext.current().clock.now }
        Function("monotonic", doc: "Seconds that never go back.") { try TaskContext.current().clock.monotonic }
        Function("is_cancelled", doc: "Whether the run is being stopped.") {
            PythonContext.current?.isCancelled ?? false
        }
        Function("run_id", doc: "Identifier of the present run.") { try TaskContext.current().run.id }
        Function("trace_id", doc: "Identifier of the caller's trace, or None.") {
            try TaskContext.current().run.traceID
        }
        Function(
            "share", "name", "value",
            doc: "Keep a value for all tasks of the host under a name; None takes it away. Arrays are not copied."
        ) { (name: String, value: Value) in try TaskContext.current().shared.set(name, value) }
        Function("shared", "name", doc: "The value that a task or the app shared under a name, or None.") {
            (name: String) in try TaskContext.current().shared.value(of: name)
        }
        Function(
            "query", "sql", "values",
            doc: "The rows of a query, as dicts, of what the host's streams gave until now: each stream is a table."
        ) { (sql: String, values: [Value]) -> Value in
            guard let query = try TaskContext.current().query else { throw TaskError.noStreams }
            guard let context = PythonContext.current else { throw TaskError.noStreams }
            do {
                let rows = try context.withoutGIL { try query(sql, values) { context.isCancelled } }
                return .array(rows.map { .dictionary($0) })
            } catch {
                try context.checkCancellation()
                throw TaskError.query("\(error)")
            }
        }
        Function(
            "send", "events",
            doc: "Send events, dicts, to the host: the place of the first among all events of the host."
        ) { (events: [[String: Value]]) in
            guard let send = try TaskContext.current().send else { throw TaskError.noEvents }
            do { return try send(events) } catch { throw TaskError.events("\(error)") }
        }
        Function("remaining", doc: "Seconds left of the run's time limit, or None without one.") { try remaining() }
    }

    private static func log(_ level: String, _ message: String, _ fields: LogFields) throws {
        let context = try TaskContext.current()
        guard let level = Logger.Level(rawValue: level) else { throw TaskError.unknownLevel(level) }
        guard level >= context.logger.logLevel else { return }
        let run = context.run
        var metadata = fields.metadata
        metadata["task"] = "\(context.name) \(context.version)"
        metadata["run"] = "\(run.id)"
        if let trace = run.traceID { metadata["trace"] = "\(trace)" }
        context.logger.log(level: level, "\(message)", metadata: metadata)
    }

    private static func remaining() throws -> Double? {
        let context = try TaskContext.current()
        return context.run.deadlineSeconds.map { max(0, $0 - context.clock.monotonic) }
    }
}
