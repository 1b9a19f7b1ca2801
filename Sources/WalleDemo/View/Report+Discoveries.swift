import Walle

/// What the tasks found, in a line each.
extension Report {
    var discoveries: [String] { [accuracy, alarms, sessions, funnel, purchases].compactMap { $0 } }

    /// What the streams and triggers of `events.toml` and `nudge` made of the log.
    var streams: [String] {
        let rows = Replay.streams.map { "\(Text.count(replay.rows[$0] ?? 0)) rows of \($0)" }.joined(separator: ", ")
        let nudges = replay.nudges.sorted { $0.key < $1.key }.map { "\(Text.count($0.value)) by \($0.key)" }
        let messages = replay.messages.sorted { $0.value > $1.value }.map { "\($0.key) \(Text.count($0.value))" }
        return [
            "events         \(Text.count(Int(stream.events))) sent to the host; \(rows)",
            "nudge          started by triggers: " + nudges.joined(separator: ", ") + "; "
                + messages.joined(separator: ", "),
        ]
    }

    private var accuracy: String? {
        guard !findings.accuracies.isEmpty else { return nil }
        let parts = findings.accuracies.sorted { $0.key < $1.key }.map { version, accuracy in
            "\(Text.percent(accuracy.share)) with \(version) (\(Text.count(accuracy.events)) events)"
        }
        return "next-action    right about the next action: " + parts.joined(separator: ", ")
    }

    private var alarms: String? {
        guard findings.scores > 0 else { return nil }
        let highest = findings.highest.map {
            "; most unlike the others: \($0.user) at \($0.event), score \(Text.number($0.score))"
        }
        let alarms = "\(Text.count(findings.alarms)) alarms in \(Text.count(findings.scores)) events"
        return "anomaly        " + alarms + (highest ?? "")
    }

    private var sessions: String? {
        guard let sessions = findings.sessions, let goal = sessions.goalRate, let duration = sessions.duration else {
            return nil
        }
        return "session-stats  last batch: \(sessions.sessions) sessions of \(sessions.users) users, "
            + "\(Text.percent(goal)) with a purchase, half of them shorter than \(Int(duration.p50)) s"
    }

    private var purchases: String? {
        guard let model = findings.purchases else { return nil }
        let strongest = model.weights.max { abs($0.value) < abs($1.value) }
        let auc = model.auc.map { ", ranked right " + Text.percent($0) } ?? ""
        return "purchase       last batch, predicted before it was learnt: loss \(Text.number(model.loss))" + auc
            + (strongest.map { "; most telling: \($0.key)" } ?? "")
    }

    private var funnel: String? {
        guard let report = findings.funnels["platform"], let goal = report.steps.last else { return nil }
        let parts = report.cohorts.sorted { $0.key < $1.key }.map { name, cohort in
            "\(name) \(Text.percent(Double(cohort.reached.last ?? 0) / Double(max(1, cohort.users))))"
        }
        return "funnel         last batch: users who reach \(goal) by platform: " + parts.joined(separator: ", ")
    }
}
