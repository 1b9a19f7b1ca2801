import Synchronization
import Walle

/// Sends the log to the host as it happened, only faster, and keeps what came of it.
final class Replay: Sendable {
    /// How the stream stands.
    struct Progress: Sendable {
        var events = 0
        /// Microseconds since 1970 of the latest event.
        var time: Int64 = 0
        /// By stream.
        var rows: [String: Int] = [:]
        /// Runs that triggers started, by trigger, and when their matches were certain.
        var nudges: [String: Int] = [:]
        var nudgeTimes: [Int] = []
        var messages: [String: Int] = [:]
    }

    private let events: [Event]
    /// How many seconds of the log pass in one.
    let speed: Double
    private let state = Mutex(Progress())

    /// - Parameter speed: Nil for one that plays the log once.
    init(_ stream: Clickstream, length: Duration, speed: Double?) {
        events = stream.events.map { event in
            Event(
                event.event, time: Int64(event.time * 1e6),
                attributes: ["user_id": .text(event.user), "platform": .text(event.platform)])
        }
        let span = Double((events.last?.time ?? 0) - (events.first?.time ?? 0)) / 1e6
        self.speed = speed ?? max(1, span / (Text.seconds(length) * 0.9))
    }

    var progress: Progress { state.withLock { $0 } }

    static func configure(_ configuration: inout HostConfiguration, packages: String, store: String) throws {
        configuration.events = try EventConfiguration(contentsOf: packages + "/../events.toml")
        configuration.events.store = EventStore(path: store)
        // Time is that of the log, which goes much faster than the clock.
        configuration.events.idle = nil
        // Each answer of a triggered run is counted.
        configuration.eventBuffer = 100_000
    }

    /// Sends events until the log or the show is over.
    func play(on stage: Stage) async {
        let readers = Self.streams.map { stream in Task { await self.count(stream, stage.host) } }
        let watch = Task { await self.watch(stage) }
        var next = 0
        while next < events.count, !stage.isOver {
            let now = Double(events[0].time) + Text.seconds(stage.elapsed) * speed * 1e6
            let end = events[next...].firstIndex { Double($0.time) > now } ?? events.count
            if end > next { next = send(next..<end, on: stage) }
            try? await Task.sleep(for: .milliseconds(10))
        }
        while stage.host.triggeredRuns > 0 { try? await Task.sleep(for: .milliseconds(10)) }
        // What was told last is on its way.
        try? await Task.sleep(for: .milliseconds(50))
        (readers + [watch]).forEach { $0.cancel() }
    }

    static let streams = ["days", "sessions", "funnel"]

    /// - Returns: The first event that was not taken.
    private func send(_ range: Range<Int>, on stage: Stage) -> Int {
        do throws(StreamError) {
            try stage.host.send(Array(events[range]))
        } catch {
            // Tasks are slower than the events: the same ones are sent again later.
            if error.code == .limit { return range.lowerBound }
            stage.ledger.note("\(error)")
        }
        state.withLock { state in
            state.events = range.upperBound
            state.time = events[range.upperBound - 1].time
        }
        return range.upperBound
    }

    private func count(_ stream: String, _ host: TaskHost) async {
        guard let rows = try? host.rows(of: stream) else { return }
        for await _ in rows { state.withLock { $0.rows[stream, default: 0] += 1 } }
    }

    /// Books the runs that triggers start.
    private func watch(_ stage: Stage) async {
        var begun: [String: ContinuousClock.Instant] = [:]
        for await event in stage.host.events {
            switch event.kind {
            case .triggered(let run, _):
                begun[run] = event.time
                stage.ledger.begin(event.task)
            case .answered(let run, _, let result):
                let latency = begun.removeValue(forKey: run)?.duration(to: event.time) ?? .zero
                stage.ledger.end(event.task, result, latency, events: 1)
                if let nudge = (try? result.get()).flatMap(Nudge.init) { add(nudge) }
            default: break
            }
        }
    }

    private func add(_ nudge: Nudge) {
        state.withLock { state in
            state.nudges[nudge.trigger, default: 0] += 1
            state.messages[nudge.message, default: 0] += 1
            state.nudgeTimes.append(nudge.time)
        }
    }

    /// Lets `trends` draw what was found.
    func plot(_ host: TaskHost) async throws -> String? {
        let days = try host.query("SELECT window_start, events, users, purchases FROM days")
        let found: Value = [
            "days": .array(days.map { .dictionary($0) }), "nudges": .array(progress.nudgeTimes.map { .integer($0) }),
        ]
        return try await host.run("trends", found).text
    }
}

/// What `nudge` gives.
struct Nudge: Sendable {
    var trigger: String
    var message: String
    /// Of the match, in microseconds since 1970.
    var time: Int

    init?(_ value: Value) {
        guard let trigger = value["trigger"]?.text, let message = value["message"]?.text,
            case .integer(let time)? = value["time"]
        else { return nil }
        (self.trigger, self.message, self.time) = (trigger, message, time)
    }
}
