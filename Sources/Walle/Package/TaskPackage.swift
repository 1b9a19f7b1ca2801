/// A task as it lies in a folder: `task.toml`, Python modules, `examples/*.json`, resources.
///
/// ```swift
/// let package = try TaskPackage.load(at: "tasks/next-item")
/// print(package.manifest.name, package.manifest.version, package.examples.count)
/// ```
public struct TaskPackage: Sendable {
    /// Absolute, without symbolic links.
    public let folder: String
    public let manifest: TaskManifest
    /// Sorted by the names of their files.
    public let examples: [TaskExample]
    /// All files but hidden ones, `__pycache__` and what editors leave, sorted by path.
    public let files: [File]
    /// Of the files, taken before they were read: a change during loading shows as another fingerprint later.
    public let fingerprint: Fingerprint

    /// A file of a package.
    public struct File: Sendable, Hashable {
        /// Relative to the package.
        public var path: String
        public var bytes: Int
    }

    /// The sizes of all files together.
    public var totalBytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// Loads a package and checks all that can be checked without Python.
    ///
    /// - Throws: Everything that is wrong, at once.
    public static func load(at path: String, bounds: PackageBounds = PackageBounds()) throws(PackageError)
        -> TaskPackage
    {
        let folder: PackageFolder
        do {
            folder = try PackageFolder(path, bounds: bounds)
        } catch {
            throw PackageError(folder: path, problems: [error])
        }
        var loader = PackageLoader(folder)
        let package = loader.load()
        if !loader.problems.isEmpty { throw PackageError(folder: path, problems: loader.problems) }
        return package
    }
}

extension TaskPackage {
    /// Tells one state of a folder's files from another: a hash over paths, sizes, times of change and inodes.
    ///
    /// Good for seeing changes on one machine, and for nothing else: a copy has another one.
    public struct Fingerprint: Sendable, Hashable {
        /// FNV-1a, 64 bits.
        private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func mix(_ text: String) {
            for byte in text.utf8 { mix(byte: byte) }
            mix(byte: 0)
        }

        mutating func mix(_ number: Int64) {
            for shift in stride(from: 0, to: 64, by: 8) { mix(byte: UInt8(truncatingIfNeeded: number >> shift)) }
        }

        private mutating func mix(byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
    }

    /// The present fingerprint of a folder, without loading it; nil when it is gone.
    public static func fingerprint(of path: String, bounds: PackageBounds = PackageBounds()) -> Fingerprint? {
        (try? PackageFolder(path, bounds: bounds)).map { PackageListing($0).fingerprint }
    }

    /// A path of `task.toml` as an absolute one, without symbolic links as far as it exists.
    package static func resolve(_ path: String, in folder: String) -> String {
        var present = path.hasPrefix("/") ? path : folder + "/" + path
        var rest: [Substring] = []
        while true {
            if let real = PackageFolder.realPath(present) {
                return rest.isEmpty ? real : (real == "/" ? "" : real) + "/" + rest.reversed().joined(separator: "/")
            }
            let parts = present.split(separator: "/")
            guard let last = parts.last else { return "/" }
            if last != "." { rest.append(last) }
            present = "/" + parts.dropLast().joined(separator: "/")
        }
    }
}
