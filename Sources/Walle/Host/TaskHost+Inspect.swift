internal import WallePython

/// What `walle check` finds out about a package by running it.
package struct Inspection: Sendable {
    /// How long the import of the entry's module and `warm_up()` took.
    package var start: Duration
    /// As in `(session: dict) -> dict`.
    package var signature: String
    /// What does not fit between the entry's signature and its use; empty when all does.
    package var problems: [String]
}

/// How an example went.
package struct ExampleOutcome: Sendable {
    package var example: TaskExample
    package var duration: Duration
    /// Nil when it gave its output.
    package var error: TaskError?
}

extension TaskHost {
    /// Imports a package in a VM of its own and looks at its entry.
    package func inspect(_ package: TaskPackage) async throws(TaskError) -> Inspection {
        let version = try preparer.snapshot(package)
        // The VM beforehand: the time to be measured is the script's.
        preparer.pool.refill()
        let began = ContinuousClock.now
        let instance = try await preparer.instance(of: version, index: 0)
        let start = instance.startTime ?? began.duration(to: .now)
        defer { preparer.pool.end(instance.machine) }
        let inputs = package.examples.map(\.input)
        let facts: Value
        do throws(PerformFailure) {
            facts = try await instance.machine.perform(limits: version.limits) {
                (_) throws(PythonFailure) -> Value in
                try instance.script?.inspect(inputs: inputs) ?? .none
            }
        } catch {
            throw version.error(error, run: nil)
        }
        var problems: [String] = []
        if case .array(let found)? = facts["problems"] { problems = found.compactMap(\.text) }
        return Inspection(start: start, signature: facts["signature"]?.text ?? "(…)", problems: problems)
    }

    /// Runs one example of a package in a VM of its own.
    package func outcome(of example: TaskExample, in package: TaskPackage) async throws(TaskError) -> ExampleOutcome {
        let version = try preparer.snapshot(package)
        let instance = try await preparer.instance(of: version, index: 0)
        defer { preparer.pool.end(instance.machine) }
        // Imports `random` before the clock starts.
        _ = try? await instance.machine.perform(limits: version.limits) { (interpreter) throws(PythonFailure) in
            try Script.seed(interpreter)
        }
        let began = ContinuousClock.now
        do throws(TaskError) {
            let output = try await preparer.output(of: example, version, instance)
            let duration = began.duration(to: .now)
            let error = example.difference(from: output).map {
                version.error(.example(name: example.name, difference: $0))
            }
            return ExampleOutcome(example: example, duration: duration, error: error)
        } catch {
            return ExampleOutcome(example: example, duration: began.duration(to: .now), error: error)
        }
    }

    /// The folder that the VMs of a task read, for making paths in it short.
    package func folder(of task: String) -> String? { (try? controller(task))?.current.snapshot.folder }
}
