/// What a task may do beyond computing. A policy for cooperative scripts, not a sandbox: interpreter and host share one
/// address space.
package struct Policy: Sendable {
    /// Folders and files that may be read, absolute and without symbolic links.
    package var readable: [String]
    /// Folders and files that may also be written.
    package var writable: [String]
    /// Folders whose Python files may be imported.
    package var importable: [String]
    package var network: NetworkPermission
    /// Most threads the task may have beside its own.
    package var threads: Int
    package var processes: Bool
    package var ctypes: Bool
    /// Whether `sys.settrace`, `pdb` and the like may be used.
    package var debugging: Bool
    /// The interpreter is being prepared by Walle's own code: everything is allowed.
    package var isPreparing: Bool
    /// The interpreter is being ended: no thread may start.
    package var isEnding = false

    package init(
        readable: [String] = [], writable: [String] = [], importable: [String] = [],
        network: NetworkPermission = .none, threads: Int = 0, processes: Bool = false, ctypes: Bool = false,
        debugging: Bool = true
    ) {
        self.readable = readable
        self.writable = writable
        self.importable = importable
        self.network = network
        self.threads = threads
        self.processes = processes
        self.ctypes = ctypes
        self.debugging = debugging
        isPreparing = false
    }

    static var preparing: Policy {
        var policy = Policy()
        policy.isPreparing = true
        return policy
    }
}

/// Which hosts a task may talk to.
package enum NetworkPermission: Sendable, Hashable {
    case none
    case all
    /// Only these host names or addresses.
    case hosts([String])
}

/// Why an act is refused: a message that names the act and the line of `task.toml` that would allow it.
package struct Refusal {
    package var message: String

    init(_ act: String, permission: String) {
        message = "\(act): refused. This task has permissions.\(permission) in task.toml."
    }

    init(_ act: String, because reason: String) {
        message = "\(act): refused. \(reason)"
    }
}

extension Policy {
    func refusalToRead(_ path: String, standardLibrary: [String]) -> Refusal? {
        if path == "/dev/null" || path == "/dev/urandom" { return nil }
        if Self.covers(readable, path) || Self.covers(writable, path) || Self.covers(standardLibrary, path) {
            return nil
        }
        if path.hasSuffix(".py") || path.hasSuffix(".pyc") || path.hasSuffix(".so") || path.hasSuffix(".pyi"),
            Self.covers(importable, path)
        {
            return nil
        }
        return Refusal(
            "open(\"\(path)\")",
            because: "This task may read \(Self.list(readable)): see permissions.files in task.toml.")
    }

    func refusalToWrite(_ act: String, _ path: String) -> Refusal? {
        if path == "/dev/null" || Self.covers(writable, path) { return nil }
        return Refusal(
            "\(act)(\"\(path)\")",
            because: "This task may write \(Self.list(writable)): see permissions.write in task.toml.")
    }

    func refusalToConnect(_ act: String, host: String?) -> Refusal? {
        switch network {
        case .all: return nil
        case .none: return Refusal(host.map { "\(act)(\"\($0)\")" } ?? act, permission: "network = false")
        case .hosts(let allowed):
            guard let host, !allowed.contains(host) else { return nil }
            return Refusal(
                "\(act)(\"\(host)\")", because: "permissions.network in task.toml names \(Self.list(allowed)).")
        }
    }

    func refusalOfThread(present: Int) -> Refusal? {
        if isEnding { return Refusal("threading.Thread.start", because: "The task is being ended.") }
        if threads == 0 { return Refusal("threading.Thread.start", permission: "threads = false") }
        guard present >= threads else { return nil }
        return Refusal(
            "threading.Thread.start",
            because: "\(present) threads run already, and permissions.threads in task.toml allows \(threads).")
    }

    private static func covers(_ folders: [String], _ path: String) -> Bool {
        folders.contains { folder in
            path == folder
                || (path.hasPrefix(folder)
                    && (folder.hasSuffix("/") || path.utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/")))
        }
    }

    private static func list(_ items: [String]) -> String {
        items.isEmpty ? "nothing" : items.joined(separator: ", ")
    }
}
