/// What a run may use. `nil` means: no limit of its own.
public struct RunLimits: Sendable, Hashable {
    /// Wall time from the first line to the result.
    public var time: Duration?
    /// CPU time of the run's thread.
    public var cpuTime: Duration?
    /// How much the VM's live bytes may grow during the run.
    public var memoryBytes: Int?
    /// Bytes written to standard output and error together.
    public var outputBytes: Int
    /// Elements and bytes of the result as it crosses to Swift.
    public var resultBytes: Int
    /// From the exception that lets `finally` run to the stop that cannot be swallowed.
    public var grace: Duration

    public init(
        time: Duration? = .seconds(10), cpuTime: Duration? = nil, memoryBytes: Int? = nil,
        outputBytes: Int = 1 << 20, resultBytes: Int = 64 << 20, grace: Duration = .milliseconds(5)
    ) {
        self.time = time
        self.cpuTime = cpuTime
        self.memoryBytes = memoryBytes
        self.outputBytes = outputBytes
        self.resultBytes = resultBytes
        self.grace = grace
    }

    /// No limits but on output and result.
    public static let none = RunLimits(time: nil)
}

/// Why a run was stopped.
public enum StopReason: String, Sendable, Hashable, CaseIterable {
    /// Its wall time was over.
    case time
    /// Its CPU time was over.
    case cpuTime
    /// Memory passed the VM's limit, or grew too much during the run.
    case memory
    /// It wrote too much.
    case output
    /// The caller was cancelled, or went away.
    case cancelled
    /// A new version took over and the hard limit for draining was reached.
    case drain
    /// The host shut down.
    case shutdown
    /// A thread it left behind would not end.
    case threads
}

extension Duration {
    /// Whole nanoseconds, clamped to what 64 bits hold.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : scaled &+ attoseconds / 1_000_000_000
    }

    package init(nanoseconds: Int64) {
        self = .nanoseconds(nanoseconds)
    }
}
