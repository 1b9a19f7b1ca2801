internal import Synchronization
internal import WalleStreams

/// Takes the events of a host, one sender at a time, and starts what they trigger.
///
/// A sender's thread does all of the work up to the start of a run: no other thread has to be woken but the VM's.
final class EventIntake: Sendable {
    private struct State: ~Copyable {
        let engine: EventEngine
        /// What each trigger of the engine starts.
        var targets: [Int: Target] = [:]
        var nextTrigger = 0
        /// Whether time goes on by itself: from the first event on.
        var isTicking = false
        /// When the last event came, and the latest time of an event then.
        var arrival: (clock: ContinuousClock.Instant, latest: Int64)?
    }

    struct Target: Sendable {
        var task: String
        var name: String
        var trigger: TaskTrigger
    }

    private let configuration: EventConfiguration
    private let state: Mutex<State>
    let runs: TriggeredRuns

    /// - Parameter host: Finds the tasks that triggers start.
    init(_ configuration: EventConfiguration, _ host: HostReference, _ hub: EventHub) {
        self.configuration = configuration
        runs = TriggeredRuns { run, answer throws(TaskError) in
            guard let controller = try host.value?.controller(run.task) else {
                throw TaskError(.stopped(.shutdown), task: run.task)
            }
            hub.send(
                .triggered(run: run.name, trigger: run.trigger), task: run.task, version: controller.current.version)
            controller.start(run, answer)
        } told: { run, result in
            let version = (try? host.value?.controller(run.task))?.current.version ?? ""
            hub.send(.answered(run: run.name, trigger: run.trigger, result), task: run.task, version: version)
        }
        state = Mutex(State(engine: EventEngine(configuration.source, configuration.limits)))
    }

    var status: EngineStatus { state.withLock { $0.engine.status } }

    // MARK: triggers

    /// Whether the triggers of a task fit the events of the host.
    ///
    /// - Throws: What does not, by its field in `task.toml`.
    func check(_ triggers: [String: TaskTrigger]) throws(StreamError) {
        for (name, trigger) in triggers.sorted(by: { $0.key < $1.key }) {
            let problem = state.withLock { state in
                do throws(StreamError) {
                    try state.engine.check(trigger.definition)
                    return StreamError?.none
                } catch { return error }
            }
            if let problem { throw problem.at("triggers.\(name)") }
        }
    }

    /// Makes these the triggers of a task, from the next event on. Those that are as before keep what they have found.
    func set(_ triggers: [String: TaskTrigger], of task: String) throws(StreamError) {
        let problem = state.withLock { state in
            do throws(StreamError) {
                try Self.set(triggers, of: task, &state)
                return StreamError?.none
            } catch { return error }
        }
        if let problem { throw problem }
    }

    private static func set(
        _ triggers: [String: TaskTrigger], of task: String, _ state: inout State
    ) throws(StreamError) {
        var new = triggers
        for (id, target) in state.targets where target.task == task {
            if new[target.name] == target.trigger {
                new[target.name] = nil
            } else {
                state.engine.remove(trigger: id)
                state.targets[id] = nil
            }
        }
        for (name, trigger) in new.sorted(by: { $0.key < $1.key }) {
            let id = state.nextTrigger
            do { try state.engine.add(trigger.definition, id: id) } catch { throw error.at("triggers.\(name)") }
            state.nextTrigger += 1
            state.targets[id] = Target(task: task, name: name, trigger: trigger)
        }
    }

    /// Removes the triggers of a task that is taken off the host.
    ///
    /// - Returns: How many runs that they asked for will never start.
    func removeTriggers(of task: String) -> Int {
        try? set([:], of: task)
        return runs.drop(task)
    }

    // MARK: events

    /// Takes events, all of them or, when it throws, none.
    ///
    /// - Returns: Their places among all events of the host.
    func send(_ events: [Event]) throws(StreamError) -> Range<Int64> {
        guard runs.count < configuration.triggeredRuns else {
            throw StreamError(
                .limit, "\(runs.count) runs that triggers asked for wait for their tasks, as many as may be",
                remedy: "Send the events again later, give the tasks more instances, or raise triggeredRuns.")
        }
        let now = ContinuousClock.now
        let result = state.withLock { state -> Result<Range<Int64>, StreamError> in
            let first = state.engine.position
            do throws(StreamError) {
                start(try state.engine.take(events), state.targets)
            } catch { return .failure(error) }
            if let latest = state.engine.latest { state.arrival = (now, latest) }
            startTicking(&state)
            return .success(first..<state.engine.position)
        }
        return try result.get()
    }

    private func startTicking(_ state: inout State) {
        guard !state.isTicking else { return }
        state.isTicking = true
        Task.detached(priority: .utility) { [weak self] in
            // Not held while it sleeps.
            while !Task.isCancelled, self.map({ $0.tick() }) != nil { try? await Task.sleep(for: .milliseconds(100)) }
        }
    }

    /// Tries again what was held up, and lets time go on when no events come.
    func tick() {
        runs.tick()
        guard let idle = configuration.idle else { return }
        state.withLock { state in
            guard let arrival = state.arrival else { return }
            let rest = arrival.clock.duration(to: .now)
            guard rest >= idle else { return }
            let time = arrival.latest.addingClamped(rest.microseconds).addingClamped(-configuration.delay.microseconds)
            guard let output = try? state.engine.advance(to: time) else { return }
            start(output, state.targets)
        }
    }

    /// Under the lock, so that the runs of two senders start in the order of their events.
    private func start(_ output: EngineOutput, _ targets: [Int: Target]) {
        for match in output.matches {
            guard let target = targets[match.trigger] else { continue }
            runs.add(TriggeredRun(match, target, schema: configuration.schema))
        }
    }
}
