internal import WallePython
public struct PackageError: Error, Sendable, Hashable {}
public struct Version: Sendable, Hashable, CustomStringConvertible { public var description: String { "" } }
public struct TaskLimits: Sendable, Hashable {
    var run: Duration?; var cpu: Duration?; var grace: Duration; var memoryBytes: Int; var runMemoryBytes: Int?; var outputBytes: Int; var resultBytes: Int
    var queue: Int; var idle: Duration; var start: Duration; var drain: Duration; var drainHard: Duration
}
public struct TaskManifest: Sendable, Hashable {
    public var name: String; public var version: Version; public var instances: Int; public var route: String?; public var limits: TaskLimits
    var runLimits: RunLimits { .none }
    func policy(folder: String) -> Policy { Policy() }
    func location(folder: String) -> Script.Location { Script.Location(importPaths: [], module: "", function: "") }
}
public struct TaskExample: Sendable { var name: String; var input: Value; func difference(from: Value) -> String? { nil } }
public struct TaskPackage: Sendable { public var folder: String; public var manifest: TaskManifest; public var examples: [TaskExample]
  static func load(at path: String) throws(PackageError) -> TaskPackage { throw PackageError() } }
enum StandardModules { static func install() {} }
