internal import Foundation

extension TaskContext {
    /// The absolute path of a file of the package: `items.npy` is looked for in `resources/`, then beside `main.py`.
    func resource(_ path: String) throws(TaskError) -> String {
        let root = Self.resolved(folder)
        for base in [folder + "/resources", folder] {
            let candidate = path.hasPrefix("/") ? path : base + "/" + path
            guard FileManager.default.fileExists(atPath: candidate) else {
                // Nothing is told about files outside, not even that they do not exist.
                if !Self.covers(folder, (candidate as NSString).standardizingPath) {
                    throw .outside(path: path, task: name)
                }
                continue
            }
            let resolved = Self.resolved(candidate)
            guard Self.covers(root, resolved) else { throw .outside(path: path, task: name) }
            return resolved
        }
        throw .noResource(path: path, task: name)
    }

    /// Follows symbolic links, so that none leads out of the package.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return (path as NSString).standardizingPath }
        defer { free(real) }
        return String(cString: real)
    }

    private static func covers(_ folder: String, _ path: String) -> Bool {
        path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }
}
