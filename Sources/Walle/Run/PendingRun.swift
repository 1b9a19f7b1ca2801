internal import Synchronization
internal import WallePython

/// One call on its way: waiting, running or answered. It is answered exactly once.
final class PendingRun: Sendable {
    /// What the instance's thread does for the run; it answers the run.
    typealias Body = @Sendable (PendingRun, Instance, Interpreter) -> Void

    let id: UInt64
    let options: RunOptions
    let routeHash: UInt64?
    let submitted: ContinuousClock.Instant
    private let body: Body
    private let state: Mutex<State>

    private struct State {
        var machine: VirtualMachine?
        var fail: (@Sendable (TaskError.Kind) -> Void)?
        var isAnswered = false
        var hasStarted = false
        var onStop: (@Sendable () -> Void)?
    }

    /// - Parameter fail: Tells the caller that there will be no result. Called at most once, and not after the body
    ///   told it a result.
    init(
        options: RunOptions, routeHash: UInt64?, fail: @escaping @Sendable (TaskError.Kind) -> Void,
        body: @escaping Body
    ) {
        id = Interpreter.nextRun()
        self.options = options
        self.routeHash = routeHash
        self.body = body
        submitted = .now
        state = Mutex(State(fail: fail))
    }

    /// The run as people see it.
    var name: String { options.name ?? Self.name(of: id) }

    static func name(of id: UInt64) -> String {
        let hex = String(id, radix: 16)
        return String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }

    var isAnswered: Bool { state.withLock(\.isAnswered) }

    /// True until an instance takes the run or it is answered.
    var isWaiting: Bool { state.withLock { !$0.isAnswered && !$0.hasStarted } }

    /// Claims the right to answer; true once.
    func claimAnswer() -> Bool {
        state.withLock { state in
            guard !state.isAnswered else { return false }
            state.isAnswered = true
            state.fail = nil
            return true
        }
    }

    /// Answers with a failure, unless the run was answered.
    func fail(_ kind: TaskError.Kind) {
        let fail = state.withLock { state -> (@Sendable (TaskError.Kind) -> Void)? in
            guard !state.isAnswered else { return nil }
            state.isAnswered = true
            return state.fail.take()
        }
        fail?(kind)
    }

    /// Also called when the run is stopped: wakes what waits outside the interpreter.
    func onStop(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.onStop = wake }
    }

    /// Executes the run on the thread of `instance`.
    func execute(on instance: Instance, _ interpreter: Interpreter) {
        state.withLock { state in
            state.machine = instance.machine
            state.hasStarted = true
        }
        body(self, instance, interpreter)
        state.withLock { state in
            state.machine = nil
            state.onStop = nil
        }
    }

    /// Stops the run where it is: answered at once while it waits, interrupted while it runs.
    func stop(_ reason: StopReason) {
        let (machine, wake) = state.withLock { ($0.machine, $0.onStop) }
        if let machine {
            machine.stop(run: id, reason: reason)
            wake?()
        } else {
            fail(reason == .cancelled ? .cancelled : .stopped(reason))
        }
    }

    /// Time left until the caller's deadline; nil when there is none.
    var timeLeft: Duration? {
        options.deadline.map { $0 - submitted.duration(to: .now) }
    }
}
