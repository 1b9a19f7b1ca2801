public import Logging
public import Metrics

/// What a host may use, and how it prepares tasks.
public struct HostConfiguration: Sendable {
    /// Most VMs at a time, spares and condemned ones included. A hundred idle VMs take about half a gigabyte.
    public var virtualMachines = 256
    /// Most live bytes of all VMs together; a task that would pass it is not loaded.
    public var memoryBytes = 8 << 30
    /// Most bytes of the values that tasks and app share by name.
    public var sharedBytes = 4 << 30
    /// Most VMs of one task that hang in a C call. A task at this ceiling is refused, so that it cannot eat the cores.
    public var condemnedPerTask = 4
    /// VMs kept ready, so that a swap or a replacement does not wait for an interpreter.
    public var spares = 1
    /// Standard modules that spares import beforehand.
    public var preimports: [String] = []
    /// Whether examples are checked at the first load too, not only before a swap.
    public var checksExamplesOnLoad = false
    /// Which events the host takes.
    public var events = EventConfiguration()
    /// Where the host and its scripts log.
    public var logger = Logger(label: "walle")
    /// Where the host's counters, timers and gauges go: bootstrap `MetricsSystem` before, or name another.
    public var metrics: any MetricsFactory = MetricsSystem.factory
    /// How often gauges are recorded.
    public var gaugeInterval = Duration.seconds(5)
    /// Events kept for a subscriber that is slow.
    public var eventBuffer = 1024
    /// Whether scripts have the process's terminal, and `pdb` opens where they raise.
    package var isDebugging = false

    public init() {}
}
