import Foundation
import Walle

/// The block on the terminal that shows how the tasks are doing, a line each.
struct LiveView {
    /// Often enough to look alive, seldom enough to cost nothing.
    static let interval = Duration.milliseconds(200)
    /// Between two lines where there is no terminal.
    static let plainInterval = Duration.seconds(5)

    let stage: Stage
    private var last = MachineUsage.now()
    private var accounts: [String: Ledger.Account] = [:]
    private var events = 0

    init(_ stage: Stage) { self.stage = stage }

    /// Draws until the curtain falls.
    mutating func show() async {
        let interval = stage.screen.isTerminal ? Self.interval : Self.plainInterval
        while true {
            try? await Task.sleep(for: interval)
            if stage.isOver { break }
            update()
        }
        stage.screen.draw([])
    }

    private mutating func update() {
        let usage = MachineUsage.now()
        let present = stage.ledger.accounts
        let status = stage.host.status
        let head = head(status, usage)
        if stage.screen.isTerminal {
            let seconds = Text.seconds(last.time.duration(to: usage.time))
            stage.screen.draw(["", head] + status.tasks.map { line($0, present, seconds) } + [stream(seconds)])
        } else {
            let runs = present.values.reduce(0) { $0 + $1.answered }
            stage.screen.print("\(head)  \(Text.count(runs)) runs")
        }
        events = stage.replay.progress.events
        last = usage
        accounts = present
    }

    private func head(_ status: HostStatus, _ usage: MachineUsage) -> String {
        let share = Text.seconds(stage.elapsed) / Text.seconds(stage.length)
        let done = min(20, max(0, Int(share * 20)))
        let bar = String(repeating: "█", count: done) + String(repeating: "░", count: 20 - done)
        let cpu = Int((usage.processShare(since: last) * 100).rounded())
        return "\(bar) \(Text.right(Text.number(Text.seconds(stage.elapsed)), 4)) s of \(Text.duration(stage.length))"
            + "  CPU \(Text.right("\(cpu)", 3)) % of \(MachineUsage.cores) cores"
            + "  \(Text.bytes(MachineUsage.residentBytes))  \(status.virtualMachines) VMs"
    }

    /// How the replay stands: where it is, how fast, and what came of it.
    private func stream(_ seconds: Double) -> String {
        let progress = stage.replay.progress
        let rate = Double(progress.events - events) / max(seconds, 1e-3)
        let day = Date(timeIntervalSince1970: Double(progress.time) / 1e6).formatted(.iso8601.year().month().day())
        let rows = Replay.streams.map { "\($0) \(Text.count(progress.rows[$0] ?? 0))" }.joined(separator: "  ")
        let nudges = progress.nudges.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "  ")
        return "\(Text.left("events", 14))  \(day)  \(Text.right(Text.count(progress.events), 7))"
            + "  \(Text.right(Text.count(Int(rate)), 6))/s  rows: \(rows)  matches: \(nudges)"
    }

    private func line(_ task: TaskStatus, _ present: [String: Ledger.Account], _ seconds: Double) -> String {
        let account = present[task.name] ?? Ledger.Account()
        let rate = Double(account.answered - (accounts[task.name]?.answered ?? 0)) / max(seconds, 1e-3)
        return [
            Text.left(task.name, 14), Text.left(task.version, 6), Text.right("\(task.instances) VM", 5),
            Text.right(Text.count(account.answered), 7) + " runs", Text.right("\(Int(rate.rounded()))", 5) + "/s",
            "p50 " + Text.right(Text.duration(account.latencies.quantile(0.5)), 7),
            "p99 " + Text.right(Text.duration(account.latencies.quantile(0.99)), 7),
            Text.right(Text.bytes(task.liveBytes), 7), account.stops > 0 ? "\(account.stops) stopped" : "",
        ].joined(separator: "  ")
    }
}
