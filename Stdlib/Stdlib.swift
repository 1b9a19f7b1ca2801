import Foundation

/// Where the Python files lie that every task may import.
package enum Stdlib {
    /// The folder that holds the `walle` package and `python.toml`.
    ///
    /// Looked for beside the executable first, where the build puts it, then in `share/walle` of an installation, then
    /// where this source file lies.
    package static let folder: String = {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (executable as NSString).deletingLastPathComponent
        let candidates = [
            beside + "/walle_WalleStdlib.resources",
            (beside as NSString).deletingLastPathComponent + "/share/walle",
        ]
        let source = (#filePath as NSString).deletingLastPathComponent
        return candidates.first { FileManager.default.fileExists(atPath: $0 + "/walle") } ?? source
    }()
}
