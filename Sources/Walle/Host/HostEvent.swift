internal import Synchronization

/// Something that happened to a task or a VM of a host.
public struct HostEvent: Sendable {
    public enum Kind: Sendable {
        /// A task was loaded and takes runs.
        case loaded
        /// A new version took over from `from`.
        case swapped(from: String)
        /// A new version was not taken; the old one goes on.
        case swapFailed(TaskError)
        /// An old version still has runs, `running` of them.
        case draining(running: Int)
        /// The last run of an old version ended.
        case drained
        /// A run was stopped.
        case stopped(run: String, TaskError)
        /// A trigger started a run.
        case triggered(run: String, trigger: String)
        /// A run that a trigger started is done: what it gave.
        case answered(run: String, trigger: String, Result<Value, TaskError>)
        /// Runs that triggers asked for will never start, as their task is gone.
        case dropped(runs: Int)
        /// A VM hangs in a C call: its caller was answered, and it never runs again.
        case condemned(instance: Int)
        /// A condemned VM's call returned and it was ended.
        case released(instance: Int)
        /// A VM that can no longer run was replaced.
        case replaced(instance: Int)
        /// A VM could not be replaced.
        case replacementFailed(TaskError)
        /// Runs of the task are refused from now on, for the reason given.
        case refused(String)
        /// The task was taken off the host.
        case unloaded
        /// The host shut down; nothing follows.
        case ended
    }

    public var kind: Kind
    /// Empty for events of the host itself.
    public var task: String
    public var version: String
    public var time: ContinuousClock.Instant
}

extension HostEvent: CustomStringConvertible {
    public var description: String {
        let subject = "\(task) \(version)"
        return switch kind {
        case .loaded: "\(subject): loaded"
        case .swapped(let from): "\(subject): swapped in for \(from)"
        case .swapFailed(let error): "\(subject) not swapped in: \(error)"
        case .draining(let running): "\(subject): draining, \(running) running"
        case .drained: "\(subject): drained"
        case .stopped(_, let error): "\(error)"
        case .triggered(let run, let trigger): "\(subject): \(trigger) started \(run)"
        case .answered(let run, _, .success): "\(subject): \(run) done"
        case .answered(_, _, .failure(let error)): "\(error)"
        case .dropped(let runs): "\(subject): \(runs) triggered runs dropped with their task"
        case .condemned(let instance): "\(subject): VM \(instance) hangs in a C call and is condemned"
        case .released(let instance): "\(subject): condemned VM \(instance) returned and was ended"
        case .replaced(let instance): "\(subject): VM \(instance) replaced"
        case .replacementFailed(let error): "\(subject): a VM could not be replaced: \(error)"
        case .refused(let reason): "\(subject): refused: \(reason)"
        case .unloaded: "\(subject): unloaded"
        case .ended: "host ended"
        }
    }
}

/// The events of a host as each subscriber sees them, from its subscription on. A slow subscriber loses the oldest.
public struct HostEvents: AsyncSequence, Sendable {
    public typealias Element = HostEvent
    private let stream: AsyncStream<HostEvent>

    init(_ stream: AsyncStream<HostEvent>) { self.stream = stream }

    public func makeAsyncIterator() -> AsyncStream<HostEvent>.Iterator { stream.makeAsyncIterator() }
}

/// Tells every subscriber of what happens.
final class EventHub: Sendable {
    private struct State {
        var next = 0
        var subscribers: [Int: AsyncStream<HostEvent>.Continuation] = [:]
        var hasEnded = false
    }
    private let state = Mutex(State())
    private let buffer: Int

    init(buffer: Int) { self.buffer = buffer }

    func subscribe() -> HostEvents {
        let (stream, continuation) = AsyncStream.makeStream(
            of: HostEvent.self, bufferingPolicy: .bufferingNewest(buffer))
        let id = state.withLock { state -> Int? in
            guard !state.hasEnded else { return nil }
            state.next += 1
            state.subscribers[state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return HostEvents(stream)
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
        }
        return HostEvents(stream)
    }

    func send(_ kind: HostEvent.Kind, task: String = "", version: String = "") {
        let event = HostEvent(kind: kind, task: task, version: version, time: .now)
        let subscribers = state.withLock { Array($0.subscribers.values) }
        subscribers.forEach { $0.yield(event) }
    }

    func finish() {
        send(.ended)
        let subscribers = state.withLock { state in
            state.hasEnded = true
            return Array(state.subscribers.values)
        }
        subscribers.forEach { $0.finish() }
    }
}
