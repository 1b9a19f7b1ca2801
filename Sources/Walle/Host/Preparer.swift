internal import Foundation
internal import Logging
internal import WalleBinding
internal import WalleModules
internal import WallePython

/// Brings a package onto VMs: import, `warm_up()`, examples. Nothing it does touches a version that runs.
struct Preparer: Sendable {
    let pool: WarmPool
    let configuration: HostConfiguration
    let modules: [PythonModule]
    let snapshots: String
    let shared: SharedValues
    /// What tasks ask for the rows of streams.
    let host: HostReference

    /// A version with one instance for each slot of its manifest.
    func prepare(_ package: TaskPackage, checkingExamples: Bool) async throws(TaskError) -> (TaskVersion, [Instance]) {
        let version = try snapshot(package)
        if checkingExamples && !package.examples.isEmpty { try await check(version) }
        var instances: [Instance] = []
        do throws(TaskError) {
            for index in 0..<package.manifest.instances {
                instances.append(try await instance(of: version, index: index))
            }
        } catch {
            instances.forEach { pool.end($0.machine) }
            throw error
        }
        return (version, instances)
    }

    func snapshot(_ package: TaskPackage) throws(TaskError) -> TaskVersion {
        do {
            return TaskVersion(
                package: package, snapshot: try PackageSnapshot(of: package, below: snapshots),
                metrics: configuration.metrics)
        } catch {
            let problem = "the package could not be copied to \(snapshots): \(error.localizedDescription)"
            throw TaskError(.refused(problem), task: package.manifest.name)
        }
    }

    /// One more VM with the version loaded.
    func instance(of version: TaskVersion, index: Int) async throws(TaskError) -> Instance {
        guard !Task.isCancelled && !pool.isClosed else { throw version.error(.stopped(.shutdown)) }
        let machine: VirtualMachine
        do throws(TaskError.Kind) { machine = try await pool.take() } catch { throw version.error(error) }
        let context = RunContext(version: version, logger: configuration.logger, shared: shared, host: host)
        let instance = Instance(version: version, machine: machine, index: index, context: context)
        do throws(PerformFailure) {
            try await machine.perform(limits: startLimits(version)) { (interpreter) throws(PythonFailure) in
                try load(version, into: instance, interpreter)
            }
        } catch {
            pool.end(machine)
            throw pool.isClosed ? version.error(.stopped(.shutdown)) : startError(version, error)
        }
        return instance
    }

    private func load(
        _ version: TaskVersion, into instance: Instance, _ interpreter: Interpreter
    ) throws(PythonFailure) {
        let context = instance.context
        interpreter.output.onLine = { context.line($0, $1) }
        interpreter.context = context.task
        interpreter.offer(WalleModules.all + modules)
        interpreter.arrayExchange = WalleModules.arrayExchange
        if configuration.isDebugging { try interpreter.openTerminal() }
        interpreter.adopt(
            policy: version.manifest.policy(folder: version.snapshot.folder),
            memoryBytes: version.manifest.limits.memoryBytes)
        let began = ContinuousClock.now
        let script = try script(of: version, interpreter)
        instance.set(script, after: began.duration(to: .now))
        // What importing left behind would stay as long as the VM.
        interpreter.trim()
    }

    private func script(of version: TaskVersion, _ interpreter: Interpreter) throws(PythonFailure) -> Script {
        let open = { () throws(PythonFailure) -> Script in
            let location = version.manifest.location(folder: version.snapshot.folder)
            let script = try Script(location, in: interpreter)
            _ = try script.call("warm_up", resultBytes: version.limits.resultBytes)
            return script
        }
        guard configuration.isDebugging else { return try open() }
        let script = try interpreter.debugging(open)
        try script.debug()
        return script
    }

    private func startLimits(_ version: TaskVersion) -> RunLimits {
        var limits = version.limits
        limits.time = version.manifest.limits.start
        limits.cpuTime = nil
        limits.memoryBytes = nil
        return limits
    }

    private func startError(_ version: TaskVersion, _ failure: PerformFailure) -> TaskError {
        var error = version.error(failure, run: nil)
        if case .limit(.time) = error.kind {
            error = version.error(.limit(.start), traceback: error.traceback)
        }
        return error
    }

    // MARK: examples

    /// Runs the package's examples in a VM of their own, without state and with fixed random numbers.
    func check(_ version: TaskVersion) async throws(TaskError) {
        for example in version.package.examples {
            let instance = try await instance(of: version, index: 0)
            defer { pool.end(instance.machine) }
            let output = try await output(of: example, version, instance)
            if let mismatch = example.mismatch(output) {
                throw version.error(.example(name: example.file, difference: "\(mismatch)"))
            }
        }
    }

    func output(
        of example: TaskExample, _ version: TaskVersion, _ instance: Instance
    ) async throws(TaskError) -> Value {
        do throws(PerformFailure) {
            return try await instance.machine.perform(limits: version.limits) {
                (interpreter) throws(PythonFailure) -> Value in
                try Script.seed(interpreter)
                guard let script = instance.script else { return .none }
                return try script.run(example.input, as: Value.self, resultBytes: version.limits.resultBytes)
            }
        } catch {
            throw version.error(error, run: example.name)
        }
    }
}
