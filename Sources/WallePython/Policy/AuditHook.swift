internal import CWallePython
internal import CWalleStop
internal import Foundation
internal import WalleStdlib

/// CPython tells every act that reaches outside; here the policy of the calling interpreter is asked.
enum AuditHook {
    /// Before CPython starts, so that no script can come first.
    static func install() {
        _ = walle_AddAuditHook({ event, arguments, _ in AuditHook.audit(event!, arguments) }, nil)
    }

    private static func audit(_ event: UnsafePointer<CChar>, _ arguments: PythonPointer?) -> Int32 {
        // The commonest events first, and cheaply: most concern nobody.
        guard AuditEvent.isOfInterest(event) else { return 0 }
        guard let interpreter = Interpreter.current else { return 0 }
        let policy = interpreter.policy
        if policy.isPreparing { return 0 }
        let act = AuditEvent(name: String(cString: event), arguments: arguments)
        guard let refusal = act.refusal(policy, interpreter) ?? act.refusalOfRules else { return 0 }
        if PyErr_Occurred() == nil { walle_SetError(walle_PermissionError(), refusal.message) }
        return -1
    }
}

/// One audit event, as listed in CPython's documentation.
struct AuditEvent {
    var name: String
    var arguments: PythonPointer?

    /// Beginnings of the events that importing, compiling and everyday introspection raise by the thousand, and that no
    /// policy concerns.
    private static let silent: [StaticString] = [
        "import", "compile", "exec", "marshal.", "object.__", "code.__new__", "sys._getframe", "sys.unraisablehook",
        "sys.excepthook", "gc.", "builtins.id", "array.__new__", "time.sleep", "function.__new__",
    ]

    /// A quick look at the name, before anything is made of it.
    static func isOfInterest(_ name: UnsafePointer<CChar>) -> Bool {
        !silent.contains { start in
            strncmp(
                name, UnsafeRawPointer(start.utf8Start).assumingMemoryBound(to: CChar.self), start.utf8CodeUnitCount)
                == 0
        }
    }

    /// What `Stdlib/python.toml` refuses every task.
    var refusalOfRules: Refusal? {
        ModuleRules.isRefused(event: name)
            ? Refusal(name, because: "It acts on the whole process, which other tasks share.") : nil
    }

    func refusal(_ policy: Policy, _ interpreter: Interpreter) -> Refusal? {
        let area = name.prefix { $0 != "." }
        switch area {
        case "open": return foreign(interpreter, at: 0) ?? opening(policy)
        case "os": return operatingSystem(policy, interpreter)
        case "socket": return socket(policy)
        case "subprocess", "pty", "webbrowser":
            return policy.processes ? nil : Refusal(name, permission: "processes = false")
        case "ctypes": return policy.ctypes ? nil : Refusal(name, permission: "ctypes = false")
        case "_thread": return policy.refusalOfThread(present: interpreter.threadCount - 1)
        case "sys": return system(policy, interpreter)
        case "fcntl": return foreign(interpreter, at: 0)
        case "signal", "syslog", "resource":
            return Refusal(name, because: "It acts on the whole process, which other tasks share.")
        case "sqlite3": return sqlite(policy)
        case "cpython", "_winapi", "msvcrt", "winreg": return Refusal(name, because: "It acts on the whole process.")
        case "mmap": return foreign(interpreter, at: 0) ?? mapping(interpreter)
        default: return nil
        }
    }

    /// A number in place of a path: the open files of the process are also those of the host and of other tasks.
    private func foreign(_ interpreter: Interpreter, at index: Int) -> Refusal? {
        guard let number = integer(at: index), !interpreter.mayUse(descriptor: number) else { return nil }
        return Refusal("\(name)(\(number))", because: "The task did not open this descriptor.")
    }

    // MARK: files

