internal import CWalleStop
internal import Foundation
internal import Synchronization

/// The one thread that helps stops along: it wakes VMs from waits that ignore an exception, and answers the caller of
/// a run that nothing can stop. It sleeps unless a run is being stopped.
final class Watcher: @unchecked Sendable {
    static let shared = Watcher()

    // Posted from signal handlers, so it is never destroyed.
    let semaphore: UnsafeMutablePointer<sem_t>
    private let machines = Mutex<[ObjectIdentifier: WeakMachine]>([:])

    private struct WeakMachine {
        weak var machine: VirtualMachine?
    }

    private init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        Thread.start(name: "walle-watcher", stackBytes: 512 << 10) { self.watch() }
    }

    func add(_ machine: VirtualMachine) {
        machines.withLock { $0[ObjectIdentifier(machine)] = WeakMachine(machine: machine) }
    }

    func remove(_ machine: VirtualMachine) {
        machines.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(machine)) }
    }

    /// All VMs of the process that have not ended.
    var all: [VirtualMachine] { machines.withLock { $0.values.compactMap(\.machine) } }

    private func watch() {
        while true {
            while sem_wait(semaphore) != 0 {}
            // A wait can begin just after it was nudged: repeat until the run is over or given up.
            while true {
                if !all.reduce(false, { $1.helpStop() || $0 }) { break }
                usleep(1000)
            }
        }
    }
}

extension Thread {
    /// Starts a detached thread with a stack of its own size; false when the system refuses.
    @discardableResult
    static func start(name: String, stackBytes: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(ThreadBody(name: String(name.prefix(15)), body: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                let start = Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
                walle_thread_set_name(start.name)
                start.body()
                return nil
            }, box.toOpaque())
        if status != 0 { box.release() }
        return status == 0
    }
}

private final class ThreadBody: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
