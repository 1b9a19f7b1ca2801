internal import Metrics
internal import Synchronization
internal import WallePython

/// Counts and times the runs of a version: for swift-metrics, and for `TaskHost.status`.
final class VersionMeasures: Sendable {
    private let succeeded: Counter
    private let failed: Counter
    private let stopped: Counter
    private let duration: Timer
    private let state = Mutex(Totals())

    struct Totals: Sendable {
        var runs = 0
        var failures = 0
        var stops = 0
        var latencies = LatencyHistogram()
    }

    init(task: String, version: String, metrics: any MetricsFactory) {
        let dimensions = [("task", task), ("version", version)]
        let counter = { outcome in
            Counter(label: "walle_runs_total", dimensions: dimensions + [("outcome", outcome)], factory: metrics)
        }
        succeeded = counter("succeeded")
        failed = counter("failed")
        stopped = counter("stopped")
        duration = Timer(label: "walle_run_duration", dimensions: dimensions, factory: metrics)
    }

    /// - Parameter latency: From the call to the answer, waiting included.
    func record(_ error: TaskError.Kind?, latency: Duration) {
        let nanoseconds = latency.nanoseconds
        duration.recordNanoseconds(nanoseconds)
        var isStop = false
        switch error {
        case nil: succeeded.increment()
        case .limit, .stopped, .cancelled:
            isStop = true
            stopped.increment()
        default: failed.increment()
        }
        state.withLock { totals in
            totals.runs += 1
            if isStop { totals.stops += 1 } else if error != nil { totals.failures += 1 }
            totals.latencies.add(nanoseconds: nanoseconds)
        }
    }

    var totals: Totals { state.withLock { $0 } }
}
