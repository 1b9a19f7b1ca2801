internal import Synchronization
internal import WallePython

extension TaskController {
    /// Brings a new version in, or leaves everything as it is.
    ///
    /// Prepare in fresh VMs, check the examples, hand over state if both versions want that, switch, drain.
    func swap(to package: TaskPackage) async throws(TaskError) {
        try beginSwap(package)
        defer { state.withLock { $0.isSwapping = false } }
        do throws(TaskError) {
            let (version, instances) = try await preparer.prepare(
                package.withInstances(instancesAsked), checkingExamples: true)
            do throws(TaskError) {
                try await takeOver(version, instances)
            } catch {
                instances.forEach { preparer.pool.end($0.machine) }
                throw error
            }
        } catch {
            events.send(.swapFailed(error), task: name, version: package.manifest.version.description)
            throw error
        }
    }

    private func beginSwap(_ package: TaskPackage) throws(TaskError) {
        let problem = state.withLock { state -> String? in
            if state.isClosed { return "the host shuts down" }
            if state.isSwapping { return "another swap of this task is under way; try again when it is done" }
            state.isSwapping = true
            return nil
        }
        guard let problem else { return }
        throw TaskError(.refused(problem), task: name, version: package.manifest.version.description)
    }

    private func takeOver(_ version: TaskVersion, _ instances: [Instance]) async throws(TaskError) {
        let old = current
        guard await handsOverState(to: instances) else { return try activate(version, instances, after: old) }
        state.withLock { $0.isPaused = true }
        do throws(TaskError) {
            try await handOverState(from: old, to: version, instances)
            try activate(version, instances, after: old)
        } catch {
            resume()
            throw error
        }
        resume()
    }

    /// The switch itself: from here on new runs start on the new version.
    private func activate(
        _ version: TaskVersion, _ instances: [Instance], after old: TaskVersion
    ) throws(TaskError) {
        let outcome = state.withLock { state -> (rested: [Instance], running: Int)? in
            guard !state.isClosed else { return nil }
            let rested = state.activate(version, instances)
            return (rested, state.instances[ObjectIdentifier(old)]?.count ?? 0)
        }
        guard let (rested, running) = outcome else { throw version.error(.stopped(.shutdown)) }
        rested.forEach { preparer.pool.end($0.machine) }
        events.send(.swapped(from: old.version), task: name, version: version.version)
        if running == 0 {
            events.send(.drained, task: name, version: old.version)
        } else {
            watchDraining(old)
        }
        startWaiting()
    }

    private func resume() {
        state.withLock { $0.isPaused = false }
        startWaiting()
    }

    private func startWaiting() {
        let started = state.withLock { $0.startable() }
        for (run, instance) in started { start(run, on: instance) }
    }

    // MARK: draining

    /// After the soft limit it is said aloud, after the hard one what still runs is stopped.
    private func watchDraining(_ version: TaskVersion) {
        let limits = version.manifest.limits
        Task.detached { [self] in
            try? await Task.sleep(for: limits.drain)
            let running = runs(of: version)
            if !running.isEmpty {
                events.send(.draining(running: running.count), task: name, version: version.version)
            }
            try? await Task.sleep(for: limits.drainHard - limits.drain)
            runs(of: version).forEach { $0.stop(.drain) }
        }
    }

    func runs(of version: TaskVersion) -> [PendingRun] {
        state.withLock { $0.instances[ObjectIdentifier(version)] ?? [] }.compactMap(\.present)
    }

    /// Waits until no instance of a version has a run; stops what runs after the hard limit.
    func quiet(_ version: TaskVersion) async {
        let limits = version.manifest.limits
        let force = Task.detached { [self] in
            try await Task.sleep(for: limits.drainHard)
            runs(of: version).forEach { $0.stop(.drain) }
        }
        await withCheckedContinuation { continuation in
            let told = state.withLock { state -> [@Sendable () -> Void] in
                state.onQuiet[ObjectIdentifier(version), default: []].append { continuation.resume() }
                return state.quiet(version)
            }
            told.forEach { $0() }
        }
        force.cancel()
    }

    // MARK: state

    private func handsOverState(to instances: [Instance]) async -> Bool {
        guard let new = instances.first,
            let old = state.withLock({ $0.instances[ObjectIdentifier($0.current)]?.first })
        else { return false }
        guard await has("import_state", new) else { return false }
        return await has("export_state", old)
    }

    private func has(_ function: String, _ instance: Instance) async -> Bool {
        let found = try? await instance.machine.perform { (_) throws(PythonFailure) -> Bool in
            instance.script?.has(function) == true
        }
        return found == true
    }

    /// Exports the state of each old instance and gives it to the new one of the same number, or merged to all.
    private func handOverState(
        from old: TaskVersion, to version: TaskVersion, _ instances: [Instance]
    ) async throws(TaskError) {
        await quiet(old)
        let olds = state.withLock { $0.instances[ObjectIdentifier(old)] ?? [] }.sorted { $0.index < $1.index }
        var states: [Value] = []
        for instance in olds {
            states.append(try await call("export_state", nil, old, instance))
        }
        if states.count != instances.count { states = try await merged(states, version, instances) }
        for (instance, state) in zip(instances, states) {
            _ = try await call("import_state", state, version, instance)
        }
    }

    private func merged(
        _ states: [Value], _ version: TaskVersion, _ instances: [Instance]
    ) async throws(TaskError) -> [Value] {
        guard let first = instances.first, await has("merge_state", first) else {
            throw version.error(
                .refused(
                    "\(states.count) instances have state and \(instances.count) shall take it: "
                        + "the new version needs merge_state(states)"))
        }
        let merged = try await call("merge_state", .array(states), version, first)
        return Array(repeating: merged, count: instances.count)
    }

    private func call(
        _ function: String, _ argument: Value?, _ version: TaskVersion, _ instance: Instance
    ) async throws(TaskError) -> Value {
        var limits = version.limits
        limits.time = version.manifest.limits.start
        let bytes = limits.resultBytes
        do throws(PerformFailure) {
            return try await instance.machine.perform(limits: limits) { (_) throws(PythonFailure) -> Value in
                guard let script = instance.script else { return .none }
                guard let argument else { return try script.call(function, resultBytes: bytes) }
                return try script.call(function, argument, resultBytes: bytes)
            }
        } catch {
            var error = version.error(error, run: nil)
            if case .limit(.time) = error.kind { error = version.error(.limit(.start), traceback: error.traceback) }
            throw error
        }
    }

    // MARK: end

    /// Takes no more runs; answers what waits; lets what runs finish within `patience`, then stops it.
    func close(patience: Duration) async {
        let (waiting, versions) = state.withLock { state -> ([PendingRun], [TaskVersion]) in
            state.isClosed = true
            return (state.queue.removeAll(), [state.current] + state.draining)
        }
        waiting.forEach { $0.fail(.stopped(.shutdown)) }
        let force = Task.detached { [self] in
            try await Task.sleep(for: patience)
            versions.flatMap { runs(of: $0) }.forEach { $0.stop(.shutdown) }
        }
        for version in versions { await quiet(version) }
        force.cancel()
        let instances = state.withLock { state -> [Instance] in
            let all = state.instances.values.flatMap { $0 }
            state.instances = [:]
            state.idle = []
            return all
        }
        instances.forEach { preparer.pool.end($0.machine) }
    }
}