    private func opening(_ policy: Policy) -> Refusal? {
        guard let path = path(at: 0) else { return nil }  // a descriptor that is open already
        let mode = text(at: 1) ?? ""
        let flags = integer(at: 2) ?? 0
        let writes =
            mode.contains { "wax+".contains($0) } || (Int32(flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0
        return writes ? policy.refusalToWrite("open", path) : reading(policy, path)
    }

    private func reading(_ policy: Policy, _ path: String) -> Refusal? {
        policy.refusalToRead(path, standardLibrary: Self.standardLibrary)
    }

    private static let standardLibrary: [String] = {
        let library = (try? PythonRuntime.shared().standardLibrary).map { [$0] } ?? []
        // zoneinfo reads the system's time zones, ssl the system's certificates, mimetypes its table.
        return (library + [Stdlib.folder]).map(resolved) + [
            "/usr/share/zoneinfo", "/etc/ssl", "/etc/mime.types", "/etc/localtime",
        ]
    }()

    private static let writingActs: Set<String> = [
        "os.chmod", "os.chown", "os.link", "os.lockf", "os.mkdir", "os.remove", "os.removexattr", "os.rename",
        "os.rmdir", "os.setxattr", "os.symlink", "os.truncate", "os.utime", "os.unlink", "os.chflags",
    ]
    private static let readingActs: Set<String> = [
        "os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.getxattr", "os.listxattr", "os.listdrives",
    ]
    private static let processActs: Set<String> = [
        "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.startfile/2", "os.system",
    ]

    private func operatingSystem(_ policy: Policy, _ interpreter: Interpreter) -> Refusal? {
        if Self.writingActs.contains(name) { return foreign(interpreter, at: 0) ?? files(policy) }
        if Self.readingActs.contains(name) {
            if integer(at: 0) != nil { return foreign(interpreter, at: 0) }
            let path = path(at: 0) ?? Self.resolved(".")
            return importing(policy, path) ? nil : reading(policy, path)
        }
        if Self.processActs.contains(name) {
            return policy.processes ? nil : Refusal(name, permission: "processes = false")
        }
        switch name {
        case "os.chdir", "os.fchdir", "os.chroot", "os.putenv", "os.unsetenv", "os.kill", "os.killpg",
            "os.add_dll_directory",
            "os.getpriority", "os.setpriority", "os.unshare", "os.setns":
            return Refusal(name, because: "It acts on the whole process, which other tasks share.")
        case "os.pidfd_open": return policy.processes ? nil : Refusal(name, permission: "processes = false")
        default: return nil
        }
    }

    /// The import system lists folders of the package.
    private func importing(_ policy: Policy, _ path: String) -> Bool {
        policy.importable.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// Acts whose paths may start at an open folder: the arguments that hold its descriptor, for each path.
    private static let folders: [String: [Int]] = [
        "os.chmod": [2], "os.chown": [3], "os.link": [2, 3], "os.mkdir": [2], "os.remove": [1], "os.rename": [2, 3],
        "os.rmdir": [1], "os.symlink": [2, 2], "os.utime": [3],
    ]

    /// `shutil`, `tempfile` and `glob` are told by the acts they consist of.
    private func files(_ policy: Policy) -> Refusal? {
        for index in 0..<2 {
            let folder = Self.folders[name].flatMap { index < $0.count ? $0[index] : nil }
            guard let path = path(at: index, below: folder) else { continue }
            if name == "os.symlink" && index == 0 { continue }
            if let refusal = policy.refusalToWrite(name, path) { return refusal }
        }
        return nil
    }

    private func sqlite(_ policy: Policy) -> Refusal? {
        if name == "sqlite3.enable_load_extension" || name == "sqlite3.load_extension" {
            return policy.ctypes ? nil : Refusal(name, permission: "ctypes = false")
        }
        guard name == "sqlite3.connect", let given = text(at: 0), !given.isEmpty, given != ":memory:" else {
            return nil
        }
        if given.hasPrefix("file:") && given.contains("mode=memory") { return nil }
        let file = given.hasPrefix("file:") ? String(given.dropFirst(5).prefix { $0 != "?" }) : given
        let path = Self.resolved(file)
        return policy.refusalToWrite("sqlite3.connect", path)
    }

    private func mapping(_ interpreter: Interpreter) -> Refusal? {
        guard name == "mmap.__new__", let length = integer(at: 1), length > 0 else { return nil }
        return interpreter.admits(bytes: length)
            ? nil : Refusal("mmap.mmap(\(length) bytes)", because: "It would pass limits.memory in task.toml.")
    }

    // MARK: the rest

    private func socket(_ policy: Policy) -> Refusal? {
        switch name {
        case "socket.__new__":
            // asyncio wakes its loop through a pair of local sockets.
            let local = integer(at: 1) == Int(AF_UNIX)
            return local ? nil : policy.refusalToConnect("socket.socket", host: nil)
        case "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg":
            return policy.refusalToConnect(name, host: address(at: 1))
        case "socket.getaddrinfo", "socket.gethostbyname", "socket.getnameinfo", "socket.gethostbyaddr":
            return policy.refusalToConnect(name, host: text(at: 0))
        case "socket.sethostname": return Refusal(name, because: "It acts on the whole machine.")
        default: return nil
        }
    }

    private func system(_ policy: Policy, _ interpreter: Interpreter) -> Refusal? {
        switch name {
        case "sys.settrace", "sys.setprofile", "sys.monitoring.register_callback":
            if walle_stop_is_forcing() { return nil }
            if walle_stop_is_asked(interpreter.stop) { return Refusal(name, because: "The run is being stopped.") }
            return policy.debugging
                ? nil : Refusal(name, because: "Tracing belongs to the host: use walle run --profile.")
        case "sys.addaudithook", "sys.remote_exec":
            return Refusal(name, because: "It acts on the whole process.")
        default: return nil
        }
    }

    // MARK: arguments

    private func argument(at index: Int) -> PythonPointer? {
        guard let arguments, walle_IsTuple(arguments) != 0, index < PyTuple_Size(arguments) else { return nil }
        return walle_TupleItem(arguments, index)
    }

    private func text(at index: Int) -> String? {
        guard let value = argument(at: index) else { return nil }
        if walle_IsString(value) != 0 { return String(python: value) }
        guard walle_IsBytes(value) != 0 else { return nil }
        return String(cString: PyBytes_AsString(value))
    }

    private func integer(at index: Int) -> Int? {
        guard let value = argument(at: index), walle_IsLong(value) != 0 else { return nil }
        let number = PyLong_AsLong(value)
        if PyErr_Occurred() != nil { PyErr_Clear() }
        return number
    }

    /// The path of an argument, absolute and without symbolic links; nil for a descriptor.
    private func path(at index: Int, below folder: Int? = nil) -> String? {
        if let text = text(at: index) {
            guard let folder = folder.flatMap({ integer(at: $0) }), folder >= 0, !text.hasPrefix("/") else {
                return Self.resolved(text)
            }
            return Self.resolved("/proc/self/fd/\(folder)/\(text)")
        }
        guard let value = argument(at: index), walle_IsLong(value) == 0, walle_IsNone(value) == 0 else { return nil }
        guard let path = PyOS_FSPath(value) else {
            PyErr_Clear()
            return nil
        }
        let owned = Owned(taking: path)
        return walle_IsString(owned.pointer) != 0 ? Self.resolved(String(python: owned.pointer)) : nil
    }

    private func address(at index: Int) -> String? {
        guard let value = argument(at: index) else { return nil }
        if walle_IsTuple(value) != 0, PyTuple_Size(value) > 0, walle_IsString(walle_TupleItem(value, 0)) != 0 {
            return String(python: walle_TupleItem(value, 0))
        }
        return text(at: index)
    }

    /// Resolves what exists of a path, so that a link does not lead out of an allowed folder.
    static func resolved(_ path: String) -> String {
        var rest: [String] = []
        var present = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while true {
            if let real = realpath(present, nil) {
                defer { free(real) }
                let base = String(cString: real)
                return rest.isEmpty ? base : (base == "/" ? "" : base) + "/" + rest.reversed().joined(separator: "/")
            }
            let last = (present as NSString).lastPathComponent
            let parent = (present as NSString).deletingLastPathComponent
            if parent == present || parent.isEmpty { return path }
            if last == ".." || last == "." { return (path as NSString).standardizingPath }
            rest.append(last)
            present = parent
        }
    }
}
