internal import CWalleHeap
internal import CWallePython
internal import CWalleStop
internal import Foundation
internal import WalleStdlib

/// The one CPython of the process: started once, never finalised.
///
/// CPython's finalisation hangs when an interpreter sits in a C call, and a process that ends needs none.
package final class PythonRuntime: Sendable {
    /// Starts CPython at the first use.
    ///
    /// - Throws: ``RuntimeError`` when CPython or its standard library cannot be found, or the process already runs
    ///   a CPython of its own.
    package static func shared() throws(RuntimeError) -> PythonRuntime {
        try started.get()
    }

    private static let started = Result<PythonRuntime, RuntimeError> { () throws(RuntimeError) in try PythonRuntime() }

    // Never destroyed: the runtime lives as long as the process.
    private let creation = PlainLock()

    /// CPython's version, as in `3.13.5`.
    package let version: String

    /// The folder of the standard library.
    package let standardLibrary: String

    /// The names of its modules, without those below others.
    package let standardModules: Set<String>

    private init() throws(RuntimeError) {
        guard Py_IsInitialized() == 0 else { throw .alreadyRunning }
        guard walle_stop_signal() > 0 else { throw .noSignal }
        version = "\(PY_MAJOR_VERSION).\(PY_MINOR_VERSION).\(PY_MICRO_VERSION)"
        let home = try PythonHome.find()
        standardLibrary = home.library
        guard walle_heap_install() else { throw .noAddressSpace }
        AuditHook.install()
        let paths = [home.library, home.library + "/lib-dynload", Stdlib.folder]
        try Self.initialize(home: home.prefix, paths: paths)
        Self.preload()
        standardModules = Self.names(in: "stdlib_module_names")
        // The main interpreter runs no task: its lock is free from here on.
        PyEval_SaveThread()
    }

    /// Creation and destruction of interpreters touch data of the whole process: one at a time, and this lock before
    /// any GIL.
    func exclusively<Result>(_ body: () -> Result) -> Result {
        creation.lock()
        defer { creation.unlock() }
        return body()
    }

    private static func initialize(home: String, paths: [String]) throws(RuntimeError) {
        let copies = paths.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        let list = copies.map { UnsafePointer($0) } + [nil]
        let message = list.withUnsafeBufferPointer {
            walle_Initialize(home + "/bin/python3", home, $0.baseAddress)
        }
        if let message { throw .failedToStart(String(cString: message)) }
    }

    /// The strings of a frozen set that `sys` has.
    private static func names(in attribute: String) -> Set<String> {
        guard let set = PySys_GetObject(attribute), let list = PySequence_List(set) else {
            PyErr_Clear()
            return []
        }
        let owned = Owned(taking: list)
        return Set((0..<walle_Size(owned.pointer)).map { String(python: walle_ListItem(owned.pointer, $0)) })
    }

    /// Modules with static types, which end with the last interpreter that uses them and take the others with them; the
    /// main interpreter keeps them alive. `datetime` always: its C interface is used without a script.
    private static func preload() {
        for module in ["datetime", "_datetime"] + ModuleRules.preloads {
            if let object = PyImport_ImportModule(module) { Py_IncRef(object) } else { PyErr_Clear() }
        }
    }
}

/// CPython could not be started.
public enum RuntimeError: Error, Equatable, CustomStringConvertible {
    /// Something else in this process already started CPython.
    case alreadyRunning
    /// libpython or the folder of its standard library was not found.
    case noStandardLibrary(near: String)
    /// The system gives no address space for the heaps.
    case noAddressSpace
    /// Every real-time signal of the process is taken.
    case noSignal
    /// CPython's own message.
    case failedToStart(String)

    public var description: String {
        switch self {
        case .alreadyRunning:
            "CPython already runs in this process: start Walle's host before anything else that embeds Python."
        case .noStandardLibrary(let place):
            "No Python standard library near \(place): run Scripts/bootstrap again."
        case .noAddressSpace:
            "No address space for the interpreters' heaps: raise `ulimit -v` to 2 GB or more."
        case .noSignal:
            "All real-time signals are taken: Walle needs one to stop scripts."
        case .failedToStart(let message):
            "CPython did not start: \(message)"
        }
    }
}

/// Where the libpython in use keeps its standard library.
struct PythonHome {
    var prefix: String
    var library: String

    /// Walks up from the loaded libpython until a folder holds `python3.X/os.py`.
    static func find() throws(RuntimeError) -> PythonHome {
        guard let file = loadedLibrary() else { throw .noStandardLibrary(near: "libpython") }
        let name = "python\(PY_MAJOR_VERSION).\(PY_MINOR_VERSION)"
        let start = (file as NSString).resolvingSymlinksInPath
        var folder = start as NSString
        while folder.length > 1 {
            folder = folder.deletingLastPathComponent as NSString
            for library in [folder.appendingPathComponent(name), folder.appendingPathComponent("lib/\(name)")]
            where FileManager.default.fileExists(atPath: library + "/os.py") {
                let lib = (library as NSString).deletingLastPathComponent as NSString
                return PythonHome(prefix: lib.deletingLastPathComponent, library: library)
            }
        }
        throw .noStandardLibrary(near: start)
    }

    /// The file of the libpython that is mapped into this process.
    private static func loadedLibrary() -> String? {
        // `String(contentsOfFile:)` reads one page of a file that says it has no bytes.
        guard let file = FileHandle(forReadingAtPath: "/proc/self/maps") else { return nil }
        let maps = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        for line in maps.split(separator: "\n") {
            guard let path = line.firstIndex(of: "/").map({ line[$0...] }) else { continue }
            if path.contains("/libpython3.") { return String(path) }
        }
        return nil
    }
}
