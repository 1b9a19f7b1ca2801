public import WallePython

/// What `task.toml` says of a task: its name and version, where it begins, and what it may use.
///
/// ```toml
/// [task]
/// name = "next-item"
/// version = "1.0.0"
///
/// [limits]
/// run = "200ms"
///
/// [permissions]
/// files = ["resources"]
/// ```
public struct TaskManifest: Sendable, Hashable {
    /// Lowercase letters, digits and hyphens, at most 64.
    public var name: String
    public var version: Version
    /// The function that a run calls.
    public var entry: EntryPoint
    /// How many VMs the version gets.
    public var instances: Int
    /// The key of the input whose equal values go to the same instance.
    public var route: String?
    /// How many runs a VM may have at a time: 1, the only value there is yet.
    public var concurrency: Int
    /// One sentence for people.
    public var summary: String
    public var isolation: Isolation
    public var limits: TaskLimits
    public var permissions: TaskPermissions
    /// `[config]`, which the task reads as `task.config`.
    public var config: [String: Value]
    /// `[triggers.*]`: what starts the task, by name.
    public var triggers: [String: TaskTrigger]
    /// `[resources]`: files the task needs that do not lie in its package.
    public var resources: [String: Value]
    /// Modules that are imported before the task's own.
    public var imports: [String]
    /// Folders of the package that modules are looked for in, after the package itself.
    public var importFolders: [String]

    /// A function of a module, written `module:function`.
    public struct EntryPoint: Sendable, Hashable, CustomStringConvertible {
        /// `main`, or dotted: `models.ranking`.
        public var module: String
        /// `run`, or dotted: `Ranker.run`.
        public var function: String

        public init(module: String = "main", function: String = "run") {
            self.module = module
            self.function = function
        }

        public var description: String { "\(module):\(function)" }
    }

    /// What keeps the task apart from others.
    public enum Isolation: String, Sendable, Hashable, CaseIterable {
        /// An interpreter of its own, in the process of the host.
        case interpreter
    }

    /// A manifest whose other parts have their defaults.
    public init(name: String, version: Version, entry: EntryPoint = EntryPoint()) {
        self.name = name
        self.version = version
        self.entry = entry
        instances = 1
        concurrency = 1
        summary = ""
        isolation = .interpreter
        limits = TaskLimits()
        permissions = TaskPermissions()
        config = [:]
        triggers = [:]
        resources = [:]
        imports = []
        importFolders = []
    }
}

/// `[limits]` of `task.toml`.
public struct TaskLimits: Sendable, Hashable {
    /// Wall time of a run. Longer than nearly every task needs, short enough that a loop without end is noticed; nil, which
    /// `task.toml` cannot say: no limit.
    public var run: Duration? = .seconds(10)
    /// CPU time of a run's thread.
    public var cpu: Duration?
    /// From the exception that lets `finally` run to the stop that cannot be swallowed.
    public var grace: Duration = .milliseconds(5)
    /// Live bytes of a VM, modules included.
    public var memoryBytes = 256_000_000
    /// How much a VM may grow during a run.
    public var runMemoryBytes: Int?
    /// Standard output and error of a run together.
    public var outputBytes = 1_000_000
    /// The result of a run as it crosses to Swift.
    public var resultBytes = 64_000_000
    /// Runs that wait; one more is refused at once.
    public var queue = 256
    /// How long a stream that nobody reads is kept.
    public var idle: Duration = .seconds(30)
    /// Import, `warm_up()` and examples together.
    public var start: Duration = .seconds(30)
    /// How long runs of an old version may go on after a swap before the host says that it waits.
    public var drain: Duration = .seconds(10)
    /// After this they are stopped.
    public var drainHard: Duration = .seconds(30)
    /// Python's recursion limit; nil: its own, 1000.
    public var recursion: Int?

    public init() {}
}

/// `[permissions]` of `task.toml`: what a task may do beyond computing.
public struct TaskPermissions: Sendable, Hashable {
    /// Files and folders that may be read: relative to the package, or absolute.
    public var files: [String] = []
    /// Files and folders that may also be written.
    public var write: [String] = []
    public var network: Network = .none
    /// Most threads beside the task's own.
    public var threads = 0
    /// Whether it may start other programs.
    public var processes = false
    /// Whether it may call into any library.
    public var ctypes = false
    /// Whether `pdb`, `sys.settrace` and the like work.
    public var debugging = true

    /// Which hosts a task may talk to.
    public enum Network: Sendable, Hashable {
        case none
        case all
        /// Only these names or addresses.
        case hosts([String])
    }

    /// What `threads = true` means: enough for a small pool, too few to starve the machine.
    public static let threadsByDefault = 8

    public init() {}
}
