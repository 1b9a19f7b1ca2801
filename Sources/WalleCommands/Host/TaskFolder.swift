internal import Foundation
internal import Walle

/// Keeps the tasks of a host the same as the packages in a folder.
actor TaskFolder {
    private struct Known {
        /// Nil while no version of the package could be loaded.
        var task: String?
        var fingerprint: TaskPackage.Fingerprint?
    }

    private let folder: String
    private let host: TaskHost
    private let console: Console
    private var known: [String: Known] = [:]

    init(_ folder: String, on host: TaskHost, _ console: Console) {
        self.folder = folder
        self.host = host
        self.console = console
    }

    /// Loads what is new, swaps what changed, unloads what is gone. What cannot be used is said and left out until it
    /// changes again. Not to be called again before it returns.
    func update() async {
        let paths = (try? TaskHost.packages(in: folder)) ?? []
        for path in known.keys.sorted() where !paths.contains(path) { await remove(path) }
        for path in paths {
            // Taken first: a change during the loading shows the next time.
            let fingerprint = TaskPackage.fingerprint(of: path)
            let before = known[path]
            if before != nil, before?.fingerprint == fingerprint { continue }
            known[path] = Known(task: before?.task, fingerprint: fingerprint)
            known[path]?.task = await bring(path, as: before?.task)
        }
    }

    /// Gives the task's name; the old one when the package could not be taken.
    private func bring(_ path: String, as task: String?) async -> String? {
        do throws(TaskError) {
            guard let task else { return try await host.load(path) }
            let package = try TaskHost.package(at: path)
            if package.manifest.name == task {
                try await host.swap(task, to: path)
                return task
            }
            // Another name is another task.
            let name = try await host.load(package)
            try? await host.unload(task)
            return name
        } catch {
            say(error, path, task)
            return task
        }
    }

    private func remove(_ path: String) async {
        guard let task = known.removeValue(forKey: path)?.task else { return }
        do throws(TaskError) { try await host.unload(task) } catch { console.say("\(error)") }
    }

    /// `next-item 1.1.0 not swapped in: examples/first.json gave another result. 1.0.0 goes on.`
    private func say(_ error: TaskError, _ path: String, _ task: String?) {
        let name = error.task + (error.version.map { " \($0)" } ?? "")
        let present = host.status.tasks.first { $0.name == task }
        guard let present else { return console.say("\(name) not loaded: \(error.explanation)") }
        var lines = error.explanation.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[0] += (lines[0].hasSuffix(".") ? "" : ".") + " \(present.version) goes on."
        console.say("\(name) not swapped in: " + lines.joined(separator: "\n"))
    }
}
