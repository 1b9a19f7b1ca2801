internal import WalleText
internal import Foundation

/// The files of a package as they lie there.
struct PackageListing {
    private(set) var files: [TaskPackage.File] = []
    private(set) var problems: [PackageError.Problem] = []
    private(set) var fingerprint = TaskPackage.Fingerprint()

    private let folder: PackageFolder
    private var totalBytes = 0

    init(_ folder: PackageFolder) {
        self.folder = folder
        walk("", depth: 0)
        if totalBytes > folder.bounds.totalBytes {
            problems.append(folder.tooLargeTogether(totalBytes))
        }
    }

    /// Left out: what Python and editors make on their own, and hidden files.
    static func isIgnored(_ name: String) -> Bool {
        // 4913 is what Vim writes to see whether it can; ___jb_… is what JetBrains' editors save through.
        name.hasPrefix(".") || name == "__pycache__" || name.hasSuffix(".pyc") || name.hasSuffix("~") || name == "4913"
            || name.hasSuffix(".tmp") || name.hasSuffix(".swp") || name.hasPrefix("___jb_")
            || (name.hasPrefix("#") && name.hasSuffix("#"))
    }

    private var isFull: Bool { files.count > folder.bounds.files }

    private mutating func walk(_ path: String, depth: Int) {
        guard depth <= folder.bounds.depth else {
            return report(
                .tooLarge, path, "the folder lies \(depth) deep",
                "Have at most \(folder.bounds.depth) folders within folders.")
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.absolute(path)) else {
            return report(.unreadable, path, "the folder cannot be read", "Let the host's user read it: chmod u+rx.")
        }
        for name in names.sorted() where !Self.isIgnored(name) && !isFull {
            add(path.isEmpty ? name : path + "/" + name, depth: depth)
        }
    }

    private mutating func add(_ path: String, depth: Int) {
        // A file that is gone by now will be gone from the next listing, too.
        guard let status = PackageFolder.status(folder.absolute(path), following: false) else { return }
        switch status.kind {
        case .folder: walk(path, depth: depth + 1)
        case .file: add(path, status)
        case .link: addLink(path)
        case .other:
            report(
                .unreadable, path, "this is neither file nor folder",
                "Remove it: a package cannot carry it to another host.")
        }
    }

    private mutating func add(_ path: String, _ status: PackageFolder.Status) {
        files.append(TaskPackage.File(path: path, bytes: status.bytes))
        fingerprint.mix(path)
        for part in status.stamp + [Int64(status.bytes)] { fingerprint.mix(part) }
        totalBytes += status.bytes
        if status.bytes > folder.bounds.fileBytes {
            problems.append(folder.tooLarge(path, status.bytes, folder.bounds.fileBytes))
        }
        if isFull {
            report(
                .tooLarge, "", "the package has more than \(folder.bounds.files) files",
                "Keep data outside of the package and name it in permissions.files.")
        }
    }

    /// A link to a file counts as the file; a linked folder is listed where it lies.
    private mutating func addLink(_ path: String) {
        let absolute = folder.absolute(path)
        guard let target = PackageFolder.realPath(absolute), let status = PackageFolder.status(target) else {
            return report(.missing, path, "the symbolic link leads nowhere", "Remove it, or put the file there.")
        }
        guard folder.contains(target) else {
            return report(
                .escapes, path, "the symbolic link leads out of the package, to \(target)",
                "Copy the file into the package, or name its absolute path in permissions.files.")
        }
        if status.kind == .file { add(path, status) } else { fingerprint.mix(path + "\0" + target) }
    }

    private mutating func report(_ code: PackageError.Code, _ path: String, _ message: String, _ remedy: String) {
        problems.append(PackageError.Problem(code, file: path, message, remedy: remedy))
    }
}

extension PackageFolder {
    fileprivate func tooLargeTogether(_ bytes: Int) -> PackageError.Problem {
        PackageError.Problem(
            .tooLarge, file: "",
            "the files have \(Quantity.text(bytes: bytes)) together; at most \(Quantity.text(bytes: bounds.totalBytes)) are allowed",
            remedy: "Keep data outside of the package and name it in permissions.files.")
    }
}
