/// How a task of a host is doing.
public struct TaskStatus: Sendable, Hashable, Codable {
    public var name: String
    public var version: String
    /// VMs that take runs.
    public var instances: Int
    public var running: Int
    public var waiting: Int
    /// Older versions that still have runs.
    public var draining: [String]
    /// VMs that hang in C calls now.
    public var condemned: Int
    /// Runs of the current version since it was loaded.
    public var runs: Int
    public var failures: Int
    public var stops: Int
    public var medianLatency: Duration
    public var p99Latency: Duration
    public var liveBytes: Int
    /// False when runs are refused because too many VMs hang, or none is left.
    public var isHealthy: Bool
}

/// How a host is doing.
public struct HostStatus: Sendable, Hashable, Codable {
    public var tasks: [TaskStatus]
    /// VMs of the host: of tasks, spares, draining and condemned ones.
    public var virtualMachines: Int
    public var condemned: Int
    public var liveBytes: Int
    public var isHealthy: Bool
}
