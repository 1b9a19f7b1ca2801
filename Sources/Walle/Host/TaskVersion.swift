internal import WalleText
internal import Logging
internal import Metrics
internal import Synchronization
internal import WallePython

/// A version of a task on its VMs.
final class TaskVersion: Sendable {
    let package: TaskPackage
    /// The copy that the VMs read: the original may change while they run.
    let snapshot: PackageSnapshot
    let measures: VersionMeasures

    init(package: TaskPackage, snapshot: PackageSnapshot, metrics: any MetricsFactory) {
        self.package = package
        self.snapshot = snapshot
        measures = VersionMeasures(
            task: package.manifest.name, version: package.manifest.version.description, metrics: metrics)
    }

    var name: String { package.manifest.name }
    var manifest: TaskManifest { package.manifest }
    var version: String { package.manifest.version.description }
    var limits: RunLimits { package.manifest.runLimits }

    func error(_ kind: TaskError.Kind, run: String? = nil, traceback: PythonTraceback? = nil) -> TaskError {
        TaskError(
            kind, task: name, version: version, run: run, traceback: traceback, amount: amount(of: kind),
            folder: snapshot.folder)
    }

    /// What a limit is, in words.
    private func amount(of kind: TaskError.Kind) -> String? {
        let limits = manifest.limits
        switch kind {
        case .limit(.time): return limits.run.map(Quantity.text)
        case .limit(.cpuTime): return limits.cpu.map(Quantity.text)
        case .limit(.memory): return Quantity.text(bytes: limits.memoryBytes)
        case .limit(.output): return Quantity.text(bytes: limits.outputBytes)
        case .limit(.idle): return Quantity.text(limits.idle)
        case .limit(.start): return Quantity.text(limits.start)
        case .queueFull: return "\(limits.queue)"
        default: return nil
        }
    }

    /// The error of a failed call on a VM.
    func error(_ failure: PerformFailure, run: String?) -> TaskError {
        switch failure {
        case .run(.script(let traceback)): return error(.script(traceback), run: run)
        case .run(.mismatch(let expected, let got, let path)):
            return error(.mismatch(expected: expected, got: got, path: path), run: run)
        case .run(.stopped(let reason, let traceback, _)):
            return error(Self.kind(of: reason), run: run, traceback: traceback)
        case .unresponsive(let reason):
            var error = error(Self.kind(of: reason), run: run)
            error.traceback = PythonTraceback(
                type: "Stopped", message: "it sits in a C call that cannot be interrupted; its VM is replaced")
            return error
        case .ended: return error(.stopped(.shutdown), run: run)
        }
    }

    static func kind(of reason: StopReason) -> TaskError.Kind {
        switch reason {
        case .time: .limit(.time)
        case .cpuTime: .limit(.cpuTime)
        case .memory: .limit(.memory)
        case .output: .limit(.output)
        case .threads: .limit(.threads)
        case .cancelled: .cancelled
        case .drain, .shutdown: .stopped(reason)
        }
    }
}
