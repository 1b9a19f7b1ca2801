internal import WalleText
internal import Synchronization
internal import WallePython

/// VMs that are ready for any task, and the count of all VMs of the host.
final class WarmPool: Sendable {
    private struct State {
        var spares: [VirtualMachine] = []
        /// VMs of this host that have not ended, by identity.
        var all: [ObjectIdentifier: VirtualMachine] = [:]
        var starting = 0
        /// Spares that are being made.
        var refilling = 0
        /// VMs that were given back and have not ended.
        var ending: Set<ObjectIdentifier> = []
        var isClosed = false
    }
    private let state = Mutex(State())
    private let configuration: HostConfiguration

    init(configuration: HostConfiguration) { self.configuration = configuration }

    /// The host shuts down.
    var isClosed: Bool { state.withLock(\.isClosed) }
    var count: Int { state.withLock { $0.all.count + $0.starting } }

    /// The VMs of the host at a moment.
    struct Census {
        /// All, those being made included.
        var machines: Int
        var spares: Int
        /// Given back, and not ended yet.
        var ending: Int
        var liveBytes: Int
    }

    var census: Census {
        let (census, machines) = state.withLock { state in
            let count = state.all.count + state.starting
            let census = Census(machines: count, spares: state.spares.count, ending: state.ending.count, liveBytes: 0)
            return (census, Array(state.all.values))
        }
        var counted = census
        counted.liveBytes = machines.reduce(0) { $0 + $1.liveBytes }
        return counted
    }

    var liveBytes: Int { state.withLock { Array($0.all.values) }.reduce(0) { $0 + $1.liveBytes } }

    /// A VM without a task: a spare, or a new one. The pool fills up again in the background.
    func take() async throws(TaskError.Kind) -> VirtualMachine {
        let spare = state.withLock { $0.spares.popLast() }
        defer { refill() }
        if let spare { return spare }
        return try await make()
    }

    /// Makes spares in the background, up to the number configured. One that cannot be made now, as the host has all the
    /// VMs it may have, is made when another VM has ended.
    func refill() {
        let missing = state.withLock { state in
            let missing = state.isClosed ? 0 : max(0, configuration.spares - state.spares.count - state.refilling)
            state.refilling += missing
            return missing
        }
        for _ in 0..<missing {
            Task.detached(priority: .utility) { [self] in
                let machine = try? await make()
                let isKept = state.withLock { state in
                    state.refilling -= 1
                    guard let machine, !state.isClosed, state.spares.count < configuration.spares else { return false }
                    state.spares.append(machine)
                    return true
                }
                if let machine, !isKept { end(machine) }
            }
        }
    }

    private func make() async throws(TaskError.Kind) -> VirtualMachine {
        try reserve()
        defer { state.withLock { $0.starting -= 1 } }
        let machine: VirtualMachine
        do throws(MachineError) {
            machine = try await VirtualMachine.start(
                MachineConfiguration(name: "walle-vm", preimports: configuration.preimports))
        } catch {
            throw .refused(Self.text(of: error))
        }
        state.withLock { $0.all[ObjectIdentifier(machine)] = machine }
        return machine
    }

    private func reserve() throws(TaskError.Kind) {
        let limit = configuration.virtualMachines
        let isFree = state.withLock { state in
            guard !state.isClosed, state.all.count + state.starting < limit else { return false }
            state.starting += 1
            return true
        }
        guard isFree else {
            throw .refused("the host has \(limit) VMs already (HostConfiguration.virtualMachines)")
        }
        guard liveBytes < configuration.memoryBytes else {
            state.withLock { $0.starting -= 1 }
            let bytes = Quantity.text(bytes: configuration.memoryBytes)
            throw .refused("the host's VMs take more than \(bytes) (HostConfiguration.memoryBytes)")
        }
    }

    /// Ends a VM when its work is done.
    func end(_ machine: VirtualMachine, then onEnd: (@Sendable () -> Void)? = nil) {
        state.withLock { state in
            if state.all[ObjectIdentifier(machine)] != nil { state.ending.insert(ObjectIdentifier(machine)) }
        }
        machine.close { [self] in
            state.withLock { state in
                state.all[ObjectIdentifier(machine)] = nil
                state.ending.remove(ObjectIdentifier(machine))
            }
            refill()
            onEnd?()
        }
    }

    /// Ends the spares; nothing is taken from the pool any more.
    func close() {
        let spares = state.withLock { state in
            state.isClosed = true
            defer { state.spares = [] }
            return state.spares
        }
        spares.forEach { end($0) }
    }

    private static func text(of error: MachineError) -> String {
        switch error {
        case .runtime(let error): "\(error)"
        case .outOfMemory, .creationFailed:
            "the system gives no memory for another VM, or the process has 4,096"
        case .noTimer: "the system gives no timer for another VM: raise `ulimit -i`"
        case .noThread: "the system gives no thread for another VM: raise `ulimit -u`"
        case .failedToStart(let traceback): "the interpreter did not start: \(traceback)"
        }
    }
}
