internal import WallePython

extension TaskManifest {
    /// Reads the text of a `task.toml`.
    ///
    /// - Parameters:
    ///   - text: What the file holds.
    ///   - file: Its name, for problems.
    /// - Throws: Everything that is wrong with it, at once.
    public init(toml text: String, file: String = "task.toml") throws(PackageError) {
        let document: TOMLDocument
        do {
            document = try TOMLDocument(text, file: file)
        } catch {
            throw PackageError(folder: "", problems: [error])
        }
        var reader = ManifestReader(document: document)
        self = reader.manifest()
        if !reader.problems.isEmpty { throw PackageError(folder: "", problems: reader.problems) }
    }
}

/// Reads the tables of a `task.toml`.
struct ManifestReader {
    let document: TOMLDocument
    private(set) var problems: [PackageError.Problem] = []

    init(document: TOMLDocument) { self.document = document }

    /// What each table may have; tables that are absent here may have any keys.
    static let keys: [String: [String]] = [
        "task": ["name", "version", "entry", "instances", "route", "concurrency", "description", "isolation"],
        "limits": [
            "run", "cpu", "grace", "memory", "run_memory", "output", "result", "queue", "idle", "start", "drain",
            "drain_hard", "recursion",
        ],
        "permissions": ["files", "write", "network", "threads", "processes", "ctypes", "debugging"],
        "python": ["imports", "path"],
    ]
    private static let tables = ["task", "limits", "permissions", "config", "triggers", "resources", "python"]

    mutating func manifest() -> TaskManifest {
        var manifest = TaskManifest(name: "", version: Version(0, 0, 0))
        read(table: nil) { reader in
            manifest.config = reader.table("config") ?? [:]
            manifest.resources = reader.table("resources") ?? [:]
            _ = reader.table("triggers")
        }
        guard document.root["task"] != nil else {
            problems.append(
                PackageError.Problem(
                    .missingKey, file: document.file, "the table [task] is missing",
                    remedy: "Write [task], and name = \"…\" and version = \"1.0.0\" below."))
            return manifest
        }
        read(table: "task") { Self.task(&$0, &manifest) }
        read(table: "limits") { manifest.limits = TaskLimits(&$0) }
        read(table: "permissions") { manifest.permissions = TaskPermissions(&$0) }
        read(table: "python") { Self.python(&$0, &manifest) }
        manifest.triggers = triggers()
        return manifest
    }

    private mutating func read(table: String?, _ body: (inout TableReader) -> Void) {
        let known = table.map { Self.keys[$0] ?? [] } ?? Self.tables
        var reader = TableReader(document, at: table.map { [$0] } ?? [], known: known)
        body(&reader)
        reader.refuseUnknown(elsewhere: Self.keys.filter { $0.key != table })
        problems += reader.problems
    }

    private mutating func triggers() -> [String: TaskTrigger] {
        guard case .dictionary(let tables)? = document.root["triggers"] else { return [:] }
        var reader = TableReader(document, at: ["triggers"], known: tables.keys.sorted())
        var triggers: [String: TaskTrigger] = [:]
        for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
            triggers[name] = TaskTrigger.read(name, table, document, &reader)
        }
        problems += reader.problems
        return triggers
    }

    private static func python(_ reader: inout TableReader, _ manifest: inout TaskManifest) {
        manifest.imports = reader.strings("imports") ?? []
        for name in manifest.imports where !isDotted(name) {
            reader.report(
                .invalidValue, "imports", "has \"\(name)\", which is no module's name",
                remedy: "Write it as after import.")
        }
        manifest.importFolders = reader.strings("path") ?? []
        for path in manifest.importFolders where path.hasPrefix("/") {
            reader.report(
                .escapes, "path", "has \"\(path)\", which is not inside the package",
                remedy: "Copy the modules into the package.")
        }
        reader.refuseClimbing("path", manifest.importFolders)
    }

    /// Names of Python with points between them.
    static func isDotted(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { name in
            guard let first = name.unicodeScalars.first else { return false }
            return (first == "_" || first.properties.isXIDStart)
                && name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
        }
    }
}

