public import ServiceLifecycle
internal import Foundation
internal import Synchronization
public import WalleBinding
internal import WalleModules
internal import WallePython

/// Hosts tasks: loads their packages, runs them in parallel, swaps them while they run.
///
/// ```swift
/// let host = try await TaskHost(tasks: "tasks")
/// let ranking: Ranking = try await host.run("next-item", Session(user: 7, recent: [3, 9]))
/// try await host.swap("next-item", to: "builds/next-item-1.1.0")
/// await host.shutdown()
/// ```
///
/// A process may have several hosts; they share nothing but CPython itself.
public final class TaskHost: Sendable {
    private struct State {
        var tasks: [String: TaskController] = [:]
        /// Names whose first load is under way.
        var loading: Set<String> = []
        var isClosed = false
        var onShutdown: [CheckedContinuation<Void, Never>] = []
    }

    public let configuration: HostConfiguration
    private let state = Mutex(State())
    private let hub: EventHub
    let intake: EventIntake
    private let pool: WarmPool
    let preparer: Preparer
    private let gauges: HostGauges
    private let recorder = Mutex<Task<Void, Never>?>(nil)

    /// A host without tasks.
    ///
    /// - Parameters:
    ///   - modules: Swift functions and classes that every task may import.
    ///   - configuration: Ceilings of the host, its warm pool, and where its figures go.
    /// - Throws: when CPython does not start, and when two modules have one name or one hides a module of Python's or
    ///   Walle's.
    public init(modules: [PythonModule] = [], configuration: HostConfiguration = HostConfiguration()) throws(TaskError)
    {
        self.configuration = configuration
        try Self.startRuntime()
        if let problem = ModuleNames.problem(with: modules) { throw TaskError(.refused(problem), task: "host") }
        hub = EventHub(buffer: configuration.eventBuffer)
        pool = WarmPool(configuration: configuration)
        let folder = NSTemporaryDirectory() + "walle-\(getpid())-\(UUID().uuidString.prefix(8))"
        let reference = HostReference()
        preparer = Preparer(
            pool: pool, configuration: configuration, modules: modules, snapshots: folder,
            shared: SharedValues(byteLimit: configuration.sharedBytes), host: reference)
        gauges = HostGauges(factory: configuration.metrics)
        do throws(StreamError) {
            intake = try EventIntake(configuration.events, reference, hub, configuration.logger)
        } catch { throw TaskError(.refused("events: \(error)"), task: "host") }
        reference.value = self
        startRecording()
    }

    /// A host with every package in a folder loaded and warm.
    ///
    /// - Parameters:
    ///   - folder: Its subfolders with a `task.toml` are the packages.
    ///   - modules: Swift functions and classes that every task may import.
    ///   - configuration: Ceilings of the host, its warm pool, and where its figures go.
    /// - Throws: the first package that cannot be loaded; nothing is left behind then.
    public convenience init(
        tasks folder: String, modules: [PythonModule] = [], configuration: HostConfiguration = HostConfiguration()
    ) async throws(TaskError) {
        try self.init(modules: modules, configuration: configuration)
        do throws(TaskError) {
            for path in try Self.packages(in: folder) { try await load(path) }
        } catch {
            await shutdown()
            throw error
        }
    }

