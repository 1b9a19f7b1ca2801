internal import Synchronization
internal import WallePython

/// One VM with one task version loaded.
final class Instance: Sendable {
    let version: TaskVersion
    let machine: VirtualMachine
    let index: Int
    // Used on the VM's thread only, after it was set there.
    nonisolated(unsafe) private(set) var script: Script?
    /// How long the script took to load; set with it.
    nonisolated(unsafe) private(set) var startTime: Duration?
    let context: RunContext
    private let busy = Mutex<PendingRun?>(nil)

    init(version: TaskVersion, machine: VirtualMachine, index: Int, context: RunContext) {
        self.version = version
        self.machine = machine
        self.index = index
        self.context = context
    }

    /// On the VM's thread.
    func set(_ script: Script, after startTime: Duration) {
        self.script = script
        self.startTime = startTime
    }

    /// The run on the VM, to be stopped when the instance is drained by force.
    var present: PendingRun? {
        get { busy.withLock { $0 } }
        set { busy.withLock { $0 = newValue } }
    }
}
