internal import Foundation
internal import WalleStreams

/// Stream processors of Python, once: their speed on the stored path, and Flink's rows for the log of a shop.
enum PeerBenchmark {
    static func run(_ plan: Plan) async throws -> Outcome {
        guard let interpreter = plan.streamPeers else {
            return Outcome(notes: ["peers: without --peers neither PyFlink nor bytewax is run"])
        }
        let folder = NSTemporaryDirectory() + "walle-bench-\(getpid())-peers"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let speeds = PeerSpeeds(plan: plan, folder: folder)
        var outcome = Outcome()
        outcome.measurements += try speeds.flink(interpreter)
        outcome.measurements += try speeds.bytewax(interpreter)
        guard let log = plan.clicks else { return outcome }
        let peer = try PeerProcess("flink", interpreter: interpreter)
        outcome.measurements += try PeerRows(log: log, folder: folder, peer: peer).run()
        return outcome
    }
}
