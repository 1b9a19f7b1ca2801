package import Logging
internal import Synchronization
package import WallePython

/// What a VM's task may know of itself and of its present run: `walle.task` reads it.
package final class TaskContext: Sendable {
    package let name: String
    package let version: String
    /// The folder of the package, absolute.
    package let folder: String
    /// `[config]` of `task.toml`, a dictionary.
    package let config: Value
    package let logger: Logger
    package let clock: any TaskClock
    /// What the tasks of the host have in common.
    package let shared: SharedValues
    /// Asks the streams of the host: a query in SQL, the values of its question marks, and whether the run is being stopped.
    package typealias Query = @Sendable (String, [Value], () -> Bool) throws -> [[String: Value]]
    package let query: Query?
    /// Sends events to the host and gives the place of the first.
    package typealias Send = @Sendable ([[String: Value]]) throws -> Int
    package let send: Send?
    private let present = Mutex(Run())

    /// What changes from run to run.
    package struct Run: Sendable {
        package var id: String
        /// The trace the caller is in, when there is one.
        package var traceID: String?
        /// When the time limit ends, on the context's monotonic clock; nil without a limit.
        package var deadlineSeconds: Double?

        package init(id: String = "", traceID: String? = nil, deadlineSeconds: Double? = nil) {
            self.id = id
            self.traceID = traceID
            self.deadlineSeconds = deadlineSeconds
        }
    }

    package init(
        name: String, version: String, folder: String, config: Value = [:], logger: Logger,
        clock: any TaskClock = SystemTaskClock(), shared: SharedValues = SharedValues(), query: Query? = nil,
        send: Send? = nil
    ) {
        self.name = name
        self.version = version
        self.folder = folder
        self.config = config
        self.logger = logger
        self.clock = clock
        self.shared = shared
        self.query = query
        self.send = send
    }

    /// The run in progress. The host sets it before each run.
    package var run: Run {
        get { present.withLock { $0 } }
        set { present.withLock { $0 = newValue } }
    }
}

/// The time that a task sees.
package protocol TaskClock: Sendable {
    /// Seconds since 1970, UTC.
    var now: Double { get }
    /// Seconds that never go back, from an arbitrary start.
    var monotonic: Double { get }
}

extension TaskContext {
    /// The context of the interpreter that runs on the calling thread.
    ///
    /// - Throws: ``TaskError/noTask`` when the host set none.
    static func current() throws -> TaskContext {
        guard let context = Interpreter.current?.context as? TaskContext else { throw TaskError.noTask }
        return context
    }
}
