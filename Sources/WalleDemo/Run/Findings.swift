import Synchronization

/// What the tasks found out, over all runs.
final class Findings: Sendable {
    struct Accuracy: Sendable {
        var hits = 0
        var events = 0
        var share: Double { events > 0 ? Double(hits) / Double(events) : 0 }
    }

    struct Totals: Sendable {
        /// Of `next-action`, by version.
        var accuracies: [String: Accuracy] = [:]
        var scores = 0
        var alarms = 0
        var highest: Anomalies.Alarm?
        var sessions: SessionStatistics?
        var funnels: [String: FunnelReport] = [:]
        var purchases: PurchaseModel?
    }
    private let state = Mutex(Totals())

    var totals: Totals { state.withLock { $0 } }

    func add(_ predictions: Predictions) {
        state.withLock { totals in
            totals.accuracies[predictions.version, default: Accuracy()].hits += predictions.hits
            totals.accuracies[predictions.version, default: Accuracy()].events += predictions.predicted.count
        }
    }

    func add(_ anomalies: Anomalies) {
        state.withLock { totals in
            totals.scores += anomalies.scores.count
            totals.alarms += anomalies.alarms.count
            totals.highest = ((totals.highest.map { [$0] } ?? []) + anomalies.alarms).max { $0.score < $1.score }
        }
    }

    func add(_ statistics: SessionStatistics) { state.withLock { $0.sessions = statistics } }

    func add(_ model: PurchaseModel) { state.withLock { $0.purchases = model } }

    func add(_ report: FunnelReport) { state.withLock { $0.funnels[report.by] = report } }
}
