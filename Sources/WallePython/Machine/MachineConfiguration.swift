internal import CWallePython

/// How a VM is made.
package struct MachineConfiguration: Sendable {
    /// Most live bytes of the VM, modules and what it shares included; nil: no limit.
    package var memoryBytes: Int?
    /// How far small blocks may go beyond the limit while the script is being stopped. CPython does not survive
    /// refused small blocks everywhere; a quarter megabyte of stack frames and messages is made while stopping.
    package var memorySlackBytes: Int
    /// Stack of the VM's thread and of threads its scripts start.
    package var stackBytes: Int
    /// Shown as the thread's name.
    package var name: String
    /// Modules that are imported before the first run, as a warm start.
    package var preimports: [String]

    /// Nested `repr`, `json` and `pickle` at the recursion limits of CPython 3.13 need most of 16 MB. CPython 3.14 watches
    /// the stack itself: more of it would only let a `repr` go deeper, whose time is quadratic.
    private static let usualStackBytes = (PY_MINOR_VERSION < 14 ? 16 : 8) << 20

    package init(
        memoryBytes: Int? = nil, memorySlackBytes: Int = 16 << 20, stackBytes: Int? = nil, name: String = "walle",
        preimports: [String] = []
    ) {
        self.memoryBytes = memoryBytes
        self.memorySlackBytes = memorySlackBytes
        self.stackBytes = stackBytes ?? Self.usualStackBytes
        self.name = name
        self.preimports = preimports
    }
}

/// A VM could not be made, or is gone.
package enum MachineError: Error {
    case runtime(RuntimeError)
    case outOfMemory
    case creationFailed
    case noTimer
    case noThread
    case failedToStart(PythonTraceback)
}
