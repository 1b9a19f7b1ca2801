import Walle

/// What is known when all is over.
struct Report: Sendable {
    struct Memory: Sendable {
        var residentBytes: Int
        var liveBytes: Int
        var virtualMachines: Int

        static func now(_ host: TaskHost) -> Memory {
            let status = host.status
            return Memory(
                residentBytes: MachineUsage.residentBytes, liveBytes: status.liveBytes,
                virtualMachines: status.virtualMachines)
        }
    }

    var accounts: [String: Ledger.Account]
    var tasks: [TaskStatus]
    var counts: EventLog.Counts
    var findings: Findings.Totals
    var replay: Replay.Progress
    var stream: EngineStatus
    /// An SVG of what streams found.
    var plot: String?
    var surprises: [String]
    var begin: MachineUsage
    var end: MachineUsage
    /// Before the first task was loaded, with all tasks warm, when the last run was answered, after the shutdown.
    var memoryAtStart: Memory
    var memoryWarm: Memory
    var memoryAtEnd: Memory
    var residentAfterShutdown: Int

    var lost: Int { accounts.values.reduce(0) { $0 + $1.submitted - $1.answered } }
    var isGood: Bool { lost == 0 && surprises.isEmpty }
    private var seconds: Double { Text.seconds(begin.time.duration(to: end.time)) }

    var lines: [String] { table + [""] + facts + [""] + streams + discoveries + [""] + verdict }

    private var table: [String] {
        let titles = ["VMs", "runs", "runs/s", "events/s", "p50", "p99", "stopped", "failed", "lost"]
        var table = TextTable(
            [.init(title: "task", isNumber: false), .init(title: "versions", isNumber: false)]
                + titles.map { .init(title: $0) })
        for task in tasks where accounts[task.name] != nil {
            table.add(row(task.name, versions(task), "\(task.instances)", accounts[task.name]))
        }
        let all = tasks.reduce(0) { $0 + $1.instances }
        table.add(row("all", "", "\(all)", total))
        return table.lines
    }

    private func row(_ name: String, _ versions: String, _ instances: String, _ account: Ledger.Account?) -> [String] {
        let account = account ?? Ledger.Account()
        let hasLatency = account.latencies.count > 0
        return [
            name, versions, instances, Text.count(account.submitted),
            Text.number(Double(account.answered) / seconds), Text.count(Int(Double(account.events) / seconds)),
            hasLatency ? Text.duration(account.latencies.quantile(0.5)) : "–",
            hasLatency ? Text.duration(account.latencies.quantile(0.99)) : "–",
            "\(account.stops)", "\(account.surprises)", "\(account.submitted - account.answered)",
        ]
    }

    private func versions(_ task: TaskStatus) -> String {
        (counts.swaps.filter { $0.task == task.name }.map(\.from) + [task.version]).joined(separator: " → ")
    }

    private var total: Ledger.Account {
        accounts.values.reduce(into: Ledger.Account()) { total, account in
            total.submitted += account.submitted
            total.answered += account.answered
            total.stops += account.stops
            total.surprises += account.surprises
            total.events += account.events
            total.latencies.merge(account.latencies)
        }
    }

    private var facts: [String] {
        let released = counts.condemned > 0 ? " (\(counts.released) came back and ended)" : ""
        return [
            fact("Lost runs", "\(lost) of \(Text.count(total.submitted))"),
            fact("Swaps", counts.swaps.map { "\($0.task) \($0.from) → \($0.to)" }.joined(separator: ", ").orNone),
            fact("Stops", "\(counts.stops), \(total.stops) of them on purpose"),
            fact("VMs", "\(counts.replaced) replaced, \(counts.condemned) condemned\(released)"),
            fact(
                "CPU",
                "\(Text.percent(end.processShare(since: begin))) of \(MachineUsage.cores) cores by this process; "
                    + "\(Text.percent(end.machineShare(since: begin))) with all others"),
            fact("Memory", "resident \(resident)"),
            fact("", "live in VMs \(live)"),
        ]
    }

    private var live: String {
        "\(Text.bytes(memoryWarm.liveBytes)) with tasks loaded → \(Text.bytes(memoryAtEnd.liveBytes)) at the end"
    }

    private var resident: String {
        "\(Text.bytes(memoryAtStart.residentBytes)) at start → \(Text.bytes(memoryWarm.residentBytes)) with tasks loaded"
            + " → \(Text.bytes(memoryAtEnd.residentBytes)) at the end → \(Text.bytes(residentAfterShutdown)) after shutdown"
            + " (most \(Text.bytes(MachineUsage.peakResidentBytes)))"
    }

    private func fact(_ name: String, _ text: String) -> String { Text.left(name, 11) + text }

    private var verdict: [String] {
        guard !isGood else { return ["Everything went as it should."] }
        let lines = surprises.map { "  " + $0.split(separator: "\n").joined(separator: "\n  ") }
        return ["What should not have happened:"] + (lost > 0 ? ["  \(lost) runs have no answer"] : []) + lines
    }
}

extension String {
    fileprivate var orNone: String { isEmpty ? "none" : self }
}
