internal import WallePython

/// Loads a package, and goes on after a problem to find the others.
struct PackageLoader {
    private(set) var problems: [PackageError.Problem] = []
    private let folder: PackageFolder

    init(_ folder: PackageFolder) { self.folder = folder }

    mutating func load() -> TaskPackage {
        let listing = PackageListing(folder)
        problems += listing.problems
        let manifest = manifest()
        let examples = examples(listing.files.map(\.path))
        return TaskPackage(
            folder: folder.path, manifest: manifest, examples: examples, files: listing.files,
            fingerprint: listing.fingerprint)
    }

    private mutating func attempt<Result>(_ body: () throws(PackageError.Problem) -> Result) -> Result? {
        do {
            return try body()
        } catch {
            problems.append(error)
            return nil
        }
    }

    // MARK: task.toml

    private mutating func manifest() -> TaskManifest {
        let folder = folder
        let document = attempt { () throws(PackageError.Problem) in
            let text = try folder.text(of: "task.toml", upTo: folder.bounds.manifestBytes)
            return try TOMLDocument(text, file: "task.toml")
        }
        guard let document else { return TaskManifest(name: "", version: Version(0, 0, 0)) }
        var reader = ManifestReader(document: document)
        let manifest = reader.manifest()
        problems += reader.problems
        // What the tables name can be looked for only when they are right.
        if reader.problems.isEmpty { check(manifest, document) }
        return manifest
    }

    private mutating func check(_ manifest: TaskManifest, _ document: TOMLDocument) {
        check("python", document) { reader, folder in
            for path in manifest.importFolders { folder.check("path", path, isFolder: true, &reader) }
        }
        check("permissions", document) { reader, folder in
            for path in manifest.permissions.files { folder.check("files", path, &reader) }
            for path in manifest.permissions.write { folder.checkEscape("write", path, &reader) }
        }
        check("task", document) { reader, folder in
            let modules = manifest.entry.module.split(separator: ".").joined(separator: "/")
            let places = ([""] + manifest.importFolders.map { $0 + "/" }).flatMap { place in
                [".py", "/__init__.py", ".pyc"].map { place + modules + $0 }
            }
            if places.contains(where: { PackageFolder.status(folder.absolute($0))?.kind == .file }) { return }
            reader.report(
                .missing, "entry", "is \"\(manifest.entry)\", but there is no \(modules).py",
                remedy: "Write that file with the function \(manifest.entry.function), or name another entry.")
        }
    }

    private mutating func check(
        _ table: String, _ document: TOMLDocument, _ body: (inout TableReader, PackageFolder) -> Void
    ) {
        var reader = TableReader(document, at: [table], known: ManifestReader.keys[table] ?? [])
        body(&reader, folder)
        problems += reader.problems
    }

    // MARK: examples

    private mutating func examples(_ paths: [String]) -> [TaskExample] {
        let paths = paths.filter {
            $0.hasPrefix("examples/") && $0.hasSuffix(".json") && $0.count(where: { $0 == "/" }) == 1
        }
        if paths.count > folder.bounds.examples {
            problems.append(
                PackageError.Problem(
                    .tooLarge, file: "examples",
                    "there are \(paths.count) examples; at most \(folder.bounds.examples) are allowed",
                    remedy: "All of them run before every swap: keep the telling ones."))
            return []
        }
        let folder = folder
        return paths.compactMap { path in
            attempt { () throws(PackageError.Problem) in
                try TaskExample(json: try folder.text(of: path, upTo: folder.bounds.exampleBytes), file: path)
            }
        }
    }
}

extension PackageFolder {
    /// Notes a path that is not there, or that leads out of the package through a symbolic link. Absolute paths are the
    /// host's matter: they may be there on another machine.
    fileprivate func check(_ key: String, _ path: String, isFolder: Bool = false, _ reader: inout TableReader) {
        if path.hasPrefix("/") { return }
        let kind = Self.status(absolute(path))?.kind
        guard kind != nil, !isFolder || kind == .folder else {
            return reader.report(
                .missing, key, "has \"\(path)\", but the package has no such \(isFolder ? "folder" : "file or folder")",
                remedy: "Put it there, or remove it from the list.")
        }
        checkEscape(key, path, &reader)
    }

    fileprivate func checkEscape(_ key: String, _ path: String, _ reader: inout TableReader) {
        if path.hasPrefix("/") { return }
        let target = TaskPackage.resolve(path, in: self.path)
        if contains(target) { return }
        reader.report(
            .escapes, key, "has \"\(path)\", a symbolic link out of the package, to \(target)",
            remedy: "Copy it into the package, or write the absolute path.")
    }
}
