import Foundation
import Testing

/// Files and folders that tests read and make.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        .path

    /// The names of the files of a folder, for `arguments:`.
    static func names(_ folder: String, below parent: String = folder) -> [String] {
        let path = parent + "/" + folder
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
            .sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
    }

    /// Makes a folder with files for the time of a test.
    static func withFolder<Result>(_ files: [String: String] = [:], _ body: (String) throws -> Result) throws -> Result
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "walle-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (path, text) in files { try write(text, to: folder + "/" + path) }
        // Temporary folders may lie behind symbolic links, and packages tell their real paths.
        return try body(URL(filePath: folder).resolvingSymlinksInPath().path)
    }

    static func write(_ text: String, to path: String) throws {
        let parent = URL(filePath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// The files of the smallest package.
    static let smallest = [
        "task.toml": "[task]\nname = \"small\"\nversion = \"1.0.0\"\n",
        "main.py": "def run(value):\n    return value\n",
    ]
}
