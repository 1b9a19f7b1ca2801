internal import Synchronization
internal import WallePython

/// One task of a host: what waits, which version takes it, and on which VM.
///
/// The queue belongs to the task, not to a version: a waiting run starts on the version that is current then.
final class TaskController: Sendable {
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
        var replacing = 0
        /// Told when no instance of a version has a run.
        var onQuiet: [ObjectIdentifier: [@Sendable () -> Void]] = [:]
    }

    let name: String
    let preparer: Preparer
    let events: EventHub
    let state: Mutex<State>

    init(_ version: TaskVersion, instances: [Instance], preparer: Preparer, events: EventHub) {
        name = version.name
        self.preparer = preparer
        self.events = events
        var state = State(current: version, queue: Self.queue(for: version))
        state.instances[ObjectIdentifier(version)] = instances
        state.idle = instances
        self.state = Mutex(state)
    }

    static func queue(for version: TaskVersion) -> RunQueue {
        RunQueue(limit: version.manifest.limits.queue, slots: slots(of: version))
    }

    static func slots(of version: TaskVersion) -> Int {
        version.manifest.route == nil ? 1 : version.manifest.instances
    }

    var current: TaskVersion { state.withLock(\.current) }

    // MARK: runs

    /// Starts a run, or lets it wait, or answers it with why not.
    func submit(_ run: PendingRun) {
        let outcome = state.withLock { $0.admit(run, ceiling: preparer.configuration.condemnedPerTask) }
        switch outcome {
        case .start(let instance): start(run, on: instance)
        case .wait: break
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
            replace(instance, of: version)
        }
        return nil
    }

    // MARK: VMs that hang

    /// The instance's run cannot be stopped: nothing starts there again, another VM takes its place.
    func condemn(_ instance: Instance) {
        let version = state.withLock { state -> TaskVersion? in
            let version = state.remove(instance)
            state.condemned.insert(ObjectIdentifier(instance))
            state.condemnedEver += 1
            return version
        }
        guard let version else { return }
        events.send(.condemned(instance: instance.index), task: name, version: version.version)
        let isCurrent = state.withLock { $0.current === version && !$0.isClosed }
        let count = state.withLock(\.condemned.count)
        guard count < preparer.configuration.condemnedPerTask else {
            events.send(.refused(State.condemnedText(count)), task: name, version: version.version)
            return failWaiting(count)
        }
        if isCurrent { replace(instance, of: version) }
    }

    private func failWaiting(_ count: Int) {
        let waiting = state.withLock { $0.queue.removeAll() }
        waiting.forEach { $0.fail(.refused(State.condemnedText(count))) }
    }

    /// Prepares another VM in the background and gives it what waits.
    private func replace(_ instance: Instance, of version: TaskVersion) {
        state.withLock { $0.replacing += 1 }
        Task.detached { [self] in
            do throws(TaskError) {
                let new = try await preparer.instance(of: version, index: instance.index)
                add(new, to: version)
            } catch {
                state.withLock { $0.replacing -= 1 }
                events.send(.replacementFailed(error), task: name, version: version.version)
                failIfNobodyIsLeft(error)
            }
        }
    }

    private func add(_ instance: Instance, to version: TaskVersion) {
        let outcome = state.withLock { state -> PendingRun?? in
            state.replacing -= 1
            guard state.current === version, !state.isClosed else { return .none }
            state.instances[ObjectIdentifier(version), default: []].append(instance)
            return .some(state.nextRun(for: instance))
        }
        guard let outcome else { return preparer.pool.end(instance.machine) }
        events.send(.replaced(instance: instance.index), task: name, version: version.version)
        if let run = outcome { start(run, on: instance) }
    }

    /// Without an instance and without one to come, what waits would wait for ever.
    private func failIfNobodyIsLeft(_ error: TaskError) {
        let waiting = state.withLock { state -> [PendingRun] in
            let isAlone = state.instances[ObjectIdentifier(state.current)]?.isEmpty != false && state.replacing == 0
            return isAlone ? state.queue.removeAll() : []
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
