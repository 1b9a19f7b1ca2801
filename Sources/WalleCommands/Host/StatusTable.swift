internal import WalleText
internal import Walle
internal import WallePython

/// How a host is doing, for people or programs.
struct StatusTable: Sendable {
    let status: HostStatus

    var text: String {
        var table = Table(
            "task", "version", ">VMs", ">running", ">waiting", ">runs", ">failed", ">stopped", ">p50", ">p99",
            ">memory", "")
        for task in status.tasks {
            table.add(
                task.name, task.version, "\(task.instances)", "\(task.running)", "\(task.waiting)",
                ProgressBar.grouped(task.runs), ProgressBar.grouped(task.failures), ProgressBar.grouped(task.stops),
                task.runs > 0 ? Quantity.text(task.medianLatency) : "–",
                task.runs > 0 ? Quantity.text(task.p99Latency) : "–",
                Quantity.text(bytes: task.liveBytes), Self.note(task))
        }
        let health = status.isHealthy ? "healthy" : "not healthy"
        return table.text
            + "\n\(status.virtualMachines) VMs, \(status.condemned) condemned, \(Quantity.text(bytes: status.liveBytes)), \(health)"
    }

    private static func note(_ task: TaskStatus) -> String {
        var notes: [String] = []
        if !task.draining.isEmpty { notes.append("draining \(task.draining.joined(separator: ", "))") }
        if task.condemned > 0 { notes.append("\(task.condemned) condemned") }
        if !task.isHealthy { notes.append("refuses runs") }
        return notes.joined(separator: "; ")
    }

    var json: String {
        JSONText.text(
            of: [
                "tasks": .array(status.tasks.map(Self.value)), "virtual_machines": .integer(status.virtualMachines),
                "condemned": .integer(status.condemned), "live_bytes": .integer(status.liveBytes),
                "healthy": .bool(status.isHealthy),
            ])
    }

    private static func value(_ task: TaskStatus) -> Value {
        [
            "name": .string(task.name), "version": .string(task.version), "instances": .integer(task.instances),
            "running": .integer(task.running), "waiting": .integer(task.waiting), "runs": .integer(task.runs),
            "failures": .integer(task.failures), "stops": .integer(task.stops),
            "p50_seconds": .double(Double(task.medianLatency.nanoseconds) / 1e9),
            "p99_seconds": .double(Double(task.p99Latency.nanoseconds) / 1e9),
            "live_bytes": .integer(task.liveBytes), "draining": .array(task.draining.map { .string($0) }),
            "condemned": .integer(task.condemned), "healthy": .bool(task.isHealthy),
        ]
    }
}
