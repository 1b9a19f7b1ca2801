internal import Synchronization

/// Runs that triggers asked for, each until it is done: those of a task start in the order of their matches, as many at a
/// time as its queue takes.
///
/// A run that the queue of its task does not take waits here. One that the end of the host stopped is not done: it runs again
/// after a restart, under the same name, where there is a store.
final class TriggeredRuns: Sendable {
    private struct Line {
        var waiting: ArraySlice<TriggeredRun> = []
        var running = 0
        /// A thread starts runs of this task at the moment.
        var isStarting = false
        /// The queue of the task was full: it is tried again when a run ends, or after a while.
        var isHeldUp = false
    }

    private struct State {
        var lines: [String: Line] = [:]
        var count = 0
        /// Names of runs that are done, until somebody takes them.
        var done: [String] = []
    }

    /// Starts a run and says how it ended, on any thread; or throws why it cannot start.
    typealias Start =
        @Sendable (TriggeredRun, @escaping @Sendable (Result<Value, TaskError>) -> Void) throws(TaskError) -> Void

    private let state = Mutex(State())
    private let begin: Start
    private let told: @Sendable (TriggeredRun, Result<Value, TaskError>) -> Void
    /// Of one task at a time: more would only wait in its queue.
    private static let mostAtATime = 128

    /// - Parameter told: Gets the outcome of every run that is done.
    init(begin: @escaping Start, told: @escaping @Sendable (TriggeredRun, Result<Value, TaskError>) -> Void) {
        self.begin = begin
        self.told = told
    }

    /// Runs that are not done.
    var count: Int { state.withLock(\.count) }

    func add(_ run: TriggeredRun) {
        state.withLock { state in
            state.lines[run.task, default: Line()].waiting.append(run)
            state.count += 1
        }
        startWaiting(of: run.task)
    }

    /// The names of the runs that are done since the last call.
    func takeDone() -> [String] {
        state.withLock { state in
            defer { state.done = [] }
            return state.done
        }
    }

    /// Tries again what was held up.
    func tick() {
        let tasks = state.withLock { state -> [String] in
            let heldUp = state.lines.filter(\.value.isHeldUp).map(\.key)
            for task in heldUp { state.lines[task]?.isHeldUp = false }
            return heldUp
        }
        for task in tasks { startWaiting(of: task) }
    }

    /// Forgets what waits for a task that is gone.
    ///
    /// - Returns: How many runs will never start.
    func drop(_ task: String) -> Int {
        state.withLock { state in
            let dropped = state.lines[task]?.waiting.count ?? 0
            state.done += state.lines[task]?.waiting.map(\.name) ?? []
            state.lines[task]?.waiting = []
            state.count -= dropped
            return dropped
        }
    }

    /// One thread at a time starts runs of a task; what ends meanwhile lets it go on.
    private func startWaiting(of task: String) {
        guard claim(task) else { return }
        while let run = next(of: task) {
            do throws(TaskError) {
                try begin(run) { [weak self] in self?.ended(run, $0) }
            } catch {
                ended(run, .failure(error))
            }
        }
    }

    private func claim(_ task: String) -> Bool {
        state.withLock { state in
            guard state.lines[task]?.isStarting == false else { return false }
            state.lines[task]?.isStarting = true
            return true
        }
    }

    /// The next run to start, or nil, after which another thread may start runs.
    private func next(of task: String) -> TriggeredRun? {
        state.withLock { state in
            guard var line = state.lines[task] else { return nil }
            defer { state.lines[task] = line }
            guard !line.isHeldUp, line.running < Self.mostAtATime, let run = line.waiting.popFirst() else {
                line.isStarting = false
                return nil
            }
            line.running += 1
            return run
        }
    }

    private func ended(_ run: TriggeredRun, _ result: Result<Value, TaskError>) {
        var isDone = true
        if case .failure(let error) = result, error.kind == .queueFull || error.kind == .stopped(.shutdown) {
            isDone = false
        }
        state.withLock { state in
            guard var line = state.lines[run.task] else { return }
            line.running -= 1
            line.isHeldUp = !isDone
            if isDone {
                state.count -= 1
                state.done.append(run.name)
            } else {
                line.waiting.insert(run, at: line.waiting.startIndex)
            }
            state.lines[run.task] = line
        }
        if isDone { told(run, result) }
        startWaiting(of: run.task)
    }
}
