internal import Synchronization
internal import WallePython

/// One task of a host: what waits, which version takes it, and on which VM.
///
/// The queue belongs to the task, not to a version: a waiting run starts on the version that is current then.
final class TaskController: Sendable {
    /// The place of an instance in its version.
    struct Slot: Hashable {
        var version: ObjectIdentifier
        var index: Int
    }

    struct State {
        var current: TaskVersion
        /// Instances that take runs or still have one, by version. `current` is among them.
        var instances: [ObjectIdentifier: [Instance]] = [:]
        var idle: [Instance] = []
        var draining: [TaskVersion] = []
        var queue: RunQueue
        /// Starts nothing: state is handed over, or the task is being taken off.
        var isPaused = false
        var isSwapping = false
        var isClosed = false
        /// VMs that hang in a C call.
        var condemned: Set<ObjectIdentifier> = []
        var condemnedEver = 0
        /// VMs that are being prepared to replace others.
        var replacing: Set<Slot> = []
        /// Told when no instance of a version has a run.
        var onQuiet: [ObjectIdentifier: [@Sendable () -> Void]] = [:]
    }

    let name: String
    /// What the app wants instead of what `task.toml` says.
    let instancesAsked: Int?
    let preparer: Preparer
    let events: EventHub
    let state: Mutex<State>

    init(
        _ version: TaskVersion, instances: [Instance], instancesAsked: Int? = nil, preparer: Preparer, events: EventHub
    ) {
        name = version.name
        self.instancesAsked = instancesAsked
        self.preparer = preparer
        self.events = events
        var state = State(current: version, queue: Self.queue(for: version))
        state.instances[ObjectIdentifier(version)] = instances
        state.idle = instances
        self.state = Mutex(state)
    }

    private static func queue(for version: TaskVersion) -> RunQueue {
        RunQueue(limit: version.manifest.limits.queue, instances: version.manifest.instances)
    }

    var current: TaskVersion { state.withLock(\.current) }

    // MARK: runs

    /// Starts a run, or lets it wait, or answers it with why not.
    func submit(_ run: PendingRun) {
        let outcome = state.withLock { $0.admit(run, ceiling: preparer.configuration.condemnedPerTask) }
        switch outcome {
        case .start(let instance): start(run, on: instance)
        case .wait: break
        case .waitFor(let index, let version): replace(index, of: version)
        case .fail(let kind): run.fail(kind)
        }
    }

    func start(_ run: PendingRun, on instance: Instance) {
        let taken = instance.machine.submit { interpreter in
            self.work(on: instance, interpreter, first: run)
        }
        if !taken { run.fail(.stopped(.shutdown)) }
    }

    /// Executes runs on an instance's thread as long as there are any: no thread is changed between two runs.
    private func work(on instance: Instance, _ interpreter: Interpreter, first: PendingRun) {
        var next: PendingRun? = first
        while let run = next {
            if !run.isAnswered { run.execute(on: instance, interpreter) }
            next = finished(instance, isUsable: interpreter.isUsable)
        }
    }

    private func finished(_ instance: Instance, isUsable: Bool) -> PendingRun? {
        let outcome = state.withLock { $0.finish(instance, isUsable: isUsable) }
        outcome.told.forEach { $0() }
        switch outcome.next {
        case .run(let run): return run
        case .rest: return nil
        case .released(let version):
            preparer.pool.end(instance.machine) { [self] in
                events.send(.released(instance: instance.index), task: name, version: version)
            }
        case .retire(let version):
            preparer.pool.end(instance.machine)
            if outcome.isDrained { events.send(.drained, task: name, version: version.version) }
        case .replace(let version):
            preparer.pool.end(instance.machine)
            replace(instance.index, of: version)
        }
        return nil
    }

    // MARK: VMs that hang

    /// The instance's run cannot be stopped: nothing starts there again, another VM takes its place.
    func condemn(_ instance: Instance) {
        let (version, told, isDrained) = state.withLock { $0.condemn(instance) }
        told.forEach { $0() }
        guard let version else { return }
        events.send(.condemned(instance: instance.index), task: name, version: version.version)
        if isDrained { events.send(.drained, task: name, version: version.version) }
        let isCurrent = state.withLock { $0.current === version && !$0.isClosed }
        let count = state.withLock(\.condemned.count)
        guard count < preparer.configuration.condemnedPerTask else {
            events.send(.refused(State.condemnedText(count)), task: name, version: version.version)
            return failWaiting(count)
        }
        if isCurrent { replace(instance.index, of: version) }
    }

    private func failWaiting(_ count: Int) {
        let waiting = state.withLock { $0.queue.removeAll() }
        waiting.forEach { $0.fail(.refused(State.condemnedText(count))) }
    }

    /// Prepares another VM in the background and gives it what waits.
    private func replace(_ index: Int, of version: TaskVersion) {
        let slot = Slot(version: ObjectIdentifier(version), index: index)
        guard state.withLock({ $0.replacing.insert(slot).inserted }) else { return }
        Task.detached { [self] in
            do throws(TaskError) {
                add(try await preparer.instance(of: version, index: index), to: version)
            } catch {
                events.send(.replacementFailed(error), task: name, version: version.version)
                fail(slot, error)
            }
        }
    }

    private func add(_ instance: Instance, to version: TaskVersion) {
        let outcome = state.withLock { state -> PendingRun?? in
            state.replacing.remove(Slot(version: ObjectIdentifier(version), index: instance.index))
            guard state.current === version, !state.isClosed else { return .none }
            state.instances[ObjectIdentifier(version), default: []].append(instance)
            return .some(state.nextRun(for: instance))
        }
        guard let outcome else { return preparer.pool.end(instance.machine) }
        events.send(.replaced(instance: instance.index), task: name, version: version.version)
        if let run = outcome { start(run, on: instance) }
    }

    /// What waits for an instance that does not come would wait for ever. The next run asks for it again.
    private func fail(_ slot: Slot, _ error: TaskError) {
        let waiting = state.withLock { state -> [PendingRun] in
            state.replacing.remove(slot)
            guard slot.version == ObjectIdentifier(state.current) else { return [] }
            let isAlone = state.instances[slot.version]?.isEmpty != false && state.replacing.isEmpty
            return isAlone ? state.queue.removeAll() : state.queue.removeAll(for: slot.index)
        }
        waiting.forEach { $0.fail(.refused("no VM could be made: \(error)")) }
    }

    // MARK: status

    var status: TaskStatus {
        state.withLock { state in
            let instances = state.instances[ObjectIdentifier(state.current)] ?? []
            let totals = state.current.measures.totals
            return TaskStatus(
                name: name, version: state.current.version, instances: instances.count,
                running: instances.count { $0.present != nil }, waiting: state.queue.count,
                draining: state.draining.map(\.version), condemned: state.condemned.count,
                runs: totals.runs, failures: totals.failures, stops: totals.stops,
                medianLatency: totals.latencies.quantile(0.5), p99Latency: totals.latencies.quantile(0.99),
                liveBytes: instances.reduce(0) { $0 + $1.machine.liveBytes },
                isHealthy: state.condemned.count < preparer.configuration.condemnedPerTask && !instances.isEmpty)
        }
    }
}
