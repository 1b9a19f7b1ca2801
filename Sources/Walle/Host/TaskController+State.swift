internal import WallePython

/// What happens to a run that was submitted.
enum Admission {
    case start(Instance)
    case wait
    /// Its instance is gone, and none is on its way.
    case waitFor(Int, TaskVersion)
    case fail(TaskError.Kind)
}

/// What an instance does after a run.
struct AfterRun {
    enum Next {
        case run(PendingRun)
        case rest
        /// A newer version took over: the VM is ended.
        case retire(TaskVersion)
        /// The VM can run nothing more.
        case replace(TaskVersion)
        /// A condemned VM came back.
        case released(String)
    }
    var next: Next
    var told: [@Sendable () -> Void] = []
    var isDrained = false
}

extension TaskController.State {
    static func condemnedText(_ count: Int) -> String {
        "\(count) of its VMs hang in C calls that cannot be interrupted (HostConfiguration.condemnedPerTask)"
    }

    mutating func admit(_ run: PendingRun, ceiling: Int) -> Admission {
        if isClosed { return .fail(.stopped(.shutdown)) }
        if condemned.count >= ceiling { return .fail(.refused(Self.condemnedText(condemned.count))) }
        if !isPaused, let instance = takeIdle(for: run) {
            instance.present = run
            return .start(instance)
        }
        if queue.isFull { queue.dropAnswered() }
        guard !queue.isFull else { return .fail(.queueFull) }
        queue.add(run)
        return missingInstance(for: run).map { .waitFor($0, current) } ?? .wait
    }

    private func missingInstance(for run: PendingRun) -> Int? {
        let version = ObjectIdentifier(current)
        let present = instances[version] ?? []
        let wanted = run.slot(among: current.manifest.instances)
        if let wanted, present.contains(where: { $0.index == wanted }) { return nil }
        if wanted == nil, !present.isEmpty { return nil }
        let coming = replacing.filter { $0.version == version }.map(\.index)
        let isComing = wanted.map { coming.contains($0) } ?? !coming.isEmpty
        return isComing ? nil : wanted ?? 0
    }

    private mutating func takeIdle(for run: PendingRun) -> Instance? {
        guard let slot = run.slot(among: current.manifest.instances) else { return idle.popLast() }
        guard let place = idle.firstIndex(where: { $0.index == slot }) else { return nil }
        return idle.remove(at: place)
    }

    /// A waiting run for an instance that is free, or nil after putting the instance among the idle ones.
    mutating func nextRun(for instance: Instance) -> PendingRun? {
        if !isPaused, let run = queue.take(for: instance.index) {
            instance.present = run
            return run
        }
        instance.present = nil
        idle.append(instance)
        return nil
    }

    mutating func finish(_ instance: Instance, isUsable: Bool) -> AfterRun {
        instance.present = nil
        if condemned.remove(ObjectIdentifier(instance)) != nil { return AfterRun(next: .released(current.version)) }
        guard let version = version(of: instance) else { return AfterRun(next: .released(current.version)) }
        if version !== current {
            let isDrained = remove(instance).isDrained
            return AfterRun(next: .retire(version), told: quiet(version), isDrained: isDrained)
        }
        guard isUsable else {
            _ = remove(instance)
            return AfterRun(next: isClosed ? .retire(version) : .replace(version), told: quiet(version))
        }
        if let run = nextRun(for: instance) { return AfterRun(next: .run(run)) }
        return AfterRun(next: .rest, told: quiet(version))
    }

    /// Those who wait for a version to have no run, if it has none.
    mutating func quiet(_ version: TaskVersion) -> [@Sendable () -> Void] {
        let key = ObjectIdentifier(version)
        guard onQuiet[key] != nil, instances[key]?.allSatisfy({ $0.present == nil }) != false else { return [] }
        return onQuiet.removeValue(forKey: key) ?? []
    }

    private func version(of instance: Instance) -> TaskVersion? {
        ([current] + draining).first { version in
            instances[ObjectIdentifier(version)]?.contains { $0 === instance } == true
        }
    }

    /// Counts an instance among those that hang, instead of those of its version.
    mutating func condemn(
        _ instance: Instance
    ) -> (version: TaskVersion?, told: [@Sendable () -> Void], isDrained: Bool) {
        let (version, isDrained) = remove(instance)
        condemned.insert(ObjectIdentifier(instance))
        condemnedEver += 1
        return (version, version.map { quiet($0) } ?? [], isDrained)
    }

    /// Takes an instance out of its version. A version that is not current and has none left is drained.
    private mutating func remove(_ instance: Instance) -> (version: TaskVersion?, isDrained: Bool) {
        guard let version = version(of: instance) else { return (nil, false) }
        let key = ObjectIdentifier(version)
        instances[key]?.removeAll { $0 === instance }
        idle.removeAll { $0 === instance }
        guard instances[key]?.isEmpty == true, version !== current else { return (version, false) }
        instances[key] = nil
        draining.removeAll { $0 === version }
        return (version, true)
    }

    /// Makes `version` current and gives the instances of the old one that have no run: they can be ended.
    mutating func activate(_ version: TaskVersion, _ new: [Instance]) -> [Instance] {
        let old = ObjectIdentifier(current)
        let rested = idle
        instances[old]?.removeAll { instance in rested.contains { $0 === instance } }
        if instances[old]?.isEmpty != false { instances[old] = nil } else { draining.append(current) }
        current = version
        instances[ObjectIdentifier(version)] = new
        idle = new
        queue.route(to: version.manifest.instances)
        queue.limit = version.manifest.limits.queue
        return rested
    }

    /// What can start now: waiting runs with an idle instance for each.
    mutating func startable() -> [(PendingRun, Instance)] {
        guard !isPaused else { return [] }
        var started: [(PendingRun, Instance)] = []
        for instance in idle {
            guard let run = queue.take(for: instance.index) else { continue }
            idle.removeAll { $0 === instance }
            instance.present = run
            started.append((run, instance))
        }
        return started
    }
}
