internal import WalleText
internal import Foundation

/// The folder of a package: lists its files, reads them, and keeps paths inside.
struct PackageFolder {
    /// Absolute, without symbolic links.
    let path: String
    let bounds: PackageBounds

    /// - Throws: When there is no such folder.
    init(_ path: String, bounds: PackageBounds) throws(PackageError.Problem) {
        guard let real = Self.realPath(path) else {
            throw PackageError.Problem(
                .missing, file: "", "there is no such folder", remedy: "Give the folder in which task.toml lies.")
        }
        guard Self.status(real)?.kind == .folder else {
            throw PackageError.Problem(
                .missing, file: "", "this is no folder", remedy: "Give the folder in which task.toml lies.")
        }
        self.path = real
        self.bounds = bounds
    }

    // MARK: status

    /// What the file system says of a path.
    struct Status {
        enum Kind { case file, folder, link, other }
        var kind: Kind
        var bytes: Int
        /// When, and which file: changes with each save, also with one that keeps the size or the time.
        var stamp: [Int64]
    }

    /// - Parameter following: Whether a symbolic link stands for what it points at.
    static func status(_ path: String, following: Bool = true) -> Status? {
        var result = stat()
        guard (following ? stat(path, &result) : lstat(path, &result)) == 0 else { return nil }
        let kind: Status.Kind =
            switch result.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        let stamp = [
            Int64(result.st_mtim.tv_sec), Int64(result.st_mtim.tv_nsec), Int64(result.st_ctim.tv_sec),
            Int64(result.st_ctim.tv_nsec), Int64(bitPattern: UInt64(result.st_ino)),
        ]
        return Status(kind: kind, bytes: Int(result.st_size), stamp: stamp)
    }

    /// The path without symbolic links; nil when nothing is there.
    static func realPath(_ path: String) -> String? {
        guard !path.utf8.contains(0), let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Whether a path without symbolic links is inside the folder.
    func contains(_ real: String) -> Bool { real == path || real.hasPrefix(path == "/" ? path : path + "/") }

    func absolute(_ file: String) -> String { file.isEmpty ? path : path + "/" + file }

    // MARK: reading

    /// The text of a file.
    ///
    /// - Parameters:
    ///   - file: Relative to the folder.
    ///   - most: Its most bytes.
    func text(of file: String, upTo most: Int) throws(PackageError.Problem) -> String {
        guard let status = Self.status(absolute(file)) else {
            throw PackageError.Problem(
                .missing, file: file, "the file is missing", remedy: "Every package has one: see walle new.")
        }
        guard status.kind == .file else {
            throw PackageError.Problem(.unreadable, file: file, "this is no file", remedy: "Put a text file there.")
        }
        guard status.bytes <= most else { throw tooLarge(file, status.bytes, most) }
        guard let data = FileManager.default.contents(atPath: absolute(file)) else {
            throw PackageError.Problem(
                .unreadable, file: file, "the file cannot be read", remedy: "Let the host's user read it: chmod u+r.")
        }
        guard data.count <= most else { throw tooLarge(file, data.count, most) }
        return try Self.text(of: data, file: file)
    }

    func tooLarge(_ file: String, _ bytes: Int, _ most: Int) -> PackageError.Problem {
        PackageError.Problem(
            .tooLarge, file: file,
            "the file has \(Quantity.text(bytes: bytes)); at most \(Quantity.text(bytes: most)) are allowed",
            remedy: "Keep large data outside of the package and name it in permissions.files.")
    }

    private static func text(of data: Data, file: String) throws(PackageError.Problem) -> String {
        if let text = String(validating: data, as: UTF8.self) {
            return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        }
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw PackageError.Problem(
            .malformed, file: file, line: line.map { $0 + 1 }, "the file is not UTF-8", remedy: "Save it as UTF-8.")
    }
}
