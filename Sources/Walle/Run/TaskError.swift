public import WallePython

/// Why a run has no result, or a task cannot be had.
///
/// Switch on ``kind``; print the error to see everything that is known: task, version, run, and where the script was.
public struct TaskError: Error, Sendable {
    /// What went wrong.
    public enum Kind: Error, Hashable {
        /// A limit of `task.toml` was reached, and the script stopped.
        case limit(Limit)
        /// The script raised an exception.
        case script(PythonTraceback)
        /// The script was stopped for a reason that is not its own: drain, shutdown.
        case stopped(StopReason)
        /// The caller was cancelled.
        case cancelled
        /// Too many runs wait already.
        case queueFull
        /// The host has no task of this name.
        case notFound
        /// The host does not do it, for the reason given.
        case refused(String)
        /// A value does not fit the type asked for; `path` says where in it.
        case mismatch(expected: String, got: String, path: String)
        /// The package cannot be used.
        case package(PackageError)
        /// An example of the package gave another result.
        case example(name: String, difference: String)
    }

    /// A limit of `task.toml`.
    public enum Limit: String, Sendable, Hashable, CaseIterable {
        case time, cpuTime, memory, output, idle, start, threads
    }

    public var kind: Kind
    public var task: String
    public var version: String?
    /// The run, as in the log; nil when it never began.
    public var run: String?
    /// Where the script was, when that is known.
    public var traceback: PythonTraceback?
    /// The limit in words, as in `200 ms`.
    var amount: String?
    /// The package's folder, which frames are shown relative to.
    var folder: String?

    package init(
        _ kind: Kind, task: String, version: String? = nil, run: String? = nil, traceback: PythonTraceback? = nil,
        amount: String? = nil, folder: String? = nil
    ) {
        self.kind = kind
        self.task = task
        self.version = version
        self.run = run
        self.traceback = traceback
        self.amount = amount
        self.folder = folder
        if case .script(let found) = kind { self.traceback = found }
    }
}

extension TaskError: CustomStringConvertible {
    public var description: String {
        var subject = task
        if let version { subject += " \(version)" }
        if let run { subject += ", run \(run)" }
        return "\(subject): \(sentence)\(place)"
    }

    /// The lines of the traceback.
    var place: String { traceback.map { "\n" + Self.text(of: $0, in: folder) } ?? "" }

    var sentence: String {
        switch kind {
        case .limit(let limit): limitSentence(limit)
        case .script(let traceback): "\(traceback.type): \(traceback.message.prefix { $0 != "\n" })"
        case .stopped(.drain): "stopped: a newer version took over and limits.drain_hard in task.toml was reached"
        case .stopped(.shutdown): "stopped: the host shut down"
        case .stopped(let reason): "stopped: \(reason.rawValue)"
        case .cancelled: "stopped: its caller was cancelled"
        case .queueFull: "refused: \(amount ?? "too many") runs wait already (limits.queue in task.toml)"
        case .notFound: "there is no task of this name; `TaskHost.taskNames` lists those that are loaded"
        case .refused(let reason): "refused: \(reason)"
        case .mismatch(let expected, let got, let path): "\(path): expected \(expected), got \(got)"
        case .package(let error): "\(error)"
        case .example(let name, let difference): "\(name) gave another result.\n\(difference)"
        }
    }

    private func limitSentence(_ limit: Limit) -> String {
        let amount = amount.map { " \($0)" } ?? " its limit"
        return switch limit {
        case .time: "stopped after\(amount) (limits.run in task.toml)"
        case .cpuTime: "stopped after\(amount) of CPU time (limits.cpu in task.toml)"
        case .memory: "stopped at\(amount) of memory (limits.memory in task.toml)"
        case .output: "stopped: it printed more than\(amount) (limits.output in task.toml)"
        case .idle: "ended: nobody took its next value for\(amount) (limits.idle in task.toml)"
        case .start: "not ready after\(amount) (limits.start in task.toml)"
        case .threads: "a thread it started does not end"
        }
    }

    /// Frames with paths inside the package shown relative to it.
    private static func text(of traceback: PythonTraceback, in folder: String?) -> String {
        guard !traceback.frames.isEmpty else { return "  " + traceback.message }
        return traceback.frames.map { frame in
            var file = frame.file
            if let folder, file.hasPrefix(folder + "/") { file.removeFirst(folder.count + 1) }
            let source = frame.source.map { "\n    \($0)" } ?? ""
            return "  \(file):\(frame.line) in \(frame.function)\(source)"
        }.joined(separator: "\n")
    }
}