    /// The folders below `folder` that hold a `task.toml`, by name.
    package static func packages(in folder: String) throws(TaskError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw TaskError(.refused("the folder \(folder) cannot be read"), task: "host")
        }
        return names.sorted().map { folder + "/" + $0 }
            .filter { FileManager.default.fileExists(atPath: $0 + "/task.toml") }
    }

    // MARK: tasks

    /// Names of the tasks that take runs.
    public var taskNames: [String] { state.withLock { $0.tasks.keys.sorted() } }

    /// Loads a package as a new task and gives its name.
    ///
    /// - Parameters:
    ///   - path: The package's folder.
    ///   - instances: How many VMs it gets on this machine, also after a swap; nil: as `task.toml` says.
    @discardableResult
    public func load(_ path: String, instances: Int? = nil) async throws(TaskError) -> String {
        try await load(try Self.package(at: path), instances: instances)
    }

    /// Loads a package that was read before.
    package func load(_ package: TaskPackage, instances count: Int? = nil) async throws(TaskError) -> String {
        precondition(count.map { $0 > 0 } ?? true, "a task has at least one VM")
        let name = package.manifest.name
        try checkTriggers(of: package)
        try reserve(name)
        defer { state.withLock { _ = $0.loading.remove(name) } }
        let (version, instances) = try await preparer.prepare(
            package.withInstances(count), checkingExamples: configuration.checksExamplesOnLoad)
        let controller = TaskController(
            version, instances: instances, instancesAsked: count, preparer: preparer, events: hub)
        let isLate = state.withLock { state in
            if !state.isClosed { state.tasks[name] = controller }
            return state.isClosed
        }
        if isLate {
            instances.forEach { pool.end($0.machine) }
            throw version.error(.stopped(.shutdown))
        }
        try setTriggers(of: package)
        intake.resume(name)
        hub.send(.loaded, task: name, version: version.version)
        return name
    }

    private func reserve(_ name: String) throws(TaskError) {
        let problem = state.withLock { state -> String? in
            if state.isClosed { return "the host shuts down" }
            if state.tasks[name] != nil || state.loading.contains(name) {
                return "a task of this name is loaded already; use swap to change its version"
            }
            state.loading.insert(name)
            return nil
        }
        if let problem { throw TaskError(.refused(problem), task: name) }
    }

    package static func package(at path: String) throws(TaskError) -> TaskPackage {
        do throws(PackageError) {
            return try TaskPackage.load(at: path)
        } catch {
            throw TaskError(.package(error), task: (path as NSString).lastPathComponent)
        }
    }

    /// Replaces the version of a task by that of another package, while runs go on.
    ///
    /// The new version is prepared in fresh VMs and checked against its own examples. Runs that began finish on the old
    /// version; those that wait and those that come start on the new one. If anything fails, nothing has changed.
    /// Versions with `export_state` and `import_state` hand their state over.
    public func swap(_ task: String, to path: String) async throws(TaskError) {
        let controller = try controller(task)
        let package = try Self.package(at: path)
        guard package.manifest.name == task else {
            throw TaskError(.refused("the package at \(path) is named \(package.manifest.name)"), task: task)
        }
        try checkTriggers(of: package)
        try await controller.swap(to: package)
        try setTriggers(of: package)
    }

    /// Takes a task off the host. Its runs finish, up to `limits.drain_hard`.
    public func unload(_ task: String) async throws(TaskError) {
        let controller = try controller(task)
        state.withLock { _ = $0.tasks.removeValue(forKey: task) }
        let version = controller.current
        let dropped = intake.removeTriggers(of: task)
        if dropped > 0 { hub.send(.dropped(runs: dropped), task: task, version: version.version) }
        await controller.close(patience: version.manifest.limits.drainHard)
        hub.send(.unloaded, task: task, version: version.version)
    }

    func controller(_ task: String) throws(TaskError) -> TaskController {
        let (controller, isClosed) = state.withLock { ($0.tasks[task], $0.isClosed) }
        if isClosed { throw TaskError(.stopped(.shutdown), task: task) }
        guard let controller else { throw TaskError(.notFound, task: task) }
        return controller
    }

    // MARK: what happens

    /// What happens from now on: loaded, swapped, stopped, condemned …
    public var events: HostEvents { hub.subscribe() }

    /// How the host and its tasks are doing.
    public var status: HostStatus {
        let tasks = state.withLock { Array($0.tasks.values) }.map(\.status).sorted { $0.name < $1.name }
        return HostStatus(
            tasks: tasks, virtualMachines: pool.count, condemned: tasks.reduce(0) { $0 + $1.condemned },
            liveBytes: pool.liveBytes, isHealthy: tasks.allSatisfy(\.isHealthy))
    }

    /// Records the gauges of the host and its tasks now.
    package func recordGauges() {
        let tasks = state.withLock(\.tasks)
        gauges.record(pool.census, tasks: tasks.mapValues(\.census))
    }

    /// Records them now and then, as long as there is a host.
    private func startRecording() {
        let interval = configuration.gaugeInterval
        recorder.withLock {
            $0 = Task.detached(priority: .utility) { [weak self] in
                // Not held while it sleeps.
                while !Task.isCancelled, self?.recordGauges() != nil { try? await Task.sleep(for: interval) }
            }
        }
    }

    // MARK: end

    /// Ends the host: waiting runs are answered with `.stopped(.shutdown)`, present ones have `patience` to finish.
    ///
    /// Idempotent. VMs that hang in a C call are left to themselves; they end when it returns.
    public func shutdown(patience: Duration = .seconds(10)) async {
        let controllers = state.withLock { state -> [TaskController]? in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            return Array(state.tasks.values)
        }
        guard let controllers else { return }
        await withTaskGroup { group in
            for controller in controllers { group.addTask { await controller.close(patience: patience) } }
        }
        pool.close()
        intake.end()
        hub.finish()
        let waiting = state.withLock { state in
            state.tasks = [:]
            return state.onShutdown
        }
        recorder.withLock { $0?.cancel() }
        recordGauges()
        waiting.forEach { $0.resume() }
        try? FileManager.default.removeItem(atPath: preparer.snapshots)
    }

    private static func startRuntime() throws(TaskError) {
        do throws(PackageError) {
            try StandardModules.installed.get()
        } catch {
            throw TaskError(.package(error), task: "host")
        }
        do throws(RuntimeError) {
            _ = try PythonRuntime.shared()
        } catch {
            throw TaskError(.refused("\(error)"), task: "host")
        }
    }
}

extension TaskHost: Service {
    /// Waits until the service group asks for a graceful shutdown or is cancelled, then shuts down.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isClosed = state.withLock { state in
                        if !state.isClosed { state.onShutdown.append(continuation) }
                        return state.isClosed
                    }
                    if isClosed { continuation.resume() }
                }
            } onCancel: {
                Task { await shutdown() }
            }
        } onGracefulShutdown: {
            Task { await self.shutdown() }
        }
    }
}
