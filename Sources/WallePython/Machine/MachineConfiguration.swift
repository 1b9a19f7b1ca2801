/// How a VM is made.
package struct MachineConfiguration: Sendable {
    /// Most live bytes of the VM, modules and what it shares included; nil: no limit.
    package var memoryBytes: Int?
    /// How far small blocks may go beyond the limit while the script is being stopped. CPython does not survive
    /// refused small blocks everywhere; a quarter megabyte of stack frames and messages is made while stopping.
    package var memorySlackBytes: Int
    /// Stack of the VM's thread and of threads its scripts start. Nested `repr`, `json` and `pickle` at CPython's own
    /// recursion limits need most of 16 MB.
    package var stackBytes: Int
    /// Shown as the thread's name.
    package var name: String
    /// Modules that are imported before the first run, as a warm start.
    package var preimports: [String]

    package init(
        memoryBytes: Int? = nil, memorySlackBytes: Int = 16 << 20, stackBytes: Int = 16 << 20, name: String = "walle",
        preimports: [String] = []
    ) {
        self.memoryBytes = memoryBytes
        self.memorySlackBytes = memorySlackBytes
        self.stackBytes = stackBytes
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
