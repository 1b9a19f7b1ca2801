internal import Synchronization
internal import WallePython

extension TaskHost {
    /// Takes an event: triggers and streams look at it at once, and the runs that it starts are on their way when this
    /// returns.
    ///
    /// - Returns: Its place among all events of the host, counted from zero.
    /// - Throws: `StreamError`: `.input` for a time that cannot be right, `.limit` when too much waits already. The event is not
    ///   taken then, and may be sent again.
    @discardableResult
    public func send(_ event: Event) throws(StreamError) -> Int64 { try intake.send([event], at: nil).lowerBound }

    /// Takes events, all of them or, when it throws, none: for many this is quicker than one at a time.
    ///
    /// - Parameter place: Of the first among all events of the host, for a source that sends events again after a crash, from
    ///   ``EngineStatus/committed`` on: those that were taken already are left out. Nil: all of them are new.
    /// - Returns: Their places.
    @discardableResult
    public func send(_ events: [Event], at place: Int64? = nil) throws(StreamError) -> Range<Int64> {
        try intake.send(events, at: place)
    }

    /// The rows of a stream or pattern that was configured, from now on.
    ///
    /// - Throws: `StreamError` when there is none of this name.
    public func rows(of stream: String) throws(StreamError) -> StreamRowSequence { try intake.rows(of: stream) }

    /// The rows of a query in SQLite's SQL, by the names of their columns: each stream is a table of the store. Everything that
    /// streams gave until now is seen. Events are taken while it runs.
    ///
    /// - Parameters:
    ///   - values: What stands for the question marks of the query, in their order.
    ///   - isStopped: Asked now and then while it runs: true ends it.
    /// - Throws: `StreamError` of code `.storage` without a store, when it cannot be written, or for a wrong statement; `.limit`
    ///   for more than a million rows.
    public func query(
        _ sql: String, _ values: [EventValue] = [], isStopped: () -> Bool = { false }
    ) throws(StreamError) -> [[String: Value]] {
        try intake.query(sql, values, isStopped: isStopped)
    }

    /// The events of some names in a span of time, from the log of the store: those of the first name in the order of their
    /// times, then those of the next.
    ///
    /// - Parameters:
    ///   - from: Microseconds since 1970 in UTC.
    ///   - to: The time behind the last.
    /// - Throws: `StreamError` of code `.storage` without a log (``EventStore/log-swift.property``), or when it cannot be read.
    public func events(_ names: [String], from: Int64 = .min, to: Int64 = .max) throws(StreamError) -> [Event] {
        from < to ? try intake.events(names, in: from..<to) : []
    }

    /// How the events of the host are doing.
    public var eventStatus: EngineStatus { intake.status }

    /// Runs that triggers asked for and that are not done.
    public var triggeredRuns: Int { intake.runs.count }

    func checkTriggers(of package: TaskPackage) throws(TaskError) {
        do { try intake.check(package.manifest.triggers) } catch { throw Self.refusal(of: package, error) }
    }

    func setTriggers(of package: TaskPackage) throws(TaskError) {
        let manifest = package.manifest
        do { try intake.set(manifest.triggers, of: manifest.name) } catch { throw Self.refusal(of: package, error) }
    }

    private static func refusal(of package: TaskPackage, _ error: StreamError) -> TaskError {
        TaskError(
            .refused("\(error)"), task: package.manifest.name, version: package.manifest.version.description)
    }
}

/// The host of what it holds.
final class HostReference: Sendable {
    private struct Present {
        weak var host: TaskHost?
    }
    private let present = Mutex(Present())

    var value: TaskHost? {
        get { present.withLock(\.host) }
        set { present.withLock { $0.host = newValue } }
    }
}

extension TaskController {
    /// Starts a run that a trigger asked for.
    func start(_ triggered: TriggeredRun, _ answer: @escaping @Sendable (Result<Value, TaskError>) -> Void) {
        var options = RunOptions(name: triggered.name)
        if current.manifest.route != nil { options.routeKey = triggered.key }
        let (input, task) = (triggered.input, name)
        let run = PendingRun(options: options, routeHash: options.routeKey.map(RouteKey.hash)) { [weak self] kind in
            answer(.failure(self?.waitingError(kind) ?? TaskError(kind, task: task)))
        } body: { run, instance, interpreter in
            self.execute(run, on: instance, interpreter, answer: answer) {
                (script, bytes) throws(PythonFailure) -> Value in
                try script.run(input, as: Value.self, resultBytes: bytes)
            }
        }
        submit(run)
    }
}
