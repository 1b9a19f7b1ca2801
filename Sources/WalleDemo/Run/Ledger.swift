import Synchronization
import Walle

/// Every run of the demo, from the caller's side: asked for, answered, how fast, and whether that was to be expected.
final class Ledger: Sendable {
    struct Account: Sendable {
        var submitted = 0
        var answered = 0
        /// Runs that were stopped or refused as they should be.
        var stops = 0
        /// Runs that ended in another way than they should.
        var surprises = 0
        /// Events in the input of runs that gave a result.
        var events = 0
        var latencies = LatencyHistogram()
    }

    /// What a run should end in.
    enum Expectation: Sendable {
        case result
        case stop(TaskError.Limit)
    }

    private struct State {
        /// The first ones tell the cause.
        static let textsKept = 20
        var accounts: [String: Account] = [:]
        var surprises: [String] = []

        mutating func note(_ text: String) {
            if surprises.count < Self.textsKept { surprises.append(text) }
        }
    }
    private let state = Mutex(State())

    /// Calls `body`, a run of `task`, and books it; nil when it gave no result.
    func book<Output: Sendable>(
        _ task: String, events: Int = 0, expecting expected: Expectation = .result,
        _ body: () async throws(TaskError) -> Output
    ) async -> Output? {
        state.withLock { $0.accounts[task, default: Account()].submitted += 1 }
        let begin = ContinuousClock.now
        let result: Result<Output, TaskError>
        do throws(TaskError) { result = .success(try await body()) } catch { result = .failure(error) }
        let latency = begin.duration(to: .now)
        state.withLock { state in
            state.accounts[task, default: Account()].add(result, latency, events: events, expected)
            if let text = Self.surprise(task, result, expected) { state.note(text) }
        }
        return try? result.get()
    }

    /// Books a run of `task` that somebody else asked for.
    func begin(_ task: String) { state.withLock { $0.accounts[task, default: Account()].submitted += 1 } }

    /// Books what came of it.
    func end<Output>(_ task: String, _ result: Result<Output, TaskError>, _ latency: Duration, events: Int) {
        state.withLock { state in
            state.accounts[task, default: Account()].add(result, latency, events: events, .result)
            if let text = Self.surprise(task, result, .result) { state.note(text) }
        }
    }

    /// Notes something that should not have happened.
    func note(_ surprise: String) { state.withLock { $0.note(surprise) } }

    var accounts: [String: Account] { state.withLock(\.accounts) }
    var surprises: [String] { state.withLock(\.surprises) }
    /// Runs without an answer as yet; after the end those that were lost.
    var open: Int { accounts.values.reduce(0) { $0 + $1.submitted - $1.answered } }

    private static func surprise<Output>(
        _ task: String, _ result: Result<Output, TaskError>, _ expected: Expectation
    ) -> String? {
        switch (result, expected) {
        case (.success, .result): nil
        case (.success, .stop(let limit)): "\(task): gave a result instead of being stopped (\(limit.rawValue))"
        case (.failure(let error), .stop(let limit)) where error.isStop(limit): nil
        case (.failure(let error), _): "\(error)"
        }
    }
}

extension Ledger.Account {
    fileprivate mutating func add<Output>(
        _ result: Result<Output, TaskError>, _ latency: Duration, events: Int, _ expected: Ledger.Expectation
    ) {
        answered += 1
        switch (result, expected) {
        case (.success, .result):
            self.events += events
            // Of a run that is stopped the latency is its limit; it would say nothing of the task.
            latencies.add(nanoseconds: Int64(Text.seconds(latency) * 1e9))
        case (.failure(let error), .stop(let limit)) where error.isStop(limit): stops += 1
        default: surprises += 1
        }
    }
}

extension TaskError {
    fileprivate func isStop(_ limit: Limit) -> Bool {
        if case .limit(limit) = kind { true } else { false }
    }
}
