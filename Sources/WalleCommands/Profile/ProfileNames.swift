internal import Foundation
internal import WallePython
internal import WalleStdlib

/// Shows the files of a profile as their author knows them: those of the task relative to it.
struct ProfileNames {
    private let prefixes: [(path: String, shown: String)]

    init(folder: String?) {
        var prefixes: [(String, String)] = []
        if let folder { prefixes.append((folder + "/", "")) }
        prefixes.append((Stdlib.folder + "/", ""))
        if let library = try? PythonRuntime.shared().standardLibrary { prefixes.append((library + "/", "python/")) }
        self.prefixes = prefixes.map { ($0.0, $0.1) }
    }

    func apply(_ profile: StackProfile) -> StackProfile {
        profile.renaming { frame in
            var frame = frame
            if let prefix = prefixes.first(where: { frame.file.hasPrefix($0.path) }) {
                frame.file = prefix.shown + frame.file.dropFirst(prefix.path.count)
            }
            return frame
        }
    }
}

extension StackProfile.Frame {
    /// `main.py:9`; empty for what has no line.
    var place: String { line > 0 ? "\(file):\(line)" : "" }
}