// MARK: [task]

extension ManifestReader {
    /// More instances than this are a slip: each is a VM with its own thread and heap.
    private static let instances = 1...256
    /// Runs of one VM share its interpreter lock; more than this only wait for one another.
    private static let concurrency = 1...1024
    private static let longestName = 64

    private static func task(_ reader: inout TableReader, _ manifest: inout TaskManifest) {
        manifest.name = name(&reader)
        manifest.version = version(&reader)
        manifest.entry = entry(&reader)
        manifest.instances = reader.integer("instances", in: instances) ?? 1
        manifest.concurrency = reader.integer("concurrency", in: concurrency) ?? 1
        if manifest.concurrency > 1 {
            reader.report(
                .invalidValue, "concurrency", "is \(manifest.concurrency), and more than one run a VM is not there yet",
                remedy: "Write instances = \(manifest.concurrency), or remove the line.")
        }
        manifest.summary = reader.string("description") ?? ""
        manifest.route = reader.string("route")
        if manifest.route == "" {
            reader.report(.invalidValue, "route", "is empty", remedy: "Name a key of the input, or remove the line.")
        }
        isolation(&reader)
    }

    private static func name(_ reader: inout TableReader) -> String {
        guard reader.value("name") != nil else {
            reader.reportMissing("name", remedy: "Write name = \"…\": lowercase letters, digits and hyphens.")
            return ""
        }
        guard let name = reader.string("name") else { return "" }
        if let suggestion = nameProblem(name) {
            reader.report(.invalidValue, "name", "is \"\(name.prefix(80))\"", remedy: suggestion)
        }
        return name
    }

    /// What to do about a name that a task cannot have; nil when it can.
    static func nameProblem(_ name: String) -> String? {
        let allowed = name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
        }
        if allowed, !name.isEmpty, name.utf8.count <= longestName, !name.hasPrefix("-"), !name.hasSuffix("-") {
            return nil
        }
        let words = name.lowercased().unicodeScalars.split { !(("a"..."z").contains($0) || ("0"..."9").contains($0)) }
        let better = words.map { String($0) }.joined(separator: "-")
        let rule = "A name has lowercase letters, digits and hyphens inside, \(longestName) characters at most"
        return better.isEmpty || better.count > longestName ? "\(rule)." : "\(rule): \"\(better)\"."
    }

    private static func version(_ reader: inout TableReader) -> Version {
        guard reader.value("version") != nil else {
            reader.reportMissing("version", remedy: "Write version = \"1.0.0\".")
            return Version(0, 0, 0)
        }
        guard let text = reader.string("version") else { return Version(0, 0, 0) }
        guard let version = Version(text) else {
            reader.report(
                .invalidValue, "version", "is \"\(text.prefix(80))\", which is no semantic version",
                remedy: "Write three numbers, such as \"1.0.0\" or \"1.0.0-beta.1\".")
            return Version(0, 0, 0)
        }
        return version
    }

    private static func entry(_ reader: inout TableReader) -> TaskManifest.EntryPoint {
        guard let text = reader.string("entry") else { return TaskManifest.EntryPoint() }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(isDotted) else {
            reader.report(
                .invalidValue, "entry", "is \"\(text.prefix(80))\", not module:function",
                remedy: "Write entry = \"main:run\" for the function run of main.py.")
            return TaskManifest.EntryPoint()
        }
        return TaskManifest.EntryPoint(module: parts[0], function: parts[1])
    }

    private static func isolation(_ reader: inout TableReader) {
        guard let text = reader.string("isolation"), TaskManifest.Isolation(rawValue: text) == nil else { return }
        reader.report(
            .invalidValue, "isolation",
            text == "process" ? "is \"process\", which is not there yet" : "is \"\(text.prefix(80))\"",
            remedy: "Write isolation = \"interpreter\", or remove the line.")
    }
}
