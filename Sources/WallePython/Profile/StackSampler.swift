internal import CWallePython
internal import CWalleStop
internal import Foundation
internal import Synchronization

/// Sees every millisecond where the scripts of the process are.
///
/// A thread of its own leaves a *pending call* with the interpreter of each VM that has a run. CPython makes it on the
/// VM's thread, under its GIL, the next time the evaluation loop looks: within microseconds in Python code, when it
/// returns from C code. Scripts run unchanged and at full speed between samples. A sample that comes late stands for the
/// ticks since it was asked for, and the thread's CPU clock says whether the C code computed or waited.
package final class StackSampler: Sendable {
    package let interval: Duration
    private let slots = Mutex<[ObjectIdentifier: SampleSlot]>([:])
    private let isStopping = Atomic<Bool>(false)
    private let hasStopped = DispatchSemaphore(value: 0)

    package init(interval: Duration = .milliseconds(1)) { self.interval = interval }

    /// Begins; once.
    package func start() {
        let started = Thread.start(name: "walle-sampler", stackBytes: 512 << 10) { self.sample() }
        if !started { hasStopped.signal() }
    }

    /// Ends sampling and gives what was seen.
    package func stop() -> StackProfile {
        isStopping.store(true, ordering: .relaxed)
        hasStopped.wait()
        var profile = StackProfile(interval: interval)
        for slot in slots.withLock({ Array($0.values) }) { profile.merge(slot.profile) }
        return profile.renaming(Self.naming)
    }

    /// What is outside of Python is named after the line that called it.
    private static func naming(_ frame: StackProfile.Frame) -> StackProfile.Frame {
        guard frame.kind == .native || frame.kind == .waiting, let source = SourceLines.line(frame.line, of: frame.file)
        else { return frame }
        var named = frame
        named.function += ": \(source.prefix(80))"
        return named
    }

    private func sample() {
        var next = walle_monotonic_ns()
        while !isStopping.load(ordering: .relaxed) {
            for machine in Watcher.shared.all { ask(machine) }
            // Ticks that this thread itself missed are not made up for.
            next = max(next + interval.nanoseconds, walle_monotonic_ns())
            usleep(UInt32(max(1, (next - walle_monotonic_ns()) / 1000)))
        }
        hasStopped.signal()
    }

    private func ask(_ machine: VirtualMachine) {
        machine.withPresentRun { run, interpreter in
            let slot = slots.withLock { slots in
                let key = ObjectIdentifier(machine)
                if let slot = slots[key] { return slot }
                let slot = SampleSlot(machine, interpreter, interval: interval)
                slots[key] = slot
                return slot
            }
            slot.ask(run: run, interpreter)
        }
    }
}

/// The sample of one VM that is under way, and those it gave.
private final class SampleSlot: @unchecked Sendable {
    private struct Request {
        var run: UInt64
        var time: Int64
        var cpuTime: Int64
        var ticks: Int
    }
    private struct State {
        var request: Request?
        var profile: StackProfile
    }
    private let state: Mutex<State>
    private let machine: VirtualMachine
    // Read inside pending calls only, in which the interpreter is alive.
    private let thread: UnsafeMutablePointer<PyThreadState>
    private let cpuClock: clockid_t

    /// C code that took less is an ordinary built-in; its caller is the place to look at.
    private static let nativeNanoseconds: Int64 = 150_000
    private static let waitingNanoseconds: Int64 = 1_000_000
    /// Deeper stacks lose their middle.
    private static let deepest = 200

    /// - Parameter machine: Held, so that no other VM gets its identity while its samples are kept.
    init(_ machine: VirtualMachine, _ interpreter: Interpreter, interval: Duration) {
        self.machine = machine
        thread = interpreter.state
        cpuClock = interpreter.cpuClock
        state = Mutex(State(profile: StackProfile(interval: interval)))
    }

    var profile: StackProfile { state.withLock(\.profile) }

    /// On the sampler's thread.
    func ask(run: UInt64, _ interpreter: Interpreter) {
        let isNew = state.withLock { state -> Bool in
            if state.request != nil {
                state.request?.ticks += 1
                return false
            }
            state.request = Request(run: run, time: walle_monotonic_ns(), cpuTime: walle_clock_ns(cpuClock), ticks: 1)
            return true
        }
        guard isNew else { return }
        let context = Unmanaged.passRetained(self)
        let status = _PyEval_AddPendingCall(
            walle_InterpreterOf(thread),
            { context in
                Unmanaged<SampleSlot>.fromOpaque(context!).takeRetainedValue().take()
                return 0
            }, context.toOpaque(), 0)
        guard status != 0 else { return }
        context.release()
        state.withLock { $0.request = nil }
    }

    /// In the pending call, on a thread of the interpreter.
    private func take() {
        guard let request = state.withLock({ $0.request.take() }) else { return }
        let late = walle_monotonic_ns() - request.time
        let computed = walle_clock_ns(cpuClock) - request.cpuTime
        var stack: [StackProfile.Frame]
        if Interpreter.ofThisThread.map({ walle_stop_run($0.stop) }) ?? request.run != request.run {
            // Asked for after the script's last line: its result was on its way.
            stack = [StackProfile.Frame(function: "(input and result)", file: "host", line: 0, kind: .host)]
        } else {
            stack = Self.stack(of: thread)
            if computed >= Self.nativeNanoseconds, computed > late / 4 {
                Self.addLeaf(.native, "C code", to: &stack, thread)
            } else if late >= Self.waitingNanoseconds {
                Self.addLeaf(.waiting, "waiting", to: &stack, thread)
            }
        }
        state.withLock { $0.profile.add(stack, ticks: request.ticks) }
    }

    // MARK: frames

    private static func stack(of thread: UnsafeMutablePointer<PyThreadState>) -> [StackProfile.Frame] {
        var frames: [StackProfile.Frame] = []
        var next = PyThreadState_GetFrame(thread)
        while let frame = next {
            if frames.count < deepest { frames.append(describe(frame)) }
            next = PyFrame_GetBack(frame)
            walle_ReleaseFrame(frame)
        }
        return frames.reversed()
    }

    private static func describe(_ frame: OpaquePointer) -> StackProfile.Frame {
        let code = PyFrame_GetCode(frame)
        defer { walle_ReleaseCode(code) }
        return StackProfile.Frame(
            function: String(python: walle_CodeName(code)), file: String(python: walle_CodeFile(code)),
            line: Int(walle_CodeLine(code)))
    }

    private static func addLeaf(
        _ kind: StackProfile.Frame.Kind, _ name: String, to stack: inout [StackProfile.Frame],
        _ thread: UnsafeMutablePointer<PyThreadState>
    ) {
        guard let caller = stack.last, let frame = PyThreadState_GetFrame(thread) else { return }
        let line = Int(PyFrame_GetLineNumber(frame))
        walle_ReleaseFrame(frame)
        stack.append(StackProfile.Frame(function: name, file: caller.file, line: line, kind: kind))
    }
}
