/// How large a task package may be. A package is code, small tables and models; what is larger is data, which belongs
/// beside it and into `permissions.files`.
public struct PackageBounds: Sendable, Hashable {
    /// A watched package is listed several times a second.
    public var files = 10_000
    /// Folders within folders; deeper ones are a loop or a mistake.
    public var depth = 32
    /// Of one file: a large model.
    public var fileBytes = 2_000_000_000
    /// Of all files: versions travel to many hosts.
    public var totalBytes = 4_000_000_000
    /// Of `task.toml`, which people write.
    public var manifestBytes = 256_000
    /// Examples run before every swap.
    public var examples = 1000
    /// Of one example, which is read into memory.
    public var exampleBytes = 16_000_000

    public init() {}
}
