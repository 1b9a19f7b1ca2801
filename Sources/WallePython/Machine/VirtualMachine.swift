internal import CWalleStop
internal import Foundation
internal import Synchronization

/// One thread, one interpreter, one heap.
package final class VirtualMachine: Sendable {
    package enum State: String, Sendable {
        case ready, running, condemned, ended
    }

    /// Work for the VM's thread. It is called exactly once, also when the VM can no longer run anything: then
    /// ``Interpreter/isUsable`` is false.
    package typealias Job = @Sendable (Interpreter) -> Void

    /// The run on the VM's thread, as others see it.
    private struct Present {
        /// The C side's stop; nil before the interpreter is there and after it ended.
        var stop: StopReference?
        var run: UInt64 = 0
        /// Stops of runs that have not begun, or are over: nobody knows which.
        var early: [(run: UInt64, reason: StopReason)] = []
        /// Answers the caller when the run cannot be stopped.
        var giveUp: (@Sendable (StopReason) -> Void)?
        var state = State.ready
        var onEnd: (@Sendable () -> Void)?
        var interpreter: InterpreterReference?
    }

    private let mailbox = Mailbox<Job>()
    private let present = Mutex(Present())
    package let name: String

    private init(name: String) {
        self.name = name
    }

    /// Makes a thread and an interpreter on it.
    package static func start(_ configuration: MachineConfiguration) async throws(MachineError) -> VirtualMachine {
        let machine = VirtualMachine(name: configuration.name)
        let result: Result<Void, MachineError> = await withUnsafeContinuation { continuation in
            let stack = configuration.stackBytes + 256 << 10
            let started = Thread.start(name: configuration.name, stackBytes: stack) {
                machine.live(configuration) { continuation.resume(returning: $0) }
            }
            if !started { continuation.resume(returning: .failure(.noThread)) }
        }
        try result.get()
        return machine
    }

    /// The life of the VM's thread.
    private func live(_ configuration: MachineConfiguration, _ ready: (Result<Void, MachineError>) -> Void) {
        let interpreter: Interpreter
        do throws(MachineError) {
            interpreter = try Interpreter(configuration: configuration, watcher: .shared)
        } catch {
            ready(.failure(error))
            return
        }
        let stop = StopReference(pointer: interpreter.stop)
        let reference = InterpreterReference(interpreter: interpreter)
        present.withLock { present in
            present.stop = stop
            present.interpreter = reference
        }
        Watcher.shared.add(self)
        ready(.success(()))
        while let job = interpreter.waiting({ mailbox.receive() }) { job(interpreter) }
        end(interpreter)
    }

    private func end(_ interpreter: Interpreter) {
        // A thread or finaliser that does not end now is waited for as long as it takes; the VM counts as condemned.
        while !interpreter.settle() {
            present.withLock { $0.state = .condemned }
            interpreter.released { _ = usleep(100_000) }
        }
        Watcher.shared.remove(self)
        present.withLock { present in
            present.stop = nil
            present.interpreter = nil
        }
        interpreter.end()
        let onEnd = present.withLock { present in
            present.state = .ended
            // Taken: what it captures may hold the VM.
            return present.onEnd.take()
        }
        onEnd?()
    }

    // MARK: work

    /// Queues work. False when the VM takes no more: the job will not be called.
    @discardableResult
    package func submit(_ job: @escaping Job) -> Bool {
        mailbox.send(job)
    }

    /// Takes no more work; ends the interpreter when what was submitted is done.
    package func close(onEnd: (@Sendable () -> Void)? = nil) {
        present.withLock { $0.onEnd = onEnd }
        mailbox.close()
    }

    /// Collects garbage and gives unused memory back to the system, once what was submitted is done: for a VM that will
    /// be idle.
    package func trim() {
        submit { interpreter in
            if interpreter.isUsable { interpreter.trim() }
        }
    }

    /// Live bytes of the VM; 0 after its end.
    package var liveBytes: Int { present.withLock { $0.interpreter?.interpreter.liveBytes } ?? 0 }
    /// Most live bytes so far; 0 after its end.
    package var peakBytes: Int { present.withLock { $0.interpreter?.interpreter.peakBytes } ?? 0 }

    package var state: State { present.withLock { $0.state } }

    /// Marks the beginning of `run`, on the VM's thread; `giveUp` is called on another thread if nothing can stop it.
    func begin(run: UInt64, giveUp: @escaping @Sendable (StopReason) -> Void) {
        present.withLock { present in
            present.run = run
            present.giveUp = giveUp
            present.state = .running
            guard let index = present.early.firstIndex(where: { $0.run == run }) else { return }
            let reason = present.early.remove(at: index).reason
            if let stop = present.stop?.pointer { walle_stop_request(stop, run, reason.code) }
        }
    }

    /// Marks its end, on the VM's thread. False when it was given up meanwhile.
    func end(run: UInt64) -> Bool {
        present.withLock { present in
            let answered = present.giveUp == nil
            present.run = 0
            present.giveUp = nil
            if present.state == .running { present.state = .ready }
            return !answered
        }
    }

    /// Asks to stop `run`, also one that has not begun; nothing happens when it is over. Any thread.
    package func stop(run: UInt64, reason: StopReason) {
        present.withLock { present in
            guard let stop = present.stop?.pointer else { return }
            if present.run == run { return walle_stop_request(stop, run, reason.code) }
            // The C side remembers one request, which must be the present run's.
            present.early.append((run, reason))
            if present.early.count > Self.mostEarlyStops { present.early.removeFirst() }
        }
    }

    private static let mostEarlyStops = 256

    /// Wakes the run from a wait, or gives it up. True while there is more to do. On the watcher's thread.
    func helpStop() -> Bool {
        var giveUp: (() -> Void)?
        let more = present.withLock { present -> Bool in
            guard let stop = present.stop?.pointer, walle_stop_is_asked(stop), walle_stop_run(stop) != 0 else {
                return false
            }
            guard walle_stop_step(stop) == walle_step_unresponsive else {
                walle_stop_nudge(stop)
                return true
            }
            present.state = .condemned
            if let answer = present.giveUp, present.run == walle_stop_run(stop) {
                let reason = StopReason(code: walle_stop_reason(stop)) ?? .time
                giveUp = { answer(reason) }
                present.giveUp = nil
            }
            // Forced already: what it waits for is woken on, so that a wait ends; a computation cannot be.
            walle_stop_nudge(stop)
            return false
        }
        giveUp?()
        return more
    }
}

extension VirtualMachine {
    /// Calls `body` with the run on the VM's thread, if there is one; the interpreter cannot end meanwhile. Any thread.
    func withPresentRun(_ body: (UInt64, Interpreter) -> Void) {
        present.withLock { present in
            guard present.run != 0, let reference = present.interpreter else { return }
            body(present.run, reference.interpreter)
        }
    }
}

/// The interpreter, for what any thread may ask of it while the VM holds this under its lock.
private struct InterpreterReference: @unchecked Sendable {
    let interpreter: Interpreter
}

/// The C side's stop. Its functions for other threads may be called while the VM holds this under its lock.
private struct StopReference: @unchecked Sendable {
    let pointer: OpaquePointer
}

extension Interpreter {
    /// Waits with the GIL released, so that threads the task started can go on.
    func waiting<Result>(_ body: () -> Result) -> Result { released(body) }
}
