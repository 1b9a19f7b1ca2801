import Foundation
import WalleCommands

/// A folder that goes away with its owner.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "walle-commands-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, as editors do: first beside it, then in its place.
    func write(_ text: String, to file: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url, options: .atomic)
    }

    func read(_ file: String) throws -> String { try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }

    /// Makes a task in a folder of its name.
    @discardableResult
    func task(_ name: String, _ main: String, version: String = "1.0.0", more: String = "") throws -> String {
        try write("[task]\nname = \"\(name)\"\nversion = \"\(version)\"\n\(more)\n", to: "\(name)/task.toml")
        try write(main, to: "\(name)/main.py")
        return "\(path)/\(name)"
    }
}
