internal import WalleText
internal import Walle
internal import WallePython

/// What `walle run` says at its end.
struct RunSummary: Sendable {
    var runs = 0
    var failed = 0
    var elapsed = Duration.zero
    var latencies = LatencyHistogram()
    var profilePath: String?
    /// Whether a person ended it before the last input.
    var isInterrupted = false

    /// `1,000 runs  ████████████████████ 100 %   2.1 s   p50 1.9 ms   p99 3.4 ms   0 failed   profile.svg`
    var line: String {
        let progress = isInterrupted ? "interrupted" : ProgressBar.bar(runs, of: runs)
        var parts = [
            "\(ProgressBar.grouped(runs)) run\(runs == 1 ? "" : "s")  \(progress)",
            Quantity.text(elapsed), "p50 \(Quantity.text(latencies.quantile(0.5)))",
            "p99 \(Quantity.text(latencies.quantile(0.99)))", "\(ProgressBar.grouped(failed)) failed",
        ]
        if let profilePath { parts.append(profilePath) }
        return parts.joined(separator: "   ")
    }

    var json: String {
        var members: [String: Value] = [
            "runs": .integer(runs), "failed": .integer(failed), "interrupted": .bool(isInterrupted),
            "seconds": .double(seconds(elapsed)),
            "p50_seconds": .double(seconds(latencies.quantile(0.5))),
            "p99_seconds": .double(seconds(latencies.quantile(0.99))),
        ]
        if let profilePath { members["profile"] = .string(profilePath) }
        return JSONText.text(of: .dictionary(members))
    }

    private func seconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) / 1e9 }
}
