internal import Foundation

/// The files of a new task: a small one that works, to be changed into one's own.
///
/// ```swift
/// try TaskTemplate(name: "next-item", stdlib: "/opt/walle/share/walle").write(to: "next-item")
/// ```
public struct TaskTemplate: Sendable {
    /// The name of the task.
    public let name: String
    /// Path → text, in the order in which to read them.
    public let files: [(path: String, text: String)]

    /// - Parameters:
    ///   - name: Lowercase letters, digits and hyphens.
    ///   - stdlib: The folder of Walle's Python modules and stubs, for editors.
    /// - Throws: When no task can have that name.
    public init(name: String, stdlib: String) throws(PackageError) {
        if let remedy = ManifestReader.nameProblem(name) {
            throw PackageError(
                folder: "",
                problems: [.init(.invalidValue, file: "", "no task can be named \"\(name)\"", remedy: remedy)])
        }
        self.name = name
        files = [
            ("task.toml", Self.manifest(name)),
            ("main.py", Self.main),
            ("resources/sessions.json", Self.sessions),
            ("examples/first.json", Self.example),
            ("tests/test_main.py", Self.test),
            (".vscode/settings.json", Self.settings(stdlib)),
        ]
    }

    /// Writes the files into a folder, which is made when it is not there.
    ///
    /// - Throws: When one of the files is there already, and then none is written; or when one cannot be written.
    public func write(to folder: String) throws(PackageError) {
        let manager = FileManager.default
        let present = files.filter { manager.fileExists(atPath: folder + "/" + $0.path) }
        guard present.isEmpty else {
            throw PackageError(
                folder: folder,
                problems: present.map {
                    .init(
                        .exists, file: $0.path, "the file is there already",
                        remedy: "Choose another folder, or remove it.")
                })
        }
        for file in files {
            let path = folder + "/" + file.path
            do {
                let parent = (path as NSString).deletingLastPathComponent
                try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
                // Fails when someone else has made the file meanwhile.
                try Data(file.text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
            } catch {
                throw PackageError(
                    folder: folder,
                    problems: [
                        .init(
                            .unreadable, file: file.path, "the file cannot be written (\(error.localizedDescription))",
                            remedy: "Choose a folder that may be written.")
                    ])
            }
        }
    }
}
