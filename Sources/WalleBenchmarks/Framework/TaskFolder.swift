internal import Foundation

/// A task package written for a benchmark, in a folder that goes away with it.
final class TaskFolder: Sendable {
    let path: String

    init(
        _ name: String, version: String = "1.0.0", instances: Int = 1, queue: Int = 4096, run: String = "60s",
        toml: String = "", source: String
    ) throws {
        path = NSTemporaryDirectory() + "walle-bench-\(getpid())-\(name)-\(version)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let manifest = """
            [task]
            name = "\(name)"
            version = "\(version)"
            entry = "main:run"
            instances = \(instances)

            [limits]
            run = "\(run)"
            memory = "128MB"
            queue = \(queue)

            \(toml)
            """
        try manifest.write(toFile: path + "/task.toml", atomically: true, encoding: .utf8)
        try source.write(toFile: path + "/main.py", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The source of a script of the peers' folder.
    static func peerSource(_ name: String) throws -> String {
        try String(contentsOfFile: "\(PeerProcess.folder)/\(name).py", encoding: .utf8)
    }
}
