internal import Metrics
internal import Synchronization

/// What a host has at a moment, for swift-metrics.
///
/// The names and dimensions are promised in `CallTasksFromAnApp.md`.
final class HostGauges: Sendable {
    /// What a VM does.
    enum MachineState: String, CaseIterable {
        /// Being made, or preparing a version.
        case warming
        /// Waits for a run, or for a task.
        case ready
        case running
        /// Of a version that was replaced: it ends with its run.
        case draining
        /// Hangs in a C call.
        case condemned
    }

    /// A task's part.
    struct TaskCensus {
        var waiting = 0
        var heapBytes = 0
        var machines: [MachineState: Int] = [:]
    }

    private struct TaskGauges {
        let waiting: Gauge
        let heapBytes: Gauge

        func forget() {
            waiting.record(0)
            heapBytes.record(0)
            waiting.destroy()
            heapBytes.destroy()
        }
    }

    private let factory: any MetricsFactory
    private let machines: [MachineState: Gauge]
    private let heapBytes: Gauge
    private let spares: Gauge
    private let tasks = Mutex<[String: TaskGauges]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
        machines = Dictionary(
            uniqueKeysWithValues: MachineState.allCases.map { state in
                (state, Gauge(label: "walle_vms", dimensions: [("state", state.rawValue)], factory: factory))
            })
        heapBytes = Gauge(label: "walle_heap_bytes", factory: factory)
        spares = Gauge(label: "walle_spare_vms", factory: factory)
    }

    func record(_ pool: WarmPool.Census, tasks census: [String: TaskCensus]) {
        var counts = census.values.reduce(into: [MachineState: Int]()) { $0.merge($1.machines, uniquingKeysWith: +) }
        // Who belongs to no task and waits in no pool is on its way to one.
        let placed = counts.values.reduce(0, +) + pool.spares + pool.ending
        counts[.warming] = max(0, pool.machines - placed)
        counts[.ready, default: 0] += pool.spares
        for (state, gauge) in machines { gauge.record(counts[state] ?? 0) }
        heapBytes.record(pool.liveBytes)
        spares.record(pool.spares)
        record(census)
    }

    private func record(_ census: [String: TaskCensus]) {
        tasks.withLock { tasks in
            for (name, gauges) in tasks where census[name] == nil {
                gauges.forget()
                tasks[name] = nil
            }
            for (name, task) in census {
                let gauges = tasks[name] ?? make(name)
                tasks[name] = gauges
                gauges.waiting.record(task.waiting)
                gauges.heapBytes.record(task.heapBytes)
            }
        }
    }

    private func make(_ task: String) -> TaskGauges {
        TaskGauges(
            waiting: Gauge(label: "walle_queue_depth", dimensions: [("task", task)], factory: factory),
            heapBytes: Gauge(label: "walle_task_heap_bytes", dimensions: [("task", task)], factory: factory))
    }
}

extension TaskController {
    /// What the task has now.
    var census: HostGauges.TaskCensus {
        let (all, current, waiting, condemned) = state.withLock { state in
            (state.instances, ObjectIdentifier(state.current), state.queue.count, state.condemned.count)
        }
        var census = HostGauges.TaskCensus(waiting: waiting, machines: [.condemned: condemned])
        for (version, instances) in all {
            let running = instances.count { $0.present != nil }
            if version == current {
                census.machines[.running] = running
                census.machines[.ready] = instances.count - running
            } else {
                census.machines[.draining, default: 0] += instances.count
            }
            census.heapBytes += instances.reduce(0) { $0 + $1.machine.liveBytes }
        }
        return census
    }
}
