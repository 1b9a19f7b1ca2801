/// What one call asks for beyond what `task.toml` says.
public struct RunOptions: Sendable, Hashable {
    /// Which of the waiting runs comes first.
    public enum Priority: Int, Sendable, Hashable, CaseIterable {
        case low = 0
        case normal = 1
        case high = 2
    }

    /// Time until an answer is of no more use, waiting in the queue included. A shorter `limits.run` still holds.
    public var deadline: Duration?
    public var priority: Priority
    /// Appears in the log beside the run, and in the script as `task.trace_id`.
    public var traceID: String?
    /// What the run is called, in the script as `task.run_id`: a run that is repeated keeps its name. Nil: the host chooses.
    public var name: String?
    /// Sends runs of equal keys to the same instance, whatever the input says under `route` in `task.toml`.
    public var routeKey: String?

    public init(
        deadline: Duration? = nil, priority: Priority = .normal, traceID: String? = nil, routeKey: String? = nil,
        name: String? = nil
    ) {
        self.deadline = deadline
        self.priority = priority
        self.traceID = traceID
        self.routeKey = routeKey
        self.name = name
    }
}
