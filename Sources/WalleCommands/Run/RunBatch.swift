internal import Walle
internal import WallePython

/// Runs a task over many inputs, several at a time, and tells of the outcomes in the order of the inputs.
struct RunBatch: Sendable {
    struct Outcome: Sendable {
        var index: Int
        var place: String
        var result: Result<JSONLine, RunProblem>
        var duration: Duration
    }

    let host: TaskHost
    let task: String
    /// Runs under way at a time: as many as VMs, so that a latency is a run and not its wait.
    let window: Int
    /// Outcomes that are held back, for each run under way.
    private static let mostEarly = 64

    /// - Parameter receive: Called in the order of inputs.
    func run(next: () -> InputItem?, receive: (Outcome) -> Void) async {
        await withTaskGroup(of: Outcome.self) { group in
            var started = 0
            var expected = 0
            var early: [Int: Outcome] = [:]
            var isAtEnd = false
            while true {
                let running = started - expected - early.count
                // What came early waits for those before it: bounded, or one slow run would have all others held.
                if running < window, started - expected < window * Self.mostEarly, !isAtEnd, !Task.isCancelled {
                    guard let item = next() else {
                        isAtEnd = true
                        continue
                    }
                    start(item, as: started, in: &group)
                    started += 1
                } else if running > 0 {
                    await take(&group, &early, &expected, receive)
                } else {
                    break
                }
            }
        }
    }

    private func start(_ item: InputItem, as index: Int, in group: inout TaskGroup<Outcome>) {
        group.addTask {
            let began = ContinuousClock.now
            let result = await self.result(of: item)
            return Outcome(index: index, place: item.place, result: result, duration: began.duration(to: .now))
        }
    }

    private func take(
        _ group: inout TaskGroup<Outcome>, _ early: inout [Int: Outcome], _ expected: inout Int,
        _ receive: (Outcome) -> Void
    ) async {
        guard let outcome = await group.next() else { return }
        early[outcome.index] = outcome
        while let due = early.removeValue(forKey: expected) {
            receive(due)
            expected += 1
        }
    }

    private func result(of item: InputItem) async -> Result<JSONLine, RunProblem> {
        switch item.value {
        case .failure(let error): return .failure(.input(error))
        case .success(let value):
            do throws(TaskError) {
                return .success(try await host.run(task, value, as: JSONLine.self))
            } catch {
                return .failure(.task(error))
            }
        }
    }
}

/// Why an input has no result.
enum RunProblem: Error, CustomStringConvertible {
    case input(InputError)
    case task(TaskError)

    var description: String {
        switch self {
        case .input(let error): "\(error)"
        case .task(let error): "\(error)"
        }
    }

    /// `{"kind": …, "message": …}` with the traceback when there is one.
    var value: Value {
        switch self {
        case .input(let error): ["kind": "input", "message": .string(error.description)]
        case .task(let error): error.value
        }
    }
}

extension TaskError {
    /// What programs read of an error.
    var value: Value {
        var members: [String: Value] = ["kind": .string(code), "message": .string(message)]
        if let run { members["run"] = .string(run) }
        if let version { members["version"] = .string(version) }
        if let placeText { members["traceback"] = .string(placeText) }
        return .dictionary(members)
    }
}
